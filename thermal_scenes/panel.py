"""Low-voltage panels: rails of devices, fuses, bus bars and bundles of wires."""

from __future__ import annotations

import numpy as np

from thermal_scenes.busbars import bus_bars, loom
from thermal_scenes.cabinet import (
    COMPONENT,
    FUSE,
    Cabinet,
    cable,
    hardware,
    lettering,
    lug,
    pilot_lamps,
    plate,
)
from thermal_scenes.canvas import Canvas
from thermal_scenes.equipment import bar
from thermal_scenes.exposure import Exposure
from thermal_scenes.fuses import fuse_bases, tube_fuses
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, field, pick
from thermal_scenes.poles import three_poles
from thermal_scenes.reflections import shiny_plate
from thermal_scenes.viewpoint import tilt_view


def panel(canvas: Canvas, rng: np.random.Generator, clean: bool) -> None:
    """Paint a low-voltage panel scene."""
    h, w = canvas.height, canvas.width
    ambient = float(rng.uniform(18, 38))
    canvas.air = canvas.reflected = ambient
    canvas.base[:] = ambient + float(np.exp(rng.uniform(-1.6, 0.9))) * field(rng, h, w, max(h, w) / 2.5, 2)
    canvas.base += np.linspace(rng.uniform(0, 2), 0, h, dtype=np.float32)[:, None]
    tilt_view(canvas, rng)
    load = float(np.exp(rng.uniform(np.log(0.5), np.log(7))))
    unit = min(h, w) * float(rng.uniform(0.05, 0.13))
    p = Cabinet(canvas, rng, ambient, load, unit, clean, most=int(rng.integers(1, 5)))
    extra = rng.spawn(1)[0]
    p.weak = chance(extra, 0.15)
    plate(p)
    if chance(extra, 0.2):
        shiny_plate(canvas, extra, ambient)
    if chance(extra, 0.15):
        pilot_lamps(p, extra)
    if chance(rng, 0.6):
        hardware(p)
    layout = pick(rng, (rails, fuse_bases, bus_bars, loom, tube_fuses), (3, 3.2, 2.2, 2.2, 1.6))
    (three_poles if chance(extra, 0.12) else layout)(p)
    if chance(extra, 0.1):
        canvas.defocus = float(extra.uniform(1.5, 4.0))
    if chance(rng, 0.8):
        width = (2.0, 8.0) if p.weak else (max(4.0, 2 * load), 28)
        canvas.exposure = Exposure(ambient, (0.06, 0.5), (0.5, 1.25), width)


def rails(p: Cabinet) -> None:
    """Rails of breakers, contactors, relays and fuse holders with wires above and below."""
    c, rng, u = p.canvas, p.rng, p.unit
    y = -rng.uniform(0, 2) * u
    while y < c.height + u:
        tall = u * rng.uniform(2.4, 4.2)
        middle = y + tall / 2
        bar(c, (-80, middle), (c.width + 80, middle), u * 0.9, p.ambient, emissivity=0.6, shade=0.8)
        x, run = -rng.uniform(0, 1.5) * u, 0
        wide, kind, own = u, "breaker", p.healthy()
        while x < c.width + u:
            if run == 0:
                run = int(rng.integers(1, 6))
                kind = pick(rng, ("breaker", "contactor", "relay", "holder", "blank"), (5, 2, 1.5, 1.2, 1))
                wide = u * {"contactor": rng.uniform(1.8, 3), "relay": rng.uniform(0.6, 1.2)}.get(kind, 1.0)
                own = p.healthy()
            if kind != "blank":
                _device(p, kind, x, y, wide, tall, own + float(rng.normal(0, 0.3)))
            x, run = x + wide, run - 1
        y += tall + u * rng.uniform(1.4, 3)


def _device(p: Cabinet, kind: str, x: float, y: float, wide: float, tall: float, own: float) -> None:
    """One device with its terminals and wires."""
    hot = 0.7 * p.fault(0.04) if kind != "holder" else 0.5 * p.fault(0.12)
    spot = (x + wide / 2, y + tall * float(p.rng.uniform(0.3, 0.7)), hot, 1.2 * tall)
    heat = Heat([spot] if hot else [])
    if kind == "holder":
        own = own if not p.clean else p.ambient + p.fuse_warmth()
        with p.canvas.item(FUSE, False, celsius=round(own + hot, 1)):
            _holder(p, x, y, wide, tall, own, heat)
    elif hot:
        with p.canvas.item(COMPONENT, True, celsius=round(own + hot, 1), share=0.5):
            _case(p, kind, x, y, wide, tall, own, heat)
    else:
        _case(p, kind, x, y, wide, tall, own, heat)
    _terminals(p, x, y, wide, tall, own, heat)


def _case(
    p: Cabinet, kind: str, x: float, y: float, wide: float, tall: float, own: float, heat: Heat
) -> None:
    """A breaker, contactor or relay."""
    c, excess = p.canvas, heat if heat.spots else 0.0
    shade = {"breaker": 0.75, "contactor": 0.3, "relay": 0.5}[kind]
    c.rectangle(x + 1, y, x + wide - 1, y + tall, own, excess, shade=shade)
    front = own + (0.8 if kind == "breaker" else 0.3)
    c.rectangle(
        x + 0.1 * wide, y + 0.28 * tall, x + 0.9 * wide, y + 0.72 * tall, front, excess, shade=shade + 0.15
    )
    if kind == "breaker":
        c.rectangle(
            x + 0.34 * wide, y + 0.42 * tall, x + 0.66 * wide, y + 0.58 * tall, own - 0.3, excess, shade=0.1
        )
    lettering(p, x + 0.16 * wide, y + 0.3 * tall, 0.6 * wide, 0.1 * tall, front, heat)


def _holder(p: Cabinet, x: float, y: float, wide: float, tall: float, own: float, heat: Heat) -> None:
    """A fuse holder for a rail: a sloping drawer with a handle."""
    c, excess = p.canvas, heat if heat.spots else 0.0
    c.rectangle(x + 1, y + 0.04 * tall, x + wide - 1, y + 0.96 * tall, own, excess, shade=0.8)
    c.rectangle(
        x + 0.08 * wide, y + 0.2 * tall, x + 0.92 * wide, y + 0.8 * tall, own + 0.9, excess, shade=0.9
    )
    c.rectangle(x + 0.2 * wide, y + 0.2 * tall, x + 0.8 * wide, y + 0.34 * tall, own + 0.2, excess, shade=0.4)
    c.ellipse((x + 0.5 * wide, y + 0.62 * tall), (0.2 * wide, 0.2 * wide), own + 1.2, excess, shade=0.3)


def _terminals(p: Cabinet, x: float, y: float, wide: float, tall: float, own: float, heat: Heat) -> None:
    c, rng, u = p.canvas, p.rng, p.unit
    for k in range(max(1, round(wide / u))):
        for end, way in ((y + 0.08 * tall, -1), (y + 0.92 * tall, 1)):
            at = (x + (k + 0.5) * wide / max(1, round(wide / u)), end)
            if chance(rng, 0.15):
                local = lug(p, at, u * 0.4, 1.57, 0.25)
            else:
                c.ellipse(
                    at, (u * 0.17, u * 0.17), own, heat if heat.spots else 0.0, emissivity=0.75, shade=0.15
                )
                local = heat.part(0.4, 0.5)
            if chance(rng, 0.7):
                out = (at[0] + rng.normal(0, 0.5) * u, at[1] + way * u * rng.uniform(1, 2.4))
                middle = (at[0] + rng.normal(0, 0.1) * u, (at[1] + out[1]) / 2)
                cable(p, [at, middle, out], u * rng.uniform(0.18, 0.4), local, 0.6 * p.fault(0.015))
