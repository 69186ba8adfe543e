"""Fuses: blade fuses in their bases with lugs and cables, and cylindrical fuses in clips."""

from __future__ import annotations

import numpy as np

from thermal_scenes.cabinet import FUSE, JOINT, Cabinet, cable, lettering, lug
from thermal_scenes.equipment import clamp
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance


def fuse_bases(p: Cabinet) -> None:
    """One to four blade fuses side by side, sometimes in two rows."""
    c, rng = p.canvas, p.rng
    count = int(rng.integers(1, 5))
    unit = c.width / (count + rng.uniform(0.2, 1.2)) * 0.42
    across = rng.uniform(0.9, 1.5) * c.width / count
    rows = 2 if count >= 3 and chance(rng, 0.4) else 1
    for row in range(rows):
        for i in range(count):
            x = c.width * 0.5 + (i - (count - 1) / 2) * across * 0.9
            y = c.height * (0.5 if rows == 1 else 0.28 + 0.45 * row) + rng.normal(0, 0.05) * c.height
            _blade_fuse(p, x, y, unit / rows**0.5)


def _blade_fuse(p: Cabinet, x: float, y: float, u: float) -> None:
    """A fuse body between two contact jaws, a lug and a cable at each end."""
    c, rng = p.canvas, p.rng
    tall, wide = u * rng.uniform(1.3, 1.9), u * rng.uniform(0.85, 1.1)
    warmer = p.fuse_warmth()
    c.rectangle(
        x - wide * 0.75, y - tall * 1.25, x + wide * 0.75, y + tall * 1.25, p.ambient + 0.6, shade=0.35
    )
    heat = Heat()
    for way in (-1, 1):
        at = (x + rng.normal(0, 0.06) * u, y + way * tall * rng.uniform(0.95, 1.15))
        spot = lug(p, at, u * rng.uniform(0.5, 0.8), 1.57)
        heat.spots += spot.spots
        if chance(rng, 0.85):
            end = (x + rng.normal(0, 0.7) * u, y + way * tall * rng.uniform(2.2, 4))
            cable(
                p, [at, ((at[0] + end[0]) / 2, at[1] + way * 0.8 * u), end], u * rng.uniform(0.28, 0.55), spot
            )
            clamp(c, rng, at, u * 0.5, 1.57, p.healthy(), spot)
    overload = 0.5 * p.fault(0.18)
    if overload:
        heat.spots.append((x, y, overload, 2 * tall))
    with c.item(FUSE, False, celsius=round(p.ambient + warmer + overload, 1)):
        _blade_body(p, x, y, wide, tall, p.ambient + warmer, heat.part(0.8))


def _blade_body(p: Cabinet, x: float, y: float, wide: float, tall: float, own: float, heat: Heat) -> None:
    """Ceramic body, end plates and the metal blades that look out of them."""
    c, excess = p.canvas, heat if heat.spots else 0.0
    for way in (-1, 1):
        a, b = y + way * tall * 0.62 - 0.15 * tall, y + way * tall * 0.62 + 0.15 * tall
        c.rectangle(x - 0.2 * wide, a, x + 0.2 * wide, b, own, excess, emissivity=0.55, shade=0.9)
    c.rectangle(
        x - wide / 2, y - tall * 0.5, x + wide / 2, y + tall * 0.5, own, excess, emissivity=0.92, shade=0.75
    )
    c.rectangle(x - wide * 0.36, y - tall * 0.5, x + wide * 0.2, y + tall * 0.5, own + 0.4, excess, shade=0.8)
    for way in (-1, 1):
        a, b = y + way * tall * 0.5 - 0.06 * tall, y + way * tall * 0.5 + 0.06 * tall
        c.rectangle(x - wide * 0.54, a, x + wide * 0.54, b, own - 0.5, excess, emissivity=0.78, shade=0.4)
    lettering(p, x - 0.32 * wide, y - 0.25 * tall, 0.6 * wide, 0.5 * tall, own + 0.3, heat)


def tube_fuses(p: Cabinet) -> None:
    """Cylindrical fuses in clips, side by side: tubes with two metal caps."""
    c, rng = p.canvas, p.rng
    count = int(rng.integers(1, 6))
    long = c.height * rng.uniform(0.25, 0.6)
    thick = min(c.width / (count * 2.2 + 1), c.height * 0.1)
    x0, y0 = c.width * rng.uniform(0.15, 0.35), c.height * rng.uniform(0.1, 0.35)
    right = x0 + count * 2 * thick + thick
    c.rectangle(x0 - thick, y0 - thick, right, y0 + long + thick, p.ambient + 1, shade=0.4)
    for i in range(count):
        x = x0 + (2 * i + 0.5) * thick
        heat = Heat()
        bad_clip = p.fault(0.2)
        bad_end = float(rng.choice([0.08, 0.92]))
        if bad_clip:
            heat.spots.append((x, y0 + long * bad_end, bad_clip, 0.35 * long))
        overload = 0.6 * p.fault(0.15)
        if overload:
            heat.spots.append((x, y0 + long / 2, overload, 0.6 * long))
        own = p.ambient + p.fuse_warmth()
        with c.item(FUSE, False, celsius=round(own + max((s[2] for s in heat.spots), default=0.0), 1)):
            _tube(p, x, y0, thick, long, own, heat)
        for way, end in ((-1, y0), (1, y0 + long)):
            _clip(p, x, end, way, thick, own, heat, bad_clip if (bad_end > 0.5) == (way > 0) else 0.0)


def _tube(p: Cabinet, x: float, y: float, thick: float, long: float, own: float, heat: Heat) -> None:
    c, excess = p.canvas, heat if heat.spots else 0.0
    c.rectangle(x - thick / 2, y, x + thick / 2, y + long, own - 0.6, excess, emissivity=0.92, shade=0.8)
    c.rectangle(x - thick * 0.3, y, x + thick * 0.25, y + long, own, excess, emissivity=0.92, shade=0.85)
    for a in (0.0, 0.84):
        top, bottom = y + a * long, y + (a + 0.16) * long
        c.rectangle(x - thick * 0.55, top, x + thick * 0.55, bottom, own, excess, emissivity=0.5, shade=0.95)


def _clip(
    p: Cabinet, x: float, y: float, way: int, thick: float, own: float, heat: Heat, kelvin: float
) -> None:
    """The clip at one end of a tube, hot when it is the bad one, and its wire."""
    c, rng = p.canvas, p.rng
    if not chance(rng, 0.8):
        return
    at = (x, y + way * thick * 0.3)
    if kelvin:
        with c.item(JOINT, True, celsius=round(own + kelvin, 1), share=0.55):
            clamp(c, rng, at, thick * 0.7, 1.57, own, heat)
    else:
        clamp(c, rng, at, thick * 0.7, 1.57, own, heat.part(0.8))
    end = (x + float(rng.normal(0, 1.5)) * thick, y + way * thick * float(rng.uniform(3, 8)))
    cable(
        p,
        [at, ((x + end[0]) / 2, y + way * thick * 2), end],
        thick * float(np.clip(rng.normal(0.5, 0.12), 0.3, 0.7)),
        heat,
    )
