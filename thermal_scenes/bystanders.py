"""Outdoor things that are warm or bright for good reasons: what a detector must learn to leave alone."""

from __future__ import annotations

import numpy as np

from thermal_scenes.canvas import Canvas
from thermal_scenes.equipment import bar, insulator
from thermal_scenes.noise import chance, pick


def bystanders(canvas: Canvas, rng: np.random.Generator, celsius: float) -> None:
    """Paint one to three of them.

    Args:
        canvas: to paint on, before the equipment.
        rng: which and where.
        celsius: of unheated structure.
    """
    for _ in range(pick(rng, (1, 2, 3), (5, 2, 1))):
        pick(rng, (_warm_pole, _warm_insulator, _cubicle, _lamp), (3, 2.5, 3, 1.5))(canvas, rng, celsius)


def _warm_pole(canvas: Canvas, rng: np.random.Generator, celsius: float) -> None:
    """A pole or post in the sun, brighter than everything else."""
    h, w = canvas.height, canvas.width
    x, wide = rng.uniform(0.02, 0.98) * w, rng.uniform(0.008, 0.05) * w
    top = (x + rng.normal(0, 0.02) * w, rng.uniform(-0.1, 0.5) * h)
    bar(canvas, top, (x, 1.1 * h), wide, celsius + float(rng.uniform(5, 25)), emissivity=0.94, shade=0.5)


def _warm_insulator(canvas: Canvas, rng: np.random.Generator, celsius: float) -> None:
    """A healthy post insulator in the sun, on its pedestal."""
    h, w = canvas.height, canvas.width
    x, top = rng.uniform(0.05, 0.95) * w, rng.uniform(0.05, 0.6) * h
    foot = (x + rng.normal(0, 0.06) * w, top + rng.uniform(0.15, 0.45) * h)
    radius = float(rng.uniform(0.012, 0.035)) * w
    bar(canvas, foot, (foot[0], 1.1 * h), 1.5 * radius, celsius, shade=0.5)
    insulator(canvas, rng, foot, (x, top), radius, celsius + float(rng.uniform(3, 18)))


def _cubicle(canvas: Canvas, rng: np.random.Generator, celsius: float) -> None:
    """A control cubicle: the heater inside warms one panel of its door."""
    h, w = canvas.height, canvas.width
    wide, high = rng.uniform(0.06, 0.2) * w, rng.uniform(0.1, 0.3) * h
    x, y = rng.uniform(0, 0.95) * w, rng.uniform(0.45, 0.9) * h
    own, heater = celsius + float(rng.uniform(-1, 4)), float(rng.uniform(2, 16))
    middle, reach = (x + wide * rng.uniform(0.3, 0.7), y + high * rng.uniform(0.5, 0.9)), 0.3 * wide

    def door(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        away = ((a - middle[0]) / reach) ** 2 + ((b - middle[1]) / reach) ** 2
        return np.float32(own) + np.float32(heater) * np.exp(-away)

    canvas.rectangle(x, y, x + wide, y + high, door, emissivity=0.92, shade=0.6)
    canvas.rectangle(x + 0.05 * wide, y - 0.04 * high, x + wide * 1.03, y, own - 1.5, shade=0.4)
    if chance(rng, 0.5):
        canvas.rectangle(x + 0.48 * wide, y, x + 0.51 * wide, y + high, own - 0.8, shade=0.1)


def _lamp(canvas: Canvas, rng: np.random.Generator, celsius: float) -> None:
    """A lamp on a bracket."""
    h, w = canvas.height, canvas.width
    x, y, r = rng.uniform(0.03, 0.97) * w, rng.uniform(0.05, 0.7) * h, rng.uniform(0.006, 0.02) * w
    side = float(rng.choice([-1, 1]))
    bar(canvas, (x + side * 4 * r, 1.1 * h), (x + side * 4 * r, y - r), 1.2 * r, celsius, shade=0.4)
    bar(canvas, (x + side * 4 * r, y - r), (x, y - r), 0.7 * r, celsius, shade=0.4)
    canvas.ellipse((x, y), (1.7 * r, r), celsius + float(rng.uniform(8, 45)), emissivity=0.9, shade=1.0)


def tank_fittings(
    canvas: Canvas, rng: np.random.Generator, box: tuple[float, float, float, float], celsius: float
) -> None:
    """Sight glasses, gauges, a terminal box and a heater box on a transformer's tank.

    Args:
        canvas: to paint on.
        rng: which and where.
        box: the tank, (left, top, right, bottom).
        celsius: of the tank.
    """
    x1, y1, x2, y2 = box
    wide = x2 - x1
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(x1 + 0.05 * wide, x2 - 0.05 * wide), rng.uniform(y1, y1 + 0.6 * (y2 - y1))
        r, other = rng.uniform(0.015, 0.04) * wide, celsius + float(rng.uniform(-6, 14))
        if chance(rng, 0.55):
            canvas.ellipse((x, y), (r * 1.3, r * 1.3), celsius - 1, emissivity=0.7, shade=0.8)
            canvas.ellipse((x, y), (r, r), other, emissivity=0.88, shade=0.15)
        else:
            tall = r * float(rng.uniform(1.2, 3))
            canvas.rectangle(x - r, y - tall, x + r, y + tall, other, emissivity=0.93, shade=0.7)
            canvas.rectangle(x - 0.8 * r, y - 0.9 * tall, x + 0.8 * r, y + 0.9 * tall, other + 0.4, shade=0.5)
