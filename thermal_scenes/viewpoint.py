"""Viewpoints: how a flat scene is turned, tilted and framed by the person with the camera."""

from __future__ import annotations

import numpy as np

from thermal_scenes.canvas import Canvas
from thermal_scenes.noise import chance


def tilt_view(canvas: Canvas, rng: np.random.Generator, most: float = 0.25, quarter: float = 0.12) -> None:
    """Set a view turned by about `most` radians (by 90 degrees with chance `quarter`), tilted and shifted."""
    cx, cy = canvas.width / 2, canvas.height / 2
    angle = float(rng.normal(0, most / 2))
    if chance(rng, quarter):
        angle += float(rng.choice([-1, 1])) * np.pi / 2
    zoom = float(rng.uniform(0.9, 1.25))
    c, s = zoom * np.cos(angle), zoom * np.sin(angle)
    shift = rng.normal(0, 0.03, 2) * (canvas.width, canvas.height)
    rotate = np.array([[c, -s, shift[0]], [s, c, shift[1]], [0, 0, 1]])
    lean = rng.normal(0, 0.12, 2) / (canvas.width, canvas.height)
    project = np.array([[1, 0, 0], [0, 1, 0], [lean[0], lean[1], 1]])
    centre = np.array([[1, 0, cx], [0, 1, cy], [0, 0, 1]])
    canvas.view = centre @ project @ rotate @ np.linalg.inv(centre)
