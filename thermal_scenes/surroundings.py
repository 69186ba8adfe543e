"""Rooms, yards and streets: floors, walls, windows, cars, trees, lamps, and what else is warm there."""

from __future__ import annotations

import cv2
import numpy as np

from thermal_scenes.canvas import Canvas
from thermal_scenes.noise import blurred, chance, field, pick


def room(canvas: Canvas, rng: np.random.Generator) -> float:
    """A room; gives the row of the line between wall and floor."""
    h, w = canvas.height, canvas.width
    air = float(rng.uniform(14, 28))
    canvas.air = canvas.reflected = air
    canvas.base[:] = air + rng.uniform(0.1, 0.8) * field(rng, h, w, w / 2, 3)
    line = h * float(rng.uniform(0.4, 0.8))
    canvas.rectangle(-5, line, w + 5, h + 5, air + rng.normal(-0.8, 0.8), shade=0.3)
    for _ in range(int(rng.integers(1, 6))):
        x, y = rng.uniform(-0.1, 1) * w, line - rng.uniform(-0.1, 0.6) * h
        x2, y2 = x + rng.uniform(0.08, 0.4) * w, y + rng.uniform(0.1, 0.5) * h
        canvas.polygon(
            [[x, y], [x2, y + rng.normal(0, 8)], [x2, y2], [x, y2]], air + rng.normal(0, 0.9),
            emissivity=float(rng.uniform(0.8, 0.96)), shade=float(rng.uniform(0.1, 0.9)),
        )  # fmt: skip
    for _ in range(int(rng.integers(0, 4))):
        pick(rng, (_sofa, _table, _shelf, _curtain))(canvas, rng, air, line)
    _warm_things(canvas, rng, air, line)
    extra = rng.spawn(1)[0]
    if chance(extra, 0.2):
        _pipes(canvas, extra, air, line)
    return line


def _sofa(canvas: Canvas, rng: np.random.Generator, air: float, line: float) -> None:
    h, w = canvas.height, canvas.width
    x, wide, high = rng.uniform(-0.2, 0.7) * w, rng.uniform(0.3, 0.6) * w, rng.uniform(0.15, 0.3) * h
    warm, y = air + rng.normal(0.3, 0.6), line + rng.uniform(-0.05, 0.1) * h
    canvas.rectangle(x, y - high, x + wide, y + 0.4 * high, warm, shade=0.4)
    seats = int(rng.integers(2, 4))
    for k in range(seats):
        a = x + wide * (0.06 + 0.88 * k / seats)
        seat = warm + 0.3 + (rng.uniform(1, 5) if chance(rng, 0.2) else 0.0)
        canvas.rectangle(a + 2, y - 0.25 * high, a + 0.86 * wide / seats, y + 0.15 * high, seat, shade=0.5)
    for a in (x, x + wide):
        canvas.ellipse((a, y - 0.05 * high), (0.07 * wide, 0.45 * high), warm - 0.2, shade=0.45)


def _table(canvas: Canvas, rng: np.random.Generator, air: float, line: float) -> None:
    h, w = canvas.height, canvas.width
    x, wide, y = rng.uniform(0, 0.7) * w, rng.uniform(0.2, 0.5) * w, line + rng.uniform(-0.1, 0.15) * h
    warm = air + rng.normal(0, 0.4)
    canvas.polygon(
        [[x, y], [x + wide, y], [x + wide * 1.06, y + 0.03 * h], [x - wide * 0.06, y + 0.03 * h]], warm + 0.3
    )
    for a in (x, x + wide * 0.98):
        canvas.rectangle(a, y + 0.03 * h, a + 0.02 * w, y + 0.3 * h, warm - 0.3, shade=0.3)
    if chance(rng, 0.4):
        a, s = x + wide * rng.uniform(0.2, 0.8), 0.03 * h
        canvas.rectangle(a - s * 0.5, y - s, a + s * 0.5, y, air + rng.uniform(2, 30), shade=0.8)


def _shelf(canvas: Canvas, rng: np.random.Generator, air: float, line: float) -> None:
    h, w = canvas.height, canvas.width
    x, y, wide = rng.uniform(0, 0.8) * w, line - rng.uniform(0.3, 0.6) * h, rng.uniform(0.12, 0.3) * w
    for k in range(int(rng.integers(2, 5))):
        top = y + k * 0.13 * h
        canvas.rectangle(x, top, x + wide, top + 0.12 * h, air - rng.uniform(0.1, 0.7), shade=0.3)
        at = x + 2.0
        while at < x + wide - 4:
            thick, tall = rng.uniform(3, 14), rng.uniform(0.05, 0.11) * h
            canvas.rectangle(
                at,
                top + 0.12 * h - tall,
                min(at + thick, x + wide),
                top + 0.12 * h,
                air + rng.normal(0, 0.3),
                shade=rng.uniform(0.2, 0.9),
            )
            at += thick + 1


def _curtain(canvas: Canvas, rng: np.random.Generator, air: float, line: float) -> None:
    h, w = canvas.height, canvas.width
    x, wide, folds = rng.uniform(-0.1, 0.9) * w, rng.uniform(0.1, 0.25) * w, rng.uniform(0.15, 0.5)
    cold = air - rng.uniform(0, 2.5)
    canvas.rectangle(
        x,
        -5,
        x + wide,
        line + 0.05 * h,
        lambda a, b: np.float32(cold) + 0.4 * np.sin(a * folds) + 0 * b,
        shade=0.6,
    )


def _warm_things(canvas: Canvas, rng: np.random.Generator, air: float, line: float) -> None:
    """Lamps, radiators, screens, sun patches and windows: bright, and of no class."""
    h, w = canvas.height, canvas.width
    if chance(rng, 0.3):
        x, y, wide = rng.uniform(0, 0.8) * w, line - 0.22 * h, rng.uniform(0.12, 0.3) * w
        warm = air + rng.uniform(6, 30)
        for k in np.arange(0, wide, max(5, wide / 14)):
            canvas.rectangle(
                x + k, y, x + k + max(3, wide / 22), y + 0.2 * h, warm + rng.normal(0, 0.5), shade=0.8
            )
    if chance(rng, 0.3):
        x, y = rng.uniform(0.05, 0.95) * w, rng.uniform(0.02, 0.35) * h
        r = rng.uniform(0.008, 0.03) * w
        canvas.ellipse((x, y), (r, r), air + rng.uniform(10, 60), shade=1.0)
    if chance(rng, 0.3):
        x, y, wide = rng.uniform(0, 0.8) * w, rng.uniform(0.05, 0.4) * h, rng.uniform(0.1, 0.3) * w
        canvas.rectangle(x, y, x + wide, y + wide * 0.6, air + rng.uniform(2, 9), emissivity=0.9, shade=0.1)
    if chance(rng, 0.35):
        x, y, wide = rng.uniform(0, 0.8) * w, rng.uniform(0, 0.3) * h, rng.uniform(0.12, 0.3) * w
        canvas.rectangle(x, y, x + wide, y + wide * 1.2, air - rng.uniform(2, 9), emissivity=0.85, shade=1.0)
        canvas.rectangle(x + wide * 0.47, y, x + wide * 0.53, y + wide * 1.2, air, shade=0.8)
    if chance(rng, 0.2):
        x, y = rng.uniform(0, 0.8) * w, rng.uniform(line, h)
        canvas.polygon(
            [[x, y], [x + 0.2 * w, y + 10], [x + 0.25 * w, y + 0.12 * h], [x + 0.04 * w, y + 0.1 * h]],
            air + rng.uniform(3, 9),
        )


def _pipes(canvas: Canvas, rng: np.random.Generator, air: float, line: float) -> None:
    """Heating pipes along a wall: one or two, hot, with a bend and brackets."""
    h, w = canvas.height, canvas.width
    x, y, thick = rng.uniform(0.05, 0.95) * w, line - rng.uniform(0.02, 0.3) * h, rng.uniform(0.008, 0.03) * w
    end = (x + rng.choice([-1, 1]) * rng.uniform(0.15, 0.8) * w, y)
    for k in range(pick(rng, (1, 2), (1, 2))):
        off, warm = 2.4 * k * thick, air + float(rng.uniform(6, 38))
        path = np.array([[x + off, -10], [x + off, y + off], [end[0], y + off]])
        canvas.stroke(path, thick, warm, 0.0, float(rng.choice([0.93, 0.55])), 0.8)
        for t in rng.uniform(0.1, 0.9, int(rng.integers(1, 4))):
            at = (x + off, float(t) * y)
            canvas.ellipse(at, (0.8 * thick, 0.35 * thick), 0.5 * (warm + air), shade=0.3)


def _sun_patches(canvas: Canvas, rng: np.random.Generator, horizon: float) -> None:
    """Ground that the sun reaches between shadows."""
    h, w = canvas.height, canvas.width
    for _ in range(int(rng.integers(1, 5))):
        x, y = rng.uniform(-0.1, 1) * w, rng.uniform(horizon, h)
        near = (y - horizon) / max(h - horizon, 1)
        wide, deep = rng.uniform(0.05, 0.35) * w * (0.3 + near), rng.uniform(0.02, 0.12) * h * (0.3 + near)
        window = canvas.window(np.array([[x, y], [x + 1.2 * wide, y + deep]]), 1)
        if window is None:
            continue
        x1, y1, x2, y2 = window
        mask = np.zeros((y2 - y1, x2 - x1), np.uint8)
        corners = np.array([[x, y], [x + wide, y], [x + 1.2 * wide, y + deep], [x + 0.1 * wide, y + deep]])
        cv2.fillPoly(mask, [np.rint(corners - (x1, y1)).astype(np.int32)], 255, cv2.LINE_AA)
        soft = blurred(mask * np.float32(1 / 255), 1.5)
        canvas.add(window, np.float32(rng.uniform(2, 9)) * soft)


def open_air(canvas: Canvas, rng: np.random.Generator, day: bool, town: bool) -> float:
    """A yard or street towards the horizon; gives the row of the horizon."""
    h, w = canvas.height, canvas.width
    air = float(rng.uniform(-3, 26))
    canvas.air, canvas.reflected = air, air - rng.uniform(3, 20)
    horizon = h * float(rng.uniform(0.12, 0.55))
    ground = air + (
        float(rng.choice([rng.uniform(-1, 6), rng.uniform(3, 16)])) if day else float(rng.uniform(-4, 4))
    )
    canvas.base[:] = air - rng.uniform(6, 40) + field(rng, h, w, w / 2, 2, 2.0)
    texture = float(rng.uniform(0.3, 2.0 if day else 1.0)) * field(rng, h, w, w / 6, 4, 3.0)
    canvas.paint(
        (0, int(horizon), w, h),
        np.ones((h - int(horizon), w), np.float32),
        ground + texture[int(horizon) :],
        shade=0.4,
    )
    canvas.emissivity[:] = 0.96
    _skyline(canvas, rng, air, horizon, day, town)
    _ways(canvas, rng, ground, horizon, day)
    extra = rng.spawn(1)[0]
    if day and chance(extra, 0.3):
        _sun_patches(canvas, extra, horizon)
    return horizon


def _skyline(
    canvas: Canvas, rng: np.random.Generator, air: float, horizon: float, day: bool, town: bool
) -> None:
    h, w = canvas.height, canvas.width
    if not town or chance(rng, 0.5):
        edge = horizon - h * rng.uniform(0.02, 0.25) + field(rng, 1, w, w / 8, 4)[0] * h * 0.035
        rows = np.arange(h, dtype=np.float32)[:, None]
        cover = np.clip(rows - edge[None], 0, 1) * np.clip(horizon + 4 - rows, 0, 1)
        leaves = np.float32(air + rng.uniform(-2, 3 if day else 0.5)) + np.float32(0.9) * field(
            rng, h, w, 24, 3
        )
        canvas.paint((0, 0, w, h), cover.astype(np.float32), leaves, shade=0.3)
    if town or chance(rng, 0.35):
        x = -rng.uniform(0, 0.2) * w
        while x < w:
            wide = rng.uniform(0.15, 0.5) * w
            if chance(rng, 0.75):
                _house(canvas, rng, x, horizon, wide, air + rng.uniform(-1, 10 if day else 3))
            x += wide + rng.uniform(0, 0.2) * w


def _house(
    canvas: Canvas, rng: np.random.Generator, x: float, horizon: float, wide: float, wall: float
) -> None:
    h = canvas.height
    top, foot = horizon - rng.uniform(0.1, 0.6) * h, horizon + rng.uniform(0, 0.06) * h
    canvas.rectangle(x, top, x + wide, foot, wall, shade=0.6)
    if chance(rng, 0.4):
        canvas.polygon(
            [[x - 6, top], [x + wide + 6, top], [x + wide * 0.5, top - 0.12 * h]],
            wall - rng.uniform(1, 8),
            shade=0.4,
        )
    step = rng.uniform(0.06, 0.14) * h
    difference = float(rng.choice([rng.uniform(1, 5), -rng.uniform(1, 8)]))
    for wx in np.arange(x + step * 0.4, x + wide - step * 0.6, step):
        for wy in np.arange(top + step * 0.4, foot - step * 0.8, step * 1.3):
            canvas.rectangle(
                wx,
                wy,
                wx + step * 0.5,
                wy + step * 0.7,
                wall + difference + rng.normal(0, 0.6),
                emissivity=0.88,
                shade=0.2,
            )


def _ways(canvas: Canvas, rng: np.random.Generator, ground: float, horizon: float, day: bool) -> None:
    h, w = canvas.height, canvas.width
    if chance(rng, 0.65):
        far, near = rng.uniform(0.2, 0.8) * w, rng.uniform(-0.2, 1.2) * w
        a, b = rng.uniform(0.01, 0.06) * w, rng.uniform(0.2, 0.7) * w
        warm = ground + (rng.uniform(0, 8) if day else rng.uniform(0, 5)) * (1 if chance(rng, 0.8) else -1)
        canvas.polygon(
            [[far - a, horizon], [far + a, horizon], [near + b, h + 9], [near - b, h + 9]], warm, shade=0.5
        )
        if chance(rng, 0.5):
            canvas.polygon(
                [[far, horizon], [far + 1, horizon], [near + 6, h + 9], [near - 6, h + 9]],
                warm - 1.5,
                shade=0.9,
            )
    if chance(rng, 0.4):
        y = rng.uniform(horizon, h)
        for x in np.arange(-10, w, rng.uniform(25, 80)):
            canvas.rectangle(x, y - 0.12 * h, x + 5, y, ground - 2, shade=0.6)
        for k in (0.04, 0.1):
            canvas.rectangle(-5, y - k * h, w + 5, y - k * h + 3, ground - 2, shade=0.6)
    for _ in range(int(rng.integers(0, 3))):
        x, top = rng.uniform(0, w), rng.uniform(-0.2, 0.4) * h
        foot, r = rng.uniform(horizon, h), rng.uniform(2, 12)
        canvas.polygon(
            [[x - r, foot], [x + r, foot], [x + r * 0.6, top], [x - r * 0.6, top]],
            ground - rng.uniform(-3, 3),
            shade=0.3,
        )
        if chance(rng, 0.4):
            canvas.ellipse((x, max(top, 8)), (r * 2, r), ground + rng.uniform(5, 25), shade=1.0)


def car(
    canvas: Canvas, rng: np.random.Generator, x: float, foot: float, length: float, air: float, day: bool
) -> None:
    """A car from its side: body, cold windows, warm wheels and bonnet."""
    body = air + (rng.uniform(2, 18) if day else rng.uniform(-4, 4))
    high, flip = length * 0.32, float(rng.choice([-1, 1]))

    def put(points: list, celsius: float, **surface: float) -> None:
        canvas.polygon([[x + flip * px * length, foot - py * high] for px, py in points], celsius, **surface)

    put(
        [
            (-0.5, 0.2),
            (0.5, 0.2),
            (0.5, 0.55),
            (0.3, 0.62),
            (0.18, 0.98),
            (-0.32, 1.0),
            (-0.46, 0.65),
            (-0.5, 0.6),
        ],
        body,
        shade=0.7,
    )
    put(
        [(0.27, 0.62), (0.16, 0.92), (-0.3, 0.93), (-0.42, 0.65)],
        air - rng.uniform(2, 9),
        emissivity=0.85,
        shade=0.15,
    )
    if chance(rng, 0.6):
        put([(0.3, 0.3), (0.5, 0.3), (0.5, 0.56), (0.32, 0.6)], body + rng.uniform(4, 22), shade=0.7)
    for px in (-0.3, 0.31):
        at = (x + flip * px * length, foot - 0.17 * high)
        canvas.ellipse(at, (0.2 * high, 0.2 * high), air + rng.uniform(1, 14), shade=0.1)
        canvas.ellipse(at, (0.11 * high, 0.11 * high), air + rng.uniform(-2, 4), emissivity=0.6, shade=0.8)
