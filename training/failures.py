"""What weights get wrong: `python -m training.failures weights/best.pt --out docs/failures.jpg`.

The figure shows generated scenes, because real pictures stay out of the repository: the surest false alarm
and the plainest miss of every kind of scene. With --data the misses and false alarms on real pictures are
counted by source, as a table for the model card.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.classes import canonical_name, display_name
from inspection.detections import Detections
from inspection.detector import Detector
from inspection.errors import InspectionError
from inspection.recommended import recommended
from inspection.settings import RunSettings
from thermal_scenes.kinds import KINDS
from thermal_scenes.scene import make_scene
from training.card import fill
from training.check import Report
from training.compare_tables import markdown_table
from training.errors import TrainingError
from training.evaluate import imread, source_of
from training.run import open_and_check
from training.scoring import iou_matrix

_SEED, _SIZE, _CELL = 4242, (640, 512), (400, 320)
_GREEN, _ORANGE, _RED = (90, 220, 90), (0, 159, 230), (60, 60, 235)


@dataclass(frozen=True)
class Mistakes:
    """One picture's mistakes.

    Attributes:
        missed: labelled boxes that nothing of their class overlaps by a half: (class name, xyxy).
        false: finds that overlap no labelled box of their class by a half: (class name, confidence, xyxy).
    """

    missed: list[tuple[str, NDArray[np.float64]]]
    false: list[tuple[str, float, NDArray[np.float64]]]


def mistakes(found: Detections, labels: Sequence[tuple[str, NDArray[np.float64]]]) -> Mistakes:
    """Compare finds with labels, class by class, at IoU 0.5; the misspelt class counts as the right one.

    Args:
        found: at the confidence that is wanted.
        labels: (class name, xyxy in pixels).
    """
    names = [canonical_name(found.class_names[c]) for c in found.class_id]
    wanted = [canonical_name(name) for name, _ in labels]
    boxes = np.array([box for _, box in labels], float).reshape(-1, 4)
    overlap = iou_matrix(found.xyxy.astype(float), boxes)
    same = np.array([[a == b for b in wanted] for a in names], bool).reshape(overlap.shape)
    right = (overlap >= 0.5) & same
    missed = [label for k, label in enumerate(labels) if not right[:, k].any()]
    false = [
        (names[i], float(found.confidence[i]), found.xyxy[i].astype(float))
        for i in range(len(names))
        if not right[i].any()
    ]
    return Mistakes(missed, false)


def figure(detector: Detector, settings: RunSettings, scenes: int, kinds: Iterable[str] = KINDS) -> NDArray:
    """The plainest miss and the surest false alarm of every kind, side by side: uint8 (H, W, 3) BGR.

    Args:
        detector: with the weights.
        settings: thresholds and image size.
        scenes: how many of each kind are looked at.
        kinds: of scenes.
    """
    rows = []
    for kind in kinds:
        worst: dict[str, tuple[float, NDArray[np.uint8]]] = {}
        for index in range(scenes):
            scene = make_scene((_SEED, index), kind, size=_SIZE)
            names = detector.info.class_names
            labels = [(names[c], np.array(box)) for c, *box in scene.boxes]
            found = detector.detect(
                scene.picture, settings.thresholds(names), settings.iou, imgsz=settings.imgsz
            )
            wrong = mistakes(found, labels)
            heat = {i: float(o["excess_max_kelvin"]) for i, o in enumerate(scene.truth["objects"])}
            for name, weight in (("miss", _plainness(wrong, labels, heat)), ("alarm", _surest(wrong))):
                if weight > worst.get(name, (0.0, None))[0]:
                    worst[name] = (weight, _drawn(scene.picture, found, wrong, labels))
        empty = np.full((_CELL[1], _CELL[0], 3), 30, np.uint8)
        cells = [worst[name][1] if name in worst else empty for name in ("miss", "alarm")]
        titles = (f"{kind}: missed", f"{kind}: false alarm")
        rows.append(np.hstack([_titled(c, t, t.split()[-1]) for c, t in zip(cells, titles, strict=True)]))
    pairs = [np.hstack(rows[i : i + 2]) for i in range(0, len(rows) - len(rows) % 2, 2)]
    if len(rows) % 2:
        pairs.append(np.hstack([rows[-1], np.full_like(rows[-1], 30)]) if len(rows) > 1 else rows[-1])
    return np.vstack(pairs)


def _plainness(wrong: Mistakes, labels: Sequence[tuple[str, NDArray]], heat: dict[int, float]) -> float:
    """How plain the plainest miss was: hot and large."""
    plain = [0.0]
    for name, box in wrong.missed:
        index = next(i for i, (n, b) in enumerate(labels) if n == name and b is box)
        area = float(np.prod(box[2:] - box[:2]))
        plain.append((1 + heat.get(index, 0.0)) * area**0.5)
    return max(plain)


def _surest(wrong: Mistakes) -> float:
    return max((confidence for _, confidence, _ in wrong.false), default=0.0)


def _drawn(
    picture: NDArray[np.uint8], found: Detections, wrong: Mistakes, labels: Sequence[tuple[str, NDArray]]
) -> NDArray[np.uint8]:
    """Labels in green, missed ones in red, false alarms in orange."""
    canvas = picture.copy()
    missed = {id(box) for _, box in wrong.missed}
    marks = [(box, _RED if id(box) in missed else _GREEN, display_name(name)) for name, box in labels]
    marks += [(box, _ORANGE, f"{display_name(name)} {conf:.2f}") for name, conf, box in wrong.false]
    for box, colour, words in marks:
        (x1, y1), (x2, y2) = (tuple(round(float(v)) for v in corner) for corner in (box[:2], box[2:]))
        for ink, line in (((0, 0, 0), 5), (colour, 2)):
            cv2.rectangle(canvas, (x1, y1), (x2, y2), ink, line)
        at = (min(x1, canvas.shape[1] - 150), max(y1 - 7, 20))
        for ink, line in (((0, 0, 0), 3), (colour, 1)):
            cv2.putText(canvas, str(words), at, cv2.FONT_HERSHEY_SIMPLEX, 0.65, ink, line, cv2.LINE_AA)
    return np.asarray(cv2.resize(canvas, _CELL, interpolation=cv2.INTER_AREA), np.uint8)


def _titled(cell: NDArray[np.uint8], title: str, word: str) -> NDArray[np.uint8]:
    strip = np.full((26, cell.shape[1], 3), 255, np.uint8)
    shown = title if cell.std() > 1 else f"{title}: none"
    cv2.putText(strip, shown, (8, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 40, 40), 1, cv2.LINE_AA)
    return np.vstack([strip, cell])


def table(detector: Detector, settings: RunSettings, reports: Sequence[Report]) -> str:
    """Misses and false alarms on the validation pictures by source, as Markdown."""
    names = detector.info.class_names
    boxes: Counter[str] = Counter()
    missed: dict[str, Counter[str]] = {}
    false: dict[str, Counter[str]] = {}
    pictures: Counter[str] = Counter()
    for report in reports:
        for picture in (p for p in report.pictures if p.split == "val"):
            image = np.ascontiguousarray(imread(picture.path))
            size = np.array([image.shape[1], image.shape[0]] * 2, float)
            labels = [
                (report.source.names[c], np.concatenate([b[:2] - b[2:] / 2, b[:2] + b[2:] / 2]) * size)
                for c, b in zip(picture.cls, picture.xywh, strict=True)
            ]
            found = detector.detect(image, settings.thresholds(names), settings.iou, imgsz=settings.imgsz)
            wrong, source = mistakes(found, labels), source_of(picture, report)
            pictures[source] += 1
            boxes[source] += len(labels)
            missed.setdefault(source, Counter()).update(canonical_name(n) for n, _ in wrong.missed)
            false.setdefault(source, Counter()).update(n for n, _, _ in wrong.false)
    lines = [
        [source, str(pictures[source]), str(boxes[source]), _counted(missed[source]), _counted(false[source])]
        for source in pictures
    ]
    return markdown_table(("source", "pictures", "boxes", "missed", "false alarms"), lines)


def _counted(counts: Counter[str]) -> str:
    words = ", ".join(f"{display_name(name)} {n}" for name, n in counts.most_common())
    return f"{sum(counts.values())}: {words}" if words else "0"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all went well, 2 after a refusal with one sentence."""
    p = argparse.ArgumentParser(prog="python -m training.failures", description=__doc__)
    p.add_argument("weights", type=Path)
    p.add_argument("--out", type=Path, default=Path("docs/failures.jpg"), help="the figure")
    p.add_argument("--scenes", type=int, default=16, help="scenes of each kind to look at")
    p.add_argument("--data", nargs="+", default=[], help="real pictures for the table of the model card")
    args = p.parse_args(argv)
    try:
        detector = Detector.load(args.weights)
        settings = recommended(args.weights, detector.info).settings()
        picture = figure(detector, settings, args.scenes)
        args.out.parent.mkdir(parents=True, exist_ok=True)
        if not cv2.imwrite(str(args.out), picture, [cv2.IMWRITE_JPEG_QUALITY, 80]):
            raise TrainingError(f"{args.out} cannot be written.")
        if args.data:
            text = table(detector, settings, open_and_check(args.data, Path("runs") / "unpacked"))
            print(text)
            fill(args.weights.with_name("MODEL_CARD.md"), {"failures": text})
    except InspectionError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
