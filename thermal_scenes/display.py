"""From a temperature map to the picture on a screen: gain control, palette, visible edges, overlays."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.palettes import colourise
from thermal_scenes.noise import blurred, chance, pick


@dataclass(frozen=True)
class Screen:
    """How a picture is shown.

    Attributes:
        palette: one of inspection.palettes.PALETTE_NAMES.
        span: (lowest, highest) °C of the palette.
        plateau: share of histogram equalisation mixed in, 0 is a linear picture.
        edges: strength of the visible-light edges, 0 is none.
        overlays: whether values, bar, cross and date are drawn.
        jpeg_quality: of the file, 1..100.
    """

    palette: str = "ironbow"
    span: tuple[float, float] = (0.0, 1.0)
    plateau: float = 0.0
    edges: float = 0.0
    overlays: bool = False
    jpeg_quality: int = 90


def levels(celsius: NDArray[np.float32], screen: Screen) -> NDArray[np.uint8]:
    """8-bit grey levels, linear between the ends of the span or partly equalised (plateau), uint8 (H, W)."""
    low, high = screen.span
    gain = 255 / max(high - low, 0.1)
    level = cv2.convertScaleAbs(np.clip((celsius - low) * np.float32(gain), 0, 255))
    if screen.plateau:
        counts = np.bincount(level.ravel()[::7], minlength=256).astype(np.float64)
        counts = np.minimum(counts, np.percentile(counts, 92) + 1)
        equalised = np.cumsum(counts) / counts.sum() * 255
        table = (1 - screen.plateau) * np.arange(256) + screen.plateau * equalised
        level = cv2.LUT(level, np.clip(table, 0, 255).astype(np.uint8))
    return level


def show(
    rng: np.random.Generator, celsius: NDArray[np.float32], shade: NDArray[np.float32], screen: Screen
) -> NDArray[np.uint8]:
    """The picture as a camera stores it, before JPEG.

    Args:
        rng: for the style of the overlays.
        celsius: float32 (H, W).
        shade: float32 (H, W), visible shade 0..1, for the edges.
        screen: how to show it.

    Returns:
        uint8 (H, W, 3), BGR.
    """
    picture = colourise(levels(celsius, screen), screen.palette)
    if screen.edges:
        picture = _with_edges(picture, shade, screen.edges)
    if screen.overlays:
        _draw_overlays(rng, picture, celsius, screen)
    return picture


def _with_edges(picture: NDArray[np.uint8], shade: NDArray[np.float32], strength: float) -> NDArray[np.uint8]:
    """Visible edges pressed into the thermal picture as light and dark lines."""
    relief = (blurred(shade, 0.7) - blurred(shade, 1.8)) * np.float32(500 * strength)
    relief = np.clip(relief, -110, 110)
    return cv2.add(picture, cv2.merge([relief] * 3), dtype=cv2.CV_8U).astype(np.uint8, copy=False)


def _text(picture: NDArray, words: str, x: float, y: float, size: float, box: bool) -> None:
    thick = max(1, round(size * 1.6))
    (w, h), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, size, thick)
    x, y = int(min(max(x, 2), picture.shape[1] - w - 2)), int(min(max(y, h + 3), picture.shape[0] - 3))
    if box:
        patch = picture[max(0, y - h - 4) : y + 5, max(0, x - 4) : x + w + 4]
        patch[:] = patch // 3
    else:
        cv2.putText(
            picture, words, (x + 1, y + 1), cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), thick + 1, cv2.LINE_AA
        )
    cv2.putText(picture, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), thick, cv2.LINE_AA)


def _number(celsius: float, fahrenheit: bool) -> str:
    value = celsius * 1.8 + 32 if fahrenheit else celsius
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}"


def _draw_overlays(rng: np.random.Generator, picture: NDArray, celsius: NDArray, screen: Screen) -> None:
    h, w = picture.shape[:2]
    size = 0.45 * min(h, w) / 320 * float(rng.uniform(0.8, 1.5))
    box, fahrenheit = chance(rng, 0.5), chance(rng, 0.2)
    unit = " F" if fahrenheit else pick(rng, (" C", "C", ""))
    spot = (w // 2, h // 2)
    _text(
        picture,
        _number(float(celsius[spot[1], spot[0]]), fahrenheit) + unit,
        6,
        20 * size * 2,
        size * 1.4,
        box,
    )
    if chance(rng, 0.7):
        _cross(rng, picture, spot, max(6, int(0.035 * w)))
    if chance(rng, 0.65):
        _bar(rng, picture, screen, size, fahrenheit)
    if chance(rng, 0.45):
        _extremes(rng, picture, celsius, size * 0.8, fahrenheit)
    if chance(rng, 0.35):
        day = f"{rng.integers(2012, 2026)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
        _text(
            picture, f"{day} {rng.integers(24):02d}:{rng.integers(60):02d}", w * 0.5, h - 5, size * 0.8, box
        )
    if chance(rng, 0.25):
        _text(picture, f"e = 0.{rng.integers(90, 99)}", 6, h - 5, size * 0.8, box)


def _cross(rng: np.random.Generator, picture: NDArray, at: tuple[int, int], arm: int) -> None:
    x, y = at
    for colour, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            start = (x + dx * arm // 3, y + dy * arm // 3)
            cv2.line(picture, start, (x + dx * arm, y + dy * arm), colour, thick, cv2.LINE_AA)
    if chance(rng, 0.4):
        cv2.circle(picture, at, arm // 2, (255, 255, 255), 1, cv2.LINE_AA)


def _bar(rng: np.random.Generator, picture: NDArray, screen: Screen, size: float, fahrenheit: bool) -> None:
    h, w = picture.shape[:2]
    low, high = (_number(v, fahrenheit) for v in screen.span)
    thick = max(5, int(0.022 * w))
    ramp = np.linspace(0, 1, 256, dtype=np.float32)
    if chance(rng, 0.7):
        length = int(h * rng.uniform(0.5, 0.75))
        x = w - thick - 5 if chance(rng, 0.75) else 5
        y = (h - length) // 2
        bar = colourise(cv2.resize(ramp[::-1, None], (thick, length)), screen.palette)
        picture[y : y + length, x : x + thick] = bar
        cv2.rectangle(picture, (x - 1, y - 1), (x + thick, y + length), (200, 200, 200), 1)
        _text(picture, high, x - 8, y - 6, size, False)
        _text(picture, low, x - 8, y + length + 16 * size + 8, size, False)
    else:
        length = int(w * rng.uniform(0.45, 0.6))
        x, y = (w - length) // 2, h - thick - 5
        picture[y : y + thick, x : x + length] = colourise(
            cv2.resize(ramp[None], (length, thick)), screen.palette
        )
        cv2.rectangle(picture, (x - 1, y - 1), (x + length, y + thick), (200, 200, 200), 1)
        _text(picture, low, x - 40 * size * 2, y + thick, size, False)
        _text(picture, high, x + length + 6, y + thick, size, False)


def _extremes(
    rng: np.random.Generator, picture: NDArray, celsius: NDArray, size: float, fahrenheit: bool
) -> None:
    small = cv2.blur(celsius, (5, 5))
    _, _, coldest, hottest = cv2.minMaxLoc(small)
    arm = max(4, int(0.012 * picture.shape[1]))
    for at, colour in ((hottest, (60, 60, 230)), (coldest, (230, 150, 60))):
        if colour[0] > 100 and chance(rng, 0.4):
            continue
        cv2.circle(picture, at, arm, colour, -1, cv2.LINE_AA)
        cv2.circle(picture, at, arm, (255, 255, 255), 1, cv2.LINE_AA)
        words = _number(float(celsius[at[1], at[0]]), fahrenheit) + "C" * (not fahrenheit)
        _text(picture, words, at[0] + 2 * arm, at[1] + 2 * arm, size, False)
