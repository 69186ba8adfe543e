"""Ground as a drone sees it: roads, pitches, lawns, cars, trees and street furniture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Canvas, ellipse_points
from thermal_scenes.equipment import bar
from thermal_scenes.noise import chance, field, pick, sagging


def from_above(canvas: Canvas, rng: np.random.Generator, metre: float, day: bool) -> None:
    """Fill the canvas with ground; metre is in pixels."""
    h, w = canvas.height, canvas.width
    air = float(rng.uniform(-2, 26))
    canvas.air, canvas.reflected = air, air - 15
    ground = air + (rng.uniform(-1, 14) if day else rng.uniform(-3, 3))
    canvas.base[:] = ground + rng.uniform(0.1, 0.6) * field(rng, h, w, w / 3, 3)
    canvas.base += rng.uniform(0.05, 0.35) * field(rng, h, w, 12, 3, 2.0)
    for _ in range(int(rng.integers(1, 5))):
        _way(canvas, rng, ground, metre)
    if chance(rng, 0.35):
        _pitch(canvas, rng, ground, metre)
    for _ in range(int(rng.integers(0, 4))):
        p, s = rng.uniform(0, 1, 2) * (w, h), metre * rng.uniform(1.5, 15, 2)
        end = p + np.array([s[0], rng.normal(0, 0.3) * s[0]])
        bar(canvas, p, end, float(s[1]), ground + rng.normal(0, 3), shade=float(rng.uniform(0.2, 0.8)))
    leaves = air + float(rng.uniform(-3, 2))
    for _ in range(int(rng.integers(0, 7))):
        _tree(canvas, rng, rng.uniform(0, 1, 2) * (w, h), metre * rng.uniform(0.8, 4), leaves)
    for _ in range(int(rng.integers(0, 5))):
        _car(canvas, rng, rng.uniform(0, 1, 2) * (w, h), metre, air, day)
    for _ in range(int(rng.integers(0, 9))):
        _furniture(canvas, rng, ground, metre)


def _way(canvas: Canvas, rng: np.random.Generator, ground: float, metre: float) -> None:
    """A road or path, with a kerb or lanes."""
    h, w = canvas.height, canvas.width
    angle, middle = rng.uniform(0, np.pi), rng.uniform(0, 1, 2) * (w, h)
    along = np.array([np.cos(angle), np.sin(angle)]) * (w + h)
    wide, warm = metre * rng.uniform(2, 12), ground + rng.normal(0, 2.5)
    path = sagging(middle - along, middle + along, rng.normal(0, 0.12) * w, 40)
    canvas.stroke(path, wide, warm, round_shading=0.0, shade=0.5)
    side = np.array([-np.sin(angle), np.cos(angle)])
    lanes = int(rng.integers(0, 5))
    for k in range(lanes):
        off = side * wide * (k / max(lanes - 1, 1) - 0.5)
        canvas.stroke(path + off, metre * 0.15, warm + rng.uniform(-2, 3), shade=0.9)


def _pitch(canvas: Canvas, rng: np.random.Generator, ground: float, metre: float) -> None:
    """Lines and circles of a sports ground."""
    h, w = canvas.height, canvas.width
    at, angle, line = rng.uniform(0.2, 0.8, 2) * (w, h), rng.uniform(0, np.pi), ground + rng.normal(0, 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    a, b = metre * rng.uniform(7, 14), metre * rng.uniform(4, 8)
    outline = np.array([[-a, -b], [a, -b], [a, b], [-a, b], [-a, -b], [0, -b], [0, b]], float)
    canvas.stroke(outline @ turn.T + at, metre * 0.12, line, shade=0.9)
    ring: NDArray = ellipse_points((0, 0), (2 * metre, 2 * metre))
    for x in (0, -a * 0.8, a * 0.8):
        circle = np.vstack([ring, ring[:1]]) + np.array([x, 0])
        canvas.stroke(circle @ turn.T + at, metre * 0.12, line, shade=0.9)


def _tree(canvas: Canvas, rng: np.random.Generator, at: NDArray, radius: float, celsius: float) -> None:
    """A ragged crown."""
    window = canvas.window(np.array([at - radius * 1.6, at + radius * 1.6]), 1)
    if window is None:
        return
    x1, y1, x2, y2 = window
    x = np.arange(x1, x2, dtype=np.float32)[None] - np.float32(at[0])
    y = np.arange(y1, y2, dtype=np.float32)[:, None] - np.float32(at[1])
    rough = field(rng, y2 - y1, x2 - x1, max(3.0, radius / 2.5), 3)
    cover = np.clip((1 - np.sqrt(x * x + y * y) / radius + 0.3 * rough) * radius / 3, 0, 1)
    canvas.paint(window, cover.astype(np.float32), np.float32(celsius) + 0.7 * rough, 0.0, 0.97, 0.3)


def _car(canvas: Canvas, rng: np.random.Generator, at: NDArray, metre: float, air: float, day: bool) -> None:
    angle = rng.uniform(0, np.pi)
    way = np.array([np.cos(angle), np.sin(angle)])
    body = air + (rng.uniform(0, 18) if day else rng.uniform(-3, 5))
    half, wide = 2.2 * metre, 1.8 * metre
    bar(canvas, at - way * half, at + way * half, wide, body, shade=0.7)
    bar(
        canvas,
        at - way * half * 0.85,
        at + way * half * 0.9,
        wide * 0.8,
        body + rng.normal(0, 1.5),
        shade=0.6,
    )
    for a, b in ((-0.62, -0.42), (0.22, 0.48)):
        bar(
            canvas, at + way * a * half, at + way * b * half, wide * 0.78, air - 5, emissivity=0.87, shade=0.1
        )
    if chance(rng, 0.5):
        bar(
            canvas, at + way * 0.55 * half, at + way * half, wide * 0.85, body + rng.uniform(3, 15), shade=0.7
        )


def _furniture(canvas: Canvas, rng: np.random.Generator, ground: float, metre: float) -> None:
    """Lamps, lids, benches, hoops: small, warm or cold, and nobody."""
    p, s = rng.uniform(0, 1, 2) * (canvas.width, canvas.height), metre * rng.uniform(0.2, 0.9)
    warm = ground + float(rng.choice([rng.uniform(1, 6), -rng.uniform(1, 6)]))
    kind = pick(rng, ("dot", "bench", "mast"))
    if kind == "dot":
        canvas.ellipse(p, (s * 0.5, s * 0.5), warm, shade=0.8)
    elif kind == "bench":
        bar(canvas, p, p + np.array([s * 2.2, s]), s * 0.7, warm, shade=0.2)
    else:
        top = p + rng.normal(0, 1, 2) * metre * 3
        canvas.stroke(np.array([p, top]), metre * 0.25, warm, shade=0.3)
        canvas.ellipse(top, (s * 0.5, s * 0.4), warm + 2, shade=0.9)
