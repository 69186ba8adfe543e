"""Low-voltage panels: DIN rails with breakers and contactors, fuse holders, bus bars, lugs and bundles of wires."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thermal_scenes.canvas import Canvas
from thermal_scenes.equipment import bar, clamp
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, curve, field, pick
from thermal_scenes.viewpoint import tilt_view

CABLE, COMPONENT, JOINT, FUSE = 0, 3, 4, 5


@dataclass
class Panel:
    """A panel being painted: canvas, randomness, ambient inside the cabinet and the unit of length (a pole's width)."""

    canvas: Canvas
    rng: np.random.Generator
    ambient: float
    unit: float
    clean: bool
    worst: float = 0.0

    def kelvin(self) -> float:
        """Excess of a fault, K; keeps the largest."""
        value = float(np.exp(self.rng.uniform(np.log(8), np.log(75))))
        self.worst = max(self.worst, value)
        return value

    def faulty(self, probability: float) -> bool:
        """Whether this part has a fault."""
        return not self.clean and chance(self.rng, probability)


def panel(canvas: Canvas, rng: np.random.Generator, clean: bool) -> None:
    """Paint a low-voltage panel scene."""
    h, w = canvas.height, canvas.width
    ambient = float(rng.uniform(18, 38))
    canvas.air = canvas.reflected = ambient
    canvas.base[:] = ambient + rng.uniform(0.2, 1.0) * field(rng, h, w, max(h, w) / 2, 2)
    canvas.base += np.linspace(rng.uniform(0, 3), 0, h, dtype=np.float32)[:, None]
    tilt_view(canvas, rng)
    p = Panel(canvas, rng, ambient, min(h, w) * float(rng.uniform(0.05, 0.12)), clean)
    pick(rng, (_rails, _fuse_base, _bus_bars, _loom, _tube_fuses), (3, 3.2, 2, 2.2, 1.6))(p)
    if p.worst and chance(rng, 0.75):
        top = ambient + p.worst * float(rng.uniform(0.55, 1.1))
        canvas.span = (ambient - rng.uniform(1, 0.35 * p.worst + 2), top)
    elif not p.worst and chance(rng, 0.5):
        wide = float(rng.uniform(4, 22))
        canvas.span = (ambient - wide * rng.uniform(0.2, 0.6), ambient + wide * rng.uniform(0.5, 0.9))


def hot_lug(p: Panel, at: tuple[float, float], size: float, angle: float, class_id: int = JOINT) -> Heat:
    """Paint a lug, perhaps faulty, and give its heat for what is connected to it."""
    healthy = p.ambient + float(p.rng.uniform(0.5, 5))
    if not p.faulty(0.22):
        clamp(p.canvas, p.rng, at, size, angle, healthy)
        return Heat()
    kelvin = p.kelvin()
    heat = Heat([(at[0], at[1], kelvin, size * float(p.rng.uniform(1.5, 5)))])
    with p.canvas.item(
        class_id, True, celsius=round(healthy + kelvin, 1), share=float(p.rng.uniform(0.45, 0.62))
    ):
        clamp(p.canvas, p.rng, at, size, angle, healthy, heat)
    return heat


def cable(p: Panel, points: list, width: float, heat: Heat, hot: float = 0.0) -> None:
    """A wire through points; hot is the excess in K along its whole run (an overloaded wire)."""
    path = curve(points, 14)
    warm = p.ambient + float(p.rng.uniform(0.5, 6))
    excess = heat.along(path) if heat.spots else 0.0
    shade = float(p.rng.uniform(0.1, 0.9))
    if hot:
        with p.canvas.item(CABLE, True, celsius=round(warm + hot, 1), share=0.5):
            along = hot * (1 + 0.12 * np.sin(np.linspace(0, 3, len(path)))) + np.asarray(excess)
            p.canvas.stroke(path, width, warm, along, 0.94, shade, 1.5)
    else:
        p.canvas.stroke(path, width, warm, excess, 0.94, shade, 1.0)


def _plate(p: Panel) -> None:
    """Mounting plate, ducts and screws."""
    c, rng = p.canvas, p.rng
    for _ in range(int(rng.integers(0, 4))):
        x, wide = rng.uniform(-0.1, 1) * c.width, p.unit * rng.uniform(0.6, 1.6)
        c.rectangle(
            x, -80, x + wide, c.height + 80, p.ambient + rng.normal(0, 0.8), shade=rng.uniform(0.3, 0.8)
        )
    for _ in range(int(rng.integers(2, 14))):
        at = (rng.uniform(0, c.width), rng.uniform(0, c.height))
        c.ellipse(at, (p.unit * 0.1, p.unit * 0.1), p.ambient + 0.2, emissivity=0.7, shade=0.9)


def _rails(p: Panel) -> None:
    """Rails of breakers, contactors and relays with wires above and below."""
    c, rng, u = p.canvas, p.rng, p.unit
    _plate(p)
    y = -rng.uniform(0, 2) * u
    while y < c.height + u:
        tall = u * rng.uniform(2.4, 4.2)
        bar(
            c,
            (-80, y + tall / 2),
            (c.width + 80, y + tall / 2),
            u * 0.9,
            p.ambient,
            emissivity=0.6,
            shade=0.8,
        )
        x = -rng.uniform(0, 1.5) * u
        while x < c.width + u:
            wide = u * float(rng.choice([1, 1, 1, 2, 3]))
            if chance(rng, 0.85):
                _module(p, x, y, wide, tall)
            x += wide + (0 if chance(rng, 0.8) else rng.uniform(0.2, 1.5) * u)
        y += tall + u * rng.uniform(1.4, 3)


def _module(p: Panel, x: float, y: float, wide: float, tall: float) -> None:
    """One breaker, contactor or fuse switch, with its terminals and wires."""
    c, rng, u = p.canvas, p.rng, p.unit
    own = p.ambient + float(rng.uniform(0.3, 6))
    shade = float(rng.uniform(0.3, 0.8))
    hot = p.kelvin() * 0.7 if p.faulty(0.05) else 0.0
    fuse = False
    middle = Heat([(x + wide / 2, y + tall * rng.uniform(0.3, 0.7), hot, 1.2 * tall)] if hot else [])

    def body() -> None:
        c.rectangle(x + 1, y, x + wide - 1, y + tall, own, middle if hot else 0.0, shade=shade)
        c.rectangle(
            x + 0.12 * wide,
            y + 0.3 * tall,
            x + 0.88 * wide,
            y + 0.7 * tall,
            own + 0.8,
            middle if hot else 0.0,
            shade=shade + 0.2,
        )
        c.rectangle(
            x + 0.35 * wide,
            y + 0.42 * tall,
            x + 0.65 * wide,
            y + 0.6 * tall,
            own - 0.3,
            middle if hot else 0.0,
            shade=0.2,
        )

    if hot:
        with c.item(COMPONENT, True, celsius=round(own + hot, 1), share=0.5):
            body()
    elif fuse:
        with c.item(FUSE, False, celsius=round(own, 1)):
            body()
    else:
        body()
    for k in range(max(1, round(wide / u))):
        for end, way in ((y + 0.08 * tall, -1), (y + 0.92 * tall, 1)):
            at = (x + (k + 0.5) * u, end)
            if chance(rng, 0.12):
                heat = hot_lug(p, at, u * 0.4, 1.57)
            else:
                c.ellipse(at, (u * 0.17, u * 0.17), own, emissivity=0.7, shade=0.15)
                heat = Heat()
            if chance(rng, 0.6):
                out = (at[0] + rng.normal(0, 0.6) * u, at[1] + way * u * rng.uniform(1, 2.2))
                overload = p.kelvin() * 0.6 if p.faulty(0.02) else 0.0
                cable(
                    p,
                    [at, ((at[0] + out[0]) / 2, (at[1] + out[1]) / 2), out],
                    u * rng.uniform(0.18, 0.4),
                    heat,
                    overload,
                )


def _fuse_base(p: Panel) -> None:
    """NH fuses in their bases, lugs and cables at both ends."""
    c, rng = p.canvas, p.rng
    _plate(p)
    count = int(rng.integers(1, 5))
    u = c.width / (count + rng.uniform(0.2, 1.2)) * 0.42
    across = rng.uniform(0.9, 1.5) * c.width / count
    rows = 2 if count >= 3 and chance(rng, 0.4) else 1
    for row in range(rows):
        for i in range(count):
            x = c.width * 0.5 + (i - (count - 1) / 2) * across * 0.9
            y = c.height * (0.5 if rows == 1 else 0.28 + 0.45 * row) + rng.normal(0, 0.05) * c.height
            _nh_fuse(p, x, y, u / rows**0.5)


def _nh_fuse(p: Panel, x: float, y: float, u: float) -> None:
    c, rng = p.canvas, p.rng
    tall, wide = u * rng.uniform(1.3, 1.9), u * rng.uniform(0.85, 1.1)
    own = p.ambient + float(rng.uniform(1, 7))
    c.rectangle(
        x - wide * 0.75, y - tall * 1.25, x + wide * 0.75, y + tall * 1.25, p.ambient + 0.6, shade=0.35
    )
    heat = Heat()
    for way in (-1, 1):
        at = (x + rng.normal(0, 0.06) * u, y + way * tall * rng.uniform(0.95, 1.15))
        spot = hot_lug(p, at, u * rng.uniform(0.5, 0.8), 1.57)
        heat.spots += spot.spots
        end = (x + rng.normal(0, 0.7) * u, y + way * tall * rng.uniform(2.2, 4))
        if chance(rng, 0.85):
            cable(
                p, [at, ((at[0] + end[0]) / 2, at[1] + way * 0.8 * u), end], u * rng.uniform(0.28, 0.55), spot
            )
            clamp(c, rng, at, u * 0.5, 1.57, p.ambient + 2, spot)
    overload = p.kelvin() * 0.5 if p.faulty(0.15) else 0.0
    if overload:
        heat.spots.append((x, y, overload, 2 * tall))
    excess = heat.part(0.7) if heat.spots else 0.0
    with c.item(FUSE, False, celsius=round(own + overload, 1)):
        for way in (-1, 1):
            c.rectangle(
                x - 0.2 * wide,
                y + way * tall * 0.62 - 0.15 * tall,
                x + 0.2 * wide,
                y + way * tall * 0.62 + 0.15 * tall,
                own,
                excess,
                emissivity=0.5,
                shade=0.9,
            )
        c.rectangle(
            x - wide / 2,
            y - tall * 0.5,
            x + wide / 2,
            y + tall * 0.5,
            own,
            excess,
            emissivity=0.92,
            shade=0.75,
        )
        for way in (-1, 1):
            c.rectangle(
                x - wide * 0.54,
                y + way * tall * 0.5 - 0.06 * tall,
                x + wide * 0.54,
                y + way * tall * 0.5 + 0.06 * tall,
                own - 0.5,
                excess,
                emissivity=0.75,
                shade=0.4,
            )
        for k in range(int(rng.integers(1, 5))):
            yy = y - 0.3 * tall + 0.17 * tall * k
            c.rectangle(
                x - 0.3 * wide, yy, x + rng.uniform(0, 0.3) * wide, yy + 0.05 * tall, own, excess, shade=0.25
            )


def _tube_fuses(p: Panel) -> None:
    """Cylindrical fuses in clips, side by side: tube with two metal caps."""
    c, rng = p.canvas, p.rng
    _plate(p)
    count = int(rng.integers(1, 6))
    long, thick = c.height * rng.uniform(0.25, 0.6), min(c.width / (count * 2.2 + 1), c.height * 0.1)
    x0, y0 = c.width * rng.uniform(0.15, 0.35), c.height * rng.uniform(0.1, 0.35)
    c.rectangle(
        x0 - thick, y0 - thick, x0 + count * 2 * thick + thick, y0 + long + thick, p.ambient + 1, shade=0.4
    )
    for i in range(count):
        x = x0 + (2 * i + 0.5) * thick
        bad_clip, overload = p.faulty(0.2), p.faulty(0.15)
        heat = Heat()
        if bad_clip:
            heat.spots.append((x, y0 + long * float(rng.choice([0.08, 0.92])), p.kelvin(), 0.35 * long))
        if overload:
            heat.spots.append((x, y0 + long / 2, p.kelvin() * 0.6, 0.6 * long))
        own, excess = p.ambient + float(rng.uniform(1, 8)), heat if heat.spots else 0.0
        with c.item(FUSE, False, celsius=round(own + sum(s[2] for s in heat.spots), 1)):
            c.rectangle(x - thick / 2, y0, x + thick / 2, y0 + long, own, excess, emissivity=0.92, shade=0.8)
            for a in (0.0, 0.84):
                c.rectangle(
                    x - thick * 0.55,
                    y0 + a * long,
                    x + thick * 0.55,
                    y0 + (a + 0.16) * long,
                    own,
                    excess,
                    emissivity=0.45,
                    shade=0.95,
                )
        for way, yy in ((-1, y0), (1, y0 + long)):
            if chance(rng, 0.7):
                end = (x + rng.normal(0, 1.5) * thick, yy + way * thick * rng.uniform(3, 8))
                clip = (x, yy + way * thick * 0.3)
                if bad_clip and abs(heat.spots[0][1] - yy) < 0.3 * long:
                    with c.item(JOINT, True, celsius=round(own + heat.spots[0][2], 1), share=0.55):
                        clamp(c, rng, clip, thick * 0.7, 1.57, own, heat)
                else:
                    clamp(c, rng, clip, thick * 0.7, 1.57, own, heat.part(0.8))
                cable(
                    p,
                    [clip, ((x + end[0]) / 2, yy + way * thick * 2), end],
                    thick * rng.uniform(0.3, 0.7),
                    heat,
                )


def _bus_bars(p: Panel) -> None:
    """Bus bars with bolted joints and branches."""
    c, rng = p.canvas, p.rng
    _plate(p)
    upright, count = chance(rng, 0.5), int(rng.integers(1, 5))
    across, along = (c.width, c.height) if upright else (c.height, c.width)
    wide = across / (count + 1) * rng.uniform(0.25, 0.6)

    def xy(s: float, t: float) -> tuple[float, float]:
        return (s, t) if upright else (t, s)

    for i in range(count):
        s = across * (i + 1) / (count + 1) + rng.normal(0, 5)
        own, heat, joints = p.ambient + float(rng.uniform(0.5, 7)), Heat(), []
        for _ in range(int(rng.integers(1, 4))):
            t = along * rng.uniform(0.1, 0.9)
            kelvin = p.kelvin() if p.faulty(0.25) else 0.0
            joints.append((t, kelvin))
            if kelvin:
                heat.spots.append((*xy(s, t), kelvin, wide * float(rng.uniform(1, 4))))
        bar(
            c,
            xy(s, -90),
            xy(s, along + 90),
            wide,
            own,
            heat,
            emissivity=float(rng.uniform(0.5, 0.95)),
            shade=0.7,
        )
        for t, kelvin in joints:
            at = xy(s, t)
            local = Heat([x for x in heat.spots if x[:2] == at])
            if kelvin:
                with c.item(JOINT, True, celsius=round(own + kelvin, 1), share=0.6):
                    clamp(c, rng, at, wide * rng.uniform(0.7, 1.1), rng.normal(0, 0.1), own, local)
            else:
                clamp(c, rng, at, wide * rng.uniform(0.6, 1.0), 0.0, own + 0.3, heat.part(0.9))
            if chance(rng, 0.5):
                end = (at[0] + rng.normal(0, 0.5) * c.width, at[1] + rng.normal(0, 0.5) * c.height)
                cable(p, [at, ((at[0] + end[0]) / 2, at[1]), end], wide * rng.uniform(0.3, 0.6), local)


def _loom(p: Panel) -> None:
    """A bundle of wires, one or several of them overloaded, into a terminal block."""
    c, rng = p.canvas, p.rng
    _plate(p)
    count = int(rng.integers(3, 13))
    spread = rng.uniform(0.25, 0.7) * c.width
    width = spread / count * rng.uniform(0.7, 1.25)
    x0, y_end = rng.uniform(0.3, 0.7) * c.width, rng.uniform(0.75, 1.15) * c.height
    bend = rng.normal(0, 0.25) * c.width
    hot = (
        {int(i) for i in rng.integers(0, count, pick(rng, (1, 2, 4), (5, 2, 1)))} if p.faulty(0.75) else set()
    )
    for i in rng.permutation(count):
        off = (i / max(count - 1, 1) - 0.5) * spread
        mid = 0.55 if chance(rng, 0.5) else 1.0
        path = [
            (x0 + off + rng.normal(0, 6), y_end), (x0 + off * mid + bend * 0.5 + rng.normal(0, 8), 0.5 * c.height),
            (x0 + off * rng.uniform(0.7, 1.1) + bend, -0.15 * c.height),
        ]  # fmt: skip
        cable(p, path, width, Heat(), p.kelvin() * 0.8 if int(i) in hot else 0.0)
    if chance(rng, 0.5):
        for y in np.arange(rng.uniform(0, 60), c.height, rng.uniform(60, 200)):
            bar(
                c,
                (x0 + bend * 0.5 - spread * 0.6, y),
                (x0 + bend * 0.5 + spread * 0.6, y + 8),
                width * 0.4,
                p.ambient,
                shade=0.9,
            )
    if chance(rng, 0.6):
        top = y_end - 0.12 * c.height
        c.rectangle(
            x0 - spread * 0.6, top, x0 + spread * 0.6, c.height + 50, p.ambient + rng.uniform(1, 6), shade=0.4
        )
        for i in range(count):
            hot_lug(
                p, (x0 + (i / max(count - 1, 1) - 0.5) * spread, top + 0.03 * c.height), width * 0.7, 1.57
            )
