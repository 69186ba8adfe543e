"""Make the int8 form of shipped weights, if it keeps the detections.

    python -m inspection.convert weights/best.pt
    python -m training.quantise weights/best.pt [--data ../shared/data]

Needs NNCF (requirements-dev.txt) and real pictures: DATA has train/images to calibrate on, val/images and
val/labels in YOLO's layout, with the model's class ids, to judge by. The ways to quantise are tried from the
fastest to the most careful; the first that loses at most 0.3 points of AP50-95 against float32, at both image
sizes, is written beside the float form and used from then on by processors with VNNI. When none does, there
is no int8 form.
"""

from __future__ import annotations

import argparse
import functools
import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection import model_folder
from inspection.checkpoint import check_file
from inspection.convert import shipped_folder
from inspection.detections import Detections
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.engine import ModelInfo, Precision
from inspection.letterbox import letterbox
from inspection.openvino_engine import OpenVINOEngine, computes
from training.scoring import Truth, score

MOST_LOST_POINTS = 0.3
SIZES = (640, 416)
"""Image sizes at which pictures are calibrated and judged, px."""

DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_CALIBRATION_PICTURES = 200

_FIRST = r"\.model\.[01]\."
_BOXES = r"{head}/", r"{head}\.dfl", r"{head}\.cv[23]\.\d+\.\d+/", r"{head}\.cv2\."
WAYS = {
    "box branch in floating point": _BOXES,
    "box branch and first two convolutions in floating point": (*_BOXES, _FIRST),
    "whole head and first two convolutions in floating point": ("{head}", _FIRST),
}
"""Name -> what the names of nodes hold that stay in floating point; {head} is the last module's name.

The box branch runs on a few tiles (`inspection.box_tiles`), so int8 would gain nothing there. The first two
convolutions have the largest maps and the fewest channels."""


def labelled(folder: Path, step: int = 1) -> tuple[list[NDArray[np.uint8]], list[Truth]]:
    """Every step-th picture of a split, uint8 (H, W, 3) BGR, and what is labelled in it."""
    pictures, truth = [], []
    for file in sorted((folder / "images").iterdir())[::step]:
        picture = np.asarray(cv2.imread(str(file)), np.uint8)
        text = (folder / "labels" / f"{file.stem}.txt").read_text()
        rows = np.array([line.split()[:5] for line in text.splitlines()], float).reshape(-1, 5)
        size = np.array(picture.shape[1::-1] * 2, float)
        centre, half = rows[:, 1:3], rows[:, 3:5] / 2
        xyxy = np.concatenate([centre - half, centre + half], axis=1) * size
        pictures.append(picture)
        truth.append(Truth(rows[:, 0].astype(np.int64), xyxy))
    return pictures, truth


def average_precision(found: Sequence[Detections], truth: Sequence[Truth]) -> tuple[float, float]:
    """AP50-95 and AP50 in percent, averaged over the classes that are labelled."""
    classes = sorted({int(c) for t in truth for c in t.cls})
    scores = [score(found, truth, frozenset({c})) for c in classes]
    return 100 * float(np.mean([s.ap for s in scores])), 100 * float(np.mean([s.ap50 for s in scores]))


def quantised(model: Any, files: Sequence[Path], info: ModelInfo, keep: Iterable[str]) -> Any:
    """An int8 copy of an OpenVINO model, calibrated on picture files.

    Args:
        model: as `inspection.convert` writes it.
        files: of pictures.
        info: of the model.
        keep: patterns as in WAYS.
    """
    import nncf
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    head = re.escape(_head(model))
    fold_batch_norms(model)

    def prepare(item: tuple[int, Path]) -> NDArray[np.uint8]:
        i, file = item
        return letterbox(np.asarray(cv2.imread(str(file)), np.uint8), SIZES[i % len(SIZES)], info.stride)[0]

    patterns = [f".*{pattern.replace('{head}', head)}.*" for pattern in keep]
    return nncf.quantize(
        model,
        nncf.Dataset(list(enumerate(files)), prepare),
        subset_size=len(files),
        preset=nncf.QuantizationPreset.MIXED,
        ignored_scope=nncf.IgnoredScope(patterns=patterns, validate=False),
        advanced_parameters=nncf.AdvancedQuantizationParameters(
            activations_range_estimator_params=RangeEstimatorParametersSet.HISTOGRAM
        ),
    )


def fold_batch_norms(model: Any) -> None:
    """Put batch norms into the convolutions before them, in place; names of convolutions stay.

    NNCF corrects the mean error of a layer in its bias, which a convolution with a batch norm of its own does
    not have.
    """
    from openvino import opset13 as ops

    for norm in model.get_ops():
        if norm.get_type_name() != "BatchNormInference":
            continue
        convolution = norm.input_value(0).get_node()
        if not convolution.get_type_name().endswith("Convolution") or _users(convolution) != 1:
            continue
        weights = _constant(convolution.input_value(1))
        gamma, beta, mean, variance = (_constant(norm.input_value(i)) for i in (1, 2, 3, 4))
        factor = gamma / np.sqrt(variance + norm.get_attributes()["epsilon"])
        # (out, in, h, w), or (groups, out, in, h, w) of a convolution in groups.
        folded = (weights.reshape(len(factor), -1) * factor[:, None]).reshape(weights.shape)
        convolution.input(1).replace_source_output(ops.constant(folded.astype(np.float32)).output(0))
        bias = ops.constant((beta - mean * factor).astype(np.float32).reshape(1, -1, 1, 1))
        biased = ops.add(convolution, bias)
        biased.set_friendly_name(norm.get_friendly_name())
        norm.output(0).replace(biased.output(0))
    model.validate_nodes_and_infer_types()


def _users(node: Any) -> int:
    return len(node.output(0).get_target_inputs())


def _constant(value: Any) -> NDArray[np.float64]:
    """The number behind an input of a node, which may be stored as float16 or in another shape."""
    node = value.get_node()
    if node.get_type_name() != "Constant":
        return _constant(node.input_value(0)).reshape(list(value.shape))
    return np.asarray(node.data, np.float64)


def _head(model: Any) -> str:
    """The name of the last module in the names of nodes, such as model.23."""
    numbers = [
        int(n) for op in model.get_ops() for n in re.findall(r"\.model\.(\d+)", op.get_friendly_name())
    ]
    return f".model.{max(numbers)}"


def main() -> None:
    """Try, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("checkpoint", type=Path, nargs="?", default=DEFAULT_WEIGHTS)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--step", type=int, default=1, help="judge on every STEP-th picture only")
    options = parser.parse_args()
    if not computes("int8"):
        raise SystemExit("This processor has no VNNI: int8 is neither used nor judged on it.")
    logging.getLogger("nncf").setLevel(logging.WARNING)
    import openvino as ov

    folder = shipped_folder(options.checkpoint)
    info = model_folder.read_info(folder, check_file(options.checkpoint)[0])
    if info is None or info.head != "anchors":
        raise SystemExit(f"{folder} is not there, or not of a kind that is quantised.")
    pictures, truth = labelled(options.data / "val", options.step)
    files = sorted((options.data / "train" / "images").iterdir())
    files = files[:: max(len(files) // _CALIBRATION_PICTURES, 1)][:_CALIBRATION_PICTURES]

    def judge(model: Any, precision: Precision) -> list[float]:
        detector = Detector(OpenVINOEngine(model, info, precision))
        return [
            average_precision([detector.detect(p, 0.001, 0.7, imgsz=size) for p in pictures], truth)[0]
            for size in SIZES
        ]

    float_model = ov.Core().read_model(folder / "model.xml")
    before = judge(float_model, "f32")
    print(f"{len(pictures)} pictures, {sum(len(t.cls) for t in truth)} boxes, calibrated on {len(files)}\n")
    print("| network | " + " | ".join(f"AP50-95 % at {size} px" for size in SIZES) + " |")
    print("|---|" + "---|" * len(SIZES))
    print("| float32 | " + " | ".join(f"{ap:.2f}" for ap in before) + " |", flush=True)
    model_folder.remove_int8(folder)
    for name, keep in WAYS.items():
        model = quantised(ov.Core().read_model(folder / "model.xml"), files, info, keep)
        after = judge(model, "int8")
        print(f"| int8, {name} | " + " | ".join(f"{ap:.2f}" for ap in after) + " |", flush=True)
        lost = max(b - a for b, a in zip(before, after, strict=True))
        if lost <= MOST_LOST_POINTS:
            model_folder.add_int8(folder, functools.partial(ov.save_model, model), round(lost, 2))
            print(f"\n{folder} has an int8 form: {name}, {lost:.2f} points lost at most.")
            return
    print("\nNo int8 form: every way loses more than 0.3 points.")


if __name__ == "__main__":
    main()
