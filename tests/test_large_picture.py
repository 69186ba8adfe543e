"""A JPEG far larger than a screen is decoded at a fraction first; boxes stay in its own pixels."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from inspection.annotate import annotate
from inspection.finding import Finding
from inspection.large_picture import SMALL_PX, LargePicture
from inspection.letterbox import letterbox
from inspection.reading import read_picture
from tests.conftest import blobs


def large(width: int, height: int, orientation: int = 1) -> bytes:
    """A smooth JPEG with warm blobs, marked as turned by its EXIF orientation."""
    picture = cv2.resize(blobs(320, 240), (width, height), interpolation=cv2.INTER_CUBIC)
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    Image.fromarray(picture[..., ::-1]).save(buffer, "JPEG", quality=90, exif=exif)
    return buffer.getvalue()


@pytest.mark.parametrize(("size", "factor"), [((2560, 1920), 2), ((4001, 3001), 2), ((5201, 1301), 4)])
def test_the_copy_and_all_pixels(size: tuple[int, int], factor: int) -> None:
    data = large(*size)
    read = read_picture(data, "a.jpg")
    assert isinstance(read, LargePicture) and (read.width, read.height) == size
    assert read.small.shape[1::-1] == tuple(-(-side // factor) for side in size)
    assert max(read.small.shape) >= SMALL_PX
    slow = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(read.picture, slow)


def test_a_picture_turned_upright_by_its_orientation() -> None:
    read = read_picture(large(2600, 1400, orientation=6), "a.jpg")
    assert isinstance(read, LargePicture) and (read.width, read.height) == (1400, 2600)
    assert read.picture.shape == (2600, 1400, 3) and read.small.shape == (1300, 700, 3)


def test_ordinary_pictures_are_read_as_they_were() -> None:
    read = read_picture(large(2500, 1900), "a.jpg")
    assert not isinstance(read, LargePicture) and read.small is read.picture


@pytest.mark.parametrize("imgsz", [320, 640])
def test_the_network_sees_the_same_and_boxes_come_back_to_the_whole_picture(imgsz: int) -> None:
    read = read_picture(large(4000, 3000), "a.jpg")
    fast, fit = letterbox(read.small, imgsz, size=(read.width, read.height))
    slow, expected = letterbox(read.picture, imgsz)
    assert fit == expected and fast.shape == slow.shape
    assert np.abs(fast.astype(int) - slow).mean() < 2  # of 255: the reduced copy is free of aliasing


def test_findings_are_drawn_in_the_copy_where_they_lie_in_the_whole() -> None:
    found = Finding(1, 0, "joint", 0.9, (1000.0, 800.0, 1400.0, 1200.0), 4000, 3000)
    drawn = annotate(np.zeros((750, 1000, 3), np.uint8), [found], labels=False, scale=0.25)
    rows, columns = np.nonzero(drawn.sum(axis=2))
    assert (columns.min() + columns.max()) / 2 == pytest.approx(300, abs=1)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(250, abs=1)
    assert columns.max() - columns.min() == pytest.approx(100, abs=6)
