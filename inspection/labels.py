"""Boxes as labels to train on: a YOLO folder or COCO's JSON, with the pictures they belong to."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.finding import Finding
from inspection.names import UniqueStems

LabelFormat = Literal["yolo", "coco"]
LABEL_FORMATS: tuple[LabelFormat, ...] = ("yolo", "coco")

COCO_FILE = "annotations/instances_default.json"
_MAGIC = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"BM": "bmp"}
_README = (
    "Labels made by Overheat Inspector; look through them before you train on them.\n"
    "    python train.py --data THIS_FOLDER_OR_ZIP\n"
)


@dataclass(frozen=True)
class LabelBox:
    """One labelled thing.

    Attributes:
        xyxy: left, top, right, bottom in pixels of the picture.
        class_name: raw class name, as the model or the user has it.
        confidence: of the model, 0..1, or None where a person drew or changed the box.
    """

    xyxy: tuple[float, float, float, float]
    class_name: str
    confidence: float | None = None


@dataclass(frozen=True, eq=False)
class Labelled:
    """A picture and its labels; no boxes means that there is nothing in it to find.

    Attributes:
        file: name as given; the name in the export is made from it.
        picture: uint8 (H, W, 3) BGR, what the boxes were found in.
        data: the file's own bytes; exported as they are when they hold exactly that picture.
        boxes: in the picture's pixels.
    """

    file: str
    picture: NDArray[np.uint8]
    data: bytes
    boxes: Sequence[LabelBox]


class Sink(Protocol):
    """Where an export's files go, one after the other."""

    def write(self, name: str, data: bytes) -> None:
        """Put a file under a relative name with forward slashes."""


class FolderSink:
    """A folder on the disk, made when missing."""

    def __init__(self, folder: Path) -> None:
        """Refuse a folder that holds something, so that old and new labels are never mixed.

        Raises:
            SettingsError: it is not empty, or cannot be made.
        """
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            used = any(folder.iterdir())
        except OSError as error:
            raise SettingsError(f"The folder {folder} cannot be made.") from error
        if used:
            raise SettingsError(f"The folder {folder} is not empty; name a new one for the labels.")

    def write(self, name: str, data: bytes) -> None:
        """See Sink."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


class ZipSink:
    """An open ZIP; pictures are stored, text is packed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def write(self, name: str, data: bytes) -> None:
        """See Sink."""
        packed = zipfile.ZIP_STORED if name.startswith("images/") else zipfile.ZIP_DEFLATED
        self.archive.writestr(name, data, compress_type=packed)


class LabelWriter:
    """Writes labelled pictures as they come; `finish` writes what names them all."""

    def __init__(self, sink: Sink, format_: LabelFormat, class_names: Iterable[str]) -> None:
        """Start an export; classes that come up later are added behind the given ones."""
        self.sink, self.format = sink, format_
        self.pictures = 0
        self._ids = {name: i for i, name in enumerate(class_names)}
        self._stems = UniqueStems()
        self._coco: dict[str, list[dict]] = {"images": [], "annotations": []}

    def add(self, item: Labelled) -> None:
        """Write one picture and its labels; parts of boxes outside the picture are cut off."""
        self.pictures += 1
        stem = self._stems.take(item.file)
        data, extension = picture_file(item.data, item.picture)
        height, width = item.picture.shape[:2]
        self.sink.write(f"images/{stem}.{extension}", data)
        boxes = [(self._id(box.class_name), inside(box.xyxy, width, height)) for box in item.boxes]
        kept = list(dict.fromkeys((class_id, xyxy) for class_id, xyxy in boxes if xyxy is not None))
        if self.format == "yolo":
            lines = [_yolo_line(class_id, xyxy, width, height) for class_id, xyxy in kept]
            self.sink.write(f"labels/{stem}.txt", "".join(lines).encode())
            return
        self._coco["images"].append(
            {"id": self.pictures, "file_name": f"{stem}.{extension}", "width": width, "height": height}
        )
        self._coco["annotations"] += [self._annotation(class_id, xyxy, i) for i, (class_id, xyxy) in
                                      enumerate(kept, start=len(self._coco["annotations"]) + 1)]  # fmt: skip

    def finish(self) -> None:
        """Write data.yaml, or COCO's JSON."""
        if self.format == "yolo":
            # JSON's quoted text is YAML's too.
            names = "".join(f"  {i}: {json.dumps(n, ensure_ascii=False)}\n" for n, i in self._ids.items())
            self.sink.write("data.yaml", f"path: .\ntrain: images\nval: images\nnames:\n{names}".encode())
        else:
            categories = [{"id": i + 1, "name": name} for name, i in self._ids.items()]
            content = {"info": {"description": "Overheat Inspector"}, **self._coco, "categories": categories}
            self.sink.write(COCO_FILE, json.dumps(content, ensure_ascii=False).encode())
        self.sink.write("READ ME.txt", _README.encode())

    def _id(self, name: str) -> int:
        return self._ids.setdefault(name, len(self._ids))

    def _annotation(self, class_id: int, xyxy: tuple[float, float, float, float], number: int) -> dict:
        left, top, right, bottom = xyxy
        size = (round(right - left, 3), round(bottom - top, 3))
        return {
            "id": number,
            "image_id": self.pictures,
            "category_id": class_id + 1,
            "bbox": [left, top, *size],
            "area": round(size[0] * size[1], 3),
            "iscrowd": 0,
        }


class LabelExport(LabelWriter):
    """An export into a new folder, or a ZIP where the name ends in .zip."""

    def __init__(self, format_: str, place: str | Path, class_names: Iterable[str]) -> None:
        """Begin it.

        Raises:
            SettingsError: the format is not known, or the folder is in use.
            OSError: the ZIP cannot be written.
        """
        if format_ not in LABEL_FORMATS:
            raise SettingsError(f"Labels are written as {' or '.join(LABEL_FORMATS)}, not {format_}.")
        place = Path(place)
        self._zip = zipfile.ZipFile(place, "w") if place.suffix.lower() == ".zip" else None
        sink = FolderSink(place) if self._zip is None else ZipSink(self._zip)
        super().__init__(sink, format_, class_names)  # type: ignore[arg-type]

    def close(self) -> None:
        """Write what names all pictures, and close the ZIP."""
        try:
            self.finish()
        finally:
            if self._zip is not None:
                self._zip.close()


def label_boxes(findings: Iterable[Finding]) -> tuple[LabelBox, ...]:
    """The findings of a picture as labels."""
    return tuple(LabelBox(f.xyxy, f.class_name, f.confidence) for f in findings)


def inside(
    xyxy: tuple[float, float, float, float], width: int, height: int
) -> tuple[float, float, float, float] | None:
    """The part of a box inside a picture, to 0.001 px; None where it is less than half a pixel."""
    left, right = (min(max(v, 0.0), float(width)) for v in (xyxy[0], xyxy[2]))
    top, bottom = (min(max(v, 0.0), float(height)) for v in (xyxy[1], xyxy[3]))
    if right - left < 0.5 or bottom - top < 0.5:
        return None
    return round(left, 3), round(top, 3), round(right, 3), round(bottom, 3)


def picture_file(data: bytes, picture: NDArray[np.uint8]) -> tuple[bytes, str]:
    """A picture for training as file bytes and extension.

    Args:
        data: the bytes of the file it was read from.
        picture: uint8 (H, W, 3) BGR.

    Returns:
        The file's own bytes where every reader sees this very picture in them (no rotation, no raw data
        behind it), else the picture as PNG, which loses nothing.
    """
    extension = next((ext for magic, ext in _MAGIC.items() if data.startswith(magic)), "")
    if extension:
        flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        plain = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
        if plain is not None and np.array_equal(plain, picture):
            return data, extension
    done, png = cv2.imencode(".png", picture)
    if not done:
        raise ValueError(f"a picture of shape {picture.shape} cannot be written as PNG")
    return png.tobytes(), "png"


def _yolo_line(class_id: int, xyxy: tuple[float, float, float, float], width: int, height: int) -> str:
    left, top, right, bottom = xyxy
    values = ((left + right) / 2 / width, (top + bottom) / 2 / height,
              (right - left) / width, (bottom - top) / height)  # fmt: skip
    return f"{class_id} {' '.join(f'{v:.6f}' for v in values)}\n"
