"""Overhead line layouts: conductors with clamps, poles, and close-ups of one joint."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Point
from thermal_scenes.equipment import bar, insulator, lattice, tank
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, pick, sagging
from thermal_scenes.yard import COMPONENT, JOINT, Painter, Yard


def line_clamps(yard: Yard) -> None:
    """Conductors across the picture with clamps, taps and tension strings."""
    c, rng, u = yard.canvas, yard.rng, yard.unit * yard.rng.uniform(0.35, 0.9)
    if chance(rng, 0.5):
        yard.bodies.append(_tower(yard, u))
    for _ in range(int(rng.integers(1, 5))):
        a = np.array([-20.0, rng.uniform(0, 1) * c.height])
        b = np.array([c.width + 20.0, a[1] + rng.normal(0, 0.25) * c.height])
        width = u * rng.uniform(0.12, 0.45)
        path = sagging(a, b, rng.uniform(0, 0.1) * c.height, 40)
        for off in (0, 3 * width) if chance(rng, 0.2) else (0,):
            yard.wires.append((path + np.array([0, off]), width))
        for _ in range(int(rng.integers(1, 4))):
            _clamp_on(yard, path, int(rng.integers(4, 36)), u, width)
        if chance(rng, 0.4):
            at = path[int(rng.integers(3, 36))]
            hang = at + np.array([rng.normal(0, 0.2) * c.width, rng.choice([-1, 0.5]) * 0.35 * c.height])
            yard.bodies.append(_string(yard, hang, at, u * rng.uniform(0.5, 0.9)))


def _clamp_on(yard: Yard, path: NDArray, k: int, u: float, width: float) -> None:
    """A clamp on a conductor, often with a tap."""
    c, rng = yard.canvas, yard.rng
    at, ahead = path[k], path[k + 1]
    yard.site(at[0], at[1], u * rng.uniform(0.5, 1.3), float(np.arctan2(ahead[1] - at[1], ahead[0] - at[0])))
    if chance(rng, 0.65):
        way = rng.choice([-1, 1]) * rng.uniform(0.2, 0.9) * c.height
        end = at + np.array([rng.normal(0, 0.2) * c.width, way])
        yard.wire(at, (at + end) / 2 + rng.normal(0, 20, 2), end, width=width * rng.uniform(0.7, 1.2))


def _tower(yard: Yard, u: float) -> Painter:
    c, rng = yard.canvas, yard.rng
    x, wide = rng.uniform(-0.1, 1.1) * c.width, rng.uniform(0.08, 0.3) * c.width

    def paint(heat: Heat) -> None:
        lattice(c, rng, (x, c.height * 1.1), (x, -0.1 * c.height), wide, wide * 0.6, yard.structure, u * 0.3)

    return paint


def _string(yard: Yard, hang: Point, at: Point, radius: float) -> Painter:
    return lambda heat: insulator(yard.canvas, yard.rng, hang, at, radius, yard.structure - 1)


def pole(yard: Yard) -> None:
    """A pole with crossarms, pin insulators, cut-outs and a small transformer."""
    c, rng, u = yard.canvas, yard.rng, yard.unit * 0.75
    x, y_top = c.width * rng.uniform(0.3, 0.7), c.height * rng.uniform(0.05, 0.25)
    foot = (x + rng.normal(0, 8), c.height + 20)
    wide = u * rng.uniform(0.9, 1.6)
    yard.bodies.append(lambda heat: bar(c, (x, y_top - 2 * u), foot, wide, yard.structure, shade=0.4))
    for k in range(int(rng.integers(1, 4))):
        _crossarm(yard, x, y_top + (0.06 + 0.2 * k) * c.height, u)
    if chance(rng, 0.6):
        at = (x + rng.choice([-1, 1]) * u * 2.2, y_top + rng.uniform(0.45, 0.65) * c.height)
        yard.bodies.append(_pole_transformer(yard, at, u))


def _crossarm(yard: Yard, x: float, y: float, u: float) -> None:
    c, rng = yard.canvas, yard.rng
    half, tilt, thick = (
        c.width * rng.uniform(0.12, 0.3),
        rng.normal(0, 0.04) * c.height,
        u * rng.uniform(0.4, 0.8),
    )
    yard.bodies.append(
        lambda heat: bar(
            c, (x - half, y - tilt), (x + half, y + tilt), thick, yard.structure - 0.5, shade=0.5
        )
    )
    for t in np.linspace(-0.95, 0.95, int(rng.integers(2, 5))):
        foot = (x + half * t, y + tilt * t)
        top = (foot[0], foot[1] - u * rng.uniform(1.5, 2.6))
        yard.bodies.append(_string(yard, foot, top, u * rng.uniform(0.45, 0.7)))
        yard.site(top[0], top[1], u * rng.uniform(0.4, 0.8), rng.normal(0, 0.4))
        left, right = (-20.0, top[1] + rng.normal(0, 60)), (c.width + 20.0, top[1] + rng.normal(0, 60))
        yard.wire(left, top, right, width=u * rng.uniform(0.08, 0.25))
        if chance(rng, 0.5):
            low = (x + rng.normal(0, 0.1) * c.width, y + rng.uniform(0.15, 0.4) * c.height)
            yard.wire(top, (top[0] + rng.normal(0, 20), (top[1] + low[1]) / 2), low, width=u * 0.15)
            what = pick(rng, (JOINT, COMPONENT), (3, 2))
            yard.site(low[0], low[1], u * rng.uniform(0.4, 0.9), rng.uniform(0, 3), what)


def _pole_transformer(yard: Yard, at: Point, u: float) -> Painter:
    c, rng, load = yard.canvas, yard.rng, yard.structure + yard.rng.uniform(1, 12)
    for side in (-1, 1):
        yard.site(at[0] + side * 1.2 * u, at[1] - 2 * u, u * rng.uniform(0.35, 0.7), 1.57, COMPONENT)

    def paint(heat: Heat) -> None:
        tank(c, rng, at[0] - 1.8 * u, at[1], at[0] + 1.8 * u, at[1] + 5 * u, load, heat)
        for side in (-1, 1):
            top = (at[0] + side * 1.2 * u, at[1] - 2 * u)
            insulator(c, rng, (at[0] + side * u, at[1]), top, 0.5 * u, yard.structure, heat)

    return paint


def close_up(yard: Yard) -> None:
    """One or two large terminals with thick conductors, filling much of the picture."""
    c, rng = yard.canvas, yard.rng
    u = min(c.height, c.width) * rng.uniform(0.08, 0.2)
    a = np.array([rng.uniform(0.3, 0.7) * c.width, rng.uniform(0.35, 0.7) * c.height])
    way = rng.uniform(0, np.pi)
    for k in range(int(rng.integers(1, 3))):
        at = a + np.array([k * u * 2.5, rng.normal(0, u)])
        yard.site(at[0], at[1], u * rng.uniform(0.7, 1.2), way)
        for side in (-1, 1):
            end = at + side * np.array([np.cos(way), np.sin(way)]) * c.width + rng.normal(0, 60, 2)
            yard.wire(at, (at + end) / 2 + rng.normal(0, 25, 2), end, width=u * rng.uniform(0.2, 0.55))
    foot, radius = a + np.array([rng.normal(0, u), c.height * 0.7]), u * rng.uniform(0.6, 1.1)
    yard.bodies.append(lambda heat: insulator(c, rng, foot, a, radius, yard.structure, heat, 0.85))
