"""Augmentation that means something in thermal pictures: other palettes, gain, polarity, edges, overlays.

Colours are inverted to intensity first, so every change is one that a camera could make. Hue and saturation
jitter is off: the colours of a palette carry the temperature.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.palettes import colourise
from training.intensity import to_intensity

_PALETTES = {
    "ironbow": 6, "white hot": 5, "rainbow": 2, "hot metal": 1, "arctic": 1, "lava": 1, "inferno": 1,
    "turbo": 1, "plasma": 0.5,
}  # fmt: skip
_SMALLEST, _LARGEST = 10, 180


@dataclass(frozen=True)
class ThermalSettings:
    """How often each change is made to a picture, 0..1.

    Attributes:
        recolour: another palette.
        polarity: hot becomes cold (black hot).
        gain: another level and span.
        edges: visible edges drawn in.
        overlays: values, cross and colour bar.
        paste: hot objects of earlier pictures pasted in.
        noise: more noise or blur.
    """

    recolour: float = 0.4
    polarity: float = 0.04
    gain: float = 0.5
    edges: float = 0.08
    overlays: float = 0.12
    paste: float = 0.15
    noise: float = 0.2


class ThermalAugment:
    """Changes one labelled picture; keeps a small store of hot objects for pasting."""

    def __init__(self, settings: ThermalSettings | None = None) -> None:
        self.settings = settings or ThermalSettings()
        self._store: deque[tuple[NDArray[np.float32], int]] = deque(maxlen=96)

    def __call__(
        self, bgr: NDArray[np.uint8], xyxy: NDArray, cls: NDArray, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray]:
        """Change a picture.

        Args:
            bgr: uint8 (H, W, 3); not changed.
            xyxy: float (N, 4), pixels.
            cls: (N,) class indices.
            rng: source of all chance.

        Returns:
            A new picture of the same size, boxes float32 (M, 4) and classes (M,) with M >= N (pasted).
        """
        s = self.settings
        boxes = np.asarray(xyxy, np.float32).reshape(-1, 4)
        level = to_intensity(bgr)
        if level is not None:
            keep_colours = rng.random() >= s.recolour
            changed = False
            if rng.random() < s.paste:
                level, boxes, cls, changed = self._paste(level, boxes, cls, rng)
            self._remember(level, boxes, cls, rng)
            if not keep_colours or changed:
                bgr = self._render(level, rng)
            elif rng.random() < s.polarity:
                bgr = 255 - bgr if _gray(bgr) else self._render(1 - level, rng)
        if rng.random() < s.gain:
            bgr = _gain_in_colour(bgr, rng) if level is None or not _gray(bgr) else _gain_in_gray(bgr, rng)
        if rng.random() < s.noise:
            bgr = _noise(bgr, rng)
        if rng.random() < s.edges:
            bgr = _edges(bgr, rng)
        if rng.random() < s.overlays:
            bgr = draw_overlays(bgr, rng)
        return np.ascontiguousarray(bgr), boxes, cls

    def _render(self, level: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.uint8]:
        """A new span and a new palette."""
        if rng.random() < self.settings.gain:
            low, high = np.percentile(level[::5, ::5], (1, 99.5))
            width = max(float(high - low), 0.1)
            low = low - width * rng.uniform(-0.15, 0.35)
            high = high + width * rng.uniform(-0.1, 0.5)
            level = (level - low) / (high - low)
        names = list(_PALETTES)
        weights = np.array(list(_PALETTES.values()))
        return colourise(level, names[rng.choice(len(names), p=weights / weights.sum())])

    def _remember(
        self, level: NDArray[np.float32], boxes: NDArray, cls: NDArray, rng: np.random.Generator
    ) -> None:
        if not len(boxes) or rng.random() > 0.5:
            return
        k = int(rng.integers(len(boxes)))
        x1, y1, x2, y2 = _widened(boxes[k], level.shape, 0.15)
        patch = level[y1:y2, x1:x2]
        if min(patch.shape) >= _SMALLEST and max(patch.shape) <= _LARGEST:
            self._store.append((patch.copy(), int(np.ravel(cls)[k])))

    def _paste(
        self, level: NDArray[np.float32], boxes: NDArray, cls: NDArray, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray, NDArray, bool]:
        """One stored object with soft borders, where nothing is labelled yet."""
        if not self._store:
            return level, boxes, cls, False
        patch, number = self._store[int(rng.integers(len(self._store)))]
        scale = rng.uniform(0.6, 1.3)
        patch = np.asarray(cv2.resize(patch, None, fx=scale, fy=scale), np.float32)
        patch = patch[:, ::-1] if rng.random() < 0.5 else patch
        h, w = patch.shape
        if h >= level.shape[0] or w >= level.shape[1] or min(h, w) < _SMALLEST:
            return level, boxes, cls, False
        for _ in range(6):
            x, y = int(rng.integers(level.shape[1] - w)), int(rng.integers(level.shape[0] - h))
            apart = (boxes[:, 2] < x) | (boxes[:, 0] > x + w) | (boxes[:, 3] < y) | (boxes[:, 1] > y + h)
            if apart.all():
                break
        else:
            return level, boxes, cls, False
        out = level.copy()
        yy, xx = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
        alpha = np.clip((1.05 - np.maximum(abs(xx), abs(yy))) / 0.25, 0, 1).astype(np.float32)
        out[y : y + h, x : x + w] = alpha * patch + (1 - alpha) * out[y : y + h, x : x + w]
        margin = np.array([w, h, -w, -h]) * (0.15 / 1.3)
        box = np.array([x, y, x + w, y + h], np.float32) + margin
        shape = (1, *np.shape(cls)[1:])
        return (
            out,
            np.vstack([boxes, box.astype(np.float32)]),
            np.concatenate([cls, np.full(shape, number, np.asarray(cls).dtype)]),
            True,
        )


def _widened(box: NDArray, shape: tuple[int, ...], share: float) -> tuple[int, int, int, int]:
    dx, dy = (box[2] - box[0]) * share, (box[3] - box[1]) * share
    x1, y1 = int(max(box[0] - dx, 0)), int(max(box[1] - dy, 0))
    return x1, y1, int(min(box[2] + dx, shape[1])), int(min(box[3] + dy, shape[0]))


def _gray(bgr: NDArray[np.uint8]) -> bool:
    return bool((np.ptp(bgr[::11, ::11].astype(np.int16), axis=-1) < 6).mean() > 0.95)


def _gain_in_gray(bgr: NDArray[np.uint8], rng: np.random.Generator) -> Any:
    ramp = np.arange(256) / 255.0
    table = (
        (np.clip(ramp, 0, 1) ** rng.uniform(0.7, 1.45) - 0.5) * rng.uniform(0.65, 1.35)
        + 0.5
        + rng.uniform(-0.15, 0.15)
    )
    return cv2.LUT(bgr, np.clip(table * 255, 0, 255).astype(np.uint8))


def _gain_in_colour(bgr: NDArray[np.uint8], rng: np.random.Generator) -> Any:
    """Brightness only: a palette's hues stay what they are."""
    return cv2.convertScaleAbs(bgr, alpha=rng.uniform(0.8, 1.12), beta=0)


def _noise(bgr: NDArray[np.uint8], rng: np.random.Generator) -> Any:
    kind = rng.random()
    if kind < 0.4:
        return cv2.GaussianBlur(bgr, (0, 0), rng.uniform(0.5, 1.4))
    if kind < 0.6:
        ok, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 85))])
        return cv2.imdecode(data, cv2.IMREAD_COLOR) if ok else bgr
    h, w = bgr.shape[:2]
    grain = rng.standard_normal((h, w), np.float32) * rng.uniform(1, 7)
    if kind > 0.85:
        grain += rng.standard_normal((1, w), np.float32) * rng.uniform(1, 5)
    return np.clip(bgr.astype(np.float32) + grain[..., None], 0, 255).astype(np.uint8)


def _edges(bgr: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Outlines as cameras with a second, visible sensor draw them, a little out of register."""
    gray = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(np.float32)
    high = gray - cv2.GaussianBlur(gray, (0, 0), 2.0)
    shift = np.array([[1, 0, rng.integers(-3, 4)], [0, 1, rng.integers(-3, 4)]], np.float32)
    high = cv2.warpAffine(high, shift, (gray.shape[1], gray.shape[0])) * rng.uniform(0.6, 1.8)
    return np.clip(bgr.astype(np.float32) + high[..., None], 0, 255).astype(np.uint8)


def draw_overlays(bgr: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Values, a cross and a colour bar in the places where cameras put them; without any maker's mark."""
    out = bgr.copy()
    h, w = out.shape[:2]
    size = h / 700 * rng.uniform(0.8, 1.4)

    def text(x: float, y: float, value: str) -> None:
        place = (int(x), int(y))
        cv2.putText(out, value, place, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 2, cv2.LINE_AA)
        cv2.putText(out, value, place, cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 1, cv2.LINE_AA)

    text(w * 0.02, h * 0.06, f"{rng.uniform(10, 120):.1f} C")
    if rng.random() < 0.6:
        x, y, arm = int(w * rng.uniform(0.4, 0.6)), int(h * rng.uniform(0.4, 0.6)), int(w * 0.025) + 2
        cv2.drawMarker(out, (x, y), (255, 255, 255), cv2.MARKER_CROSS, 2 * arm, 1)
    if rng.random() < 0.5:
        bar = colourise(
            np.linspace(1, 0, h // 2, dtype=np.float32)[:, None].repeat(max(w // 40, 3), 1), "ironbow"
        )
        out[h // 4 : h // 4 + bar.shape[0], w - bar.shape[1] - 4 : w - 4] = bar
        text(w * 0.87, h * 0.22, f"{rng.uniform(30, 150):.0f}")
        text(w * 0.87, h * 0.8, f"{rng.uniform(-20, 25):.0f}")
    if rng.random() < 0.3:
        text(
            w * 0.02,
            h * 0.97,
            f"{rng.integers(1, 29):02d}.{rng.integers(1, 13):02d}.20{rng.integers(10, 30)}",
        )
    return out
