"""Cylinders and blocks seen from any side by parallel rays, with surface coordinates to draw fins by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Canvas

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """What parallel rays meet, arrays (h, w) over a window.

    Attributes:
        along: position on the axis, -1 at the back end to 1 at the front end.
        around: angle about the axis, radians; 0 is up.
        radial: distance from the axis over the radius.
        facing: cosine between the surface's normal and the view.
        front: bool, on a flat end.
    """

    along: NDArray[np.float32]
    around: NDArray[np.float32]
    radial: NDArray[np.float32]
    facing: NDArray[np.float32]
    front: NDArray[np.bool_]


def rotation(yaw: float, pitch: float, roll: float = 0.0) -> NDArray[np.float64]:
    """World (x right, y away, z up) to camera (x right, y down, z away) after a turn; angles in radians.

    Args:
        yaw: about the vertical.
        pitch: camera above the horizon.
        roll: of the picture.
    """
    cy, sy, cp, sp, cr, sr = (
        np.cos(yaw),
        np.sin(yaw),
        np.cos(pitch),
        np.sin(pitch),
        np.cos(roll),
        np.sin(roll),
    )
    turn = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    look = np.array([[1, 0, 0], [0, -sp, -cp], [0, cp, -sp]])
    spin = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return spin @ look @ turn


def cylinder(
    canvas: Canvas,
    back: Vector,
    front: Vector,
    radius: float,
    celsius: Callable[[Surface], NDArray],
    up: Vector,
    emissivity: float = 0.93,
    shade: float = 0.5,
) -> None:
    """Paint a cylinder between two points in camera coordinates (pixels; z away).

    Args:
        canvas: to paint on.
        back: centre of one end.
        front: centre of the other end.
        radius: pixels.
        celsius: temperature from the surface coordinates.
        up: camera-space direction that `around` counts from.
        emissivity: of the surface; falls off at grazing view.
        shade: visible shade.
    """
    axis = front - back
    half = float(np.linalg.norm(axis)) / 2
    axis, centre = axis / (2 * half), (front + back) / 2
    corners = np.array([back[:2], front[:2]])
    window = canvas.window(corners, radius + 2)
    if window is None:
        return
    x1, y1, x2, y2 = window
    ex = np.arange(x1, x2, dtype=np.float32)[None] - np.float32(centre[0])
    ey = np.arange(y1, y2, dtype=np.float32)[:, None] - np.float32(centre[1])
    surface, hit = _trace(ex, ey, axis, half, radius, up)
    cover = cv2.blur(hit.astype(np.float32), (2, 2))
    value = celsius(surface).astype(np.float32) - 1.0 * (1 - surface.facing) ** 3
    behind = canvas.base[y1:y2, x1:x2]
    value = np.where(hit, value, behind)
    canvas.paint(window, np.minimum(cover, hit), value, 0.0, emissivity, None)
    lit = shade * (0.55 + 0.45 * surface.facing)
    canvas.shade[y1:y2, x1:x2] = np.where(hit, lit, canvas.shade[y1:y2, x1:x2])


def _trace(
    ex: NDArray, ey: NDArray, axis: Vector, half: float, radius: float, up: Vector
) -> tuple[Surface, NDArray[np.bool_]]:
    """Nearest meeting of each ray with the cylinder around the origin."""
    ax, ay, az = (np.float32(v) for v in axis)
    dot = ex * ax + ey * ay
    px, py, pz = ex - dot * ax, ey - dot * ay, -dot * az
    dx, dy, dz = -az * ax, -az * ay, 1 - az * az
    a = max(float(dx * dx + dy * dy + dz * dz), 1e-6)
    b = px * dx + py * dy + pz * dz
    c = px * px + py * py + pz * pz - radius * radius
    inside = b * b - a * c
    t = (-b - np.sqrt(np.maximum(inside, 0))) / a
    u = dot + t * az
    side = (inside > 0) & (np.abs(u) <= half)
    facing = np.sqrt(np.maximum(inside, 0)) / (radius * np.sqrt(a))
    flat = np.zeros_like(side)
    if abs(az) > 0.02:
        end = np.float32(-half if az > 0 else half)
        t_end = (end - dot) / az
        flat = ~side & (
            (px + t_end * dx) ** 2 + (py + t_end * dy) ** 2 + (pz + t_end * dz) ** 2 <= radius * radius
        )
        t, u = np.where(flat, t_end, t), np.where(flat, end, u)
        facing = np.where(flat, abs(float(az)) ** 0.5, facing)
    qx, qy, qz = px + t * dx, py + t * dy, pz + t * dz
    up = up - np.dot(up, axis) * axis
    up = up / (np.linalg.norm(up) + 1e-9)
    across = np.cross(axis, up)
    v = qx * np.float32(up[0]) + qy * np.float32(up[1]) + qz * np.float32(up[2])
    s = qx * np.float32(across[0]) + qy * np.float32(across[1]) + qz * np.float32(across[2])
    radial = np.minimum(np.sqrt(v * v + s * s) / radius, 1.0)
    fields = (u / half, np.arctan2(s, v), radial, np.clip(facing, 0, 1))
    along, around, radial, facing = (f.astype(np.float32, copy=False) for f in fields)
    return Surface(along, around, radial, facing, flat), side | flat


def block(
    canvas: Canvas, to_camera: Callable[[Sequence], Vector], low: Sequence[float], high: Sequence[float],
    celsius: float, spread: float = 0.8, emissivity: float = 0.92, shade: float = 0.5,
) -> None:  # fmt: skip
    """Paint a box between two opposite world corners: its visible faces, each a little different."""
    (a, b, c), (d, e, f) = low, high
    faces = [
        [(a, b, c), (a, e, c), (a, e, f), (a, b, f)], [(d, b, c), (d, e, c), (d, e, f), (d, b, f)],
        [(a, b, c), (d, b, c), (d, b, f), (a, b, f)], [(a, e, c), (d, e, c), (d, e, f), (a, e, f)],
        [(a, b, f), (d, b, f), (d, e, f), (a, e, f)],
    ]  # fmt: skip
    placed = [np.array([to_camera(p) for p in face]) for face in faces]
    order = sorted(range(len(faces)), key=lambda i: -placed[i][:, 2].mean())
    for rank, i in enumerate(order):
        canvas.polygon(
            placed[i][:, :2],
            celsius + spread * ((i * 7) % 5 - 2) / 3,
            emissivity=emissivity,
            shade=shade + 0.06 * rank,
        )
