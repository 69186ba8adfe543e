"""What goes beside the weights: recommendation, mistakes, record and the card's tables. No training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from inspection.detections import Detections
from training import card
from training.compare import Compared
from training.compare_tables import tables
from training.evaluate import Evaluation
from training.failures import mistakes
from training.recommend import recommend
from training.record import compact, write_record
from training.scoring import Point, Score

NAMES = ("Compenenta incalzita", "Componenta incalzita", "persoana", "pisica")


def curve(best: float, alarms: int = 0, f1: float = 0.5) -> list[Point]:
    """F1 highest at one confidence; alarms below 0.2."""
    steps = [round(0.05 * i, 2) for i in range(1, 10)]
    return [
        Point(s, 0.5, 0.5, f1 - abs(s - best), alarms if s < 0.2 else 0, 100) for s in steps
    ]  # fmt: skip


def result(imgsz: int = 416, hot: float = 0.3, alarms: int = 0, person: float = 0.35) -> Evaluation:
    classes = {
        "Componenta incalzita": Score(12, hot, hot / 2),
        "persoana": Score(40, 0.8, 0.4),
        "pisica": Score(0, float("nan"), float("nan")),
    }
    return Evaluation(
        "best.pt", imgsz, 9, classes, {"vault": {"Componenta incalzita": Score(12, hot, hot / 2)}},
        Score(12, hot, hot / 2), {"vault": Score(12, hot, hot / 2)}, curve(0.1, alarms),
        {"persoana": curve(person)}, 20.0,
    )  # fmt: skip


def test_the_best_size_and_quiet_confidences_are_recommended() -> None:
    chosen = recommend([result(416, 0.2), result(512, 0.4)], NAMES)
    assert chosen == {"imgsz": 512, "conf": 0.1, "class_conf": {"persoana": 0.35, "pisica": 0.35}}
    loud = recommend([result(alarms=50)], NAMES)
    assert loud["conf"] == 0.2  # the best F1 among those with few alarms
    alike = recommend([result(person=0.1)], NAMES)
    assert alike["class_conf"] == {}  # a confidence of its own would gain nothing


def test_mistakes_are_told_from_right_finds() -> None:
    boxes = np.array([[0, 0, 10, 10], [50, 50, 60, 60], [20, 20, 30, 30]], np.float32)
    found = Detections(boxes, np.array([0.9, 0.8, 0.7], np.float32), np.array([0, 2, 2]), NAMES)
    labels = [
        ("Componenta incalzita", np.array([0, 0, 10, 11.0])),  # found by its misspelt name
        ("pisica", np.array([50, 50, 60, 60.0])),  # found as something else
        ("persoana", np.array([80, 80, 90, 90.0])),  # not found
    ]
    wrong = mistakes(found, labels)
    assert [name for name, _ in wrong.missed] == ["pisica", "persoana"]
    assert [(name, round(conf, 1)) for name, conf, _ in wrong.false] == [("persoana", 0.8), ("persoana", 0.7)]
    nothing = mistakes(found[np.zeros(0, int)], [])
    assert nothing.missed == nothing.false == []


def test_scores_survive_json_and_networks_may_have_different_numbers_of_seeds(tmp_path: Path) -> None:
    first = Compared("yolo11n", 2_600_000, 6.5, 20.0, {0: result(hot=0.2), 1: result(hot=0.4)})
    other = Compared("yolo11n-smp", 2_500_000, 6.6, 21.0, {0: result(hot=0.5)})
    again = Evaluation.from_dict(json.loads(json.dumps(first.runs[0].as_dict())))
    assert again.hot == first.runs[0].hot and again.curve == first.runs[0].curve
    text = tables([first, other])
    assert "| yolo11n | 2 | 2,600,000 | 6.5 | 20 | 0.300 ± 0.141 |" in text
    assert "| yolo11n-smp | 1 | 2,500,000 | 6.6 | 21 | 0.500 |" in text
    assert "| vault: heated component (12) | 0.300 ± 0.141 / 0.150 ± 0.071 | 0.500 / 0.250 |" in text
    write_record(tmp_path / "training.json", {"comparison": compact([first, other])})
    kept = json.loads((tmp_path / "training.json").read_text())["comparison"]
    assert kept["networks"][0]["hot"]["ap50"] == [pytest.approx(0.3), pytest.approx(0.14142, abs=1e-5)]
    assert kept["networks"][1]["hot"]["ap50"] == [0.5] and "pisica" not in kept["boxes"]


def test_the_card_keeps_its_words_and_marks_unvalidated_classes(tmp_path: Path) -> None:
    path = tmp_path / "MODEL_CARD.md"
    old = "Before.\n<!-- table: classes -->\nold\n<!-- end -->\nAfter.\n"
    path.write_text(f"{old}<!-- table: other -->\nkept\n<!-- end -->\n")
    table = card.classes_table([result()], {"persoana": 30})
    assert card.fill(path, {"classes": table, "nowhere": "x"}) == ["nowhere"]
    text = path.read_text()
    assert "old" not in text and "kept" in text and text.startswith("Before.") and "After." in text
    assert "| heated component (synthetic only, not validated) | 0 | 12 | 0.30 | 0.15 |" in text
    assert "| person | 30 | 40 | 0.80 | 0.40 |" in text
