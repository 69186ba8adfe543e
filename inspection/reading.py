"""Bytes of a file to a thermogram: any common picture format, or one clear sentence why not."""

from __future__ import annotations

import io
import warnings

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import (  # the plugins by name: Image.open(formats=...) knows only those that are imported
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from inspection.errors import PictureError
from inspection.large_picture import open_large
from inspection.names import short_name
from inspection.palettes import DEFAULT_PALETTE, colourise
from inspection.texts import text
from inspection.thermogram import Thermogram

EXTENSIONS: tuple[str, ...] = ("jpg", "jpeg", "png", "bmp", "tif", "tiff", "webp", "gif", "fff")
"""Of the files that a folder is searched for; a table of temperatures (CSV) is read when it is named."""
MAX_PIXELS = 50_000_000
"""Largest picture read; thermal cameras make at most about one megapixel, phones up to fifty."""

_PLUGINS = (
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    BmpImagePlugin.BmpImageFile,
    TiffImagePlugin.TiffImageFile,
    WebPImagePlugin.WebPImageFile,
    GifImagePlugin.GifImageFile,
)
_FORMATS = tuple(str(plugin.format) for plugin in _PLUGINS)
_KINDS = {
    b"%PDF": text("it seems to be a PDF document"),
    b"PK\x03\x04": text("it seems to be a ZIP archive or an office document"),
    b"\x1aE\xdf\xa3": text("it seems to be a video"),
    b"RIFF": text("it seems to be a video or a sound"),
    b"\x1f\x8b": text("it seems to be a compressed archive"),
    b"\x7fELF": text("it seems to be a program"),
    b"MZ": text("it seems to be a program"),
}


def read_picture(data: bytes, name: str) -> Thermogram:
    """Read one picture file.

    Args:
        data: the file's bytes: JPEG, PNG, BMP, TIFF, WebP or GIF; gray or colour; 8 or 16 bits a channel.
        name: the file's name, for the sentence when something is wrong.

    Returns:
        The picture upright (EXIF orientation applied), alpha dropped, the first frame of an animation.
        Pictures of more than 8 bits are stretched between their 0.5th and 99.8th percentile and coloured.

    Raises:
        PictureError: with one sentence that names the file.
    """
    shown = short_name(name)
    if not data:
        raise PictureError(text("{shown} is empty.", shown=shown))
    width, height, mode, frames, kind = _header(data, shown)
    if width * height > MAX_PIXELS:
        raise PictureError(
            text(
                "{shown} has {megapixels:.0f} megapixels ({width} x {height}); at most {most} can be read "
                "here.",
                shown=shown,
                megapixels=width * height / 1e6,
                width=width,
                height=height,
                most=MAX_PIXELS // 10**6,
            )
        )
    note = ""
    if frames > 1:
        note = text("The file holds {frames} pictures; the first one was analysed.", frames=frames)
    simple = kind in ("JPEG", "MPO", "PNG", "BMP", "WEBP") and mode in ("L", "RGB", "P", "RGBA", "1")
    if simple and frames == 1 and _is_complete(data, kind):
        large = open_large(data, width, height, note) if kind in ("JPEG", "MPO") else None
        if large is not None:
            return large
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        if picture is not None:
            return Thermogram(np.asarray(picture, np.uint8), note=note)
    return Thermogram(_decode_with_pillow(data, shown), note=note)


def _header(data: bytes, shown: str) -> tuple[int, int, str, int, str]:
    """Width, height, mode, number of frames and format, read without decoding any pixel."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; the limit here is our own
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                # MPO: a JPEG with a preview or a visible picture behind the first.
                frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
                return image.width, image.height, image.mode, frames, image.format or ""
    except Image.DecompressionBombError as error:
        raise PictureError(
            text(
                "{shown} says it has more than {megapixels:.0f} megapixels; at most {most} can be read here.",
                shown=shown,
                megapixels=2 * (Image.MAX_IMAGE_PIXELS or 0) / 1e6,
                most=MAX_PIXELS // 10**6,
            )
        ) from error
    except Exception as error:  # Pillow raises many kinds on damaged headers
        raise PictureError(
            text("{shown} is not a picture that can be read ({guess}).", shown=shown, guess=_guess(data))
        ) from error


def _is_complete(data: bytes, kind: str) -> bool:
    """Whether the format's end mark is there; OpenCV fills a truncated picture with gray without a word."""
    if kind in ("JPEG", "MPO"):
        return data.rstrip(b"\0")[-2:] == b"\xff\xd9"
    if kind == "PNG":
        return b"IEND" in data[-64:]
    return kind == "BMP" or len(data) >= 8 + int.from_bytes(data[4:8], "little")


def _decode_with_pillow(data: bytes, shown: str) -> NDArray[np.uint8]:
    """uint8 (H, W, 3) BGR of the first frame, upright."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                opened.load()
                image = ImageOps.exif_transpose(opened)
    except Exception as error:
        incomplete = "truncat" in str(error).lower()
        reason = text("it is incomplete") if incomplete else text("it is damaged")
        raise PictureError(text("{shown} cannot be read: {reason}.", shown=shown, reason=reason)) from error
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return colourise(_relative(np.asarray(image)), DEFAULT_PALETTE)
    rgb = np.asarray(image.convert("RGB"))
    return np.ascontiguousarray(rgb[..., ::-1])


def _relative(counts: NDArray) -> NDArray[np.float32]:
    """Levels 0..1 of a picture with more than 8 bits, between its 0.5th and 99.8th percentile."""
    values = counts.astype(np.float32)
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return np.zeros(values.shape, np.float32)
    low, high = np.percentile(finite, (0.5, 99.8))
    return (values - low) / max(float(high - low), 1e-6)


def _guess(data: bytes) -> str:
    """What a file that is no picture seems to be, in words."""
    for magic, words in _KINDS.items():
        if data.startswith(magic):
            return words
    if data[4:8] == b"ftyp":
        return text("it seems to be a video or a HEIC photo; save it as JPEG or PNG")
    head = data[:4096]
    try:
        decoded = head.decode("utf-8")
    except UnicodeDecodeError:
        return text("it is damaged or of a kind that is not supported")
    printable = sum(c.isprintable() or c.isspace() for c in decoded)
    return text("it seems to be a text file") if printable > 0.95 * len(decoded) else text("it is damaged")
