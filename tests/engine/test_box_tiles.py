"""Boxes computed where something may be are those that the whole network computes."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from inspection.convert import shipped_folder
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.engine import ModelInfo
from inspection.openvino_engine import OpenVINOEngine
from tests.conftest import blobs


@pytest.fixture(scope="module")
def engines(detector: Detector, shipped: Path) -> tuple[OpenVINOEngine, OpenVINOEngine]:
    """The engine that is used and the slow reference, of the tiny network."""
    import openvino as ov

    assert isinstance(detector.engine, OpenVINOEngine)
    model = ov.Core().read_model(shipped_folder(shipped) / "model.xml")  # in memory: no cache is asked
    return detector.engine, OpenVINOEngine(model, detector.info, everywhere=True)


# Whole tiles, cut ones at two edges, and maps smaller than a tile.
@pytest.mark.parametrize("shape", [(128, 256), (96, 160), (160, 96), (32, 32), (32, 448)])
def test_all_boxes_are_those_of_the_whole_network(
    engines: tuple[OpenVINOEngine, OpenVINOEngine], shape: tuple[int, int]
) -> None:
    tiled, whole = engines
    batch = np.stack([blobs(shape[1], shape[0], seed) for seed in range(2)])
    actual, expected = tiled.infer(batch), whole.infer(batch)
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual[:, :4], expected[:, :4], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(actual[:, 4:], expected[:, 4:], rtol=1e-4, atol=1e-6)


def test_boxes_above_the_floor_are_there_and_far_ones_are_left_out(
    engines: tuple[OpenVINOEngine, OpenVINOEngine],
) -> None:
    tiled, whole = engines
    batch = blobs(256, 192)[None]
    expected = whole.infer(batch)[0]
    best = expected[4:].max(axis=0)
    floor = float(np.quantile(best, 0.98))
    for actual in (tiled.infer(batch, floor)[0], next(tiled.infer_many([batch], floor))[0]):
        wanted = best > floor + 1e-5
        np.testing.assert_allclose(actual[:4, wanted], expected[:4, wanted], rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(actual[4:], expected[4:], rtol=1e-4, atol=1e-6)
        assert (actual[2] == 0).mean() > 0.3  # anchors in tiles without a wanted one


def test_a_floor_above_all_scores_computes_no_box(
    engines: tuple[OpenVINOEngine, OpenVINOEngine],
) -> None:
    assert not engines[0].infer(blobs(96, 64)[None], 1.0)[0, :4].any()


def test_the_shipped_network_is_cut(shipped_info: ModelInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVERHEAT_CACHE", "")  # neither reads compiled networks nor writes them
    model = DEFAULT_WEIGHTS.with_name("best_openvino") / "model.xml"
    tiled, whole = (OpenVINOEngine(model, shipped_info, everywhere=e) for e in (False, True))
    picture = Path(__file__).resolve().parents[2] / "samples" / "yard.jpg"
    from inspection.reading import read_picture

    shown = read_picture(picture.read_bytes(), picture.name).picture
    fast, slow = (Detector(e).candidates(shown, 320).select(0.05, 0.7) for e in (tiled, whole))
    assert len(tiled._branches) == 3 and not whole._branches
    assert len(slow) > 0
    np.testing.assert_allclose(fast.xyxy, slow.xyxy, rtol=1e-4, atol=0.01)


@pytest.fixture
def shipped_info() -> ModelInfo:
    """What is known of the shipped model."""
    return Detector.load().info


def test_a_network_with_another_head_is_left_whole(caplog: pytest.LogCaptureFixture) -> None:
    import openvino as ov
    from openvino import opset13 as ops

    from inspection.box_tiles import cut

    x = ops.parameter([-1, 8, -1], ov.Type.f32)
    boxes, scores = ops.split(x, 1, 2).outputs()
    joined = ops.concat([boxes, ops.sigmoid(scores).output(0)], 1)
    model = ov.Model([joined.output(0)], [x], "other")
    with caplog.at_level(logging.INFO):
        assert cut(model) is None
    assert "no box branches" in caplog.text
    assert ov.compile_model(model, "CPU")(np.zeros((1, 8, 5), np.float32))[0].shape == (1, 8, 5)
