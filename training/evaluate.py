"""Score weights on labelled pictures as the app runs them: classes, sources, hot equipment, false alarms."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from inspection.classes import LIVING, canonical_name, display_name
from inspection.detections import Detections
from inspection.detector import Detector
from inspection.torch_engine import TorchEngine
from training.check import Picture, Report
from training.scoring import Point, Score, Truth, curve, score

STEPS = tuple(round(0.05 * i, 2) for i in range(1, 19))
LOWEST_CONFIDENCE = 0.001
NMS_IOU = 0.7
_MIX_NUMBERS = re.compile(r"^\d+_\d{6}_")
WHOLE_OBJECTS = frozenset({"motor"})
"""Boxed whole whether hot or not: no part of "hot equipment"."""


@dataclass
class Evaluation:
    """Scores at one image size.

    Attributes:
        weights: file name.
        imgsz: network input, pixels.
        pictures: how many.
        classes: class name -> score; misspelt twins counted as one.
        sources: source -> class name -> score.
        hot: hot equipment regardless of class, over all pictures.
        hot_sources: the same per source.
        curve: confidence curve of hot equipment.
        class_curves: class name -> confidence curve.
        milliseconds: per picture, file reading not counted.
    """

    weights: str
    imgsz: int
    pictures: int
    classes: dict[str, Score]
    sources: dict[str, dict[str, Score]]
    hot: Score
    hot_sources: dict[str, Score]
    curve: list[Point]
    class_curves: dict[str, list[Point]] = field(default_factory=dict)
    milliseconds: float = 0.0

    def as_dict(self) -> dict:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict) -> Evaluation:
        """Read what as_dict wrote.

        Raises:
            KeyError, TypeError: it is something else.
        """

        def scores(part: dict) -> dict[str, Score]:
            return {name: Score(**value) for name, value in part.items()}

        def points(part: list) -> list[Point]:
            return [Point(**value) for value in part]

        return cls(
            content["weights"],
            content["imgsz"],
            content["pictures"],
            scores(content["classes"]),
            {source: scores(part) for source, part in content["sources"].items()},
            Score(**content["hot"]),
            scores(content["hot_sources"]),
            points(content["curve"]),
            {name: points(part) for name, part in content["class_curves"].items()},
            content["milliseconds"],
        )


def source_of(picture: Picture, report: Report) -> str:
    """The origin of a picture: what stands before the first underscore of its name, else its data set.

    The numbers that a mix puts before names do not count.
    """
    head, sep, _ = _MIX_NUMBERS.sub("", picture.path.stem).partition("_")
    return head if sep and not head.isdigit() else report.source.name


def evaluate(weights: Path, reports: Sequence[Report], imgsz: int = 640, split: str = "val") -> Evaluation:
    """Run weights over the pictures of a split and score them.

    Args:
        weights: checkpoint.
        reports: checked data sets.
        imgsz: network input.
        split: "val" or "train".

    Raises:
        WeightsError: the weights cannot be loaded.
    """
    detector = Detector(TorchEngine(weights))
    pairs = [(p, r) for r in reports for p in r.pictures if p.split == split]
    model_names = detector.info.class_names
    groups = _groups(model_names)
    found: list[Detections] = []
    truth: list[Truth] = []
    spent = 0.0
    for picture, report in pairs:
        image = np.ascontiguousarray(imread(picture.path))
        start = time.perf_counter()
        found.append(detector.detect(image, conf=LOWEST_CONFIDENCE, iou=NMS_IOU, imgsz=imgsz))
        spent += time.perf_counter() - start
        truth.append(_truth(picture, report, model_names, image.shape[1], image.shape[0]))
    origins = [source_of(p, r) for p, r in pairs]
    hot = frozenset(i for n, ids in groups.items() if n not in LIVING | WHOLE_OBJECTS for i in ids)
    parts = {s: [i for i, o in enumerate(origins) if o == s] for s in dict.fromkeys(origins)}
    per_source = {
        s: {n: v for n, ids in groups.items() if (v := _part(found, truth, ids, index)).boxes}
        for s, index in parts.items()
    }
    return Evaluation(
        weights.name,
        imgsz,
        len(pairs),
        {n: score(found, truth, ids) for n, ids in groups.items()},
        per_source,
        score(found, truth, hot),
        {s: v for s, index in parts.items() if (v := _part(found, truth, hot, index)).boxes},
        curve(found, truth, hot, STEPS),
        {
            n: curve(found, truth, ids, STEPS)
            for n, ids in groups.items()
            if any(np.isin(t.cls, list(ids)).any() for t in truth)
        },
        1000 * spent / max(len(pairs), 1),
    )


def imread(path: Path) -> NDArray[np.uint8]:
    """A picture as uint8 (H, W, 3) BGR, turned as its EXIF data say."""
    with Image.open(path) as picture:
        return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))[..., ::-1]


def _part(found: list[Detections], truth: list[Truth], ids: frozenset[int], index: list[int]) -> Score:
    return score([found[i] for i in index], [truth[i] for i in index], ids)


def _groups(names: Sequence[str]) -> dict[str, frozenset[int]]:
    """Canonical class name -> the model's ids that mean it."""
    groups: dict[str, frozenset[int]] = {}
    for i, name in enumerate(names):
        groups[canonical_name(name)] = groups.get(canonical_name(name), frozenset()) | {i}
    return groups


def _truth(picture: Picture, report: Report, names: Sequence[str], width: int, height: int) -> Truth:
    numbers = {name: i for i, name in enumerate(names)}
    known = [
        (numbers.get(report.source.names[c], -1), b) for c, b in zip(picture.cls, picture.xywh, strict=True)
    ]
    cls = np.array([c for c, _ in known], np.int64)
    xywh = np.array([b for _, b in known], float).reshape(-1, 4) * [width, height, width, height]
    return Truth(cls, np.concatenate([xywh[:, :2] - xywh[:, 2:] / 2, xywh[:, :2] + xywh[:, 2:] / 2], axis=1))


def markdown(results: Sequence[Evaluation]) -> str:
    """Tables of one model at one or more image sizes."""
    lines = [f"{results[0].weights}, {results[0].pictures} pictures.", ""]
    sizes = " | ".join(f"AP50 {r.imgsz} | AP50-95 {r.imgsz}" for r in results)
    head = [f"| class | boxes | {sizes} |", "|---|---|" + "---|" * (2 * len(results))]
    lines += head
    for name in results[0].classes:
        if results[0].classes[name].boxes:
            lines.append(_row(display_name(name), [r.classes[name] for r in results]))
    lines.append(_row("hot equipment, any class", [r.hot for r in results]))
    lines += ["", f"| source: class | boxes | {sizes} |", head[1]]
    for source, scores in results[0].sources.items():
        lines += [
            _row(f"{source}: {display_name(n)}", [r.sources[source][n] for r in results]) for n in scores
        ]
        if source in results[0].hot_sources:
            lines.append(_row(f"{source}: hot equipment", [r.hot_sources[source] for r in results]))
    for r in results:
        lines += [
            "",
            f"Hot equipment at {r.imgsz} px, by confidence ({r.milliseconds:.0f} ms a picture):",
            "",
        ]
        lines += [
            "| confidence | precision | recall | F1 | clean pictures with an alarm |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {p.confidence:.2f} | {p.precision:.2f} | {p.recall:.2f} | {p.f1:.2f} "
            f"| {p.false_alarms} of {p.clean} |"
            for p in r.curve
        ]
    return "\n".join(lines) + "\n"


def _row(name: str, scores: Sequence[Score]) -> str:
    return (
        f"| {name} | {scores[0].boxes} | " + " | ".join(f"{s.ap50:.3f} | {s.ap:.3f}" for s in scores) + " |"
    )
