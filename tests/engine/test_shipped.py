"""The OpenVINO forms in the repository are made from the checkpoint in the repository."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from inspection import model_folder
from inspection.checkpoint import check_file
from inspection.convert import shipped_folder
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.openvino_engine import computes
from training.scoring import iou_matrix

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.jpg"))
needs_int8 = pytest.mark.skipif(
    not (shipped_folder(DEFAULT_WEIGHTS) / "int8.json").exists(), reason="no int8 form"
)


@pytest.mark.skipif(not DEFAULT_WEIGHTS.exists(), reason="no weights yet")
def test_the_shipped_form_belongs_to_the_checkpoint() -> None:
    sha256, _ = check_file(DEFAULT_WEIGHTS)
    info = model_folder.read_info(shipped_folder(DEFAULT_WEIGHTS), sha256)
    assert info is not None, "run: python -m inspection.convert weights/best.pt"
    weights = shipped_folder(DEFAULT_WEIGHTS) / "model.bin"
    assert weights.stat().st_size < 2.2 * info.parameters  # float16


@needs_int8
def test_the_shipped_int8_form_is_whole_and_of_this_network() -> None:
    assert model_folder.int8_form(shipped_folder(DEFAULT_WEIGHTS)), "run: python -m training.quantise"


@needs_int8
@pytest.mark.skipif(not computes("int8"), reason="this processor does not compute in int8")
def test_the_shipped_int8_form_finds_what_the_float_form_finds() -> None:
    exact = Detector.load(DEFAULT_WEIGHTS, "openvino", precision="f32")
    fast = Detector.load(DEFAULT_WEIGHTS, "openvino", precision="int8")
    clear = 0
    for sample in SAMPLES:
        picture = np.asarray(cv2.imread(str(sample)), np.uint8)
        expected = exact.detect(picture, 0.4, 0.5, imgsz=416)
        actual = fast.detect(picture, 0.25, 0.5, imgsz=416)
        same = expected.class_id[:, None] == actual.class_id[None]
        same &= iou_matrix(expected.xyxy.astype(float), actual.xyxy.astype(float)) > 0.7
        assert same.any(axis=1).all(), sample.name
        clear += len(expected)
    assert clear >= 5
