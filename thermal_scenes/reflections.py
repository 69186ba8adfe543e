"""What shiny surfaces mirror besides the even surroundings: the sun, a lamp, the person with the camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Canvas
from thermal_scenes.noise import chance


def _blob(canvas: Canvas, at: NDArray, radii: NDArray, kelvin: float) -> None:
    """Add a soft patch to what surfaces mirror; only what has a low emissivity will show it."""
    corners = np.array([at - 2.6 * radii, at + 2.6 * radii])
    window = canvas.window(corners, 1)
    if window is None:
        return
    x1, y1, x2, y2 = window
    x = (np.arange(x1, x2, dtype=np.float32)[None] - np.float32(at[0])) / np.float32(radii[0])
    y = (np.arange(y1, y2, dtype=np.float32)[:, None] - np.float32(at[1])) / np.float32(radii[1])
    if canvas.mirrored is None:
        canvas.mirrored = np.zeros_like(canvas.base)
    canvas.mirrored[y1:y2, x1:x2] += np.float32(kelvin) * np.exp(-((x * x + y * y) ** 2))


def person_before(canvas: Canvas, rng: np.random.Generator) -> None:
    """Head and shoulders of whoever holds the camera, in doors and bare metal."""
    h, w = canvas.height, canvas.width
    warm = max(2.0, 33 - canvas.air)
    size = float(rng.uniform(0.08, 0.22)) * h
    head = np.array([rng.uniform(0.15, 0.85) * w, rng.uniform(0.2, 0.6) * h])
    _blob(canvas, head, np.array([0.75, 1.0]) * size * 0.5, warm)
    _blob(canvas, head + np.array([0, 1.5 * size]), np.array([1.5, 1.2]) * size * 0.6, 0.8 * warm)


def lamps_above(canvas: Canvas, rng: np.random.Generator) -> None:
    """Lamps of the room."""
    for _ in range(int(rng.integers(1, 4))):
        at = rng.uniform(0.05, 0.95, 2) * (canvas.width, canvas.height)
        _blob(canvas, at, rng.uniform(0.01, 0.05, 2) * canvas.width, float(rng.uniform(15, 60)))


def sun_glints(canvas: Canvas, rng: np.random.Generator) -> None:
    """The sun in metal and glazed porcelain: small, bright, anywhere."""
    for _ in range(int(rng.integers(1, 6))):
        at = rng.uniform(0.03, 0.97, 2) * (canvas.width, canvas.height)
        radii = rng.uniform(0.004, 0.03, 2) * canvas.width
        _blob(canvas, at, radii, float(np.exp(rng.uniform(np.log(30), np.log(180)))))


def shiny_plate(canvas: Canvas, rng: np.random.Generator, celsius: float) -> None:
    """A bare sheet of metal with a person or lamps in it; paint it before the equipment."""
    h, w = canvas.height, canvas.width
    x, y = rng.uniform(-0.1, 0.7) * w, rng.uniform(-0.1, 0.6) * h
    wide, high = rng.uniform(0.2, 0.8) * w, rng.uniform(0.2, 0.8) * h
    canvas.rectangle(x, y, x + wide, y + high, celsius, emissivity=float(rng.uniform(0.2, 0.6)), shade=0.85)
    if chance(rng, 0.7):
        person_before(canvas, rng)
    else:
        lamps_above(canvas, rng)
