"""COCO's JSON as a YOLO data set: links to the pictures, a label file each."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import yaml

from training.errors import DataError
from training.linking import link_or_copy

_KEYS = {"images", "annotations", "categories"}
_MOST_BYTES = 500 * 2**20


def coco_files(folder: Path) -> list[Path]:
    """The JSON files in a folder or its subfolders that look like COCO's."""
    found = sorted(p for pattern in ("*.json", "*/*.json") for p in folder.glob(pattern))
    return [p for p in found if set(_content(p, strict=False)) >= _KEYS]


def from_coco(files: list[Path], root: Path, folder: Path) -> Path:
    """Write a YOLO data set that stands for COCO files.

    Files whose name or folder says val, valid or test are the validation part, the others the training part.

    Args:
        files: the JSON files.
        root: what the pictures have to lie in.
        folder: where the data set goes; what is in it is replaced.

    Returns:
        Its data.yaml.

    Raises:
        DataError: a file cannot be read or does not hold what COCO says.
    """
    shutil.rmtree(folder, ignore_errors=True)
    names: dict[str, int] = {}
    lists: dict[str, list[str]] = {"train": [], "val": []}
    for number, path in enumerate(files):
        words = f"{path.parent.name} {path.stem}".lower()
        split = "val" if any(word in words for word in ("val", "test")) else "train"
        try:
            lists[split] += _one(path, root, folder / f"{number}", names)
        except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
            raise DataError(f"{path} is not COCO as it should be: {error!r}.") from error
    for split, lines in lists.items():
        (folder / f"{split}.txt").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    parts = {split: f"{split}.txt" for split, lines in lists.items() if lines}
    target = folder / "data.yaml"
    target.write_text(
        yaml.safe_dump({"path": ".", **parts, "names": list(names)}, allow_unicode=True), "utf-8"
    )
    return target


def _one(path: Path, root: Path, folder: Path, names: dict[str, int]) -> list[str]:
    content = _content(path, strict=True)
    classes = {}
    for category in sorted(content["categories"], key=lambda c: int(c["id"])):
        classes[category["id"]] = names.setdefault(str(category["name"]), len(names))
    boxes: dict[Any, list[str]] = {}
    sizes = {image["id"]: (float(image["width"]), float(image["height"])) for image in content["images"]}
    for annotation in content["annotations"]:
        if annotation.get("iscrowd"):
            continue
        width, height = sizes[annotation["image_id"]]
        x, y, w, h = (float(v) for v in annotation["bbox"])
        values = ((x + w / 2) / width, (y + h / 2) / height, w / width, h / height)
        line = f"{classes[annotation['category_id']]} {' '.join(f'{v:.6f}' for v in values)}\n"
        boxes.setdefault(annotation["image_id"], []).append(line)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "labels").mkdir(exist_ok=True)
    lines = []
    for i, image in enumerate(content["images"]):
        source = _picture(str(image["file_name"]), path, root)
        link = folder / "images" / f"{i:06d}_{source.stem[:80]}{source.suffix.lower()}"
        if source.is_file():
            link_or_copy(source, link)
        (folder / "labels" / f"{link.stem}.txt").write_text("".join(boxes.get(image["id"], [])), "utf-8")
        lines.append(str(link.absolute()))  # a missing picture is named by the check
    return lines


def _picture(name: str, path: Path, root: Path) -> Path:
    """Where a picture of a COCO file lies; a path that is not there where none is found inside `root`."""
    bases = (path.parent, path.parent / "images", path.parent.parent, path.parent.parent / "images")
    subset = path.stem.rsplit("_", 1)[-1]
    for base in (*bases, path.parent.parent / subset, path.parent.parent / "images" / subset):
        place = (base / name).resolve()
        if place.is_file() and place.is_relative_to(root.resolve()):
            return place
    return path.parent / Path(name.replace("\\", "/")).name


def _content(path: Path, strict: bool) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("too large")
        content = json.loads(path.read_text("utf-8-sig"))
        if isinstance(content, dict):
            return content
        raise ValueError("not an object")
    except (OSError, ValueError, RecursionError) as error:
        if strict:
            raise DataError(f"{path} cannot be read as COCO's JSON.") from error
        return {}
