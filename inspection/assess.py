"""How serious: temperatures, references, rises and grades of all detections of one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from inspection.classes import LIVING, canonical_name
from inspection.detections import Detections
from inspection.errors import SettingsError
from inspection.finding import Finding, findings_from_detections
from inspection.measure import box_slices
from inspection.references import Reference, ambient_reference, similar_reference
from inspection.severity import (
    Grade,
    chip_advisory,
    grade_by_group,
    grade_rise,
    group_of,
    motor_advisory,
    worse,
)
from inspection.standards import DEFAULT_STANDARD, Limit, Standard, standard
from inspection.texts import sentences, text
from inspection.thermogram import Thermogram
from inspection.units import Celsius, Kelvin

AMBIENT_RANGE = (-80.0, 100.0)
BARE_METAL = frozenset({"Legatura", "SFH"})
"""Classes that are often bare metal: joints, and the caps of fuses."""

EMISSIVITY_WARNING = text(
    "Bare metal reads too cold: with the emissivity set to 0.95, a true {true:.0f} reads about "
    "{oxidised:.0f} on oxidised, {tarnished:.0f} on tarnished and {polished:.0f} on polished copper.",
    true=Celsius(90), oxidised=Celsius(80), tarnished=Celsius(40), polished=Celsius(27),
)  # fmt: skip
_GRADED_SEVERITIES = ("watch", "plan repair", "repair now")


@dataclass(frozen=True)
class UserLimits:
    """Rises from which on the user wants a thing watched, its repair planned, or repaired at once, in K.

    Raises:
        SettingsError: not three ascending numbers from 0.1 to 1000.
    """

    similar: tuple[float, float, float] = (5.0, 15.0, 30.0)
    ambient: tuple[float, float, float] = (20.0, 40.0, 60.0)

    def __post_init__(self) -> None:
        for rows in (self.similar, self.ambient):
            if len(rows) != 3 or not all(isfinite(v) and 0.1 <= v <= 1000 for v in rows):
                raise SettingsError(text("The three limits must be numbers from 0.1 to 1000 K."))
            if not rows[0] < rows[1] < rows[2]:
                raise SettingsError(text("The three limits must ascend: watch, plan repair, repair now."))

    def applied_to(self, base: Standard) -> Standard:
        """The user-defined standard with these limits."""
        rows = {
            over: tuple(
                Limit(limit, True, severity, text("user's limit of {limit:g}", limit=Kelvin(limit)))
                for limit, severity in zip(limits, _GRADED_SEVERITIES, strict=True)
            )
            for over, limits in (("similar", self.similar), ("ambient", self.ambient))
        }
        return replace(base, similar=rows["similar"], ambient=rows["ambient"])


@dataclass(frozen=True)
class AssessSettings:
    """What the user chose for grading.

    Attributes:
        standard: id of a standard, see inspection.standards.
        ambient_celsius: typed ambient temperature, -80..100 °C, or None.
        same_load: the user says that components of one class in the picture carry the same load.
        reference_box: (left, top, right, bottom) px of a healthy component that the user picked or drew.
        emissivity_was_set: the user set the emissivity for this picture.
        user_limits: for the standard "user".
        use_unconfirmed: apply limits that are not confirmed against their text.
        chip_limits: °C of a chip's case for the two levels of advice, 30..200, ascending.

    Raises:
        SettingsError: a value is out of range.
    """

    standard: str = DEFAULT_STANDARD
    ambient_celsius: float | None = None
    same_load: bool = False
    reference_box: tuple[float, float, float, float] | None = None
    emissivity_was_set: bool = False
    user_limits: UserLimits = UserLimits()
    use_unconfirmed: bool = False
    chip_limits: tuple[float, float] = (85.0, 105.0)

    def __post_init__(self) -> None:
        standard(self.standard)
        low, high = AMBIENT_RANGE
        if self.ambient_celsius is not None and not low <= self.ambient_celsius <= high:
            raise SettingsError(
                text("The ambient temperature must be from {low:g} to {high:g} °C.", low=low, high=high)
            )
        if not 30 <= self.chip_limits[0] < self.chip_limits[1] <= 200:
            raise SettingsError(text("The chip limits must be two ascending temperatures from 30 to 200 °C."))
        if self.reference_box is not None:
            left, top, right, bottom = self.reference_box
            if not (all(isfinite(v) for v in self.reference_box) and left < right and top < bottom):
                raise SettingsError(text("The reference box must have a width and a height."))

    @property
    def applied_standard(self) -> Standard:
        """The chosen standard, with the user's limits where it is the user-defined one."""
        base = standard(self.standard)
        return self.user_limits.applied_to(base) if base.id == "user" else base


def assess(
    detections: Detections, thermogram: Thermogram, settings: AssessSettings | None = None
) -> tuple[Finding, ...]:
    """Measure and grade all detections of a picture.

    Args:
        detections: boxes in the pixels of the thermogram's picture.
        thermogram: where they were found.
        settings: the user's choices; None takes the defaults.

    Returns:
        One finding a detection, in their order. Findings without a grade say why in `reason`.

    Raises:
        SettingsError: the reference box lies outside the picture.
    """
    settings = settings or AssessSettings()
    box = settings.reference_box
    if box is not None and box_slices(box, thermogram.width, thermogram.height) is None:
        raise SettingsError(text("The reference box lies outside the picture."))
    findings = findings_from_detections(detections, thermogram)
    ambient = ambient_reference(thermogram, [f.xyxy for f in findings], settings.ambient_celsius)
    return tuple(_assess_one(finding, findings, thermogram, ambient, settings) for finding in findings)


def _assess_one(
    finding: Finding,
    findings: Sequence[Finding],
    thermogram: Thermogram,
    ambient: Reference | None,
    settings: AssessSettings,
) -> Finding:
    if finding.temperature_source == "none":
        return replace(finding, reason=text("Not graded: this picture has no temperature scale."))
    if finding.max_celsius is None:
        return replace(finding, reason=text("Not graded: there is no temperature data in this box."))
    if canonical_name(finding.class_name) in LIVING:
        return replace(finding, reason=text("Not graded: people and animals are warm for good reasons."))
    similar = similar_reference(finding, findings, thermogram, settings.reference_box, settings.same_load)
    hot = finding.max_celsius
    measured = replace(
        finding,
        delta_similar_kelvin=None if similar is None else hot - similar.celsius,
        delta_ambient_kelvin=None if ambient is None else hot - ambient.celsius,
        warning=_warning(finding, thermogram, settings),
    )
    chosen = settings.applied_standard
    if not chosen.confirmed and not settings.use_unconfirmed:
        reason: str = text(
            "Not graded: the limits of {standard} are not confirmed and switched off.", standard=chosen.name
        )
        return _with_reference(replace(measured, reason=reason), similar or ambient, thermogram)
    grade, reference = _grade(measured, similar, ambient, chosen)
    if grade is None:
        return _with_reference(replace(measured, reason=_why_not(measured, chosen)), reference, thermogram)
    reason = _reason(measured, similar, ambient)
    graded = replace(measured, severity=grade.severity, rule=grade.rule, reason=reason)
    return _with_reference(graded, reference, thermogram)


def _grade(
    finding: Finding, similar: Reference | None, ambient: Reference | None, chosen: Standard
) -> tuple[Grade | None, Reference | None]:
    """The worse of the grades over both references, and the reference that gave it."""
    if chosen.groups:
        assert finding.max_celsius is not None
        twin = None if similar is None else similar.celsius
        air = None if ambient is None else ambient.celsius
        return grade_by_group(chosen, finding.class_name, finding.max_celsius, twin, air), similar or ambient
    by_similar = by_ambient = None
    if finding.delta_similar_kelvin is not None:
        by_similar = grade_rise(chosen, "similar", finding.delta_similar_kelvin)
    if finding.delta_ambient_kelvin is not None:
        by_ambient = grade_rise(chosen, "ambient", finding.delta_ambient_kelvin)
    grade = worse(by_similar, by_ambient)
    if grade is None:
        return None, similar or ambient
    return grade, similar if grade is by_similar else ambient


def _with_reference(finding: Finding, reference: Reference | None, thermogram: Thermogram) -> Finding:
    if reference is None:
        return finding
    assert thermogram.celsius is not None
    place = box_slices(finding.xyxy, thermogram.width, thermogram.height)
    assert place is not None  # it was measured
    part = thermogram.celsius[place]
    known = np.isfinite(part)
    share = float(np.count_nonzero(part[known] > reference.celsius) / np.count_nonzero(known))
    return replace(finding, reference=reference.words, share_above_reference=share)


def _reason(finding: Finding, similar: Reference | None, ambient: Reference | None) -> str:
    """How much hotter it is than what, in one sentence; at least one reference is there."""
    hot = Celsius(finding.max_celsius or 0.0)
    rises = (finding.delta_similar_kelvin, finding.delta_ambient_kelvin)
    over_similar, over_ambient = (None if rise is None else Kelvin(rise) for rise in rises)
    if similar is None:
        return text(
            "{hot:.1f}: {rise:+.1f} against {reference}; no similar component under the same load to compare "
            "with.",
            hot=hot, rise=over_ambient, reference=None if ambient is None else ambient.words,
        )  # fmt: skip
    if ambient is None:
        return text(
            "{hot:.1f}: {rise:+.1f} against {reference}.",
            hot=hot, rise=over_similar, reference=similar.words,
        )  # fmt: skip
    return text(
        "{hot:.1f}: {rise:+.1f} against {reference} and {second_rise:+.1f} against {second_reference}; "
        "the worse grade counts.",
        hot=hot, rise=over_similar, reference=similar.words,
        second_rise=over_ambient, second_reference=ambient.words,
    )  # fmt: skip


def _why_not(finding: Finding, chosen: Standard) -> str:
    if chosen.groups and group_of(chosen, finding.class_name) is None:
        return text("Not graded: {standard} does not treat this class.", standard=chosen.name)
    if chosen.groups:
        return text(
            "Not graded: the rise over ambient is below {kelvin:g}.", kelvin=Kelvin(chosen.least_rise_kelvin)
        )
    return text("Not graded: there is nothing to compare with.")


def _warning(finding: Finding, thermogram: Thermogram, settings: AssessSettings) -> str:
    name = canonical_name(finding.class_name)
    assert finding.max_celsius is not None
    warnings: list[str] = []
    if name in BARE_METAL and not settings.emissivity_was_set:
        warnings.append(EMISSIVITY_WARNING)
    if name == "motor":
        warnings.append(motor_advisory(finding.max_celsius))
    if name == "SOC":
        warnings.append(chip_advisory(finding.max_celsius, settings.chip_limits))
    top, bottom = (thermogram.camera.get(f"scale_{end}_celsius") for end in ("max", "min"))
    if top is not None and bottom is not None and finding.max_celsius >= top - 0.01 * (top - bottom):
        warnings.append(text("At the upper end of the scale: the true temperature may be higher."))
    return sentences(*warnings)
