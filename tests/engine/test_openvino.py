"""OpenVINO computes what torch computes, from any thread and many at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from inspection.detector import Detector
from inspection.engine import cores
from inspection.openvino_engine import OpenVINOEngine, computes
from inspection.torch_engine import TorchEngine
from tests.conftest import blobs

SHAPES = [(96, 128), (128, 96), (32, 160), (160, 160)]


@pytest.fixture(scope="module")
def torch_engine(tiny_weights: Path) -> TorchEngine:
    return TorchEngine(tiny_weights)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_same_output_as_torch_at_every_size(
    detector: Detector, torch_engine: TorchEngine, shape: tuple[int, int], batch: int
) -> None:
    pictures = np.stack([blobs(shape[1], shape[0], seed) for seed in range(batch)])
    actual, expected = detector.engine.infer(pictures), torch_engine.infer(pictures)
    assert actual.shape == expected.shape == (batch, 14, shape[0] * shape[1] * 21 // 1024)
    assert np.abs(actual[:, 4:] - expected[:, 4:]).max() < 0.01
    assert np.quantile(np.abs(actual[:, :4] - expected[:, :4]), 0.99) < 0.5


@pytest.mark.parametrize("window", [2, 4, 7])
def test_pooled_attention_on_maps_smaller_than_its_window(window: int) -> None:
    import openvino as ov
    import torch

    from custom_layers.cloatt import EfficientAttention

    torch.manual_seed(0)
    layer = EfficientAttention(16, 8, [4, 4], [3], window).eval()
    model = ov.convert_model(layer, example_input=torch.zeros(1, 16, 8, 12))
    model.reshape(ov.PartialShape([-1, 16, -1, -1]))
    compiled = ov.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    for height, width in [(1, 1), (1, 9), (2, 20), (7, 3), (8, 12)]:
        x = torch.randn(2, 16, height, width)
        with torch.no_grad():
            expected = layer(x).numpy()
        np.testing.assert_allclose(compiled(x.numpy())[0], expected, atol=1e-5)


@pytest.mark.skipif(not computes("bf16"), reason="this processor does not compute in bfloat16")
def test_pooled_attention_of_a_known_size_is_compiled_in_bf16() -> None:
    import openvino as ov
    import torch

    from custom_layers.cloatt import EfficientAttention

    torch.manual_seed(0)
    layer = EfficientAttention(16, 8, [4, 4], [3], 7).eval()
    x = torch.randn(1, 16, 20, 30)
    model = ov.convert_model(layer, example_input=x)
    model.reshape([1, 16, 20, 30])
    compiled = ov.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "bf16"})
    with torch.no_grad():
        np.testing.assert_allclose(compiled(x.numpy())[0], layer(x).numpy(), atol=0.05)


def test_outputs_come_in_order_and_are_the_callers_own(detector: Detector) -> None:
    # Most are of one size, for which a network is compiled; two are not.
    batches = [blobs(*SHAPES[1 if i in (3, 7) else 0][::-1], seed=i)[None] for i in range(9)]
    expected = [detector.engine.infer(batch) for batch in batches]
    taken: list[int] = []

    def source():
        for i, batch in enumerate(batches):
            taken.append(i)
            yield batch

    outputs = []
    for i, output in enumerate(detector.engine.infer_many(source())):
        assert len(taken) <= i + 6  # a video is not read to its end before the first result
        outputs.append(output)
    assert len(outputs) == 9
    for one, other in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-3)
    assert not any(np.shares_memory(one, other) for one in outputs for other in outputs if one is not other)


def test_many_threads_get_their_own_results(detector: Detector) -> None:
    pictures = [blobs(*SHAPES[i % 4][::-1], seed=i) for i in range(16)]
    expected = [detector.detect(picture, imgsz=160) for picture in pictures]
    with ThreadPoolExecutor(8) as pool:
        actual = list(pool.map(lambda picture: detector.detect(picture, imgsz=160), pictures * 3))
    for i, found in enumerate(actual):
        assert np.array_equal(found.xyxy, expected[i % 16].xyxy)


def test_pictures_in_a_row_give_what_each_gives_alone(detector: Detector) -> None:
    pictures = [blobs(150, 100, seed=i) for i in range(5)]
    many = [c.select(0.25, 0.7) for c in detector.candidates_many(pictures, imgsz=160)]
    for picture, found in zip(pictures, many, strict=True):
        np.testing.assert_allclose(found.xyxy, detector.detect(picture, imgsz=160).xyxy, atol=0.01)
    assert sum(map(len, many)) > 5


def test_a_failing_source_leaves_the_engine_usable(detector: Detector) -> None:
    def source():
        yield blobs(64, 64)[None]
        raise ValueError("the video is damaged")

    with pytest.raises(ValueError, match="damaged"):
        list(detector.engine.infer_many(source()))
    assert detector.engine.infer(blobs(64, 64)[None]).shape[0] == 1


def test_the_description_says_what_runs(detector: Detector) -> None:
    engine = detector.engine
    assert isinstance(engine, OpenVINOEngine) and engine.precision == "f32"
    assert engine.description.startswith("OpenVINO 20") and "CPU, f32" in engine.description
    assert "\n" not in engine.description and 1 <= cores() <= 1024
