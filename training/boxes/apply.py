"""Write a data set anew with the hand-drawn boxes in place of its own."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from training.boxes.table import Drawn
from training.errors import DataError, TrainingError
from training.linking import link_or_copy
from training.sources import PICTURE_SUFFIXES, label_path, open_source


@dataclass
class Applied:
    """What was written.

    Attributes:
        train: number of training pictures.
        val: number of validation pictures.
        redrawn: names of training pictures whose boxes were replaced.
        added: names of pictures that were no training pictures before.
        missing: names in the table of pictures that are nowhere in the data.
        validation: names in the table of validation pictures; those stay as they are.
    """

    train: int = 0
    val: int = 0
    redrawn: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    validation: list[str] = field(default_factory=list)


def apply_boxes(data: Path, out: Path, table: Mapping[str, Drawn]) -> Applied:
    """Write train/, val/ (links, or copies where links cannot be made) and data.yaml.

    A picture of the table that lies outside the training part (unlabelled ones) joins it, named after its
    folder and file. Validation pictures are never given boxes of the table nor put among the training ones.

    Args:
        data: folder in YOLO's layout, with whatever other folders.
        out: folder to write; it must not exist or be empty.
        table: boxes by the sha1 of the picture file.

    Raises:
        DataError: the data holds no training pictures, lacks a class of the table, names two pictures alike,
            or `out` has something in it.
        TrainingError: a file cannot be read or written.
    """
    if not data.is_dir():
        raise DataError(f"There is no folder {data}.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out} exists already; name a new folder.")
    source = open_source(str(data), out)
    train, val = source.pictures["train"], source.pictures["val"]
    if not train:
        raise DataError(f"{data} holds no training pictures.")
    try:
        return _write(data, out, _as_lines(table, source.names), table, source.names, train, val)
    except OSError as error:
        raise TrainingError(
            f"{error.filename or out} cannot be read or written: {error.strerror}."
        ) from error


def _as_lines(table: Mapping[str, Drawn], names: tuple[str, ...]) -> dict[str, str]:
    """YOLO's label text by sha1."""
    texts = {}
    for sha1, drawn in table.items():
        lines = []
        for name, x1, y1, x2, y2 in drawn.boxes:
            if name not in names:
                raise DataError(f"The data has no class {name!r}, which {drawn.name} has a box of.")
            middle = f"{(x1 + x2) / 2:.5f} {(y1 + y2) / 2:.5f}"
            lines.append(f"{names.index(name)} {middle} {x2 - x1:.4f} {y2 - y1:.4f}\n")
        texts[sha1] = "".join(lines)
    return texts


def _write(
    data: Path,
    out: Path,
    texts: Mapping[str, str],
    table: Mapping[str, Drawn],
    names: tuple[str, ...],
    train: list[Path],
    val: list[Path],
) -> Applied:
    done = Applied()
    in_val, in_train = {_sha1(path) for path in val}, set()
    others = _elsewhere(data, {path.resolve() for path in train + val})
    for split in ("train", "val"):
        # data.yaml names both, though there may be no validation.
        (out / split / "images").mkdir(parents=True)
    for path in val:
        _put(path, out / "val" / "images" / path.name, None)
        done.val += 1
    for path in train:
        sha1 = _sha1(path)
        in_train.add(sha1)
        own = sha1 in texts and sha1 not in in_val
        _put(path, out / "train" / "images" / path.name, texts[sha1] if own else None)
        done.train += 1
        if own:
            done.redrawn.append(path.name)
    for sha1, drawn in table.items():
        if sha1 in in_val:
            done.validation.append(drawn.name)
        elif sha1 not in in_train and sha1 in others:
            path = others[sha1]
            name = f"{path.parent.name}_{path.name}"
            _put(path, out / "train" / "images" / name, texts[sha1])
            done.train += 1
            done.added.append(name)
        elif sha1 not in in_train:
            done.missing.append(drawn.name)
    content = {"path": ".", "train": "train/images", "val": "val/images", "names": dict(enumerate(names))}
    (out / "data.yaml").write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")
    return done


def _elsewhere(data: Path, known: set[Path]) -> dict[str, Path]:
    """The pictures below `data` that are in neither part, by sha1."""
    files = sorted(p for p in data.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file())
    return {_sha1(p): p for p in files if p.resolve() not in known}


def _sha1(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()


def _put(picture: Path, target: Path, text: str | None) -> None:
    """A link to the picture, and its label file: `text`, or without one its own where it has any."""
    if target.exists():
        raise DataError(f"Two pictures are called {target.name}; rename one of them.")
    label = target.parents[1] / "labels" / f"{target.stem}.txt"
    label.parent.mkdir(parents=True, exist_ok=True)
    link_or_copy(picture.resolve(), target)
    if text is not None:
        label.write_text(text, "utf-8")
    elif label_path(picture).is_file():
        shutil.copyfile(label_path(picture), label)
