"""Reading pictures: every common kind comes in upright and right; anything else gets one sentence."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from inspection.errors import PictureError
from inspection.reading import MAX_PIXELS, read_picture
from tests.conftest import blobs, encoded


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("extension", "mean_error"), [(".png", 0), (".bmp", 0), (".tiff", 0), (".webp", 1), (".jpg", 7)]
)
def test_colour_pictures_keep_their_pixels(extension: str, mean_error: float) -> None:
    picture = blobs(90, 60)
    read = read_picture(encoded(picture, extension), f"a{extension}").picture
    assert read.shape == picture.shape
    # The noise is what JPEG throws away; its blobs would be off by far more if channels or rows were swapped.
    assert np.abs(read.astype(int) - picture).mean() <= mean_error


def test_exif_rotation_is_obeyed() -> None:
    image = Image.new("RGB", (40, 20), (255, 0, 0))
    image.paste((0, 0, 255), (0, 0, 20, 20))
    exif = image.getexif()
    exif[0x0112] = 6  # turn 90 degrees clockwise to see it upright
    picture = read_picture(saved(image, "JPEG", exif=exif, quality=95), "turned.jpg").picture
    assert picture.shape == (40, 20, 3)
    assert picture[5, 10, 0] > 200 and picture[35, 10, 2] > 200  # blue on top, red below (BGR)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_gray_is_stretched_not_truncated(kind: str) -> None:
    counts = (8000 + np.add.outer(np.arange(60), np.arange(80)) * 3).astype(np.uint16)
    picture = read_picture(saved(Image.fromarray(counts), kind), f"deep.{kind.lower()}").picture
    gray = picture.astype(int).sum(axis=2)
    assert gray[-1, -1] > gray[30, 40] > gray[0, 0]
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100  # its top bytes alone would give two levels


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I", "F"])
def test_every_mode_gives_a_picture(mode: str) -> None:
    image = Image.new("RGB", (50, 30), (200, 100, 50)).convert("L" if mode in "1IF" else mode).convert(mode)
    kind = "TIFF" if mode in ("CMYK", "F", "I") else "PNG"
    picture = read_picture(saved(image, kind), f"a.{kind.lower()}").picture
    assert picture.shape == (30, 50, 3) and picture.dtype == np.uint8


def test_first_frame_of_an_animation_with_a_note() -> None:
    frames = [Image.new("RGB", (20, 20), (i * 60, 0, 0)) for i in range(4)]
    data = saved(frames[1], "GIF", save_all=True, append_images=frames[2:])
    thermogram = read_picture(data, "walk.gif")
    assert abs(int(thermogram.picture[5, 5, 2]) - 60) < 12
    assert "3 pictures" in thermogram.note


def test_one_pixel_and_very_thin_pictures_are_pictures() -> None:
    assert read_picture(encoded(blobs(1, 1)), "one.png").picture.shape == (1, 1, 3)
    assert read_picture(encoded(blobs(3, 4000)), "thin.png").picture.shape == (4000, 3, 3)


def test_an_empty_file_a_text_a_pdf_and_noise_are_named() -> None:
    for data, words in (
        (b"", "is empty"),
        (b"temperature,12\n" * 20, "text file"),
        (b"%PDF-1.7 and so on", "PDF"),
        (b"\0\0\0\x20ftypheic" + bytes(40), "HEIC"),
        (bytes(range(128, 256)) * 8, "damaged"),
    ):
        with pytest.raises(PictureError, match=words) as caught:
            read_picture(data, "folder/panel.jpg")
        assert str(caught.value).startswith("panel.jpg ")


@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp", ".tiff", ".bmp"])
def test_a_truncated_file_is_refused_or_read_but_never_silently_gray(extension: str) -> None:
    data = encoded(blobs(200, 150), extension)
    for share in (0.02, 0.3, 0.6, 0.95):
        with pytest.raises(PictureError):
            read_picture(data[: int(len(data) * share)], f"cut{extension}")


def test_any_flipped_byte_gives_a_picture_or_a_sentence() -> None:
    rng = np.random.default_rng(0)
    for extension in (".jpg", ".png", ".webp", ".tiff"):
        data = bytearray(encoded(blobs(64, 48), extension))
        for _ in range(60):
            broken = bytearray(data)
            for place in rng.integers(0, len(data), 3):
                broken[place] = rng.integers(0, 256)
            try:
                read_picture(bytes(broken), f"flipped{extension}")
            except PictureError as error:
                assert str(error).startswith("flipped")


def test_too_many_megapixels_are_refused_before_decoding() -> None:
    side = int((MAX_PIXELS * 1.1) ** 0.5)
    for size in ((side, side), (20_000, 20_000)):
        data = saved(Image.new("1", size), "PNG")
        with pytest.raises(PictureError, match="megapixels"):
            read_picture(data, "bomb.png")
