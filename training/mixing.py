"""Write checked sources as one data set: links to pictures, clean labels, weights as repeats."""

from __future__ import annotations

import errno
import hashlib
import random
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from inspection.classes import canonical_name
from training.check import Picture, Report
from training.errors import DataError, TrainingError
from training.linking import link_or_copy


@dataclass(frozen=True)
class Mixed:
    """A data set ready for training.

    Attributes:
        yaml_path: its data.yaml.
        names: class names by index.
        sha256: over the pictures' and labels' contents, in a fixed order.
        train: training pictures per epoch, repeats counted.
        val: validation pictures.
    """

    yaml_path: Path
    names: tuple[str, ...]
    sha256: str
    train: int
    val: int


def mix(
    reports: Sequence[Report],
    folder: Path,
    seed: int = 0,
    merge_misspelt: bool = False,
    extra: dict | None = None,
) -> Mixed:
    """Write the mix.

    The first source's class names count; the others' classes are matched by name.

    Args:
        reports: checked sources, training and validation.
        folder: where to; an earlier mix in it is replaced.
        seed: which pictures a fractional weight takes, and which go to validation where no source has any.
        merge_misspelt: count the misspelt "Compenenta incalzita" as "Componenta incalzita".
        extra: further entries for the data.yaml, read by the trainer.

    Raises:
        DataError: no training picture, no box, or a class that the first source does not have.
        TrainingError: the disk is full.
    """
    names = reports[0].source.names
    maps = [_class_map(r, names, merge_misspelt) for r in reports]
    _hold_out(reports, seed)
    if not any(p.split == "train" for r in reports for p in r.pictures):
        raise DataError("There is no usable training picture in the data.")
    if not any(len(p.cls) for r in reports for p in r.pictures if p.split == "train"):
        raise DataError(
            "None of the training pictures has a box; are the labels folders beside the images folders?"
        )
    try:
        shutil.rmtree(folder, ignore_errors=True)
        return _write(reports, maps, names, folder, seed, extra or {})
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise TrainingError(f"The disk is full; free some space and start again ({folder}).") from error
        raise TrainingError(f"{folder} cannot be written: {error.strerror}.") from error


def _class_map(report: Report, names: tuple[str, ...], merge: bool) -> dict[int, int]:
    numbers = {name: i for i, name in enumerate(names)}
    result = {}
    for i, name in enumerate(report.source.names):
        wanted = canonical_name(name) if merge and canonical_name(name) in numbers else name
        if wanted in numbers:
            result[i] = numbers[wanted]
        elif report.boxes("train")[i] or report.boxes("val")[i]:
            raise DataError(
                f"{report.source.name} has a class {name!r} that the first data set does not have."
            )
    return result


def _hold_out(reports: Sequence[Report], seed: int) -> None:
    """Without any validation picture, one training picture in ten becomes one."""
    pictures = [p for r in reports for p in r.pictures]
    if any(p.split == "val" for p in pictures) or len(pictures) < 2:
        return
    chosen = random.Random(seed).sample(pictures, max(1, len(pictures) // 10))
    for picture in chosen:
        picture.split = "val"


def _write(
    reports: Sequence[Report],
    maps: list[dict[int, int]],
    names: tuple[str, ...],
    folder: Path,
    seed: int,
    extra: dict,
) -> Mixed:
    lists: dict[str, list[str]] = {"train": [], "val": []}
    hashes: list[str] = []
    for number, (report, classes) in enumerate(zip(reports, maps, strict=True)):
        mine: dict[str, list[str]] = {"train": [], "val": []}
        for k, picture in enumerate(report.pictures):
            stem = re.sub(r"[^A-Za-z0-9_.-]+", "_", picture.path.stem)[:80]
            target = (
                folder / "images" / picture.split / f"{number}_{k:06d}_{stem}{picture.path.suffix.lower()}"
            )
            text = _label_text(picture, classes)
            target.parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(picture.path.absolute(), target)
            label = folder / "labels" / picture.split / (target.stem + ".txt")
            label.parent.mkdir(parents=True, exist_ok=True)
            label.write_text(text, "utf-8")
            mine[picture.split].append(str(target.absolute()))
            hashes.append(f"{picture.split} {picture.sha1} {hashlib.sha256(text.encode()).hexdigest()}")
        lists["train"] += _repeated(mine["train"], report.source.weight, seed + number)
        lists["val"] += mine["val"]
    if not lists["val"]:
        lists["val"] = sorted(set(lists["train"]))
    for split, paths in lists.items():
        (folder / f"{split}.txt").write_text("\n".join(paths) + "\n", "utf-8")
    content = {
        "path": str(folder.absolute()),
        "train": "train.txt",
        "val": "val.txt",
        "names": dict(enumerate(names)),
    }
    target = folder / "data.yaml"
    target.write_text(yaml.safe_dump({**content, **extra}, allow_unicode=True, sort_keys=False), "utf-8")
    digest = hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()
    return Mixed(target, names, digest, len(lists["train"]), len(lists["val"]))


def _label_text(picture: Picture, classes: dict[int, int]) -> str:
    rows = zip(picture.cls, picture.xywh, strict=True)
    return "".join(f"{classes[int(c)]} " + " ".join(f"{v:.6f}" for v in box) + "\n" for c, box in rows)


def _repeated(paths: list[str], weight: float, seed: int) -> list[str]:
    whole = int(weight)
    part = random.Random(seed).sample(paths, round((weight - whole) * len(paths)))
    return paths * whole + part
