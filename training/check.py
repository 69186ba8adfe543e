"""Look at every file of a data set before training and say what is wrong with which one."""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.sources import LABEL_LISTS, Source, label_path

_SLACK = 0.01


@dataclass(frozen=True)
class Problem:
    """One file and what is wrong with it; `dropped` says whether the picture is left out."""

    file: Path
    text: str
    dropped: bool = False


@dataclass
class Picture:
    """One picture that can be used.

    Attributes:
        path: the file.
        split: "train" or "val".
        sha1: of the file's bytes.
        cls: int64 (N,), class indices of its source.
        xywh: float64 (N, 4), centre and size as shares of the picture, clipped to it.
        has_label_file: False counts as "nothing here".
    """

    path: Path
    split: str
    sha1: str
    cls: NDArray[np.int64]
    xywh: NDArray[np.float64]
    has_label_file: bool = True


@dataclass
class Report:
    """What the check of one source found."""

    source: Source
    pictures: list[Picture] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def boxes(self, split: str) -> Counter[int]:
        """Boxes per class index in a split."""
        counts: Counter[int] = Counter()
        for picture in self.pictures:
            if picture.split == split:
                counts.update(int(c) for c in picture.cls)
        return counts

    def summary(self) -> str:
        """Pictures and boxes per class, as a small table."""
        number = Counter(p.split for p in self.pictures)
        bare = Counter(p.split for p in self.pictures if not p.has_label_file)
        empty = Counter(p.split for p in self.pictures if not len(p.cls))
        lines = [f"{self.source.name}: weight {self.source.weight:g}"]
        for split in ("train", "val"):
            without = f", {bare[split]} without a label file" if bare[split] else ""
            lines.append(
                f"  {split}: {number[split]} pictures, {empty[split]} of them without a box{without}"
            )
        train, val = self.boxes("train"), self.boxes("val")
        for i, name in enumerate(self.source.names):
            lines.append(f"  {i:3d} {name:<24}{train[i]:7d} train {val[i]:6d} val")
        return "\n".join(lines)


def check(source: Source) -> Report:
    """Check every picture and label of a source.

    Pictures that cannot be read and second copies are left out; wrong label lines are left out one by one.
    A picture whose copy lies in the validation part is left out of training.
    """
    report = Report(source)
    jobs = [(path, split) for split in ("val", "train") for path in source.pictures.get(split, [])]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda job: _check_one(job[0], job[1], len(source.names)), jobs))
    seen: dict[str, Picture] = {}
    for picture, problems in results:
        report.problems += problems
        if picture is None:
            continue
        first = seen.get(picture.sha1)
        if first is not None:
            across = "the validation part" if first.split != picture.split else f"the {picture.split} part"
            report.problems.append(
                Problem(picture.path, f"is the same picture as {first.path.name} in {across}; left out", True)
            )
            continue
        seen[picture.sha1] = picture
        report.pictures.append(picture)
    report.problems += _labels_alone(path for path, _ in jobs)
    return report


def _labels_alone(pictures: Iterable[Path]) -> list[Problem]:
    """Label files in folders called labels that no picture belongs to."""
    known = {label_path(path) for path in pictures}
    folders = {path.parent for path in known if "labels" in path.parts[:-1]}
    found = [file for folder in sorted(folders) for file in sorted(folder.glob("*.txt"))]
    return [
        Problem(file, "has no picture")
        for file in found
        if file not in known and file.name not in LABEL_LISTS
    ]


def _check_one(path: Path, split: str, classes: int) -> tuple[Picture | None, list[Problem]]:
    try:
        data = path.read_bytes()
    except OSError:
        return None, [Problem(path, "is missing or cannot be opened; left out", True)]
    if not data:
        return None, [Problem(path, "is empty; left out", True)]
    trouble = _picture_trouble(path)
    if trouble:
        return None, [Problem(path, trouble, True)]
    labels = label_path(path)
    cls, xywh, problems = read_labels(labels, classes)
    return Picture(path, split, hashlib.sha1(data).hexdigest(), cls, xywh, labels.is_file()), problems


def _picture_trouble(path: Path) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                picture.load()
                if min(picture.size) < 10:
                    return "is smaller than 10 pixels; left out"
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return "is too large to be a thermal picture; left out"
    except Exception:  # Pillow's decoders raise nearly anything on a broken file
        return "is broken or no picture; left out"
    return None


def read_labels(path: Path, classes: int) -> tuple[NDArray[np.int64], NDArray[np.float64], list[Problem]]:
    """Read a YOLO label file; polygons become their boxes.

    Args:
        path: the .txt; a missing one means that nothing is labelled.
        classes: number of classes.

    Returns:
        Class indices int64 (N,), boxes float64 (N, 4) as centre and size in shares of the picture, problems.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError):
        return np.zeros(0, np.int64), np.zeros((0, 4)), [Problem(path, "cannot be read as text")]
    cls: list[int] = []
    boxes: list[NDArray] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = _read_line(line, classes)
        if isinstance(found, str):
            problems.append(Problem(path, f"line {number}: {found}"))
        elif any(
            found[0] == c and np.allclose(found[1], b, atol=1e-6) for c, b in zip(cls, boxes, strict=True)
        ):
            problems.append(Problem(path, f"line {number}: the same box twice"))
        else:
            cls.append(found[0])
            boxes.append(found[1])
    return np.array(cls, np.int64), np.array(boxes, np.float64).reshape(-1, 4), problems


def _read_line(line: str, classes: int) -> tuple[int, NDArray] | str:
    try:
        values = np.array([float(v) for v in line.split()])
    except ValueError:
        return "holds something that is no number"
    if not np.isfinite(values).all() or (len(values) != 5 and (len(values) < 7 or len(values) % 2 == 0)):
        return "does not have a class and four numbers (or a polygon)"
    if values[0] != int(values[0]) or not 0 <= values[0] < classes:
        return f"class {values[0]:g} is not among the {classes} classes"
    numbers = values[1:]
    if numbers.min() < -_SLACK or numbers.max() > 1 + _SLACK:
        return "a number lies outside 0..1"
    if len(numbers) > 4:
        points = numbers.reshape(-1, 2)
        low, high = points.min(0), points.max(0)
    else:
        low, high = numbers[:2] - numbers[2:] / 2, numbers[:2] + numbers[2:] / 2
    low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
    if (high - low).min() <= 0:
        return "the box has no area inside the picture"
    return int(values[0]), np.concatenate([(low + high) / 2, high - low])


def across_sources(reports: Iterable[Report]) -> list[Problem]:
    """Drop training pictures that are in another source's validation part or in an earlier source."""
    reports = list(reports)
    owner = {p.sha1: (r, p) for r in reports for p in r.pictures if p.split == "val"}
    found: list[Problem] = []
    for report in reports:
        kept = []
        for picture in report.pictures:
            other = owner.setdefault(picture.sha1, (report, picture))
            if other[1] is picture:
                kept.append(picture)
            else:
                text = f"is also in {other[0].source.name} ({other[1].split}: {other[1].path.name}); left out"
                found.append(Problem(picture.path, text, True))
        report.pictures = kept
    return found
