"""A three-pole device near by: three equal poles, their terminals and cables, one of them perhaps hotter."""

from __future__ import annotations

import numpy as np

from thermal_scenes.cabinet import COMPONENT, JOINT, Cabinet, cable, lettering
from thermal_scenes.canvas import Point
from thermal_scenes.equipment import clamp
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, pick


def three_poles(p: Cabinet) -> None:
    """A moulded-case breaker, contactor or overload relay with three lugs above and three below."""
    c, rng = p.canvas, p.rng
    wide, tall = c.width * float(rng.uniform(0.35, 0.7)), c.height * float(rng.uniform(0.25, 0.5))
    x, y = c.width / 2 - wide / 2 + rng.normal(0, 12), c.height / 2 - tall / 2 + rng.normal(0, 12)
    own, look = p.healthy(), int(rng.integers(1 << 30))
    kelvin = p.fault(0.9)
    pole, end = int(rng.integers(3)), float(rng.choice([-1, 1]))
    inside = bool(kelvin) and chance(rng, 0.3)
    hot = (x + wide * (pole + 0.5) / 3, y + tall / 2 + (0.0 if inside else end * 0.56 * tall))
    heat = Heat([(*hot, kelvin, (0.35 if inside else 0.12) * tall)]) if kelvin else Heat()
    body = heat.part(0.7)
    excess = body if body.spots else 0.0
    shade = float(rng.uniform(0.2, 0.8))
    if inside:
        with c.item(COMPONENT, True, celsius=round(own + 0.7 * kelvin, 1), share=0.5):
            c.rectangle(x, y, x + wide, y + tall, own, excess, shade=shade)
    else:
        c.rectangle(x, y, x + wide, y + tall, own, excess, shade=shade)
    front = (x + 0.1 * wide, y + 0.3 * tall, x + 0.9 * wide, y + 0.7 * tall)
    if not inside:
        c.rectangle(*front, own + 0.5, excess, shade=shade + 0.15)
    c.rectangle(x + 0.42 * wide, y + 0.42 * tall, x + 0.58 * wide, y + 0.6 * tall, own, excess, shade=0.1)
    lettering(p, x + 0.15 * wide, y + 0.32 * tall, 0.22 * wide, 0.2 * tall, own + 0.5, body)
    size, width = wide * float(rng.uniform(0.1, 0.18)), wide * float(rng.uniform(0.08, 0.16))
    for way in (-1, 1):
        spread = float(rng.normal(0, 0.15)) * wide
        for k in range(3):
            at = (x + wide * (k + 0.5) / 3, y + tall / 2 + way * 0.56 * tall)
            out = (at[0] + spread * (1 + 0.2 * k), at[1] + way * c.height * 0.7)
            here = bool(kelvin) and not inside and k == pole and way == end
            near = heat if k == pole and way == end else Heat()
            cable(p, [at, (at[0], at[1] + way * 0.15 * c.height), out], width, near)
            _terminal(p, at, size, own, near, look, kelvin if here else 0.0)


def _terminal(p: Cabinet, at: Point, size: float, own: float, heat: Heat, look: int, kelvin: float) -> None:
    """One of six equal lugs; kelvin is its fault or 0."""
    looks = np.random.default_rng(look)
    if not kelvin:
        clamp(p.canvas, looks, at, size, 1.57, own, heat.part(0.8))
        return
    share = pick(p.rng, (0.45, 0.52, 0.6))
    with p.canvas.item(JOINT, True, celsius=round(own + kelvin, 1), share=share):
        clamp(p.canvas, looks, at, size, 1.57, own, heat)
