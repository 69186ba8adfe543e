"""Fit a picture into the network's input as Ultralytics' LetterBox does, and carry boxes back.

The picture keeps its shape and is padded with gray to the smallest rectangle whose sides are multiples of the
stride ("auto" in Ultralytics' predictor); models that need a square are stretched instead (RT-DETR).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

PAD_VALUE = 114


@dataclass(frozen=True)
class Fit:
    """How one picture lies in the network's input.

    Attributes:
        picture_size: (width, height) of the picture in pixels.
        gain: (x, y) network pixels per picture pixel.
        pad: (left, top) in network pixels.
    """

    picture_size: tuple[int, int]
    gain: tuple[float, float]
    pad: tuple[int, int]

    def to_picture(self, xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes (N, 4) from network pixels to picture pixels, clipped to the picture."""
        pad = np.array(self.pad * 2, np.float32)
        gain = np.array(self.gain * 2, np.float32)
        limit = np.array(self.picture_size * 2, np.float32)
        return np.clip((xyxy - pad) / gain, 0, limit).astype(np.float32)


def letterbox(
    picture: NDArray[np.uint8],
    imgsz: int,
    stride: int = 32,
    stretch: bool = False,
    size: tuple[int, int] | None = None,
) -> tuple[NDArray[np.uint8], Fit]:
    """Resize and pad a picture for the network.

    Args:
        picture: uint8 (H, W, 3) BGR.
        imgsz: longest side in network pixels; rounded up to a multiple of the stride.
        stride: the network's largest stride in pixels.
        stretch: fill a square of imgsz without keeping the shape.
        size: (width, height) in pixels of the picture that this one is a smaller copy of; None if it is none.

    Returns:
        uint8 (1, h, w, 3) BGR, and the fit that brings boxes back.
    """
    given_w, given_h = picture.shape[1::-1]
    width, height = size or (given_w, given_h)
    imgsz = -(-imgsz // stride) * stride
    ratio = min(imgsz / height, imgsz / width)
    inner_w, inner_h = max(round(width * ratio), 1), max(round(height * ratio), 1)
    if stretch:
        inner_w = inner_h = imgsz
    pad_w, pad_h = (imgsz - inner_w) % stride / 2, (imgsz - inner_h) % stride / 2
    # Half a pixel of padding goes right and down; the 0.1 is Ultralytics' own rounding.
    left, right = round(pad_w - 0.1), round(pad_w + 0.1)
    top, bottom = round(pad_h - 0.1), round(pad_h + 0.1)
    if (inner_w, inner_h) != (given_w, given_h):
        picture = cv2.resize(picture, (inner_w, inner_h), interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
    if top or bottom or left or right:
        gray = (PAD_VALUE,) * 3
        picture = cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=gray)  # type: ignore[assignment]
    picture = np.ascontiguousarray(picture)
    if stretch:
        fit = Fit((width, height), (inner_w / width, inner_h / height), (left, top))
    else:
        fit = _recovered_fit((width, height), picture.shape[1::-1])
    return picture[None], fit


def _recovered_fit(size: tuple[int, int], padded: tuple[int, ...]) -> Fit:
    """The fit as Ultralytics' scale_boxes recovers it from the (width, height) before and after alone.

    Where rounding alone filled the input's shorter side, it takes the longer side for slightly padded: boxes
    come out up to a network pixel from where they were seen. Followed, so that boxes equal Ultralytics'.
    """
    ratio = min(padded[0] / size[0], padded[1] / size[1])
    inner_w, inner_h = (max(round(side * ratio), 1) for side in size)
    pad = (round((padded[0] - inner_w) / 2 - 0.1), round((padded[1] - inner_h) / 2 - 0.1))
    return Fit(size, (inner_w / size[0], inner_h / size[1]), pad)
