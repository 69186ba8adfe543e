"""Substation layouts: posts, isolators, knife switches, bare rods, transformers, instrument columns."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from thermal_scenes.bystanders import tank_fittings
from thermal_scenes.canvas import Point
from thermal_scenes.equipment import bar, drum, insulator, tank
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, pick
from thermal_scenes.yard import COMPONENT, JOINT, Painter, Yard


def posts(yard: Yard) -> None:
    """A row of post insulators with terminals and jumpers."""
    c, rng, u = yard.canvas, yard.rng, yard.unit
    y_top, y_foot = rng.uniform(0.25, 0.5) * c.height, rng.uniform(0.75, 1.1) * c.height
    x0, step = rng.uniform(0.1, 0.3) * c.width, c.width * rng.uniform(0.18, 0.4)
    slope, shrink, radius = rng.normal(0, 0.12) * c.height, rng.uniform(0.82, 1.05), u * rng.uniform(0.8, 1.6)
    tops: list[tuple[float, float]] = []
    for i in range(int(rng.integers(1, 5))):
        k = shrink**i
        x = x0 + step * i * (1 + k) / 2
        top, foot = (
            (x, y_top + slope * i / 3),
            (x + rng.normal(0, 4), y_top + slope * i / 3 + (y_foot - y_top) * k),
        )
        tops.append(top)
        yard.bodies.append(_column(yard, foot, top, radius * k, rng.uniform(0.7, 1)))
        what = pick(rng, (JOINT, COMPONENT), (5, 1))
        yard.site(x, top[1] - 0.3 * u, u * k * rng.uniform(0.7, 1.2), rng.normal(0, 0.3), what)
        end = (x + rng.uniform(-1, 1) * step, -0.05 * c.height)
        middle = ((x + end[0]) / 2 + rng.normal(0, 30), top[1] * 0.5)
        yard.wire(top, middle, end, width=u * k * rng.uniform(0.12, 0.4))
        if chance(rng, 0.4):
            yard.site(*middle, u * k * 0.7, rng.uniform(0, 3))
    for a, b in itertools.pairwise(tops):
        if chance(rng, 0.5):
            yard.wire(a, b, width=u * rng.uniform(0.15, 0.5), sag=rng.uniform(-10, 30))


def _column(yard: Yard, foot: Point, top: Point, radius: float, taper: float) -> Painter:
    """Painter of a post insulator on its pedestal."""
    wide = radius * yard.rng.uniform(0.9, 2.2)

    def paint(heat: Heat) -> None:
        bar(yard.canvas, foot, (foot[0], yard.canvas.height + 20), wide, yard.structure, shade=0.5)
        insulator(yard.canvas, yard.rng, foot, top, radius, yard.structure, heat, taper)

    return paint


def isolators(yard: Yard) -> None:
    """Isolators of one to three phases: blades between two posts, contacts at the ends or in the middle."""
    c, rng, u = yard.canvas, yard.rng, yard.unit
    for phase in range(int(rng.integers(1, 4))):
        y = c.height * (rng.uniform(0.15, 0.45) + 0.2 * phase)
        x1 = c.width * (rng.uniform(0.05, 0.3) + 0.08 * phase)
        a = np.array([x1, y])
        b = np.array([x1 + c.width * rng.uniform(0.25, 0.6), y + rng.normal(0, 0.08) * c.height])
        angle = float(np.arctan2(b[1] - a[1], b[0] - a[0]))
        for t in pick(rng, ((0, 1), (0, 0.5, 1), (0.02, 0.5, 0.98))):
            at = a + t * (b - a)
            yard.site(at[0], at[1], u * rng.uniform(0.6, 1.1), angle + rng.normal(0, 0.15))
        yard.wire(a, b, width=u * rng.uniform(0.25, 0.6))
        for end, way in ((a, -1), (b, 1)):
            off = end + np.array([way * rng.uniform(0.1, 0.5) * c.width, rng.uniform(-0.5, 0.1) * c.height])
            yard.wire(end, (end + off) / 2 + [0, rng.uniform(0, 40)], off, width=u * rng.uniform(0.12, 0.35))
        yard.bodies.append(
            _two_posts(yard, a, b, c.height * rng.uniform(0.25, 0.5), u * rng.uniform(0.7, 1.2))
        )


def _two_posts(yard: Yard, a: NDArray, b: NDArray, length: float, radius: float) -> Painter:
    """Painter of an isolator's posts and base."""

    def paint(heat: Heat) -> None:
        for end in (a, b):
            foot = end + np.array([yard.rng.normal(0, 6), length])
            insulator(yard.canvas, yard.rng, foot, end, radius, yard.structure, heat, 0.85)
        low = length + radius
        bar(
            yard.canvas,
            a + np.array([-radius, low]),
            b + np.array([radius, low]),
            radius * 1.3,
            yard.structure - 0.5,
            shade=0.4,
        )

    return paint


def knife(yard: Yard) -> None:
    """A knife switch near by: twin blades between contact jaws, bolts and discs."""
    c, rng = yard.canvas, yard.rng
    u = min(c.height, c.width) * rng.uniform(0.05, 0.11)
    a = np.array([rng.uniform(0.1, 0.35) * c.width, rng.uniform(0.25, 0.6) * c.height])
    b = a + np.array([rng.uniform(0.35, 0.6) * c.width, rng.normal(0, 0.12) * c.height])
    across = np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a))
    angle = float(np.arctan2(b[1] - a[1], b[0] - a[0]))
    gap = u * rng.uniform(0.25, 0.45)
    for side in (-1, 1):
        yard.wire(a + across * side * gap, b + across * side * gap, width=u * rng.uniform(0.18, 0.32))
    shape = pick(yard.extra, ("clamp", "disc"), (2, 1))
    for end, way in ((a, -1), (b, 1)):
        yard.site(end[0], end[1], u * rng.uniform(0.8, 1.3), angle, shape=shape)
        out = end + (b - a) * way * rng.uniform(0.3, 0.9) + rng.normal(0, 25, 2)
        yard.wire(end, (end + out) / 2 + rng.normal(0, 12, 2), out, width=u * rng.uniform(0.2, 0.5))
        yard.bodies.append(
            _column(yard, end + np.array([rng.normal(0, 8), c.height * 0.5]), end, u * 0.8, 0.9)
        )
        if chance(rng, 0.5):
            near = end + (b - a) * way * 0.12
            yard.site(near[0], near[1], u * 0.5, angle)


def rods(yard: Yard) -> None:
    """Bare rods and caps that stand up from bodies: bushing tops, arresters, bus supports."""
    c, rng, u = yard.canvas, yard.rng, yard.unit * 1.4
    count = int(rng.integers(1, 5))
    for i in range(count):
        x = c.width * (i + rng.uniform(0.3, 0.7)) / count
        y = c.height * rng.uniform(0.35, 0.65)
        lean = rng.normal(0, 0.12)
        cap, tip = np.array([x, y]), np.array([x + lean * 3 * u, y - u * rng.uniform(1.5, 4)])
        yard.wire(cap, tip, width=u * rng.uniform(0.25, 0.6))
        yard.rods.append(yard.wires[-1])
        yard.site(
            tip[0], tip[1], u * rng.uniform(0.4, 0.9), 1.57 + lean, pick(rng, (JOINT, COMPONENT), (2, 1))
        )
        shape = pick(yard.extra, ("clamp", "cap"))
        yard.site(cap[0], cap[1], u * rng.uniform(0.8, 1.3), lean, COMPONENT, shape=shape)
        out = (x + rng.normal(0, 0.3) * c.width, -20.0)
        yard.wire(tip, ((x + out[0]) / 2, tip[1] * 0.55), out, width=u * rng.uniform(0.1, 0.3))
        foot = cap + np.array([-lean * c.height * 0.5, c.height * rng.uniform(0.3, 0.6)])
        yard.bodies.append(_column(yard, foot, cap, u * rng.uniform(0.8, 1.4), rng.uniform(0.55, 0.9)))


def transformer(yard: Yard) -> None:
    """A power transformer: tank, bushings, conservator, a hot corner, lid or bolt now and then."""
    c, rng, u = yard.canvas, yard.rng, yard.unit
    x1, x2 = c.width * rng.uniform(-0.1, 0.2), c.width * rng.uniform(0.75, 1.1)
    y1, load = c.height * rng.uniform(0.45, 0.75), yard.structure + float(rng.uniform(3, 22))
    if chance(rng, 0.4):
        at = (rng.uniform(0.2, 0.8) * c.width, y1 - rng.uniform(0.15, 0.3) * c.height)
        yard.bodies.append(lambda heat: drum(c, rng, at, u * rng.uniform(1, 2), load - 2))
    yard.bodies.append(lambda heat: tank(c, rng, x1, y1, x2, c.height + 30, load, heat))
    extra = yard.extra
    if chance(extra, 0.5):
        yard.bodies.append(lambda heat: tank_fittings(c, extra, (x1, y1, x2, c.height), load))
    count = int(rng.integers(2, 7))
    for i in range(count):
        x, long = x1 + (x2 - x1) * (i + rng.uniform(0.3, 0.7)) / count, c.height * rng.uniform(0.12, 0.38)
        top = (x + rng.normal(0, 0.25) * long, y1 - long)
        what = pick(rng, (JOINT, COMPONENT), (3, 2))
        size, lean = u * rng.uniform(0.5, 0.9), rng.uniform(-0.5, 0.5)
        if chance(extra, 0.3):
            yard.site(top[0], top[1], 1.5 * size, 0.3 * lean, COMPONENT, shape="cap")
        else:
            yard.site(top[0], top[1], size, lean + 1.57, what)
        end = (x + rng.normal(0, 80), -20.0)
        yard.wire(top, (top[0] + rng.normal(0, 40), top[1] * 0.6), end, width=u * rng.uniform(0.12, 0.35))
        yard.bodies.append(_bushing(yard, (x, y1), top, (yard.structure + load) / 2))
    yard.body, warmer = load, load - yard.structure
    for _ in range(int(rng.integers(0, 3))):
        corner = float(rng.choice([x1 + 0.05 * (x2 - x1), x2 - 0.05 * (x2 - x1), rng.uniform(x1, x2)]))
        down, size = rng.uniform(0, 0.1) * c.height, u * rng.uniform(0.8, 2)
        shape = pick(extra, ("clamp", "corner", "lid", "bolt"), (1, 2, 1.5, 1))
        if shape == "corner":
            corner, down = float(np.clip(corner, x1 + size, x2 - size)), down + size
        yard.site(corner, y1 + down, size, 0.0, COMPONENT, warmer, shape)
    if chance(extra, 0.4):
        _flange(yard, x1, x2, y1, warmer)


def _flange(yard: Yard, x1: float, x2: float, y: float, warmer: float) -> None:
    """A row of bolts along the tank's flange; stray flux heats one of them now and then."""
    size = yard.unit * float(yard.extra.uniform(0.35, 0.7))
    for t in np.linspace(0.04, 0.96, int(yard.extra.integers(5, 14))):
        yard.site(x1 + t * (x2 - x1), y + 0.6 * size, size, 0.0, COMPONENT, warmer, "bolt", 1)


def three_phases(yard: Yard) -> None:
    """Three equal columns side by side with the same terminals and conductors: one may be hotter."""
    c, rng, u = yard.canvas, yard.rng, yard.unit * yard.rng.uniform(0.8, 1.6)
    yard.phases = True
    look, shape = int(rng.integers(1 << 30)), pick(rng, ("clamp", "cap", "disc"), (4, 2, 1))
    x0, step = c.width * rng.uniform(0.1, 0.25), c.width * rng.uniform(0.16, 0.34)
    y, slope = c.height * rng.uniform(0.25, 0.5), rng.normal(0, 0.06) * c.height
    long, radius = c.height * rng.uniform(0.25, 0.6), u * rng.uniform(0.7, 1.2)
    size, angle, width = u * rng.uniform(0.7, 1.2), rng.normal(0, 0.4), u * rng.uniform(0.15, 0.4)
    way = np.array([rng.normal(0, 0.25) * c.width, -c.height * rng.uniform(0.5, 1.0)])
    bend, class_id = rng.normal(0, 30, 2), pick(rng, (JOINT, COMPONENT), (4, 1))
    for k in range(3):
        top = np.array([x0 + k * step, y + k * slope])
        yard.site(top[0], top[1], size, angle, class_id, shape=shape, look=look)
        yard.wire(top, top + way / 2 + bend, top + way, width=width)
        if chance(rng, 0.35):
            middle, end = np.array([0.45 * step, 0.1 * c.height]), np.array([step, slope])
            yard.wire(top, top + middle, top + end, width=0.8 * width)
        foot = top + np.array([0, long])
        yard.bodies.append(_column(yard, tuple(foot), tuple(top), radius, 0.9))


def _bushing(yard: Yard, foot: Point, top: Point, celsius: float) -> Painter:
    radius, taper = yard.unit * yard.rng.uniform(0.6, 1.2), yard.rng.uniform(0.5, 0.9)

    def paint(heat: Heat) -> None:
        insulator(yard.canvas, yard.rng, foot, top, radius, celsius, heat, taper)

    return paint


def instruments(yard: Yard) -> None:
    """Current transformers, arresters and breakers: a head on a long ribbed column."""
    c, rng, u = yard.canvas, yard.rng, yard.unit * 1.3
    for i in range(int(rng.integers(1, 4))):
        x, y = c.width * (rng.uniform(0.12, 0.3) + 0.3 * i), c.height * rng.uniform(0.18, 0.4)
        wide, high = u * rng.uniform(1, 2.2), u * rng.uniform(0.9, 2.2)
        yard.bodies.append(_head(yard, x, y, wide, high, u * rng.uniform(0.7, 1.3)))
        for side in (-1, 1):
            at = (x + side * wide, y - high * rng.uniform(0.1, 0.9))
            yard.site(at[0], at[1], u * rng.uniform(0.5, 0.9), rng.normal(0, 0.3))
            middle = (at[0] + side * 60, at[1] - rng.uniform(-30, 60))
            end = (x + side * 0.5 * c.width, rng.uniform(-0.1, 0.4) * c.height)
            yard.wire(at, middle, end, width=u * rng.uniform(0.15, 0.35))
        if chance(rng, 0.35):
            yard.site(x, y - high * 0.5, max(wide, high) * rng.uniform(0.8, 1.3), 0.0, COMPONENT)


def _head(yard: Yard, x: float, y: float, wide: float, high: float, radius: float) -> Painter:
    foot_y, taper = yard.canvas.height * yard.rng.uniform(0.75, 1.1), yard.rng.uniform(0.7, 1)

    def paint(heat: Heat) -> None:
        c, celsius = yard.canvas, yard.structure
        bar(c, (x, foot_y), (x, c.height + 20), radius * 2, celsius, shade=0.5)
        insulator(c, yard.rng, (x, foot_y), (x, y), radius, celsius, heat, taper)
        c.rectangle(x - wide, y - high, x + wide, y, celsius + 1, shade=0.6)
        c.ellipse((x, y - high), (wide, high * 0.35), celsius + 0.6, shade=0.7)

    return paint
