"""Where training pictures come from: a data.yaml, folder or ZIP, YOLO's or COCO's, with a weight."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from inspection.classes import CLASS_NAMES
from training.archive import unpack
from training.coco import coco_files, from_coco
from training.errors import DataError

PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}
_SPLITS = {"train": ("train",), "val": ("val", "valid", "validation", "test")}
LABEL_LISTS = frozenset({"classes.txt", "notes.txt", "train.txt", "val.txt", "valid.txt", "test.txt"})
"""Text files among labels that are none."""


@dataclass
class Source:
    """One data set.

    Attributes:
        name: short name, from the folder or file.
        names: class names by index.
        pictures: paths per split ("train", "val").
        weight: how often its training pictures are used in an epoch (2.0: twice, 0.5: every second one).
    """

    name: str
    names: tuple[str, ...]
    pictures: dict[str, list[Path]] = field(default_factory=dict)
    weight: float = 1.0


def open_source(text: str, unpack_to: Path) -> Source:
    """Open what the user named.

    Args:
        text: path of a data.yaml, COCO's JSON, a folder or a ZIP, optionally followed by "=weight".
        unpack_to: folder that ZIPs are unpacked into.

    Raises:
        DataError: it cannot be read, or holds no pictures.
    """
    path, weight = _split_weight(text)
    if not path.exists():
        raise DataError(f"There is no file or folder {path}.")
    name = path.parent.name if path.suffix in {".yaml", ".yml"} else path.stem
    if path.suffix.lower() == ".zip":
        stamp = hashlib.sha256(
            f"{path.resolve()}{path.stat().st_mtime_ns}{path.stat().st_size}".encode()
        ).hexdigest()
        target = unpack_to / f"{path.stem}-{stamp[:8]}"
        done = target.with_suffix(".done")
        path = Path(done.read_text("utf-8")) if done.exists() else unpack(path, target)
        done.write_text(str(path), "utf-8")
    path = _as_yolo(path, unpack_to)
    if path.is_dir():
        found = [path / n for n in ("data.yaml", "dataset.yaml", "data.yml") if (path / n).is_file()]
        source = _from_yaml(found[0]) if found else _from_folder(path)
    elif path.suffix.lower() in {".yaml", ".yml"}:
        source = _from_yaml(path)
    else:
        raise DataError(f"{path.name} is no data.yaml, JSON, folder or ZIP.")
    if source.pictures.get("val") == source.pictures.get("train"):
        source.pictures["val"] = []  # one folder named for both: no validation part of its own
    source.name, source.weight = name or source.name, weight
    if not any(source.pictures.values()):
        raise DataError(f"{path} holds no pictures in YOLO layout (train/images, val/images).")
    return source


def _as_yolo(path: Path, unpack_to: Path) -> Path:
    """COCO's JSON, or a folder that holds it and no data.yaml, as a YOLO data set; else the path itself."""
    if path.is_dir():
        files = [] if any(path.glob("*.y*ml")) else coco_files(path)
    else:
        files = [path] if path.suffix.lower() == ".json" else []
    if not files:
        return path
    stamp = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    root = path if path.is_dir() else path.parent.parent
    return from_coco(files, root, unpack_to / f"{path.stem}-coco-{stamp}")


def label_path(picture: Path) -> Path:
    """The label file of a picture: images/ becomes labels/, or the .txt beside it."""
    parts = list(picture.parts)
    for i in range(len(parts) - 2, -1, -1):
        if parts[i] == "images":
            parts[i] = "labels"
            return Path(*parts).with_suffix(".txt")
    return picture.with_suffix(".txt")


def _split_weight(text: str) -> tuple[Path, float]:
    head, sep, tail = text.rpartition("=")
    if not sep or Path(text).exists():
        return Path(text), 1.0
    try:
        weight = float(tail)
    except ValueError:
        return Path(text), 1.0
    if not 0 < weight <= 100:
        raise DataError(f"The weight of {head} must be above 0 and at most 100.")
    return Path(head), weight


def _from_yaml(path: Path) -> Source:
    try:
        content = yaml.safe_load(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(
            f"{path} cannot be read as YAML; compare it with the data.yaml of this project."
        ) from error
    if not isinstance(content, dict) or "names" not in content:
        raise DataError(
            f"{path} has no list 'names' of class names; compare it with this project's data.yaml."
        )
    names, pictures = _names(content["names"], path), {}
    for split, keys in _SPLITS.items():
        entry = next((content[k] for k in keys if content.get(k)), None)
        pictures[split] = _pictures_of(entry, path, str(content.get("path") or "."), split) if entry else []
    return Source(path.parent.name, names, pictures)


def _names(value: object, path: Path) -> tuple[str, ...]:
    if isinstance(value, list) and value:
        return tuple(str(v) for v in value)
    if isinstance(value, dict) and value and all(str(k).isdigit() for k in value):
        ordered = sorted((int(k), str(v)) for k, v in value.items())
        if [k for k, _ in ordered] == list(range(len(ordered))):
            return tuple(v for _, v in ordered)
    raise DataError(f"'names' in {path} must be a list, or number every class from 0 on without gaps.")


def _pictures_of(entry: object, path: Path, root: str, split: str) -> list[Path]:
    found: list[Path] = []
    for item in entry if isinstance(entry, list) else [entry]:
        place = _place(str(item), path, root)
        if place is None:
            raise DataError(
                f"{path} names {item!r} for {split}, but there is no such folder or file beside it."
            )
        if place.is_file():
            lines = [line.strip() for line in place.read_text("utf-8-sig").splitlines() if line.strip()]
            found += [place.parent / line for line in lines]
        else:
            found += _list_pictures(place)
    return found


def _place(item: str, path: Path, root: str) -> Path | None:
    """Where a split lies; exports often write a path that is right only on the machine they were made on."""
    bare = item.replace("../", "").removeprefix("./")
    bases = [path.parent / root, path.parent]
    candidates = [base / text for base in bases for text in (item, bare)]
    for place in candidates:
        if place.exists():
            inner = place / "images"
            return (
                inner
                if place.is_dir() and not _list_pictures(place, deep=False) and inner.is_dir()
                else place
            )
    return None


def _list_pictures(folder: Path, deep: bool = True) -> list[Path]:
    files = folder.rglob("*") if deep else folder.iterdir()
    return sorted(p for p in files if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file())


def _from_folder(root: Path) -> Source:
    """A folder without a data.yaml: the usual places of pictures; the ten classes, or a list of its own."""
    pictures: dict[str, list[Path]] = {}
    for split, keys in _SPLITS.items():
        places = [place for k in keys for place in (root / k / "images", root / "images" / k, root / k)]
        places += [root / f"obj_{k}_data" for k in keys]
        place = next((p for p in places if p.is_dir()), None)
        pictures[split] = _list_pictures(place) if place else []
    if not any(pictures.values()):
        place = root / "images" if (root / "images").is_dir() else root
        pictures["train"] = _list_pictures(place)
    return Source(root.name, _listed_names(root) or CLASS_NAMES, pictures)


def _listed_names(root: Path) -> tuple[str, ...]:
    """Class names, one a line, as annotation tools write them beside YOLO labels."""
    for name in ("classes.txt", "obj.names", "labels/classes.txt"):
        if (root / name).is_file():
            try:
                lines = (root / name).read_text("utf-8-sig").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise DataError(f"{root / name} cannot be read as a list of class names.") from error
            return tuple(line.strip() for line in lines if line.strip())
    return ()
