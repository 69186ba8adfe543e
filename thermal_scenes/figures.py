"""Bodies made of tapered capsules in three dimensions, seen from any side or from above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Canvas, Point
from thermal_scenes.noise import blurred
from thermal_scenes.noise import field as smooth_field


@dataclass
class Capsule:
    """A rounded cone between two points.

    Attributes:
        a: first end, metres: x to the right, y away, z up.
        b: other end.
        radius_a: m.
        radius_b: m.
        celsius_a: °C at the first end.
        celsius_b: °C at the other end.
        lift: m by which it is drawn nearer than it is (face parts on a head).
    """

    a: NDArray[np.float64]
    b: NDArray[np.float64]
    radius_a: float
    radius_b: float
    celsius_a: float
    celsius_b: float
    lift: float = 0.0


@dataclass
class Figure:
    """A body.

    Attributes:
        capsules: its parts.
        uneven: spread of its surface temperature, K.
        shade: visible shade.
        soft: m over which its parts run into each other.
    """

    capsules: list[Capsule] = field(default_factory=list)
    uneven: float = 0.6
    shade: float = 0.6
    soft: float = 0.015

    def limb(
        self,
        points: Sequence[Point] | NDArray,
        radii: Sequence[float] | NDArray,
        celsius: Sequence[float] | float,
        lift: float = 0.0,
    ) -> None:
        """A chain of capsules through points (N, 3), a radius each, one temperature or one each."""
        knots = [np.asarray(p, float) for p in points]
        warm = (
            [float(celsius)] * len(knots)
            if isinstance(celsius, (int, float))
            else [float(c) for c in celsius]
        )
        for i in range(len(knots) - 1):
            self.capsules.append(
                Capsule(knots[i], knots[i + 1], radii[i], radii[i + 1], warm[i], warm[i + 1], lift)
            )

    def ball(self, centre: Point, radius: float, celsius: float, lift: float = 0.0) -> None:
        """A sphere."""
        at = np.asarray(centre, float)
        self.capsules.append(Capsule(at, at, radius, radius, celsius, celsius, lift))


def draw_figure(
    canvas: Canvas,
    figure: Figure,
    feet: Point,
    pixels_per_metre: float,
    turn: float,
    elevation: float,
    rng: np.random.Generator,
    roll: float = 0.0,
) -> None:
    """Paint a figure.

    Args:
        canvas: to paint on.
        figure: the body, standing on z = 0 around x = y = 0.
        feet: pixel where the origin of the figure is.
        pixels_per_metre: scale.
        turn: about the vertical, radians.
        elevation: of the camera over the horizon, radians (pi/2 looks straight down).
        rng: for the surface's unevenness.
        roll: of the picture, radians.
    """
    flat = [_projected(c, turn, elevation, roll, pixels_per_metre, feet) for c in figure.capsules]
    if not flat:
        return
    ends = np.array([p for (a, b, _), _ in zip(flat, figure.capsules, strict=True) for p in (a, b)])
    widest = max(max(c.radius_a, c.radius_b) for c in figure.capsules) * pixels_per_metre
    window = canvas.window(ends, widest + 2)
    if window is None:
        return
    x1, y1, x2, y2 = window
    celsius = np.zeros((y2 - y1, x2 - x1), np.float32)
    cover = np.zeros_like(celsius)
    for index in sorted(range(len(flat)), key=lambda i: -flat[i][2]):
        a, b, _ = flat[index]
        _blend_capsule(celsius, cover, a - (x1, y1), b - (x1, y1), figure.capsules[index], pixels_per_metre)
    celsius, cover = _softened(celsius, cover, figure.soft * pixels_per_metre)
    if figure.uneven and min(celsius.shape) > 12:
        cell = max(3.0, 0.12 * pixels_per_metre)
        ridges = np.abs(smooth_field(rng, *celsius.shape, cell * 1.3, 3))
        celsius += np.float32(figure.uneven) * (smooth_field(rng, *celsius.shape, cell, 2) + 0.5 - ridges)
    behind = canvas.base[y1:y2, x1:x2]
    full = np.where(cover > 0.02, celsius, behind)
    canvas.paint(window, cover, full, 0.0, 0.97, figure.shade)


def _softened(
    celsius: NDArray[np.float32], cover: NDArray[np.float32], sigma: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Blend the parts into each other without the background; the rim, seen at a slant, reads colder."""
    if sigma < 0.6:
        return celsius, cover
    weight = blurred(cover, sigma)
    mixed = blurred(celsius * cover, sigma) / np.maximum(weight, np.float32(1e-3))
    celsius = np.where(cover > 0.5, np.float32(0.3) * celsius + np.float32(0.7) * mixed, mixed)
    celsius -= np.float32(1.6) * (1 - np.minimum(weight, 1))
    return celsius, cover


def _projected(
    c: Capsule, turn: float, elevation: float, roll: float, scale: float, feet: Point
) -> tuple[NDArray, NDArray, float]:
    """Pixel ends and the distance from the camera of one capsule (orthographic)."""
    ct, st, ce, se = np.cos(turn), np.sin(turn), np.cos(elevation), np.sin(elevation)
    cr, sr = np.cos(roll), np.sin(roll)
    out, depth = [], []
    for x, y, z in (c.a, c.b):
        across, away = ct * x - st * y, st * x + ct * y
        u, v = across * scale, -(z * ce + away * se) * scale
        out.append(np.array([feet[0] + cr * u - sr * v, feet[1] + sr * u + cr * v]))
        depth.append(away * ce - z * se)
    return out[0], out[1], float(np.mean(depth)) - max(c.radius_a, c.radius_b) * 0.5 - c.lift


def _blend_capsule(
    celsius: NDArray[np.float32], cover: NDArray[np.float32], a: NDArray, b: NDArray, c: Capsule, scale: float
) -> None:
    ra, rb = max(c.radius_a * scale, 0.4), max(c.radius_b * scale, 0.3)
    r = max(ra, rb) + 1
    x1, y1 = int(max(0, np.floor(min(a[0], b[0]) - r))), int(max(0, np.floor(min(a[1], b[1]) - r)))
    x2 = int(min(celsius.shape[1], np.ceil(max(a[0], b[0]) + r) + 1))
    y2 = int(min(celsius.shape[0], np.ceil(max(a[1], b[1]) + r) + 1))
    if x2 <= x1 or y2 <= y1:
        return
    dx = np.arange(x1, x2, dtype=np.float32)[None] - np.float32(a[0])
    dy = np.arange(y1, y2, dtype=np.float32)[:, None] - np.float32(a[1])
    ex, ey = float(b[0] - a[0]), float(b[1] - a[1])
    length = ex * ex + ey * ey
    along = (
        np.clip((dx * ex + dy * ey) / length, 0, 1)
        if length > 0.01
        else np.zeros((y2 - y1, x2 - x1), np.float32)
    )
    radius = ra + along * (rb - ra)
    distance = cv2.magnitude(
        np.ascontiguousarray(dx - along * ex, np.float32), np.ascontiguousarray(dy - along * ey, np.float32)
    )
    share = np.clip(radius - distance + 0.5, 0, 1).astype(np.float32)
    warm = c.celsius_a + along * (c.celsius_b - c.celsius_a)
    here = np.s_[y1:y2, x1:x2]
    # Where nothing is below yet the part's own value is taken, so that edges do not mix with zero.
    fresh = cover[here] < 0.02
    celsius[here] = np.where(fresh, warm, celsius[here] + share * (warm - celsius[here]))
    cover[here] = np.maximum(cover[here], share)
