"""Sentences follow the reader's unit: temperatures by 1.8 and 32, differences by 1.8 alone."""

from __future__ import annotations

import copy
import pickle
import re

import numpy as np
import pytest

from inspection.assess import AssessSettings, assess
from inspection.classes import CLASS_NAMES
from inspection.detections import Detections
from inspection.finding import Finding
from inspection.standards import standards
from inspection.store.codec import from_plain, to_plain
from inspection.tables import columns_for
from inspection.texts import LANGUAGES, text, translate
from inspection.thermogram import Thermogram
from inspection.units import Celsius, Kelvin, Kelvins, Tolerance


def test_a_sentence_is_told_in_either_unit() -> None:
    said = text(
        "{hot:.1f}: {rise:+.1f} against {reference}.",
        hot=Celsius(90), rise=Kelvin(10.5), reference=text("typed ambient"),
    )  # fmt: skip
    assert said == "90.0 °C: +10.5 K against typed ambient."
    assert translate(said, "en", "°F") == "194.0 °F: +18.9 °F against typed ambient."
    assert translate(said, "ro", "°F").startswith("194,0 °F: +18,9 °F față de")
    for kept in (pickle.loads(pickle.dumps(said)), copy.deepcopy(said)):
        assert translate(kept, "en", "°F") == translate(said, "en", "°F")


def test_tolerances_and_ranges_have_no_offset() -> None:
    about = text("about ±{kelvin:.1f}", kelvin=Tolerance(2))
    assert [translate(about, "en", unit) for unit in ("°C", "°F")] == ["about ±2.0 °C", "about ±3.6 °F"]
    assert [Kelvins(">4-15").written("", unit) for unit in ("°C", "°F")] == [">4-15 K", ">7.2-27 °F"]


def graded(standard: str, **settings: object) -> tuple[Finding, ...]:
    """Two of every class with temperatures far apart, over a cool ground."""
    celsius = np.full((100, 200), 20, np.float32)
    boxes = [[x, y, x + 8, y + 8] for y in (10, 60) for x in range(0, 200, 20)]
    for number, (x, y, right, bottom) in enumerate(boxes):
        celsius[y:bottom, x:right] = 40 + 9 * number
    detections = Detections(
        np.array(boxes, np.float32), np.full(20, 0.9, np.float32),
        np.array([*range(10), *range(10)], np.int64), CLASS_NAMES,
    )  # fmt: skip
    picture = np.zeros((100, 200, 3), np.uint8)
    camera = {"scale_min_celsius": 20.0, "scale_max_celsius": 211.0}
    thermogram = Thermogram(picture, celsius, "scale", 3.0, camera)
    return assess(detections, thermogram, AssessSettings(standard, use_unconfirmed=True, **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize("standard", list(standards()))
@pytest.mark.parametrize("same_load", [False, True])
def test_no_word_of_a_finding_stays_in_the_other_unit(standard: str, same_load: bool) -> None:
    findings = graded(standard, same_load=same_load)
    columns = columns_for(findings, "°F")
    said = [value for column in columns for f in findings if isinstance(value := column.value(f), str)]
    heads = [column.title for column in columns] + [known.note for known in standards().values()]
    for sentence in (*said, *heads):
        for language in LANGUAGES:
            shown = translate(sentence, language, "°F")
            assert not re.search(r"°C|\bK\b|[0-9] ?K", shown), shown
    assert any("°F" in translate(sentence, "en", "°F") for sentence in said)


def test_what_was_saved_follows_the_unit_too() -> None:
    (finding, *_) = graded("neta-mts-100.18", ambient_celsius=20.0)
    again = from_plain(Finding, to_plain(finding))
    assert again == finding
    assert translate(again.reason, "zh", "°F") == translate(finding.reason, "zh", "°F")
    assert "°F" in translate(again.rule or "", "zh", "°F")
