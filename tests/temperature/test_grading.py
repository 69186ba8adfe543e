"""Standards, references and grades."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from inspection.assess import AssessSettings, UserLimits, assess
from inspection.classes import CLASS_NAMES
from inspection.detections import Detections
from inspection.errors import SettingsError
from inspection.finding import SEVERITIES, Finding, findings_from_detections
from inspection.severity import (
    chip_advisory,
    grade_by_group,
    grade_rise,
    motor_advisory,
    relative_difference,
)
from inspection.standards import standard, standards
from inspection.thermogram import Thermogram

JOINT, DOG, FUSE, CHIP, MOTOR, PERSON = 4, 1, 5, 6, 7, 8


def thermogram(spots: dict[tuple[int, int], float], source: str = "radiometric", **camera) -> Thermogram:
    """A 20 °C picture of 200 x 100 px with 20 x 20 px squares of a temperature at (x, y)."""
    celsius = np.full((100, 200), 20, np.float32)
    for (x, y), value in spots.items():
        celsius[y : y + 20, x : x + 20] = value
    picture = np.zeros((100, 200, 3), np.uint8)
    return Thermogram(picture, celsius, source, 2.0, camera)


def detections(*boxes: tuple[int, int, int], size: int = 20) -> Detections:
    """Boxes of (x, y, class id)."""
    xyxy = np.array([[x, y, x + size, y + size] for x, y, _ in boxes], np.float32).reshape(-1, 4)
    n = len(boxes)
    ids = np.array([c for _, _, c in boxes], np.int64)
    return Detections(xyxy, np.full(n, 0.8, np.float32), ids, CLASS_NAMES)


@pytest.mark.parametrize(
    ("over", "rise", "severity", "word"),
    [
        ("similar", 0.4, "none", "below"),
        ("similar", 0.5, "watch", "class 1"),
        ("similar", 3.49, "watch", "class 1"),
        ("similar", 3.5, "plan repair", "class 2"),
        ("similar", 15.4, "plan repair", "class 2"),
        ("similar", 15.5, "repair now", "class 4"),
        ("similar", -8, "none", "below"),
        ("ambient", 10.4, "watch", "class 1"),
        ("ambient", 10.5, "plan repair", "class 2"),
        ("ambient", 20.5, "plan repair", "class 3"),
        ("ambient", 40.4, "plan repair", "class 3"),
        ("ambient", 40.5, "repair now", "class 4"),
    ],
)
def test_neta_rounds_to_whole_kelvin_first(over, rise, severity, word):
    grade = grade_rise(standard("neta-mts-100.18"), over, rise)
    assert grade.severity == severity and word in grade.rule


@pytest.mark.parametrize(
    ("name", "rises"),
    [
        (
            "military",
            [(9.9, "none"), (10, "watch"), (25, "plan repair"), (40, "repair now"), (70, "repair now")],
        ),
        (
            "experience",
            [(0.9, "none"), (1, "watch"), (10, "watch"), (10.1, "plan repair"), (20.1, "repair now")],
        ),
    ],
)
def test_other_tables_hold_for_both_references(name, rises):
    for over in ("similar", "ambient"):
        assert [grade_rise(standard(name), over, rise).severity for rise, _ in rises] == [s for _, s in rises]


def test_every_data_file_names_its_source_and_uses_the_four_severities():
    assert next(iter(standards())) == "neta-mts-100.18"
    assert {"military", "experience", "dlt-664", "user"} < set(standards())
    for found in standards().values():
        assert found.source and found.note
        assert {row.severity for row in found.similar + found.ambient} <= set(SEVERITIES)
    unconfirmed = [s.id for s in standards().values() if not s.confirmed]
    assert unconfirmed == ["dlt-664"]
    for entry in files("inspection.standards").iterdir():
        if entry.name.endswith(".json"):
            json.loads(entry.read_text(encoding="utf-8"))


def test_unknown_standard():
    with pytest.raises(SettingsError, match="neta"):
        AssessSettings(standard="best")


def test_relative_difference_of_dlt_664():
    assert relative_difference(70, 40, 20) == pytest.approx(60)
    chosen = standard("dlt-664")
    assert grade_by_group(chosen, "Legatura", 112, None, 20).severity == "repair now"
    assert grade_by_group(chosen, "Legatura", 75, 30, 20).severity == "plan repair"  # 82 %
    assert grade_by_group(chosen, "Legatura", 60, 21, 20).severity == "repair now"  # 97.5 %
    assert grade_by_group(chosen, "Legatura", 40, 35, 20).severity == "watch"
    assert grade_by_group(chosen, "Legatura", 40, 40, 20).severity == "none"
    assert grade_by_group(chosen, "Legatura", 29, 21, 20) is None
    assert grade_by_group(chosen, "motor", 90, None, 20) is None
    assert "not confirmed" in grade_by_group(chosen, "SFH", 60, None, 20).rule


def test_limits_from_memory_are_off_until_switched_on():
    picture = thermogram({(10, 10): 112.0})
    found = detections((10, 10, JOINT))
    (off,) = assess(found, picture, AssessSettings(standard="dlt-664", ambient_celsius=20))
    assert off.severity is None and "not confirmed" in off.reason and off.delta_ambient_kelvin == 92
    (on,) = assess(found, picture, AssessSettings("dlt-664", 20, use_unconfirmed=True))
    assert on.severity == "repair now"


def test_advisories_are_no_grades():
    assert "class A (105 °C)" in motor_advisory(110) and "class" not in motor_advisory(70)
    assert chip_advisory(80, (85, 105)) == ""
    assert "85" in chip_advisory(90, (85, 105)) and "105" in chip_advisory(120, (85, 105))
    (chip,) = assess(detections((10, 10, CHIP)), thermogram({(10, 10): 90.0}), AssessSettings())
    assert "data sheet" in chip.warning
    (chip,) = assess(
        detections((10, 10, CHIP)), thermogram({(10, 10): 90.0}), AssessSettings(chip_limits=(95, 120))
    )
    assert chip.warning == ""


def test_two_of_a_class_compare_with_the_cooler_one_under_the_same_load():
    picture = thermogram({(10, 10): 60.0, (50, 10): 40.0})
    found = detections((10, 10, JOINT), (50, 10, JOINT))
    alone = assess(found, picture, AssessSettings(ambient_celsius=38))
    assert [f.delta_similar_kelvin for f in alone] == [None, None]
    hot, cool = assess(found, picture, AssessSettings(ambient_celsius=38, same_load=True))
    assert (hot.delta_similar_kelvin, cool.delta_similar_kelvin) == (20, 0)
    assert hot.severity == "repair now" and "similar" in hot.rule and "cooler of two" in hot.reference
    assert cool.severity == "watch" and "ambient" in cool.rule  # the worse of both counts


def test_three_of_a_class_compare_with_the_median_of_the_cooler_half():
    picture = thermogram({(10, 10): 60.0, (50, 10): 40.0, (90, 10): 44.0})
    found = detections((10, 10, JOINT), (50, 10, JOINT), (90, 10, JOINT))
    hot, *_ = assess(found, picture, AssessSettings(same_load=True))
    assert hot.delta_similar_kelvin == pytest.approx(18)


def test_other_sizes_and_classes_are_not_similar():
    picture = thermogram({(10, 10): 60.0, (50, 10): 40.0})
    small = detections((10, 10, JOINT), (50, 10, JOINT))
    xyxy = small.xyxy.copy()
    xyxy[1, 2:] = xyxy[1, :2] + 10  # a quarter of the area
    other = Detections(xyxy, small.confidence, small.class_id, CLASS_NAMES)
    assert assess(other, picture, AssessSettings(same_load=True))[0].delta_similar_kelvin is None
    mixed = detections((10, 10, JOINT), (50, 10, FUSE))
    assert assess(mixed, picture, AssessSettings(same_load=True))[0].delta_similar_kelvin is None


def test_both_spellings_are_one_class():
    picture = thermogram({(10, 10): 60.0, (50, 10): 40.0})
    found = assess(detections((10, 10, 2), (50, 10, 3)), picture, AssessSettings(same_load=True))
    assert found[0].delta_similar_kelvin == 20


def test_a_picked_reference_comes_first():
    picture = thermogram({(10, 10): 60.0, (50, 10): 40.0, (90, 50): 30.0})
    found = detections((10, 10, JOINT), (50, 10, JOINT))
    settings = AssessSettings(same_load=True, reference_box=(90, 50, 110, 70), ambient_celsius=20)
    hot, _ = assess(found, picture, settings)
    assert hot.delta_similar_kelvin == 30 and "picked" in hot.reason
    picked = replace(settings, reference_box=(10, 10, 30, 30))
    assert assess(found, picture, picked)[0].delta_similar_kelvin is None  # not against itself
    with pytest.raises(SettingsError, match="outside"):
        assess(found, picture, replace(settings, reference_box=(500, 500, 520, 520)))
    with pytest.raises(SettingsError, match="width"):
        AssessSettings(reference_box=(10, 10, 10, 20))


def test_ambient_is_typed_then_the_files_then_estimated():
    found = detections((10, 10, JOINT))
    picture = thermogram({(10, 10): 60.0}, air_celsius=17.0)
    assert assess(found, picture, AssessSettings(ambient_celsius=25))[0].delta_ambient_kelvin == 35
    of_file = assess(found, picture)[0]
    assert of_file.delta_ambient_kelvin == 43 and "camera" in of_file.reference
    estimated = assess(found, thermogram({(10, 10): 60.0}))[0]
    assert estimated.delta_ambient_kelvin == 40 and "estimated" in estimated.reference
    full = detections((0, 0, JOINT), size=300)
    nothing = assess(full, thermogram({}))[0]
    assert nothing.severity is None and "nothing to compare" in nothing.reason


@pytest.mark.parametrize("ambient", [-300, 101, float("nan")])
def test_ambient_out_of_range_names_the_range(ambient):
    with pytest.raises(SettingsError, match="-80 to 100"):
        AssessSettings(ambient_celsius=ambient)


@pytest.mark.parametrize("living", [DOG, PERSON, 9])
def test_people_and_animals_are_measured_but_not_graded(living):
    (found,) = assess(detections((10, 10, living)), thermogram({(10, 10): 36.0}))
    assert found.max_celsius == 36 and found.severity is None and "people and animals" in found.reason


def test_nothing_is_graded_without_a_scale():
    picture = Thermogram(np.zeros((100, 200, 3), np.uint8))
    (found,) = assess(detections((10, 10, JOINT)), picture, AssessSettings(ambient_celsius=20))
    assert found.max_celsius is None and found.severity is None and found.temperature_source == "none"
    assert "no temperature scale" in found.reason


def test_a_box_without_data_says_so():
    picture = thermogram({(10, 10): np.nan})
    (found,) = assess(detections((10, 10, JOINT)), picture)
    assert found.max_celsius is None and "no temperature data" in found.reason
    (outside,) = assess(detections((500, 500, JOINT)), thermogram({}))
    assert outside.max_celsius is None


def test_bare_metal_is_warned_of_until_the_emissivity_was_set():
    picture = thermogram({(10, 10): 60.0})
    found = detections((10, 10, JOINT), (50, 10, FUSE), (90, 10, 3))
    warned = [bool(f.warning) for f in assess(found, picture)]
    assert warned == [True, True, False]
    assert not any(f.warning for f in assess(found, picture, AssessSettings(emissivity_was_set=True)))


def test_in_a_coloured_picture_the_hottest_is_the_mean_of_the_top_percent():
    celsius = np.full((100, 200), 30, np.float32)
    celsius[10, 10] = 80  # one wrong pixel
    picture = Thermogram(np.zeros((100, 200, 3), np.uint8), celsius, "scale", 3.0)
    (found,) = assess(detections((10, 10, CHIP)), picture)
    assert found.max_celsius == pytest.approx((80 + 3 * 30) / 4)
    top = {"scale_min_celsius": 10.0, "scale_max_celsius": 60.0}
    saturated = thermogram({(10, 10): 60.0}, "scale", **top)
    assert "upper end" in assess(detections((10, 10, CHIP)), saturated)[0].warning


def test_share_above_the_reference():
    celsius = np.full((100, 200), 20, np.float32)
    celsius[10:30, 10:15] = 60
    picture = Thermogram(np.zeros((100, 200, 3), np.uint8), celsius, "radiometric", 2.0)
    (found,) = assess(detections((10, 10, JOINT)), picture, AssessSettings(ambient_celsius=25))
    assert found.share_above_reference == 0.25


def test_user_defined_limits():
    settings = AssessSettings("user", 20, user_limits=UserLimits(similar=(1, 2, 3), ambient=(30, 35, 50)))
    (found,) = assess(detections((10, 10, MOTOR)), thermogram({(10, 10): 56.0}), settings)
    assert found.severity == "plan repair" and "35 K" in found.rule
    for wrong in ((3, 2, 1), (0, 1, 2), (1, 2, 5000)):
        with pytest.raises(SettingsError):
            UserLimits(similar=wrong)


def test_findings_keep_the_order_and_are_numbered():
    picture = thermogram({(10, 10): 60.0, (50, 10): 90.0})
    found = assess(detections((10, 10, JOINT), (50, 10, JOINT)), picture)
    assert [f.number for f in found] == [1, 2]
    assert assess(Detections.empty(CLASS_NAMES), picture) == ()


def test_findings_without_grading():
    plain = findings_from_detections(
        detections((10, 10, JOINT)), Thermogram(np.zeros((100, 200, 3), np.uint8))
    )
    assert plain[0].max_celsius is None and plain[0].temperature_source == "none"
    (known,) = findings_from_detections(detections((10, 10, JOINT)), thermogram({(10, 10): 60.0}))
    assert known.max_celsius == known.mean_celsius == 60 and known.severity is None
    assert (known.width_px, known.height_px, known.area_px, known.area_percent) == (20, 20, 400, 2)
    assert known.display_name == "joint"


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0},
        {"confidence": 1.5},
        {"xyxy": (5.0, 5.0, 1.0, 9.0)},
        {"xyxy": (float("nan"), 0.0, 1.0, 1.0)},
        {"severity": "bad"},
        {"max_celsius": float("inf")},
        {"share_above_reference": 2.0},
        {"temperature_source": "guess"},
        {"temperature_source": "none", "max_celsius": 20.0},
    ],
)
def test_findings_are_validated(wrong):
    good = {
        "number": 1,
        "class_id": 4,
        "class_name": "Legatura",
        "confidence": 0.5,
        "xyxy": (0.0, 0.0, 4.0, 4.0),
        "picture_width": 20,
        "picture_height": 20,
        "temperature_source": "radiometric",
    }
    assert Finding(**good).number == 1
    with pytest.raises(ValueError):
        Finding(**(good | wrong))
