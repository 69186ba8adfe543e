"""What the pages and commands start with: measured beside the weights, or usual values."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspection.candidates import Candidates
from inspection.engine import ModelInfo
from inspection.errors import SettingsError
from inspection.letterbox import Fit
from inspection.recommended import Recommended, recommended
from inspection.settings import RunSettings

NAMES = ("Legatura", "persoana")
INFO = ModelInfo("best.pt", "ab" * 32, 1, NAMES, 1, 1, "yolo11n", 32, 500, "anchors")


def put(folder: Path, **record: object) -> Path:
    (folder / "training.json").write_text(json.dumps(record))
    return folder / "best.pt"


def test_measured_values_belong_to_these_weights_only(tmp_path: Path) -> None:
    entry = {"imgsz": 512, "conf": 0.15, "class_conf": {"persoana": 0.3}}
    weights = put(tmp_path, sha256=INFO.sha256, recommended=entry)
    assert recommended(weights, INFO) == Recommended(0.15, 512, (("persoana", 0.3),), True)
    other = recommended(weights, replace(INFO, sha256="cd" * 32))
    assert (other.conf, other.imgsz, other.class_conf, other.measured) == (0.25, 512, (), False)


@pytest.mark.parametrize("imgsz, wanted", [(64, 320), (500, 512), (4000, 1280)])
def test_other_weights_start_at_the_size_they_were_trained_at(
    tmp_path: Path, imgsz: int, wanted: int
) -> None:
    assert recommended(tmp_path / "best.pt", replace(INFO, imgsz=imgsz)).imgsz == wanted


@pytest.mark.parametrize(
    "entry", [None, [], {"imgsz": 7, "conf": 0.2}, {"imgsz": 320, "conf": "x"}, {"conf": 2, "imgsz": 320}]
)
def test_a_damaged_record_is_ignored(tmp_path: Path, entry: object) -> None:
    assert not recommended(put(tmp_path, sha256=INFO.sha256, recommended=entry), INFO).measured
    (tmp_path / "training.json").write_text("{")
    assert not recommended(tmp_path / "best.pt", INFO).measured


def test_classes_keep_their_own_confidence_until_somebody_chooses_one() -> None:
    start = Recommended(0.15, 416, (("persoana", 0.3),), True)
    assert start.settings().class_conf == start.settings(0.15).class_conf == (("persoana", 0.3),)
    assert start.settings(0.2).class_conf == ()
    assert start.settings(0.2, imgsz=640) == RunSettings(0.2, 0.7, 640)
    with pytest.raises(SettingsError):
        RunSettings(class_conf=(("persoana", 2.0),))


def test_thresholds_per_class_select_per_class() -> None:
    boxes = np.array([[0, 0, 9, 9], [20, 0, 29, 9], [40, 0, 49, 9], [60, 0, 69, 9]], np.float32)
    confidence = np.array([0.2, 0.2, 0.35, 0.1], np.float32)
    fit = Fit((100, 100), (1.0, 1.0), (0.0, 0.0))
    candidates = Candidates(boxes, confidence, np.array([0, 1, 1, 0]), NAMES, fit)
    thresholds = RunSettings(0.15, class_conf=(("persoana", 0.3),)).thresholds(NAMES)
    assert sorted(candidates.select(thresholds, 0.7).xyxy[:, 0]) == [0, 40]
    assert RunSettings(0.15, class_conf=(("nobody", 0.3),)).thresholds(NAMES) == 0.15
