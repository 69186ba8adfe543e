"""Circuit boards: chips, regulators, coils, relays, connectors; some hot, with their glow in the board."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thermal_scenes.canvas import Canvas
from thermal_scenes.exposure import Exposure
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, curve, field, pick
from thermal_scenes.viewpoint import tilt_view

COMPONENT, CHIP = 3, 6
GLOW_MILLIMETRES = (8.0, 35.0, 57.0)
"""Spread of heat in bare FR4, a two-layer board and one with copper planes."""


@dataclass
class Part:
    """A part on the board: centre and half sizes in millimetres, kind, its excess over the board in K."""

    x: float
    y: float
    half_w: float
    half_h: float
    kind: str
    kelvin: float
    hot: bool = False


def board(canvas: Canvas, rng: np.random.Generator, clean: bool) -> None:
    """Paint one board (seldom two) on a table."""
    h, w = canvas.height, canvas.width
    air = float(rng.uniform(17, 32))
    canvas.air = canvas.reflected = air
    canvas.base[:] = air + rng.uniform(0.1, 0.6) * field(rng, h, w, max(h, w) / 2, 2)
    tilt_view(canvas, rng, 0.5)
    long = float(np.exp(rng.uniform(np.log(25), np.log(170))))
    size = (long, long * float(rng.uniform(0.3, 0.9)))
    if chance(rng, 0.3):
        size = size[::-1]
    fill = float(rng.uniform(0.55, 1.5))
    scale = min(w / size[0], h / size[1]) * fill
    shift = rng.normal(0, 0.08, 2) * (w, h)
    canvas.view = canvas.view @ np.array(
        [
            [scale, 0, w / 2 - scale * size[0] / 2 + shift[0]],
            [0, scale, h / 2 - scale * size[1] / 2 + shift[1]],
            [0, 0, 1],
        ]
    )
    warm = air + float(rng.uniform(0.5, 9))
    glow = float(rng.choice(GLOW_MILLIMETRES)) * float(rng.uniform(0.25, 0.6))
    parts = _plan(rng, size, clean)
    # A generator of their own: scenes without these look as they did before.
    extra = rng.spawn(1)[0]
    mild = chance(extra, 0.35)
    if mild:
        _make_mild(extra, parts)
    if chance(extra, 0.4):
        canvas.defocus = float(extra.uniform(1.3, 3.2))
    if chance(extra, 0.2):
        _hole_grid(canvas, extra, size, air)
    _bare_board(canvas, rng, size, warm, parts, glow)
    for part in parts:
        _paint_part(canvas, rng, part, warm)
    _wires(canvas, rng, size, air)
    if chance(rng, 0.75):
        canvas.exposure = Exposure(warm, (0.1, 0.5), (0.65, 1.4), (6, 30))
    if mild:
        canvas.exposure = Exposure(warm, (0.25, 0.75), (0.7, 1.4), (3, 9))


def _make_mild(rng: np.random.Generator, parts: list[Part]) -> None:
    """A board at rest: its hot parts are 2 to 8 K warmer, the others differ little."""
    for part in parts:
        part.kelvin = float(np.exp(rng.uniform(np.log(2), np.log(8)))) if part.hot else 0.35 * part.kelvin


def _hole_grid(canvas: Canvas, rng: np.random.Generator, size: tuple[float, float], air: float) -> None:
    """A prototyping board under the board: rows of holes, cut off well outside the picture."""
    step = 2.54 * float(rng.choice([1, 2]))
    radius, cooler = 0.25 * step, float(rng.uniform(-1.5, 0.8))
    across, down = (np.arange(-0.3 * side, 1.3 * side, max(step, side / 18)) for side in size)
    for y in down:
        for x in across:
            canvas.ellipse((float(x), float(y)), (radius, radius), air + cooler, emissivity=0.9, shade=0.8)


def _plan(rng: np.random.Generator, size: tuple[float, float], clean: bool) -> list[Part]:
    """Parts without overlap; between none and four are hot."""
    parts: list[Part] = []
    hot_left = 0 if clean else pick(rng, (1, 2, 3, 4), (5, 3, 2, 1))
    area = size[0] * size[1]
    wanted = ["chip"] * int(rng.integers(1, 4)) + [
        pick(rng, ("chip", "regulator", "coil", "relay", "small", "small", "can", "socket"))
        for _ in range(int(np.clip(area / 250, 4, 40)))
    ]
    for kind in wanted:
        a, b = _half_sizes(rng, kind, min(size))
        for _ in range(6):
            x, y = (
                rng.uniform(a + 1, max(size[0] - a - 1, a + 2)),
                rng.uniform(b + 1, max(size[1] - b - 1, b + 2)),
            )
            if all(abs(x - p.x) > a + p.half_w + 0.6 or abs(y - p.y) > b + p.half_h + 0.6 for p in parts):
                can_be_hot = kind not in ("small", "socket")
                kelvin = float(rng.uniform(-0.5, 2.0))
                hot = bool(hot_left) and can_be_hot
                if hot:
                    kelvin = float(np.exp(rng.uniform(np.log(7), np.log(65))))
                    hot_left -= 1
                parts.append(Part(float(x), float(y), a, b, kind, kelvin, hot))
                break
    return parts


def _half_sizes(rng: np.random.Generator, kind: str, board_side: float) -> tuple[float, float]:
    if kind == "chip":
        side = float(np.clip(np.exp(rng.uniform(np.log(6), np.log(40))), 4, 0.55 * board_side)) / 2
        return side, side * float(rng.choice([1, 1, 1, 0.75, 0.5]))
    a, b = {
        "regulator": (3.5, 3.0), "coil": (4.5, 4.5), "relay": (7.5, 5.0), "small": (1.0, 0.6),
        "can": (3.0, 3.0),
        "socket": (9.0, 2.5),
    }[kind]  # fmt: skip
    k = float(rng.uniform(0.7, 1.5)) * min(1.0, board_side / 30)
    return (a * k, b * k) if chance(rng, 0.5) else (b * k, a * k)


def _bare_board(
    canvas: Canvas,
    rng: np.random.Generator,
    size: tuple[float, float],
    warm: float,
    parts: list[Part],
    glow: float,
) -> None:
    heat = Heat([(p.x, p.y, p.kelvin * float(rng.uniform(0.25, 0.5)), glow) for p in parts if p.hot])
    canvas.rectangle(0, 0, *size, lambda x, y: np.float32(warm) + heat(x, y), emissivity=0.91, shade=0.35)
    for _ in range(int(rng.integers(10, 50))):
        x, y = rng.uniform(0, size[0]), rng.uniform(0, size[1])
        long, thin = rng.uniform(2, 0.4 * max(size)), rng.uniform(0.15, 1.2)
        x2, y2 = (x + long, y + thin) if chance(rng, 0.5) else (x + thin, y + long)
        surface, shade = float(rng.uniform(0.82, 0.93)), float(rng.uniform(0.3, 0.6))
        canvas.rectangle(x, y, min(x2, size[0]), min(y2, size[1]), None, 0.0, emissivity=surface, shade=shade)
    for x in (3.0, size[0] - 3):
        for y in (3.0, size[1] - 3):
            if chance(rng, 0.7):
                canvas.ellipse((x, y), (1.6, 1.6), warm - 0.5, emissivity=0.5, shade=0.95)
    if chance(rng, 0.4):
        for k in np.arange(1.5, size[0] - 1, 2.54):
            canvas.ellipse((k, 1.3), (0.6, 0.6), warm - 0.4, emissivity=0.4, shade=0.9)
            canvas.ellipse((k, size[1] - 1.3), (0.6, 0.6), warm - 0.4, emissivity=0.4, shade=0.9)


def _paint_part(canvas: Canvas, rng: np.random.Generator, p: Part, warm: float) -> None:
    if p.kind == "chip":
        _pins(canvas, p, warm)
    if not p.hot:
        _body(canvas, rng, p, warm + p.kelvin, Heat())
        return
    middle = (p.x + rng.normal(0, 0.12) * p.half_w, p.y + rng.normal(0, 0.12) * p.half_h)
    heat = Heat([(*middle, p.kelvin, (p.half_w + p.half_h) * float(rng.uniform(1.2, 4)))])
    whole = p.kind == "chip"
    with canvas.item(CHIP if whole else COMPONENT, not whole, celsius=round(warm + p.kelvin, 1), share=0.5):
        _body(canvas, rng, p, warm, heat)


def _body(canvas: Canvas, rng: np.random.Generator, p: Part, celsius: float, heat: Heat) -> None:
    excess = heat if heat.spots else 0.0
    metal = {"can": 0.5, "socket": 0.6}.get(p.kind, 0.93)
    shade = float(rng.uniform(0.05, 0.3)) if p.kind != "small" else float(rng.uniform(0.3, 0.9))
    box = (p.x - p.half_w, p.y - p.half_h, p.x + p.half_w, p.y + p.half_h)
    if p.kind in ("can", "coil") and chance(rng, 0.6):
        canvas.ellipse((p.x, p.y), (p.half_w, p.half_h), celsius, excess, emissivity=metal, shade=0.7)
        canvas.ellipse(
            (p.x, p.y), (p.half_w * 0.6, p.half_h * 0.6), celsius + 0.3, excess, emissivity=0.92, shade=0.3
        )
        return
    canvas.rectangle(*box, celsius, excess, emissivity=metal, shade=shade)
    if p.kind == "chip":
        kind = pick(rng, ("plain", "lid", "die", "sink"), (5, 2, 1.2, 0.8))
        a, b = p.half_w, p.half_h
        if kind == "lid":
            canvas.rectangle(
                p.x - 0.75 * a,
                p.y - 0.75 * b,
                p.x + 0.75 * a,
                p.y + 0.75 * b,
                celsius,
                excess,
                emissivity=0.8,
                shade=0.7,
            )
        elif kind == "die":
            extra = heat.part(1.12) if heat.spots else 0.0
            canvas.rectangle(
                p.x - 0.4 * a,
                p.y - 0.4 * b,
                p.x + 0.4 * a,
                p.y + 0.4 * b,
                celsius + 0.3,
                extra,
                emissivity=0.85,
                shade=0.4,
            )
        elif kind == "sink":
            for k in np.linspace(-0.9, 0.8, 7):
                canvas.rectangle(
                    p.x + k * a,
                    p.y - b,
                    p.x + (k + 0.14) * a,
                    p.y + b,
                    celsius - 1.5,
                    excess,
                    emissivity=0.85,
                    shade=0.6,
                )
        canvas.ellipse(
            (p.x - 0.75 * a, p.y - 0.75 * b), (0.06 * a, 0.06 * a), celsius, excess, emissivity=0.9, shade=0.6
        )


def _pins(canvas: Canvas, p: Part, warm: float) -> None:
    count = int(np.clip(p.half_w * 1.2, 3, 14))
    share = 0.35 * max(p.kelvin, 0)
    for k in np.linspace(-0.85, 0.85, count):
        for side in (-1, 1):
            x, y = p.x + k * p.half_w, p.y + side * p.half_h * 1.06
            canvas.rectangle(x - 0.25, y - 0.5, x + 0.25, y + 0.5, warm + share, emissivity=0.55, shade=0.9)


def _wires(canvas: Canvas, rng: np.random.Generator, size: tuple[float, float], air: float) -> None:
    for _ in range(int(rng.integers(0, 5))):
        edge = (rng.uniform(0, size[0]), float(rng.choice([0, size[1]])))
        out = (edge[0] + rng.normal(0, 40), edge[1] + np.sign(edge[1] - 1) * rng.uniform(20, 90))
        middle = ((edge[0] + out[0]) / 2 + rng.normal(0, 8), (edge[1] + out[1]) / 2)
        canvas.stroke(
            curve([edge, middle, out]),
            rng.uniform(1.0, 2.5),
            air + rng.uniform(0, 4),
            0.0,
            0.94,
            float(rng.uniform(0.1, 0.9)),
        )
