"""From temperature rises to a severity, by the chosen standard."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from inspection.classes import canonical_name
from inspection.finding import SEVERITIES
from inspection.standards import Group, Limit, Standard
from inspection.texts import sentences, text
from inspection.units import Celsius, Kelvin

INSULATION_CELSIUS = {"A": 105, "B": 130, "F": 155, "H": 180}
"""Limits of motor insulation classes, °C; they are for the winding, and a camera sees the frame."""


_DEFECTS = (text("serious defect"), text("critical defect"))
"""DL/T 664's own words for its two upper levels."""


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
    reference = text("over a similar component") if over == "similar" else text("over ambient")
    reached = [row for row in rows if row.reached(rise)]
    if not reached:
        below = text(
            "{standard}, {reference}: below the first limit of {limit:g}",
            standard=standard.name, reference=reference, limit=Kelvin(rows[0].limit),
        )  # fmt: skip
        return Grade("none", below)
    rule = text(
        "{standard}, {reference}, {words}",
        standard=standard.name, reference=reference, words=reached[-1].words,
    )  # fmt: skip
    return Grade(reached[-1].severity, rule)


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
    by_twin = "" if percent is None else text(", relative difference {percent:.0f} %", percent=percent)
    said = {"standard": standard.name, "group": group.name, "by_twin": by_twin}
    for level, severity in ((1, "repair now"), (0, "plan repair")):
        by_percent = percent is not None and percent >= group.percent[level]
        if hot > group.celsius[level] or by_percent:
            rule = text(
                "{standard}, {group}: {word} (>{celsius:g} or {limit:g} %{by_twin}; limits not confirmed)",
                word=_DEFECTS[level], celsius=Celsius(group.celsius[level]),
                limit=group.percent[level], **said,
            )  # fmt: skip
            return Grade(severity, rule)
    if healthy is not None and hot - healthy >= 1:
        rule = text(
            "{standard}, {group}: general defect (rise over the twin up to {kelvin:g}{by_twin}; limits not "
            "confirmed)",
            kelvin=Kelvin(group.general_kelvin), **said,
        )  # fmt: skip
        return Grade("watch", rule)
    rule = text("{standard}, {group}: below its limits{by_twin} (limits not confirmed)", **said)
    return Grade("none", rule)


def motor_advisory(max_celsius: float) -> str:
    """What a motor's frame temperature says of its winding: advice only, never a grade."""
    over = [name for name, limit in INSULATION_CELSIUS.items() if max_celsius > limit]
    frame = text("The camera sees the motor's frame; its winding is hotter.")
    if not over:
        return frame
    return sentences(
        frame,
        text(
            "Even the frame is above the limit of insulation class {insulation} ({limit:g}).",
            insulation=over[-1],
            limit=Celsius(INSULATION_CELSIUS[over[-1]]),
        ),
    )


def chip_advisory(max_celsius: float, limits: tuple[float, float]) -> str:
    """Advice on a chip's case temperature by two editable limits, °C; "" below both."""
    warm, hot = limits
    if max_celsius >= hot:
        return text(
            "Case at or above {limit:g}: hot enough to throttle or fail; see the data sheet.",
            limit=Celsius(hot),
        )
    if max_celsius >= warm:
        return text(
            "Case at or above {limit:g}: hotter than most chips like; see the data sheet.",
            limit=Celsius(warm),
        )
    return ""
