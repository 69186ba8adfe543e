"""Labels out, and back in through what training reads."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspection.classes import CLASS_NAMES
from inspection.errors import SettingsError
from inspection.labels import FolderSink, LabelBox, LabelFormat, Labelled, LabelWriter, ZipSink, picture_file
from inspection.names import distinct_names, unique_stems
from tests.conftest import blobs, encoded
from training.check import check
from training.errors import DataError
from training.mixing import mix
from training.sources import open_source

BOXES = (
    LabelBox((10.0, 20.5, 60.25, 80.0), "motor", 0.8),
    LabelBox((100.0, 90.0, 400.0, 300.0), "Legatura"),  # reaches out of the picture
    LabelBox((0.0, 0.0, 30.0, 30.0), "izolator 绝缘子: #1"),  # a class of the user's own
    LabelBox((500.0, 10.0, 600.0, 40.0), "motor"),  # wholly outside
)
WHOLE = [[10.0, 20.5, 60.25, 80.0], [100.0, 90.0, 160.0, 120.0], [0.0, 0.0, 30.0, 30.0]]


def items() -> list[Labelled]:
    pictures = [blobs(160, 120, seed) for seed in range(3)]
    jpeg = encoded(pictures[1], ".jpg")
    decoded = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    return [
        Labelled("../up/a.png", pictures[0], encoded(pictures[0]), BOXES),
        Labelled("b/a.png", decoded, jpeg, BOXES[:1]),
        Labelled("empty.fff", pictures[2], b"raw counts", ()),
    ]


def exported(format_: LabelFormat, place: Path, as_zip: bool) -> Path:
    if as_zip:
        with zipfile.ZipFile(place, "w") as archive:
            write(LabelWriter(ZipSink(archive), format_, CLASS_NAMES))
    else:
        write(LabelWriter(FolderSink(place), format_, CLASS_NAMES))
    return place


def write(writer: LabelWriter) -> None:
    for item in items():
        writer.add(item)
    writer.finish()


@pytest.mark.parametrize("format_", ["yolo", "coco"])
@pytest.mark.parametrize("as_zip", [False, True])
def test_training_reads_back_what_was_exported(format_: LabelFormat, as_zip: bool, tmp_path: Path) -> None:
    place = exported(format_, tmp_path / ("set.zip" if as_zip else "set"), as_zip)
    source = open_source(str(place), tmp_path / "unpacked")
    assert source.names == (*CLASS_NAMES, "izolator 绝缘子: #1")
    report = check(source)
    assert not report.problems
    first, second, empty = sorted(report.pictures, key=lambda p: p.path.stem)
    assert [source.names[c] for c in first.cls] == ["motor", "Legatura", "izolator 绝缘子: #1"]
    centre, size = first.xywh[:, :2] * (160, 120), first.xywh[:, 2:] * (160, 120)
    assert np.allclose(np.hstack([centre - size / 2, centre + size / 2]), WHOLE, atol=1e-3)
    assert len(second.cls) == 1 and second.path.read_bytes() == items()[1].data
    assert len(empty.cls) == 0 and np.array_equal(cv2.imread(str(empty.path)), items()[2].picture)
    mixed = mix([report], tmp_path / "mix")
    assert mixed.train + mixed.val == 3


def test_coco_says_what_coco_says(tmp_path: Path) -> None:
    place = exported("coco", tmp_path / "set", False)
    content = json.loads((place / "annotations" / "instances_default.json").read_text("utf-8"))
    assert {i["file_name"] for i in content["images"]} == {p.name for p in (place / "images").iterdir()}
    known = {c["id"] for c in content["categories"]}
    for i, annotation in enumerate(content["annotations"], start=1):
        x, y, w, h = annotation["bbox"]
        assert annotation["id"] == i and annotation["category_id"] in known
        assert x >= 0 and y >= 0 and x + w <= 160 and y + h <= 120 and annotation["area"] == w * h


def test_coco_of_others_opens_with_its_parts_and_never_leaves_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "robo"
    (tmp_path / "secret.png").write_bytes(encoded(blobs(60, 40)))
    for part, seed in (("train", 1), ("valid", 2)):
        (folder / part).mkdir(parents=True)
        (folder / part / "a.png").write_bytes(encoded(blobs(60, 40, seed)))
        names = ["a.png", "../../secret.png"]
        images = [{"id": i, "file_name": n, "width": 60, "height": 40} for i, n in enumerate(names)]
        box = {"id": 1, "image_id": 0, "category_id": 7, "bbox": [6, 4, 12, 8]}
        content = {"images": images, "annotations": [box], "categories": [{"id": 7, "name": "motor"}]}
        (folder / part / "_annotations.coco.json").write_text(json.dumps(content))
    report = check(open_source(str(folder), tmp_path / "unpacked"))
    assert sorted((p.split, len(p.cls)) for p in report.pictures) == [("train", 1), ("val", 1)]
    assert [p.text for p in report.problems] == ["is missing or cannot be opened; left out"] * 2
    (folder / "valid" / "_annotations.coco.json").write_text(
        json.dumps({"images": [{"id": 1}], "annotations": [], "categories": []})
    )
    with pytest.raises(DataError, match="not COCO"):
        open_source(str(folder), tmp_path / "unpacked")


def test_a_turned_photo_is_exported_as_it_was_seen() -> None:
    from PIL import Image

    upright = blobs(80, 60)
    image = Image.fromarray(upright[..., ::-1])
    exif = Image.Exif()
    exif[0x0112] = 6
    from io import BytesIO

    buffer = BytesIO()
    image.save(buffer, "JPEG", exif=exif, quality=95)
    seen = np.asarray(cv2.imdecode(np.frombuffer(buffer.getvalue(), np.uint8), cv2.IMREAD_COLOR), np.uint8)
    assert seen.shape[:2] == (80, 60)
    data, extension = picture_file(buffer.getvalue(), seen)
    assert extension == "png"
    assert np.array_equal(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), seen)


def test_labels_are_never_mixed_into_a_used_folder(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("x")
    with pytest.raises(SettingsError, match="not empty"):
        FolderSink(tmp_path)


def test_names_of_many_files_stay_apart() -> None:
    names = ["a/x.jpg", "b/x.jpg", "X.JPG", "x-2.jpg", "b/x.jpg", "c/b/x.jpg"]
    stems = [stem.casefold() for stem in unique_stems(names)]
    assert len(set(stems)) == len(names)
    shown = distinct_names(["line 1/a.jpg", "line 2/a.jpg", "b.jpg", "line 2/a.jpg"])
    assert shown == ["line 1/a.jpg", "line 2/a.jpg", "b.jpg", "line 2/a.jpg (2)"]
    assert len(set(unique_stems(["same.jpg"] * 5000))) == 5000
