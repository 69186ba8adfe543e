"""Backgrounds of outdoor equipment: cold sky, clouds, trees, walls, far structures."""

from __future__ import annotations

import numpy as np

from thermal_scenes.canvas import Canvas
from thermal_scenes.equipment import lattice
from thermal_scenes.noise import chance, field, pick, sagging


def sky(canvas: Canvas, rng: np.random.Generator) -> float:
    """Fill the canvas with sky and what stands far behind; gives the °C of unheated structure."""
    h, w = canvas.height, canvas.width
    air = float(rng.uniform(2, 36))
    depth = float(rng.choice([rng.uniform(3, 12), rng.uniform(12, 35), rng.uniform(35, 60)]))
    canvas.air, canvas.reflected = air, air - 0.5 * depth
    rows = np.linspace(-1.0, -rng.uniform(0.4, 0.9), h, dtype=np.float32)[:, None]
    canvas.base[:] = air + depth * rows
    if chance(rng, 0.6):
        canvas.base += (
            depth * float(rng.uniform(0.04, 0.22)) * field(rng, h, w, w / rng.uniform(1.5, 4), 3, 2.0)
        )
    canvas.emissivity[:] = 1.0
    canvas.shade[:] = 0.9
    structure = air + float(rng.uniform(0, 5))
    if chance(rng, 0.45):
        _trees(canvas, rng, air)
    if chance(rng, 0.2):
        _building(canvas, rng, structure)
    if chance(rng, 0.35):
        _far_structures(canvas, rng, structure - 1)
    return structure


def _trees(canvas: Canvas, rng: np.random.Generator, air: float) -> None:
    h, w = canvas.height, canvas.width
    edge = h * rng.uniform(0.35, 1.0) + field(rng, 1, w, w / 6, 4)[0] * h * 0.05
    rows = np.arange(h, dtype=np.float32)[:, None]
    cover = np.clip(rows - edge[None].astype(np.float32), 0, 1)
    if chance(rng, 0.6):
        cover *= np.clip(0.9 + 0.5 * field(rng, h, w, 9, 2) + (rows - edge) / 30, 0, 1)
    leaves = np.float32(air + rng.uniform(-3, 1)) + np.float32(rng.uniform(0.3, 1.2)) * field(
        rng, h, w, 26, 3
    )
    canvas.paint((0, 0, w, h), cover.astype(np.float32), leaves, 0.0, 0.97, 0.3)


def _building(canvas: Canvas, rng: np.random.Generator, celsius: float) -> None:
    h, w = canvas.height, canvas.width
    x1, y1 = rng.uniform(-0.3, 0.7) * w, rng.uniform(0.3, 0.8) * h
    x2 = x1 + rng.uniform(0.3, 0.9) * w
    wall = celsius + rng.uniform(-2, 5)
    canvas.rectangle(x1, y1, x2, h, wall, shade=0.6)
    for x in np.arange(x1 + 20, x2 - 30, rng.uniform(40, 90)):
        canvas.rectangle(x, y1 + 15, x + 20, y1 + 45, wall - rng.uniform(2, 12), emissivity=0.85, shade=0.2)


def _far_structures(canvas: Canvas, rng: np.random.Generator, celsius: float) -> None:
    h, w = canvas.height, canvas.width
    for _ in range(int(rng.integers(1, 3))):
        x, wide = rng.uniform(0, w), rng.uniform(0.03, 0.12) * w
        lattice(
            canvas,
            rng,
            (x, h * 1.05),
            (x + rng.normal(0, 10), rng.uniform(-0.1, 0.5) * h),
            wide,
            wide * rng.uniform(0.3, 1),
            celsius,
            rng.uniform(0.8, 3),
        )
    y = rng.uniform(0.05, 0.5) * h
    if chance(rng, 0.6):
        lattice(
            canvas,
            rng,
            (-10, y),
            (w + 10, y + rng.normal(0, 30)),
            0.05 * w,
            0.05 * w,
            celsius,
            rng.uniform(1, 3),
        )


def far_wires(canvas: Canvas, rng: np.random.Generator, celsius: float) -> None:
    """A few thin wires across the picture."""
    h, w = canvas.height, canvas.width
    for _ in range(int(rng.integers(0, 6))):
        a, b = (-20, rng.uniform(-0.2, 1) * h), (w + 20, rng.uniform(-0.2, 1) * h)
        canvas.stroke(sagging(a, b, rng.uniform(0, 0.12) * h), rng.uniform(0.4, 2.2), celsius, 0.0, 0.8, 0.2)


def foreground_edge(canvas: Canvas, rng: np.random.Generator, celsius: float) -> None:
    """Something unimportant and sometimes warm at the border: a pole, hot ground, a cubicle."""
    h, w = canvas.height, canvas.width
    warm = celsius + float(rng.uniform(-2, 14))
    kind = pick(rng, ("pole", "ground", "box"))
    if kind == "pole":
        x, wide = pick(rng, (rng.uniform(0, 0.15), rng.uniform(0.85, 1))) * w, rng.uniform(0.03, 0.1) * w
        canvas.polygon(
            [[x - wide / 2, -5], [x + wide / 2, -5], [x + wide * 0.6, h + 5], [x - wide * 0.6, h + 5]],
            warm,
            shade=0.5,
        )
    elif kind == "ground":
        y = rng.uniform(0.85, 0.97) * h
        canvas.polygon(
            [[-5, y], [w + 5, y + rng.normal(0, 15)], [w + 5, h + 5], [-5, h + 5]], warm, shade=0.5
        )
    else:
        x, y, s = rng.uniform(0, 0.9) * w, rng.uniform(0.75, 1) * h, rng.uniform(0.08, 0.25) * w
        canvas.rectangle(x, y, x + s, y + s, warm, shade=0.6)
