"""Bus bars with bolted joints, and bundles of wires that may be overloaded."""

from __future__ import annotations

import numpy as np

from thermal_scenes.cabinet import JOINT, Cabinet, cable, lug
from thermal_scenes.equipment import bar, clamp
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, pick


def bus_bars(p: Cabinet) -> None:
    """One to four bars, upright or lying, with bolted joints and branches."""
    c, rng = p.canvas, p.rng
    upright, count = chance(rng, 0.5), int(rng.integers(1, 5))
    across, along = (c.width, c.height) if upright else (c.height, c.width)
    wide = across / (count + 1) * rng.uniform(0.25, 0.6)

    def xy(s: float, t: float) -> tuple[float, float]:
        return (s, t) if upright else (t, s)

    for i in range(count):
        s = across * (i + 1) / (count + 1) + rng.normal(0, 5)
        own, heat = p.healthy(), Heat()
        joints = [
            (xy(s, along * rng.uniform(0.1, 0.9)), p.fault(0.25)) for _ in range(int(rng.integers(1, 4)))
        ]
        for at, kelvin in joints:
            if kelvin:
                heat.spots.append((*at, kelvin, wide * float(rng.uniform(0.7, 2.2))))
        surface = float(rng.uniform(0.6, 0.95))
        bar(c, xy(s, -90), xy(s, along + 90), wide, own, heat, emissivity=surface, shade=0.7)
        for at, kelvin in joints:
            _joint(p, at, kelvin, wide, own, heat)


def _joint(p: Cabinet, at: tuple[float, float], kelvin: float, wide: float, own: float, heat: Heat) -> None:
    """A bolted joint on a bar, often with a branch cable."""
    c, rng = p.canvas, p.rng
    local = Heat([spot for spot in heat.spots if spot[:2] == at])
    angle = float(rng.normal(0, 0.1))
    if kelvin:
        with c.item(JOINT, True, celsius=round(own + kelvin, 1), share=0.6):
            clamp(c, rng, at, wide * rng.uniform(0.7, 1.1), angle, own, local)
    else:
        clamp(c, rng, at, wide * rng.uniform(0.6, 1.0), angle, own + 0.3, heat.part(0.9))
    if chance(rng, 0.5):
        end = (at[0] + rng.normal(0, 0.5) * c.width, at[1] + rng.normal(0, 0.5) * c.height)
        cable(p, [at, ((at[0] + end[0]) / 2, at[1]), end], wide * rng.uniform(0.3, 0.6), local)


def loom(p: Cabinet) -> None:
    """A bundle of wires into a terminal block; one or several may be overloaded."""
    c, rng = p.canvas, p.rng
    count = int(rng.integers(3, 13))
    spread = rng.uniform(0.2, 0.7) * c.width
    width = spread / count * rng.uniform(0.7, 1.25)
    x0, y_end = rng.uniform(0.3, 0.7) * c.width, rng.uniform(0.75, 1.15) * c.height
    bend = rng.normal(0, 0.25) * c.width
    kelvin = 0.8 * p.fault(0.95)
    hot = {int(i) for i in rng.integers(0, count, pick(rng, (1, 2, 4), (5, 2, 1)))} if kelvin else set()
    slack = 6 if chance(rng, 0.6) else 25
    for i in rng.permutation(count):
        off = (i / max(count - 1, 1) - 0.5) * spread
        middle = off * (0.55 if chance(rng, 0.5) else 1.0) + bend * 0.5
        path = [
            (x0 + off + rng.normal(0, 6), y_end),
            (x0 + middle + rng.normal(0, slack), 0.5 * c.height),
            (x0 + off * rng.uniform(0.7, 1.1) + bend, -0.15 * c.height),
        ]
        cable(p, path, width, Heat(), kelvin * rng.uniform(0.7, 1.0) if int(i) in hot else 0.0)
    if chance(rng, 0.35):
        for y in np.arange(rng.uniform(0, 60), c.height, rng.uniform(60, 200)):
            a, b = (x0 + bend * 0.5 - spread * 0.6, y), (x0 + bend * 0.5 + spread * 0.6, y + 8)
            bar(c, a, b, width * 0.3, p.ambient + p.load, shade=0.9)
    if chance(rng, 0.6):
        top = y_end - 0.12 * c.height
        c.rectangle(x0 - spread * 0.6, top, x0 + spread * 0.6, c.height + 50, p.healthy(), shade=0.4)
        for i in range(count):
            lug(
                p,
                (x0 + (i / max(count - 1, 1) - 0.5) * spread, top + 0.03 * c.height),
                width * 0.7,
                1.57,
                0.08,
            )
