"""An int8 form finds what the float form finds, and only where int8 was asked for it is int8."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from inspection.box_tiles import cut
from inspection.convert import shipped_folder
from inspection.detector import Detector
from inspection.openvino_engine import OpenVINOEngine
from tests.conftest import blobs
from training.quantise import WAYS, fold_batch_norms, quantised


def read(weights: Path) -> Any:
    import openvino as ov

    return ov.Core().read_model(shipped_folder(weights) / "model.xml")


def kinds(model: Any) -> set[str]:
    return {node.get_type_name() for node in model.get_ops()}


def test_folding_batch_norms_changes_no_number_and_keeps_the_box_branches(
    detector: Detector, shipped: Path
) -> None:
    model = read(shipped)
    assert "BatchNormInference" in kinds(model)
    fold_batch_norms(model)
    assert "BatchNormInference" not in kinds(model)
    batch = blobs(160, 128)[None]
    expected = detector.engine.infer(batch)
    actual = OpenVINOEngine(model, detector.info, "f32").infer(batch)
    np.testing.assert_allclose(actual[:, 4:], expected[:, 4:], rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(actual[:, :4], expected[:, :4], rtol=1e-3, atol=0.01)
    assert cut(model) is not None


@pytest.mark.parametrize("way", WAYS)
def test_quantised_scores_are_near_and_the_box_branch_stays_in_float(
    way: str, detector: Detector, shipped: Path, tmp_path: Path
) -> None:
    files = []
    for seed in range(6):
        files.append(tmp_path / f"{seed}.png")
        cv2.imwrite(str(files[-1]), blobs(160, 128, seed))
    model = quantised(read(shipped), files, detector.info, WAYS[way])
    in_int8 = [
        node.get_friendly_name()
        for node in model.get_ops()
        if node.get_type_name() == "Convolution"
        and node.input_value(1).get_node().get_type_name() in ("FakeQuantize", "Multiply")  # the weights
    ]
    assert len(in_int8) > 20 and not any(".cv2." in name and ".23." in name for name in in_int8)
    assert any(".model.0." in name for name in in_int8) == ("first two" not in way)
    batch = blobs(160, 128, 9)[None]
    expected = detector.engine.infer(batch)[:, 4:]
    actual = OpenVINOEngine(model, detector.info, "int8").infer(batch)[:, 4:]
    # A single score of an untrained network may move far; most stay where they are.
    assert 0 < np.quantile(np.abs(actual - expected), 0.95) < 0.1
