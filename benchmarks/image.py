"""From a picture file's bytes to findings: the app's way against Ultralytics' predict and ONNX Runtime.

Run from the repository root; it takes up to three minutes:

    python -m benchmarks.image [--pictures FOLDER] [--weights weights/best.pt] [--seconds 90]

Without a folder it takes ../shared/data/val/images where that exists, else pictures made here. All ways take
turns on the same bytes at image size 640, so that whatever else the machine does hits them alike. Times are
in ms a picture: the median, in brackets the best of each picture's rounds averaged over the pictures. Ratios
compare these bests, since other work on the machine can only add time.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe
from inspection.candidates import decode
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.finding import findings_from_detections
from inspection.letterbox import letterbox
from inspection.reading import read_picture

IMGSZ, CONF, IOU = 640, 0.25, 0.7
REFERENCE = "Ultralytics predict, torch"
_DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "val" / "images"

Way = Callable[[int], Any]


def load_pictures(folder: Path | None, count: int) -> list[bytes]:
    """The bytes of a few picture files, spread over the folder; made here without one."""
    if folder is not None and folder.is_dir():
        files = sorted(f for f in folder.iterdir() if f.suffix.lower() in (".jpg", ".jpeg", ".png"))
        return [file.read_bytes() for file in files[:: max(len(files) // count, 1)][:count]]
    rng = np.random.default_rng(0)
    pictures = []
    for _ in range(count):
        noise = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
        pictures.append(cv2.imencode(".jpg", cv2.resize(noise, (640, 480)))[1].tobytes())
    return pictures


def our_way(detector: Detector, data: list[bytes]) -> Way:
    """Bytes to findings, as the app does it."""

    def run(i: int) -> Any:
        thermogram = read_picture(data[i], "picture.jpg")
        detections = detector.detect(thermogram.picture, CONF, IOU, imgsz=IMGSZ)
        return findings_from_detections(detections, thermogram)

    return run


def ultralytics_way(weights: Path, data: list[bytes]) -> Way:
    """Bytes to Ultralytics' results."""
    from custom_layers import YOLO

    model = YOLO(str(weights))

    def run(i: int) -> Any:
        picture = cv2.imdecode(np.frombuffer(data[i], np.uint8), cv2.IMREAD_COLOR)
        return model.predict(picture, imgsz=IMGSZ, conf=CONF, iou=IOU, verbose=False, device="cpu")

    return run


def onnxruntime_way(weights: Path, data: list[bytes], folder: Path) -> Way:
    """Bytes to detections with the same letterbox, decoding and NMS around ONNX Runtime, float32."""
    import onnxruntime
    import torch

    from inspection.torch_engine import first_tensor, load_network

    network, info = load_network(weights)
    network.model[-1].dynamic = True

    class Predictions(torch.nn.Module):
        """The predictions alone."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return first_tensor(self.network(x))

    path = folder / "model.onnx"
    torch.onnx.export(
        Predictions().eval(),
        (torch.zeros(1, 3, 480, 640),),
        path,
        dynamo=False,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {2: "h", 3: "w"}, "y": {2: "n"}},
    )
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def run(i: int) -> Any:
        thermogram = read_picture(data[i], "picture.jpg")
        batch, fit = letterbox(thermogram.picture, IMGSZ, info.stride)
        tensor = cv2.dnn.blobFromImage(batch[0], scalefactor=1 / 255, swapRB=True)
        output = session.run(None, {"x": tensor})[0][0]
        detections = decode(output, info.class_names, fit).select(CONF, IOU)
        return findings_from_detections(detections, thermogram)

    return run


def stages(detector: Detector, data: list[bytes]) -> dict[str, Way]:
    """The steps of our way, each alone, on what the step before gives."""
    thermograms = [read_picture(d, "picture.jpg") for d in data]
    inputs = [letterbox(t.picture, IMGSZ, detector.info.stride) for t in thermograms]
    outputs = [detector.engine.infer(batch, CONF)[0] for batch, _ in inputs]
    candidates = [
        decode(o, detector.info.class_names, f, CONF) for o, (_, f) in zip(outputs, inputs, strict=True)
    ]
    found = [c.select(CONF, IOU) for c in candidates]
    return {
        "read the file": lambda i: read_picture(data[i], "picture.jpg"),
        "letterbox": lambda i: letterbox(thermograms[i].picture, IMGSZ, detector.info.stride),
        "bare engine call": lambda i: detector.engine.infer(inputs[i][0], CONF),
        "decode the output": lambda i: decode(outputs[i], detector.info.class_names, inputs[i][1], CONF),
        "thresholds and NMS (a slider's move)": lambda i: candidates[i].select(CONF, IOU),
        "findings": lambda i: findings_from_detections(found[i], thermograms[i]),
    }


def take_turns(ways: dict[str, Way], pictures: int, seconds: float) -> dict[str, NDArray[np.float64]]:
    """Milliseconds (rounds, pictures) of each way; one unmeasured round first."""
    times: dict[str, list[list[float]]] = {name: [] for name in ways}
    end = time.perf_counter() + seconds
    rounds = 0
    while rounds < 3 or time.perf_counter() < end:
        for name, way in ways.items():
            row = []
            for i in range(pictures):
                start = time.perf_counter()
                way(i)
                row.append(1000 * (time.perf_counter() - start))
            times[name].append(row)
        rounds += 1
    return {name: np.array(rows[1:]) for name, rows in times.items()}


def best(times: NDArray[np.float64]) -> float:
    """The best of each picture's rounds, averaged over the pictures, in ms."""
    return float(times.min(axis=0).mean())


def table(times: dict[str, NDArray[np.float64]], bare: dict[str, str]) -> str:
    """Markdown: each way, its times, how much faster than Ultralytics, and what it adds to the bare call."""
    lines = [
        "| bytes to findings, image size 640 | ms | times as fast as Ultralytics | of the bare engine call |",
        "|---|---|---|---|",
    ]
    for name, rows in times.items():
        ratio = f"{best(times[REFERENCE]) / best(rows):.1f}"
        share = f"{best(rows) / best(times[bare[name]]):.2f}" if name in bare else ""
        lines.append(f"| {name} | {np.median(rows):.1f} ({best(rows):.1f}) | {ratio} | {share} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pictures", type=Path, default=_DEFAULT_FOLDER)
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=90)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    data = load_pictures(options.pictures, options.count)
    ways: dict[str, Way] = {REFERENCE: ultralytics_way(options.weights, data)}
    parts: dict[str, Way] = {}
    bare: dict[str, str] = {}
    for precision in ("f32", "int8", "bf16"):
        detector = Detector.load(options.weights, "openvino", precision=precision)
        kind = getattr(detector.engine, "precision", precision)
        name = f"this project, OpenVINO {kind}"
        if name in ways:
            continue
        ways[name] = our_way(detector, data)
        bare[name] = f"bare engine call, OpenVINO {kind}"
        steps = stages(detector, data)
        ways[bare[name]] = steps.pop("bare engine call")
        parts = parts or steps
    with tempfile.TemporaryDirectory() as folder:
        ways["ONNX Runtime f32, our pre- and post-processing"] = onnxruntime_way(
            options.weights, data, Path(folder)
        )
        times = take_turns(ways, len(data), options.seconds)
    print(f"{describe()}\n{len(data)} pictures, {len(times[REFERENCE])} rounds\n")
    print(table(times, bare))
    print("\n| step of our way | ms |\n|---|---|")
    for name, rows in take_turns(parts, len(data), options.seconds / 15).items():
        print(f"| {name} | {np.median(rows):.2f} ({best(rows):.2f}) |")


if __name__ == "__main__":
    main()
