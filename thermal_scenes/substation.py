"""Substations and overhead lines: posts, isolators, line clamps, transformers, poles, close-ups."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from thermal_scenes.canvas import Canvas
from thermal_scenes.equipment import bar, clamp, insulator, lattice, tank
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, curve, pick, sagging
from thermal_scenes.outdoor import far_wires, foreground_edge, relative_span, sky

CABLE, COMPONENT, JOINT = 0, 3, 4


@dataclass
class Yard:
    """What a layout collects before it is painted: heat has to be known before the conductors are drawn.

    Attributes:
        canvas: to paint on.
        rng: source of randomness.
        structure: °C of unheated parts.
        unit: world units of a middle-sized clamp.
        sites: (x, y, size, angle, class) that may be faulty.
        wires: (points, width).
        heat: of the faulty sites, by index.
    """

    canvas: Canvas
    rng: np.random.Generator
    structure: float
    unit: float
    sites: list[tuple[float, float, float, float, int]] = field(default_factory=list)
    wires: list[tuple[np.ndarray, float]] = field(default_factory=list)
    heat: dict[int, Heat] = field(default_factory=dict)

    def site(self, x: float, y: float, size: float, angle: float = 0.0, class_id: int = JOINT) -> None:
        """Add a place where something may be hot."""
        self.sites.append((float(x), float(y), float(size), float(angle), class_id))

    def wire(self, *points: tuple[float, float], width: float, sag: float = 0.0) -> None:
        """Add a conductor through points; two points may sag."""
        knots = np.asarray(points, float)
        path = sagging(knots[0], knots[1], sag) if len(knots) == 2 else curve(knots, 12)
        self.wires.append((path, width))

    def choose_faults(self, clean: bool) -> float | None:
        """Decide which sites are hot; gives the largest excess in K, or None."""
        self.rng.shuffle(self.sites)
        h, w = self.canvas.height, self.canvas.width
        inside = [
            i for i, s in enumerate(self.sites) if 0.02 * w < s[0] < 0.98 * w and 0.02 * h < s[1] < 0.98 * h
        ]
        if clean or not inside:
            return None
        count = min(len(inside), pick(self.rng, (1, 2, 3, 5), (6, 2.5, 1.2, 0.4)))
        worst = float(np.exp(self.rng.uniform(np.log(7), np.log(90))))
        for rank, i in enumerate(inside[:count]):
            x, y, size, _, _ = self.sites[i]
            kelvin = worst * (1.0 if rank == 0 else float(self.rng.uniform(0.35, 1.0)))
            reach = size * float(self.rng.uniform(1.2, 5.0))
            jitter = self.rng.normal(0, 0.25 * size, 2)
            self.heat[i] = Heat([(x + jitter[0], y + jitter[1], kelvin, reach)])
        return worst

    def all_heat(self) -> Heat:
        """Every fault together, for what conducts between them."""
        return Heat([spot for h in self.heat.values() for spot in h.spots])

    def paint(self) -> None:
        """Conductors first, then the sites on top of them."""
        heat = self.all_heat()
        for path, width in self.wires:
            excess = heat.along(path) if heat.spots else 0.0
            self.canvas.stroke(path, width, self.structure - self.rng.uniform(0, 1.5), excess, 0.82, 0.3)
        for i, (x, y, size, angle, class_id) in enumerate(self.sites):
            healthy = self.structure + float(self.rng.normal(0.6, 0.8))
            if i in self.heat:
                with self.canvas.item(class_id, True, celsius=round(healthy + self.heat[i].spots[0][2], 1)):
                    clamp(self.canvas, self.rng, (x, y), size, angle, healthy, self.heat[i])
            else:
                clamp(self.canvas, self.rng, (x, y), size, angle, healthy, heat.part(0.8))


def substation(canvas: Canvas, rng: np.random.Generator, clean: bool) -> None:
    """Paint a substation or line scene; clean leaves everything healthy."""
    structure = sky(canvas, rng)
    unit = min(canvas.height, canvas.width) / 480
    yard = Yard(canvas, rng, structure, unit * float(np.exp(rng.uniform(np.log(7), np.log(26)))))
    far_wires(canvas, rng, structure - 1)
    layout = pick(rng, LAYOUTS, (3, 3, 4, 2.5, 2.5, 2, 2.5))
    finish = layout(yard)
    worst = yard.choose_faults(clean)
    if finish is not None:
        finish()
    yard.paint()
    if not clean and chance(rng, 0.08) and yard.wires:
        worst = max(worst or 0.0, _hot_section(yard))
    if chance(rng, 0.25):
        foreground_edge(canvas, rng, structure)
    if chance(rng, 0.8):
        canvas.span = relative_span(rng, structure, worst)


def _hot_section(yard: Yard) -> float:
    """A length of conductor that is warm all along: broken strands or overload."""
    path, width = yard.wires[int(yard.rng.integers(len(yard.wires)))]
    start = int(yard.rng.integers(0, max(1, len(path) // 2)))
    part = path[start : start + max(4, len(path) // 2)]
    kelvin = float(yard.rng.uniform(8, 40))
    with yard.canvas.item(CABLE, True, celsius=round(yard.structure + kelvin, 1), share=0.5):
        yard.canvas.stroke(part, width * 1.1, yard.structure, np.full(len(part), kelvin), 0.85, 0.3)
    return kelvin


def _posts(yard: Yard):
    """A row of post insulators with terminals and jumpers."""
    c, rng, u = yard.canvas, yard.rng, yard.unit
    count = int(rng.integers(1, 5))
    y_top, y_foot = rng.uniform(0.25, 0.5) * c.height, rng.uniform(0.75, 1.1) * c.height
    x0, step = rng.uniform(0.1, 0.3) * c.width, c.width * rng.uniform(0.18, 0.4)
    slope, shrink = rng.normal(0, 0.12) * c.height, rng.uniform(0.82, 1.05)
    radius = u * rng.uniform(0.8, 1.6)
    tops, columns = [], []
    for i in range(count):
        k = shrink**i
        x = x0 + step * i * (1 + k) / 2
        top, foot = (
            (x, y_top + slope * i / 3),
            (x + rng.normal(0, 4), y_top + slope * i / 3 + (y_foot - y_top) * k),
        )
        columns.append((foot, top, radius * k))
        tops.append(top)
        yard.site(
            top[0],
            top[1] - 0.3 * u,
            u * k * rng.uniform(0.7, 1.2),
            rng.normal(0, 0.3),
            pick(rng, (JOINT, COMPONENT), (5, 1)),
        )
        end = (x + rng.uniform(-1, 1) * step, -0.05 * c.height)
        yard.wire(
            top,
            ((x + end[0]) / 2 + rng.normal(0, 30), top[1] * 0.5),
            end,
            width=u * k * rng.uniform(0.12, 0.4),
        )
        if chance(rng, 0.4):
            yard.site((x + end[0]) / 2, top[1] * 0.5, u * k * 0.7, rng.uniform(0, 3))
    for a, b in zip(tops, tops[1:], strict=False):
        if chance(rng, 0.5):
            yard.wire(a, b, width=u * rng.uniform(0.15, 0.5), sag=rng.uniform(-10, 30))

    def finish() -> None:
        for foot, top, r in columns:
            bar(c, foot, (foot[0], c.height + 20), r * rng.uniform(0.9, 2.2), yard.structure, shade=0.5)
            insulator(c, rng, foot, top, r, yard.structure, yard.all_heat(), rng.uniform(0.7, 1))

    return finish


def _isolator(yard: Yard):
    """Isolators: blades between two posts, a contact at each end or in the middle."""
    c, rng, u = yard.canvas, yard.rng, yard.unit
    parts = []
    for phase in range(int(rng.integers(1, 4))):
        y = c.height * (rng.uniform(0.15, 0.45) + 0.2 * phase)
        x1 = c.width * (rng.uniform(0.05, 0.3) + 0.08 * phase)
        x2 = x1 + c.width * rng.uniform(0.25, 0.6)
        tilt = rng.normal(0, 0.08) * c.height
        a, b = np.array([x1, y]), np.array([x2, y + tilt])
        parts.append((a, b, c.height * rng.uniform(0.25, 0.5), u * rng.uniform(0.7, 1.2)))
        angle = float(np.arctan2(*(b - a)[::-1]))
        for t in pick(rng, ((0, 1), (0, 0.5, 1), (0.02, 0.5, 0.98))):
            at = a + t * (b - a)
            yard.site(at[0], at[1], u * rng.uniform(0.6, 1.1), angle + rng.normal(0, 0.15))
        yard.wire(tuple(a), tuple(b), width=u * rng.uniform(0.25, 0.6))
        for end, way in ((a, -1), (b, 1)):
            off = end + [way * rng.uniform(0.1, 0.5) * c.width, rng.uniform(-0.5, 0.1) * c.height]
            yard.wire(
                tuple(end),
                tuple((end + off) / 2 + [0, rng.uniform(0, 40)]),
                tuple(off),
                width=u * rng.uniform(0.12, 0.35),
            )

    def finish() -> None:
        for a, b, length, r in parts:
            for end in (a, b):
                insulator(
                    c, rng, end + [rng.normal(0, 6), length], end, r, yard.structure, yard.all_heat(), 0.85
                )
            bar(c, a + [-r, length + r], b + [r, length + r], r * 1.3, yard.structure - 0.5, shade=0.4)

    return finish


def _line_clamps(yard: Yard):
    """Conductors across the picture with clamps, taps and tension strings."""
    c, rng = yard.canvas, yard.rng
    u = yard.unit * rng.uniform(0.35, 0.9)
    strings = []
    for _ in range(int(rng.integers(1, 5))):
        a = np.array([-20.0, rng.uniform(0, 1) * c.height])
        b = np.array([c.width + 20.0, a[1] + rng.normal(0, 0.25) * c.height])
        width, sag = u * rng.uniform(0.12, 0.45), rng.uniform(0, 0.1) * c.height
        path = sagging(a, b, sag, 40)
        twin = chance(rng, 0.2)
        for off in (0, 3 * width) if twin else (0,):
            yard.wires.append((path + [0, off], width))
        for _ in range(int(rng.integers(1, 4))):
            k = int(rng.integers(4, 36))
            at, ahead = path[k], path[k + 1]
            angle = float(np.arctan2(*(ahead - at)[::-1]))
            yard.site(at[0], at[1], u * rng.uniform(0.5, 1.3), angle)
            if chance(rng, 0.65):
                end = at + [
                    rng.normal(0, 0.2) * c.width,
                    rng.choice([-1, 1]) * rng.uniform(0.2, 0.9) * c.height,
                ]
                yard.wire(
                    tuple(at),
                    tuple((at + end) / 2 + rng.normal(0, 20, 2)),
                    tuple(end),
                    width=width * rng.uniform(0.7, 1.2),
                )
        if chance(rng, 0.4):
            k = int(rng.integers(3, 36))
            hang = path[k] + [rng.normal(0, 0.2), rng.choice([-1, 0.5])] * np.array(
                [c.width, 0.35 * c.height]
            )
            strings.append((hang, path[k]))

    def finish() -> None:
        if chance(rng, 0.5):
            x = rng.uniform(-0.1, 1.1) * c.width
            wide = rng.uniform(0.08, 0.3) * c.width
            lattice(
                c, rng, (x, c.height * 1.1), (x, -0.1 * c.height), wide, wide * 0.6, yard.structure, u * 0.3
            )
        for hang, at in strings:
            insulator(c, rng, hang, at, u * rng.uniform(0.5, 0.9), yard.structure - 1)

    return finish


def _transformer(yard: Yard):
    """A power transformer: tank, bushings, conservator, radiators."""
    c, rng, u = yard.canvas, yard.rng, yard.unit
    x1, x2 = c.width * rng.uniform(-0.1, 0.2), c.width * rng.uniform(0.75, 1.1)
    y1 = c.height * rng.uniform(0.45, 0.75)
    load = yard.structure + float(rng.uniform(3, 22))
    count = int(rng.integers(2, 7))
    columns = []
    for i in range(count):
        x = x1 + (x2 - x1) * (i + rng.uniform(0.3, 0.7)) / count
        long = c.height * rng.uniform(0.12, 0.38)
        top = (x + rng.normal(0, 0.25) * long, y1 - long)
        columns.append(((x, y1), top, u * rng.uniform(0.6, 1.2)))
        yard.site(
            top[0],
            top[1],
            u * rng.uniform(0.5, 0.9),
            rng.uniform(-0.5, 0.5) + 1.57,
            pick(rng, (JOINT, COMPONENT), (3, 2)),
        )
        yard.wire(
            top,
            (top[0] + rng.normal(0, 40), top[1] * 0.6),
            (x + rng.normal(0, 80), -20),
            width=u * rng.uniform(0.12, 0.35),
        )
    if chance(rng, 0.5):
        yard.site(
            rng.uniform(x1, x2), y1 + rng.uniform(0, 0.1) * c.height, u * rng.uniform(0.8, 2), 0.0, COMPONENT
        )
    drum = chance(rng, 0.4)

    def finish() -> None:
        if drum:
            xd, yd, r = (
                rng.uniform(0.2, 0.8) * c.width,
                y1 - rng.uniform(0.15, 0.3) * c.height,
                u * rng.uniform(1, 2),
            )
            bar(c, (xd - 4 * r, yd), (xd + 4 * r, yd + rng.normal(0, 6)), 2 * r, load - 2, shade=0.6)
            for side in (-1, 1):
                c.ellipse((xd + side * 4 * r, yd), (0.3 * r, r), load - 2.5, shade=0.6)
        tank(c, rng, x1, y1, x2, c.height + 30, load, yard.all_heat())
        for foot, top, r in columns:
            insulator(
                c, rng, foot, top, r, (yard.structure + load) / 2, yard.all_heat(), rng.uniform(0.5, 0.9)
            )

    return finish


def _pole(yard: Yard):
    """A pole with crossarms, pin insulators, cut-outs and a small transformer."""
    c, rng, u = yard.canvas, yard.rng, yard.unit * 0.75
    x = c.width * rng.uniform(0.3, 0.7)
    y_top = c.height * rng.uniform(0.05, 0.25)
    arms, pins = [], []
    for k in range(int(rng.integers(1, 4))):
        y = y_top + (0.06 + 0.2 * k) * c.height
        half = c.width * rng.uniform(0.12, 0.3)
        tilt = rng.normal(0, 0.04) * c.height
        arms.append(((x - half, y - tilt), (x + half, y + tilt)))
        for t in np.linspace(-0.95, 0.95, int(rng.integers(2, 5))):
            foot = (x + half * t, y + tilt * t)
            top = (foot[0], foot[1] - u * rng.uniform(1.5, 2.6))
            pins.append((foot, top, u * rng.uniform(0.45, 0.7)))
            yard.site(top[0], top[1], u * rng.uniform(0.4, 0.8), rng.normal(0, 0.4))
            yard.wire(
                (-20, top[1] + rng.normal(0, 60)),
                top,
                (c.width + 20, top[1] + rng.normal(0, 60)),
                width=u * rng.uniform(0.08, 0.25),
            )
            if chance(rng, 0.5):
                low = (x + rng.normal(0, 0.1) * c.width, y + rng.uniform(0.15, 0.4) * c.height)
                yard.wire(top, (top[0] + rng.normal(0, 20), (top[1] + low[1]) / 2), low, width=u * 0.15)
                yard.site(
                    low[0],
                    low[1],
                    u * rng.uniform(0.4, 0.9),
                    rng.uniform(0, 3),
                    pick(rng, (JOINT, COMPONENT), (3, 2)),
                )
    drum = (x + rng.choice([-1, 1]) * u * 2.2, y_top + rng.uniform(0.45, 0.65) * c.height)
    drums, load = chance(rng, 0.6), yard.structure + rng.uniform(1, 12)

    def finish() -> None:
        bar(
            c,
            (x, y_top - 2 * u),
            (x + rng.normal(0, 8), c.height + 20),
            u * rng.uniform(0.9, 1.6),
            yard.structure,
            shade=0.4,
        )
        for a, b in arms:
            bar(c, a, b, u * rng.uniform(0.4, 0.8), yard.structure - 0.5, shade=0.5)
        if drums:
            tank(
                c, rng, drum[0] - 1.8 * u, drum[1], drum[0] + 1.8 * u, drum[1] + 5 * u, load, yard.all_heat()
            )
            for off in (-1, 1):
                insulator(
                    c,
                    rng,
                    (drum[0] + off * u, drum[1]),
                    (drum[0] + off * u * 1.2, drum[1] - 2 * u),
                    0.5 * u,
                    yard.structure,
                )
        for foot, top, r in pins:
            insulator(c, rng, foot, top, r, yard.structure, yard.all_heat(), 0.6)

    return finish


def _instrument(yard: Yard):
    """Current transformers, arresters and breakers: a head on a long ribbed column."""
    c, rng, u = yard.canvas, yard.rng, yard.unit * 1.3
    parts = []
    for i in range(int(rng.integers(1, 4))):
        x = c.width * (rng.uniform(0.12, 0.3) + 0.3 * i)
        y_head, y_foot = c.height * rng.uniform(0.18, 0.4), c.height * rng.uniform(0.75, 1.1)
        head = (u * rng.uniform(1, 2.2), u * rng.uniform(0.9, 2.2))
        parts.append(((x, y_foot), (x, y_head), u * rng.uniform(0.7, 1.3), head))
        for side in (-1, 1):
            at = (x + side * head[0], y_head - head[1] * rng.uniform(0.1, 0.9))
            yard.site(at[0], at[1], u * rng.uniform(0.5, 0.9), rng.normal(0, 0.3))
            yard.wire(
                at,
                (at[0] + side * 60, at[1] - rng.uniform(-30, 60)),
                (x + side * 0.5 * c.width, rng.uniform(-0.1, 0.4) * c.height),
                width=u * rng.uniform(0.15, 0.35),
            )
        if chance(rng, 0.35):
            yard.site(x, y_head - head[1] * 0.5, max(head) * rng.uniform(0.8, 1.3), 0.0, COMPONENT)

    def finish() -> None:
        for foot, top, r, head in parts:
            bar(c, foot, (foot[0], c.height + 20), r * 2, yard.structure, shade=0.5)
            insulator(c, rng, foot, top, r, yard.structure, yard.all_heat(), rng.uniform(0.7, 1))
            c.rectangle(
                top[0] - head[0], top[1] - head[1], top[0] + head[0], top[1], yard.structure + 1, shade=0.6
            )
            c.ellipse((top[0], top[1] - head[1]), (head[0], head[1] * 0.35), yard.structure + 0.6, shade=0.7)

    return finish


def _close_up(yard: Yard):
    """One or two large terminals with thick conductors, filling much of the picture."""
    c, rng = yard.canvas, yard.rng
    u = min(c.height, c.width) * rng.uniform(0.08, 0.2)
    a = np.array([rng.uniform(0.3, 0.7) * c.width, rng.uniform(0.35, 0.7) * c.height])
    way = rng.uniform(0, np.pi)
    for k in range(int(rng.integers(1, 3))):
        at = a + [k * u * 2.5, rng.normal(0, u)]
        yard.site(at[0], at[1], u * rng.uniform(0.7, 1.2), way)
        for side in (-1, 1):
            end = at + side * np.array([np.cos(way), np.sin(way)]) * c.width + rng.normal(0, 60, 2)
            yard.wire(
                tuple(at),
                tuple((at + end) / 2 + rng.normal(0, 25, 2)),
                tuple(end),
                width=u * rng.uniform(0.2, 0.55),
            )
    foot = a + [rng.normal(0, u), c.height * 0.7]

    def finish() -> None:
        insulator(c, rng, foot, a, u * rng.uniform(0.6, 1.1), yard.structure, yard.all_heat(), 0.85)

    return finish


LAYOUTS = (_posts, _isolator, _line_clamps, _transformer, _pole, _instrument, _close_up)
