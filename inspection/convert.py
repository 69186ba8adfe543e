"""Checkpoint to OpenVINO, directly from torch: `python -m inspection.convert weights/best.pt`.

The network is traced once with open input sizes and gets its preprocessing built in (uint8 BGR to RGB in
0..1). Weights are stored as float16 and nothing is lost by it: checkpoints hold float16 themselves, and batch
norms stay apart until OpenVINO folds them in float32 when it compiles. (Folding first and rounding then moved
scores by up to 0.005, enough for another of two equal boxes to win.)

Before anything is kept, its output is compared with torch's on pictures of other sizes and shapes than the
traced one, because a layer that fixes sizes while being traced, or that the converter turns into something
else, goes unnoticed otherwise.
"""

from __future__ import annotations

import argparse
import logging
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspection import model_folder
from inspection.engine import ModelInfo
from inspection.errors import InspectionError, WeightsError
from inspection.openvino_engine import OpenVINOEngine
from inspection.texts import text

Progress = Callable[[str], None]

_TRACED_SIZE = (384, 512)
_CHECKED_SIZES = (320, 448), (96, 160), (576, 640)
"""Heights and widths in pixels, all different, so that exchanged sides are noticed; near the traced size,
much smaller and much larger, so that what depends on the traced number of places is noticed as well."""

_SCORE_TOLERANCE, _ANY_SCORE_TOLERANCE, _BOX_TOLERANCE = 0.005, 0.25, 0.005

_WORTH_HALVING = 16
"""Numbers in a constant below which a second node in the graph costs more than it saves."""

log = logging.getLogger(__name__)


class ConversionError(InspectionError):
    """OpenVINO cannot take this network; torch can still run it."""


def convert_shipped(checkpoint: Path, progress: Progress | None = None) -> Path:
    """Make the form beside a checkpoint anew, also where a whole one of the same checkpoint is there.

    `convert` leaves that one as it is, even if the conversion has changed since.

    Returns:
        The folder.

    Raises:
        WeightsError, ConversionError, OSError: see `convert`; then there is no form.
    """
    folder = shipped_folder(checkpoint)
    (folder / "info.json").unlink(missing_ok=True)
    convert(checkpoint, folder, progress)
    return folder


def shipped_folder(checkpoint: Path) -> Path:
    """Where the OpenVINO form lies that is shipped beside a checkpoint: best.pt -> best_openvino."""
    return checkpoint.with_name(f"{checkpoint.stem}_openvino")


def convert(checkpoint: Path, folder: Path, progress: Progress | None = None) -> ModelInfo:
    """Make the OpenVINO form of a checkpoint.

    Args:
        checkpoint: a detection model as Ultralytics saves it.
        folder: to make or replace, in one step.
        progress: called with a short sentence at each step.

    Returns:
        What is known of the model.

    Raises:
        WeightsError: the checkpoint cannot be used at all.
        ConversionError: OpenVINO cannot take it, or computes something else than torch.
        OSError: the folder cannot be written.
    """
    import openvino as ov

    from inspection.torch_engine import load_network

    tell = progress or log.info
    tell(f"Reading {checkpoint.name} with PyTorch")
    network, info = load_network(checkpoint, fuse=False)
    if info.head == "queries":
        raise ConversionError(text("its head works at one input size only"))
    tell(f"Converting {checkpoint.name} for OpenVINO, once")
    model = _trace(network, info)
    tell(f"Comparing {checkpoint.name} in OpenVINO with PyTorch")

    def save(path: Path) -> None:
        ov.save_model(model, path, compress_to_fp16=False)
        _compare(network, info, path)

    model_folder.write(folder, info, save)
    return info


def _trace(network: Any, info: ModelInfo) -> Any:
    """The network as an OpenVINO model with open sizes that takes uint8 (B, h, w, 3) BGR."""
    import openvino as ov
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
    from openvino.preprocess import ColorFormat, PrePostProcessor

    from inspection.torch_engine import first_tensor

    class Predictions(torch.nn.Module):
        """The predictions alone: Ultralytics returns the raw maps beside them."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return first_tensor(self.network(x))

    _fold_branches(network)
    head = network.model[-1]
    head.dynamic = True  # compute the anchors in the graph instead of keeping those of the traced size
    example = torch.zeros(1, 3, *_TRACED_SIZE)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # the tracer warns of every Python number; `_compare` decides
            traced = torch.jit.trace(Predictions().eval(), example, check_trace=False)
            # Not `ov.convert_model`, which folds the batch norms at once. The decoder must outlive the call.
            decoder = TorchScriptPythonDecoder(traced)
            frontend = FrontEndManager().load_by_framework("pytorch")
            model = frontend.convert(frontend.load(decoder))
        model.reshape(ov.PartialShape([-1, 3, -1, -1]))
        _halve_exact(model)
        steps = PrePostProcessor(model)
        steps.input().tensor().set_element_type(ov.Type.u8).set_shape([-1, -1, -1, 3])
        steps.input().tensor().set_layout(ov.Layout("NHWC")).set_color_format(ColorFormat.BGR)
        steps.input().model().set_layout(ov.Layout("NCHW"))
        steps.input().preprocess().convert_element_type(ov.Type.f32).convert_color(ColorFormat.RGB).scale(
            255.0
        )
        return steps.build()
    except Exception as error:  # the frontend raises many kinds
        log.info("%s cannot be converted", info.name, exc_info=True)
        raise ConversionError(
            text("OpenVINO cannot convert it ({kind})", kind=type(error).__name__)
        ) from error
    finally:
        head.dynamic = False


def _fold_branches(network: Any) -> None:
    """Make one convolution of parallel ones, which OpenVINO would not do by itself."""
    from ultralytics.nn.modules.block import RepVGGDW
    from ultralytics.nn.modules.conv import RepConv

    from custom_layers.common import Foldable

    for module in list(network.modules()):
        if isinstance(module, Foldable) and not module.is_folded():
            module.fold()
        elif isinstance(module, RepConv) and hasattr(module, "conv1"):
            module.fuse_convs()
            module.forward = module.forward_fuse  # type: ignore[method-assign]
        elif isinstance(module, RepVGGDW) and hasattr(module, "conv1"):
            module.fuse()
            module.forward = module.forward_fuse  # type: ignore[method-assign]


def _halve_exact(model: Any) -> None:
    """Store as float16 what float16 holds without loss; OpenVINO widens it again when it compiles."""
    import openvino as ov
    from openvino import opset13 as ops

    for node in model.get_ops():
        if node.get_type_name() != "Constant" or node.get_element_type() != ov.Type.f32:
            continue
        data = node.data
        with np.errstate(over="ignore"):
            half = data.astype(np.float16)
        if data.size >= _WORTH_HALVING and np.array_equal(half.astype(np.float32), data):
            node.output(0).replace(ops.convert(ops.constant(half), ov.Type.f32).output(0))


def _compare(network: Any, info: ModelInfo, path: Path) -> None:
    """Run made-up pictures through both.

    Raises:
        ConversionError: the outputs differ by more than the order of additions explains.
    """
    import openvino as ov
    import torch

    from inspection.torch_engine import first_tensor

    # Read here, so that nothing of a network that may be refused gets into the cache.
    model, engine = ov.Core().read_model(path), None
    for size in _CHECKED_SIZES:
        batch = _test_picture(*size)
        try:
            engine = engine or OpenVINOEngine(model, info, "f32")
            actual = engine.infer(batch, floor=-1.0)  # all boxes, those of scores of 0 too
        except RuntimeError as error:
            log.info("%s does not run in OpenVINO", info.name, exc_info=True)
            raise ConversionError(text("OpenVINO cannot run it at every picture size")) from error
        with torch.inference_mode():
            tensor = torch.from_numpy(batch).flip(-1).permute(0, 3, 1, 2).float() / 255
            expected = first_tensor(network(tensor)).numpy()
        difference = disagreement(actual, expected, info, max(size))
        log.info("%s: OpenVINO and PyTorch differ by %.2g at %s", info.name, difference, size)
        if not difference < 1:
            raise ConversionError(text("OpenVINO computes something else than PyTorch"))


def disagreement(
    actual: NDArray[np.float32], expected: NDArray[np.float32], info: ModelInfo, side: int
) -> float:
    """How far two outputs (B, ...) of an input of this longer side lie apart, as a share of what is accepted.

    1.0 is just too far.

    Accepted are 0.005 in 99 of 100 scores and 0.5 % of the input's longer side in 99 of 100 box sides, and
    0.25 in any score: an untrained network can carry a last bit that far even between torch's own precisions.
    """
    if actual.shape != expected.shape:
        return float("inf")
    difference = np.abs(actual - expected)
    if info.head == "final":  # sorted by score, so boxes of nearly equal scores may have changed places
        return float(np.quantile(difference[..., 4], 0.99)) / _SCORE_TOLERANCE
    scores, boxes = difference[:, 4:], difference[:, :4]
    return float(
        max(
            scores.max() / _ANY_SCORE_TOLERANCE,
            np.quantile(scores, 0.99) / _SCORE_TOLERANCE,
            np.quantile(boxes, 0.99) / (_BOX_TOLERANCE * side),
        )
    )


def _test_picture(height: int, width: int) -> NDArray[np.uint8]:
    """Warm spots of many sizes on a gradient with noise: uint8 (2, height, width, 3)."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width]
    heat = 60 * x / width + rng.normal(0, 4, (2, height, width))
    for _ in range(12):
        cy, cx, radius = rng.uniform(0, height), rng.uniform(0, width), rng.uniform(6, 50)
        heat += 150 * np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / radius**2)
    gray = np.clip(heat, 0, 255).astype(np.uint8)
    return np.stack([gray // 2, gray, 255 - gray // 3], axis=-1)


def main() -> None:
    """Make the shipped form beside each checkpoint named on the command line."""
    parser = argparse.ArgumentParser(description="Make the OpenVINO form of checkpoints.")
    parser.add_argument("checkpoint", nargs="+", type=Path)
    for checkpoint in parser.parse_args().checkpoint:
        try:
            folder = convert_shipped(checkpoint, print)
        except (WeightsError, ConversionError) as error:
            raise SystemExit(f"{checkpoint}: {error}") from error
        print(f"{folder} is ready")


if __name__ == "__main__":
    main()
