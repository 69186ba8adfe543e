"""Outdoor parts: insulators, bushings, clamps, lattice, tanks. The same shapes serve healthy and faulty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Canvas, Point, ellipse_points
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, pick

COLD = Heat()


def turned(points: NDArray | Sequence, at: Point, angle: float) -> NDArray[np.float64]:
    """Local points (N, 2) turned by angle (radians) and moved to a point."""
    c, s = np.cos(angle), np.sin(angle)
    p = np.asarray(points, float)
    return np.stack([at[0] + c * p[:, 0] - s * p[:, 1], at[1] + s * p[:, 0] + c * p[:, 1]], 1)


def bar(
    canvas: Canvas, a: Point, b: Point, width: float, celsius: float, heat: Heat = COLD, **surface: float
) -> None:
    """A flat bar of constant width from a to b."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    side = b - a
    side = np.array([-side[1], side[0]]) / (np.hypot(*side) + 1e-6) * width / 2
    excess = heat if heat.spots else 0.0
    canvas.polygon([a + side, b + side, b - side, a - side], celsius, excess, **surface)


def insulator(
    canvas: Canvas,
    rng: np.random.Generator,
    foot: Point,
    top: Point,
    radius: float,
    celsius: float,
    heat: Heat = COLD,
    taper: float = 1.0,
) -> None:
    """A stack of sheds from foot to top: post insulator, disc string or bushing.

    Args:
        canvas: to paint on.
        rng: proportions.
        foot: world point of the lower end.
        top: world point of the upper end.
        radius: of the sheds at the foot, world units.
        celsius: of the porcelain.
        heat: of a fault near by; porcelain takes little of it.
        taper: radius at the top over that at the foot.
    """
    foot, top = np.asarray(foot, float), np.asarray(top, float)
    axis = top - foot
    length, angle = float(np.hypot(*axis)), float(np.arctan2(axis[1], axis[0]))
    pitch = max(radius * float(rng.uniform(0.3, 0.62)), 2.2)
    count = int(np.clip(length / pitch, 3, 34))
    flat, core = float(rng.uniform(0.12, 0.3)), float(rng.uniform(0.5, 0.72))
    excess = heat.part(0.35, 0.5) if heat.spots else 0.0
    neck = turned(
        [
            [0, -core * radius],
            [length, -core * radius * taper],
            [length, core * radius * taper],
            [0, core * radius],
        ],
        foot,
        angle,
    )
    canvas.polygon(neck, celsius - 0.4, excess, emissivity=0.9, shade=0.35)
    alternate = 0.82 if chance(rng, 0.4) else 1.0
    lift = float(rng.uniform(0.2, 1.3))
    for i in range(count):
        t = (i + 0.5) / count
        r = radius * (1 + (taper - 1) * t) * (alternate if i % 2 else 1.0)
        at, warm = foot + axis * t, celsius + lift * (i % 2 * 0.3 + 0.6)
        canvas.polygon(
            ellipse_points(at, (max(flat * r, pitch * 0.36), r), angle), warm, excess,
            emissivity=0.92, shade=0.6 - 0.2 * (i % 2),
        )  # fmt: skip


def clamp(
    canvas: Canvas,
    rng: np.random.Generator,
    at: Point,
    size: float,
    angle: float,
    celsius: float,
    heat: Heat = COLD,
) -> None:
    """An irregular line clamp, lug or terminal: plates, bolts and a body around a point."""
    excess = heat if heat.spots else 0.0
    kinds = pick(rng, ("plate", "body", "parallel", "fork"))
    emissivity = float(rng.uniform(0.66, 0.94))
    long, broad = size * float(rng.uniform(0.9, 1.9)), size * float(rng.uniform(0.45, 1.0))

    def put(points: Sequence, extra: float = 0.0) -> None:
        canvas.polygon(
            turned(points, at, angle),
            celsius + extra,
            excess,
            emissivity=emissivity,
            shade=float(rng.uniform(0.3, 0.8)),
        )

    corner = 0.2 * min(long, broad)
    put([
        [-long / 2, -broad / 2 + corner], [-long / 2 + corner, -broad / 2], [long / 2 - corner, -broad / 2],
        [long / 2, -broad / 2 + corner], [long / 2, broad / 2 - corner], [long / 2 - corner, broad / 2],
        [-long / 2 + corner, broad / 2], [-long / 2, broad / 2 - corner],
    ])  # fmt: skip
    if kinds == "body":
        canvas.ellipse(
            turned([[0, 0]], at, angle)[0],
            (broad * 0.62, broad * 0.62),
            celsius,
            excess,
            emissivity=emissivity,
        )
    elif kinds == "parallel":
        off = broad * 0.55
        put(
            [
                [-long * 0.35, off * 0.6],
                [long * 0.35, off * 0.6],
                [long * 0.35, off * 1.3],
                [-long * 0.35, off * 1.3],
            ]
        )
    elif kinds == "fork":
        w = broad * 0.35
        put([[0, -w], [long * 0.9, -w * 1.4], [long * 0.9, -w * 0.4], [0, -w * 0.2]])
        put([[0, w * 0.2], [long * 0.9, w * 0.4], [long * 0.9, w * 1.4], [0, w]])
    if size > 9:
        for _ in range(int(rng.integers(1, 5))):
            spot = turned([[rng.uniform(-0.4, 0.4) * long, rng.uniform(-0.35, 0.35) * broad]], at, angle)[0]
            canvas.ellipse(
                spot,
                (size * 0.12, size * 0.12),
                celsius - 0.3,
                excess,
                emissivity=emissivity * 0.85,
                shade=0.9,
            )


def lattice(
    canvas: Canvas,
    rng: np.random.Generator,
    foot: Point,
    top: Point,
    w0: float,
    w1: float,
    celsius: float,
    bar_width: float,
) -> None:
    """A lattice mast or girder between two points, w0 and w1 wide at its ends."""
    foot, top = np.asarray(foot, float), np.asarray(top, float)
    axis = top - foot
    side = np.array([-axis[1], axis[0]]) / (np.hypot(*axis) + 1e-6)
    cells = int(np.clip(np.hypot(*axis) / (max(w0, w1) * rng.uniform(0.7, 1.2)), 3, 16))
    t = np.linspace(0, 1, cells + 1)
    half = (w0 + (w1 - w0) * t) / 2
    left, right = (
        foot + t[:, None] * axis - half[:, None] * side,
        foot + t[:, None] * axis + half[:, None] * side,
    )
    for edge in (left, right):
        canvas.stroke(edge, bar_width * 1.3, celsius, 0.0, 0.88, 0.4)
    zigzag = np.empty((cells + 1, 2))
    zigzag[0::2], zigzag[1::2] = left[0::2], right[1::2]
    canvas.stroke(zigzag, bar_width * 0.8, celsius - 0.2, 0.0, 0.88, 0.45)
    if chance(rng, 0.6):
        zigzag[0::2], zigzag[1::2] = right[0::2], left[1::2]
        canvas.stroke(zigzag, bar_width * 0.8, celsius - 0.3, 0.0, 0.88, 0.45)


def drum(canvas: Canvas, rng: np.random.Generator, at: Point, radius: float, celsius: float) -> None:
    """A lying drum, such as a transformer's oil conservator."""
    x, y = at
    bar(canvas, (x - 4 * radius, y), (x + 4 * radius, y + rng.normal(0, 6)), 2 * radius, celsius, shade=0.6)
    for side in (-1, 1):
        canvas.ellipse((x + side * 4 * radius, y), (0.3 * radius, radius), celsius - 0.5, shade=0.6)


def tank(
    canvas: Canvas,
    rng: np.random.Generator,
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    celsius: float,
    heat: Heat = COLD,
) -> None:
    """A transformer tank: warmer to its top, with ribs or radiators, a lid and a few fittings."""
    height, width = y2 - y1, x2 - x1
    rise = float(rng.uniform(1, 7))
    spots = heat.part(0.8) if heat.spots else None

    def body(x: NDArray, y: NDArray) -> NDArray:
        return np.float32(celsius) + np.float32(rise) * np.clip((y2 - y) / height, 0, 1) + 0 * x

    canvas.polygon([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], body, spots or 0.0, emissivity=0.93, shade=0.55)
    ribs = int(rng.integers(6, 26)) if chance(rng, 0.75) else 0
    low, high = y1 + height * rng.uniform(0.08, 0.2), y2 - height * rng.uniform(0.02, 0.15)
    for i in range(ribs):
        x = x1 + width * (i + 0.5) / ribs
        rib = width / ribs * 0.28
        canvas.polygon(
            [[x - rib, low], [x + rib, low], [x + rib, high], [x - rib, high]],
            lambda a, b: body(a, b) - 1.3,
            spots or 0.0,
            shade=0.3,
        )
    lid = height * rng.uniform(0.03, 0.07)
    canvas.rectangle(
        x1 - 0.03 * width, y1 - lid, x2 + 0.03 * width, y1, celsius + rise * 0.8, spots or 0.0, shade=0.7
    )
    for _ in range(int(rng.integers(0, 4))):
        x, y, r = rng.uniform(x1, x2), rng.uniform(y1, y2), rng.uniform(0.02, 0.07) * width
        canvas.ellipse(
            (x, y),
            (r, r),
            celsius + rng.uniform(-2, rise + (12 if chance(rng, 0.25) else 3)),
            emissivity=0.85,
            shade=0.8,
        )
