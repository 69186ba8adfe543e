"""From temperature rises to a severity, by the chosen standard."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from inspection.classes import canonical_name
from inspection.finding import SEVERITIES
from inspection.standards import Group, Limit, Standard

INSULATION_CELSIUS = {"A": 105, "B": 130, "F": 155, "H": 180}
"""Limits of motor insulation classes, °C; they are for the winding, and a camera sees the frame."""


@dataclass(frozen=True)
class Grade:
    """A severity and the rule that gave it, in the standard's own words."""

    severity: str
    rule: str

    @property
    def rank(self) -> int:
        """0 (none) to 3 (repair now)."""
        return SEVERITIES.index(self.severity)


def worse(first: Grade | None, second: Grade | None) -> Grade | None:
    """The worse of two grades; the first when they are equal, so that the better reference is named."""
    if first is None or second is None:
        return first or second
    return second if second.rank > first.rank else first


def grade_rise(standard: Standard, over: str, rise_kelvin: float) -> Grade | None:
    """Grade a rise.

    Args:
        standard: where the limits come from.
        over: "similar" or "ambient".
        rise_kelvin: K, may be negative.

    Returns:
        The grade ("none" below the first limit), or None when the standard has no limits for this reference.
    """
    rows: tuple[Limit, ...] = standard.similar if over == "similar" else standard.ambient
    if not rows:
        return None
    # Half a kelvin rounds up, not to the even neighbour.
    rise = floor(rise_kelvin + 0.5) if standard.whole_kelvin else rise_kelvin
    reference = "over a similar component" if over == "similar" else "over ambient"
    reached = [row for row in rows if row.reached(rise)]
    if not reached:
        return Grade("none", f"{standard.name}, {reference}: below the first limit of {rows[0].limit:g} K")
    return Grade(reached[-1].severity, f"{standard.name}, {reference}, {reached[-1].words}")


def relative_difference(hot: float, healthy: float, ambient: float) -> float:
    """DL/T 664's relative temperature difference in %: (T1 - T2) / (T1 - T0) * 100."""
    return 100.0 * (hot - healthy) / (hot - ambient)


def group_of(standard: Standard, class_name: str) -> Group | None:
    """The group of equipment that a class belongs to, or None."""
    name = canonical_name(class_name)
    return next((group for group in standard.groups if name in group.classes), None)


def grade_by_group(
    standard: Standard, class_name: str, hot: float, healthy: float | None, ambient: float | None
) -> Grade | None:
    """Grade as DL/T 664 does: by surface temperature and by relative difference, the worse of both.

    Args:
        standard: one with groups.
        class_name: of the detection.
        hot: T1, °C.
        healthy: T2 of a healthy twin, °C, or None.
        ambient: T0, °C, or None.

    Returns:
        The grade, or None when the standard does not treat this class or the rise over ambient is too small.
    """
    group = group_of(standard, class_name)
    if group is None or (ambient is not None and hot - ambient < standard.least_rise_kelvin):
        return None
    percent = None
    if healthy is not None and ambient is not None and hot > ambient:
        percent = relative_difference(hot, healthy, ambient)
    shown = "" if percent is None else f", relative difference {percent:.0f} %"
    for level, word, severity in ((1, "critical", "repair now"), (0, "serious", "plan repair")):
        by_percent = percent is not None and percent >= group.percent[level]
        if hot > group.celsius[level] or by_percent:
            limit = f">{group.celsius[level]:g} °C or {group.percent[level]:g} %"
            return Grade(
                severity, f"{standard.name}, {group.name}: {word} ({limit}{shown}; limits not confirmed)"
            )
    if healthy is not None and hot - healthy >= 1:
        words = f"general (rise over the twin up to {group.general_kelvin:g} K{shown}; limits not confirmed)"
        return Grade("watch", f"{standard.name}, {group.name}: {words}")
    return Grade("none", f"{standard.name}, {group.name}: below its limits{shown} (limits not confirmed)")


def motor_advisory(max_celsius: float) -> str:
    """What a motor's frame temperature says of its winding: advice only, never a grade."""
    over = [f"{name} ({limit} °C)" for name, limit in INSULATION_CELSIUS.items() if max_celsius > limit]
    text = "The camera sees the motor's frame; its winding is hotter."
    return f"{text} Even the frame is above the limit of insulation class {over[-1]}." if over else text


def chip_advisory(max_celsius: float, limits: tuple[float, float]) -> str:
    """Advice on a chip's case temperature by two editable limits, °C; "" below both."""
    for limit, words in (
        (limits[1], "hot enough to throttle or fail"),
        (limits[0], "hotter than most chips like"),
    ):
        if max_celsius >= limit:
            return f"Case at or above {limit:g} °C: {words}; see the data sheet."
    return ""
