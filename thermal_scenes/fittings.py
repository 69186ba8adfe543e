"""What else may be hot outdoors besides clamps: caps, bolts, contact discs, tank corners and lid edges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thermal_scenes.canvas import Canvas, Point, ellipse_points
from thermal_scenes.equipment import COLD, bar, clamp, turned
from thermal_scenes.heat import Heat

Shape = Callable[[Canvas, np.random.Generator, Point, float, float, float, Heat], None]
"""Paints a fitting: canvas, looks, place, size in world units, angle in radians, °C when healthy, heat."""


def cap(
    canvas: Canvas,
    rng: np.random.Generator,
    at: Point,
    size: float,
    angle: float,
    celsius: float,
    heat: Heat = COLD,
) -> None:
    """A metal cap on an insulator or bushing, with a stud on top and a skirt below."""
    excess = heat if heat.spots else 0.0
    emissivity = float(rng.uniform(0.66, 0.92))
    half, high = size * float(rng.uniform(0.4, 0.75)), size * float(rng.uniform(0.45, 1.1))

    def put(points: list, shade: float) -> None:
        canvas.polygon(turned(points, at, angle), celsius, excess, emissivity=emissivity, shade=shade)

    put([[-half * 0.8, -high], [half * 0.8, -high], [half, 0], [-half, 0]], 0.7)
    put([[-half * 1.2, -0.18 * high], [half * 1.2, -0.18 * high], [half * 1.2, 0.1 * high],
         [-half * 1.2, 0.1 * high]], 0.5)  # fmt: skip
    stud, up = half * float(rng.uniform(0.2, 0.45)), high * float(rng.uniform(1.2, 2.2))
    put([[-stud, -up], [stud, -up], [stud, -high], [-stud, -high]], 0.8)


def bolt(
    canvas: Canvas,
    rng: np.random.Generator,
    at: Point,
    size: float,
    angle: float,
    celsius: float,
    heat: Heat = COLD,
) -> None:
    """A bolt with its washer on a large body."""
    excess, emissivity = (heat if heat.spots else 0.0), float(rng.uniform(0.7, 0.93))
    canvas.ellipse(at, (0.5 * size, 0.5 * size), celsius, excess, emissivity=emissivity, shade=0.75)
    canvas.polygon(
        ellipse_points(at, (0.3 * size, 0.3 * size), angle)[::3],
        celsius + 0.2,
        excess,
        emissivity=emissivity,
        shade=0.35,
    )


def disc(
    canvas: Canvas,
    rng: np.random.Generator,
    at: Point,
    size: float,
    angle: float,
    celsius: float,
    heat: Heat = COLD,
) -> None:
    """The round contact of a rotating blade with bolts on its rim."""
    excess, emissivity = (heat if heat.spots else 0.0), float(rng.uniform(0.7, 0.93))
    radius, flat = 0.7 * size, float(rng.uniform(0.45, 1.0))
    canvas.ellipse(at, (radius, radius * flat), celsius, excess, angle, emissivity=emissivity, shade=0.6)
    canvas.ellipse(
        at, (0.45 * radius, 0.45 * radius * flat), celsius + 0.3, excess, angle,
        emissivity=emissivity * 0.9, shade=0.85,
    )  # fmt: skip
    if size > 8:
        rim = ellipse_points(at, (0.75 * radius, 0.75 * radius * flat), angle)
        for spot in rim[:: int(rng.integers(3, 6))]:
            canvas.ellipse(spot, (0.1 * size, 0.1 * size), celsius - 0.2, excess, emissivity=0.7, shade=0.2)


def corner(
    canvas: Canvas,
    rng: np.random.Generator,
    at: Point,
    size: float,
    angle: float,
    celsius: float,
    heat: Heat = COLD,
) -> None:
    """No part of its own: a place on a body, such as a tank's corner, that only heat makes visible."""
    if heat.spots:
        canvas.ellipse(at, (size, size), None, heat.part(0.8), angle, emissivity=None, shade=None)


def lid_edge(
    canvas: Canvas,
    rng: np.random.Generator,
    at: Point,
    size: float,
    angle: float,
    celsius: float,
    heat: Heat = COLD,
) -> None:
    """A length of a lid's flange with its bolts."""
    way = np.array([np.cos(angle), np.sin(angle)])
    half = way * size * float(rng.uniform(1.2, 2.4))
    bar(canvas, at - half, at + half, 0.45 * size, celsius, heat, emissivity=0.9, shade=0.65)
    for t in np.linspace(-0.9, 0.9, int(rng.integers(3, 7))):
        canvas.ellipse(
            at + t * half, (0.12 * size, 0.12 * size), celsius, heat if heat.spots else 0.0,
            emissivity=0.8, shade=0.3,
        )  # fmt: skip


SHAPES: dict[str, Shape] = {
    "clamp": clamp, "cap": cap, "bolt": bolt, "disc": disc, "corner": corner, "lid": lid_edge,
}  # fmt: skip
