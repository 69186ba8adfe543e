"""The colour bar in a camera's picture: where it is, and the palette it shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.texts import text

Rectangle = tuple[int, int, int, int]

_BORDER = 0.22  # part of the picture at each side where bars are drawn
_SHORTEST = 0.25  # of the picture's side
_FLAT = 16.0  # colour steps that JPEG may add across a bar
_STEP = 40.0  # largest step along a bar
_TRAVEL = 150.0  # shortest way through the colours, in steps
_APART = 22.0  # colours far apart on the bar differ by this much at least
_NARROWEST, _WIDEST = 3, 60


def find_colour_bar(picture: NDArray[np.uint8]) -> Rectangle | None:
    """Look for a colour bar along one of the four sides.

    A bar is a narrow stripe that is even across and runs through many colours along, none of them twice.

    Args:
        picture: uint8 (H, W, 3) BGR.

    Returns:
        (left, top, right, bottom) in px, to be adjusted by the user: the ends are rough; or None.
    """
    upright = _find_vertical(picture.astype(np.float32))
    lying = _find_vertical(picture.transpose(1, 0, 2).astype(np.float32))
    if lying is not None and (upright is None or lying[1] > upright[1]):
        left, top, right, bottom = lying[0]
        return top, left, bottom, right
    return None if upright is None else upright[0]


def _find_vertical(picture: NDArray[np.float32]) -> tuple[Rectangle, float] | None:
    """The best upright bar and its score: the way through the colours times its share of the height."""
    height, width = picture.shape[:2]
    if height < 24 or width < 24:
        return None
    border = max(8, int(width * _BORDER))
    best: tuple[Rectangle, float] | None = None
    for x in (*range(1, border, 2), *range(width - border, width - 1, 2)):  # a bar is wider than 2 px
        run = _longest_even_run(picture, x)
        # Cameras leave room for the numbers at both ends; a sky that fades to the edge is no bar.
        if run[1] - run[0] < _SHORTEST * height or run[0] <= 1 or run[1] >= height - 1:
            continue
        travel = _travel(picture[run[0] : run[1], x - 1 : x + 2].mean(axis=1))
        score = travel * (run[1] - run[0]) / height
        if travel >= _TRAVEL and (best is None or score > best[1]):
            left, right = _sides(picture, x, run)
            narrow = _NARROWEST <= right - left <= min(_WIDEST, width // 6)
            if narrow and _stands_out(picture, x, run, left, right):
                best = (left, run[0], right, run[1]), score
    return best


def _longest_even_run(picture: NDArray[np.float32], x: int) -> tuple[int, int]:
    """Rows of the longest stretch that is even across three columns and steady along."""
    across = np.abs(picture[:, x - 1 : x + 2] - picture[:, x : x + 1]).max(axis=(1, 2))
    along = np.abs(np.diff(picture[:, x], axis=0, prepend=picture[:1, x])).max(axis=1)
    even = np.concatenate([[False], (across <= _FLAT) & (along <= _STEP), [False]])
    edges = np.flatnonzero(np.diff(even.astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if len(starts) == 0:
        return 0, 0
    longest = int(np.argmax(ends - starts))
    return int(starts[longest]), int(ends[longest])


def _travel(line: NDArray[np.float32]) -> float:
    """Length of the way through the colours; 0 when it comes back to a colour or stands still."""
    points = line[np.linspace(0, len(line) - 1, 17).round().astype(int)]
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    far = np.abs(np.subtract.outer(np.arange(17), np.arange(17))) >= 4
    if np.count_nonzero(steps < 2.0) > 3 or apart[far].min() < _APART:
        return 0.0
    return float(steps.sum())


def _sides(picture: NDArray[np.float32], x: int, run: tuple[int, int]) -> tuple[int, int]:
    """Left and right end (exclusive) of the columns that look like this one."""
    column = picture[run[0] : run[1], x]
    difference = np.abs(picture[run[0] : run[1]] - column[:, None]).max(axis=2)
    alike = np.quantile(difference, 0.9, axis=0) <= _FLAT
    left, right = x, x + 1
    while left > 0 and alike[left - 1]:
        left -= 1
    while right < picture.shape[1] and alike[right]:
        right += 1
    return left, right


def _stands_out(picture: NDArray[np.float32], x: int, run: tuple[int, int], left: int, right: int) -> bool:
    """Whether the picture has other colours beside the stripe; a smooth sky goes on on both sides."""
    column = picture[run[0] : run[1], x]
    for beside in (left - 3, right + 2):
        if 0 <= beside < picture.shape[1]:
            other = np.abs(picture[run[0] : run[1], beside] - column).max(axis=1)
            if np.mean(other > 1.5 * _FLAT) >= 0.6:
                return True
    return False


def palette_from_bar(
    picture: NDArray[np.uint8], rectangle: Rectangle, reverse: bool = False, size: int = 256
) -> NDArray[np.uint8]:
    """Read the palette from a colour bar.

    Args:
        picture: uint8 (H, W, 3) BGR.
        rectangle: (left, top, right, bottom) in px; its longer side is the scale.
        reverse: False: hot is at the top or at the right.
        size: number of colours returned.

    Returns:
        uint8 (size, 3) BGR, cold to hot.

    Raises:
        SettingsError: the rectangle is not in the picture, or less than 8 px long.
    """
    left, top, right, bottom = (int(v) for v in rectangle)
    height, width = picture.shape[:2]
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise SettingsError(
            text(
                "The colour bar must lie in the picture: 0 to {width} and 0 to {height} px.",
                width=width,
                height=height,
            )
        )
    part = picture[top:bottom, left:right].astype(np.float64)
    # Cold first: the hot end is on top or at the right.
    part = part[::-1] if bottom - top >= right - left else part.transpose(1, 0, 2)
    if len(part) < 8:
        raise SettingsError(text("The colour bar must be at least 8 pixels long."))
    # The middle of the bar: its edges carry a frame and JPEG's smeared chroma.
    trim = part.shape[1] // 4
    line = np.median(part[:, trim : part.shape[1] - trim], axis=1)
    position = np.linspace(0, len(line) - 1, size)
    table = np.stack([np.interp(position, np.arange(len(line)), line[:, c]) for c in range(3)], axis=1)
    table = np.rint(table).astype(np.uint8)
    return np.ascontiguousarray(table[::-1] if reverse else table)
