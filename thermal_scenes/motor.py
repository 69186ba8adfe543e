"""Electric motors of several builds, seen from any side, and the workshop around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Canvas, Point
from thermal_scenes.exposure import Exposure
from thermal_scenes.noise import chance, curve, field, pick
from thermal_scenes.solids import Surface, block, cylinder, rotation

MOTOR = 7

Place = Callable[[Sequence[float]], NDArray]
"""From the motor's own coordinates, in radii of its frame, to the camera's in pixels."""


def motor_scene(canvas: Canvas, rng: np.random.Generator, clean: bool) -> None:
    """Paint one motor (seldom two) in a workshop; a clean scene has only its surroundings."""
    h, w = canvas.height, canvas.width
    air = float(rng.uniform(8, 34))
    canvas.air = canvas.reflected = air
    canvas.base[:] = air + rng.uniform(0.1, 1.0) * field(rng, h, w, w / 2, 3)
    workshop(canvas, rng, air)
    if clean:
        return
    count = 2 if chance(rng, 0.15) else 1
    load = float(
        rng.choice([rng.uniform(1.5, 8), rng.uniform(8, 50), rng.uniform(15, 50)], p=[0.2, 0.4, 0.4])
    )
    for k in range(count):
        size = min(h, w) * float(rng.uniform(0.14, 0.34)) / (1 + 0.4 * (count - 1))
        at = (w * (rng.uniform(0.35, 0.65) if count == 1 else 0.28 + 0.46 * k), h * rng.uniform(0.42, 0.62))
        draw_motor(canvas, rng, at, size, air, load * float(rng.uniform(0.8, 1.2)))
    if chance(rng, 0.75):
        canvas.exposure = Exposure(air, (0.02, 0.4), (0.85, 1.9), (4, 30))


def workshop(canvas: Canvas, rng: np.random.Generator, air: float) -> None:
    """A floor, cubicles and pipes, some of them warm."""
    h, w = canvas.height, canvas.width
    floor = h * rng.uniform(0.45, 0.9)
    canvas.rectangle(-5, floor, w + 5, h + 5, air + rng.normal(0, 0.8), shade=0.4)
    for _ in range(int(rng.integers(0, 5))):
        x, y = rng.uniform(-0.1, 1) * w, rng.uniform(-0.1, 0.8) * h
        canvas.rectangle(
            x, y, x + rng.uniform(0.05, 0.5) * w, y + rng.uniform(0.1, 0.6) * h, air + rng.normal(0, 1.5),
            emissivity=float(rng.uniform(0.7, 0.95)), shade=float(rng.uniform(0.2, 0.9)),
        )  # fmt: skip
    for _ in range(int(rng.integers(0, 4))):
        a, b = rng.uniform(-0.1, 1.1, 2) * (w, h), rng.uniform(-0.1, 1.1, 2) * (w, h)
        pipe = np.array([a, (b[0], a[1]) if chance(rng, 0.6) else (a + b) / 2, b])
        canvas.stroke(
            pipe,
            rng.uniform(4, 34),
            air + float(rng.choice([rng.normal(0, 1), rng.uniform(4, 25)])),
            shade=0.6,
        )


def draw_motor(
    canvas: Canvas, rng: np.random.Generator, at: Point, size: float, air: float, load: float,
    yaw: float | None = None, pitch: float | None = None,
) -> None:  # fmt: skip
    """Paint a labelled motor.

    Args:
        canvas: to paint on.
        rng: build and view.
        at: pixel of its middle.
        size: radius of the frame in pixels.
        air: °C.
        load: K by which the frame is warmer.
        yaw: 0 shows the side with the shaft to the right; None for any.
        pitch: camera above the horizon, radians; None for any.
    """
    side_on = chance(rng, 0.55)
    yaw = float(rng.normal(0, 0.22) if side_on else rng.uniform(-np.pi, np.pi)) if yaw is None else yaw
    if side_on and chance(rng, 0.5):
        yaw += np.pi
    pitch = float(np.clip(rng.normal(0.25, 0.22), -0.1, 1.3)) if pitch is None else pitch
    matrix = rotation(yaw, pitch, float(rng.normal(0, 0.06)))
    upright = chance(rng, 0.08)
    if upright:
        matrix = matrix @ np.array([[0, 0, -1], [0, 1, 0], [1, 0, 0]], float)
    origin = np.array([at[0], at[1], 0.0])

    def place(point: Sequence[float]) -> NDArray[np.float64]:
        return origin + matrix @ (np.asarray(point, float) * size)

    _surroundings(canvas, rng, place, matrix, size, air, load)
    with canvas.item(MOTOR, False, celsius=round(air + load, 1)):
        _Build(canvas, rng, place, matrix, size, air, load).paint()


def _surroundings(
    canvas: Canvas,
    rng: np.random.Generator,
    place: Place,
    matrix: NDArray,
    size: float,
    air: float,
    load: float,
) -> None:
    """Base plate, warm floor and sometimes a pump or gearbox, none of them labelled."""
    if chance(rng, 0.5):
        block(
            canvas, place, (-2.6, -1.4, -1.4), (3.0, 1.4, -1.15), air + rng.uniform(0, 0.25) * load, shade=0.4
        )
    if chance(rng, 0.35):
        a, b, warm = place((2.2, 0, 0)), place((3.6, 0, 0)), air + load * float(rng.uniform(0.05, 0.6))
        up = matrix @ np.array([0, 0, 1.0])
        cylinder(canvas, a, b, size * rng.uniform(0.6, 1.2), lambda s: warm + 0 * s.along, up, 0.9)
    if chance(rng, 0.5):
        foot = place((0, 0, -1.25))
        glow = 0.12 * load
        canvas.add(
            (0, 0, canvas.width, canvas.height),
            lambda x, y: (
                np.float32(glow)
                * np.exp(-(((x - foot[0]) / (1.6 * size)) ** 2) - ((y - foot[1]) / (0.7 * size)) ** 2)
            ),
        )


class _Build:
    """One motor's proportions and temperatures, painted part by part from far to near.

    The frame has fins along it, rings around it (gear motors, flange motors) or openings (drip-proof ones).
    """

    def __init__(
        self,
        canvas: Canvas,
        rng: np.random.Generator,
        place: Place,
        matrix: NDArray,
        size: float,
        air: float,
        load: float,
    ) -> None:
        self.canvas, self.rng, self.place, self.size = canvas, rng, place, size
        self.air, self.load = air, load
        self.up = matrix @ np.array([0, 0, 1.0])
        self.axis = matrix @ np.array([1.0, 0, 0])
        self.half = float(rng.uniform(0.75, 1.5))
        self.frame = air + load
        self.fins = int(rng.choice([0, 28, 36, 44, 56], p=[0.15, 0.2, 0.3, 0.2, 0.15]))
        self.depth = float(rng.uniform(0.03, 0.14)) * load + 0.3
        self.paint_emissivity = float(rng.uniform(0.88, 0.96))
        self.shade = float(rng.uniform(0.3, 0.7))
        self.style = pick(rng.spawn(1)[0], ("fins", "rings", "vents"), (8, 1, 1))

    def paint(self) -> None:
        """All parts, the farthest first."""
        rng, half = self.rng, self.half
        cowl = float(rng.uniform(0.35, 0.8)) if chance(rng, 0.85) else 0.0
        shield = float(rng.uniform(0.12, 0.3))
        shaft = float(rng.uniform(0.4, 0.9))
        parts = [
            ((-half, half), 1.0, self._frame),
            ((half, half + shield), float(rng.uniform(0.85, 1.02)), self._shield),
            ((-half - shield * 0.6, -half), 0.97, self._shield),
            ((half + shield, half + shield + shaft), float(rng.uniform(0.12, 0.24)), self._shaft),
            ((half + shield, half + shield + 0.08), float(rng.uniform(0.3, 0.42)), self._bearing),
        ]
        if cowl:
            parts.append(
                (
                    (-half - shield * 0.6 - cowl, -half - shield * 0.6),
                    float(rng.uniform(0.98, 1.06)),
                    self._cowl,
                )
            )
        if chance(rng, 0.3):
            parts.append(((half + shield * 0.7, half + shield), float(rng.uniform(1.2, 1.5)), self._shield))
        parts.sort(key=lambda p: -self.place((sum(p[0]) / 2, 0, 0))[2])
        if chance(rng, 0.75):
            self._feet()
        box_side = pick(rng, ("top", "left", "right", "none"), (5, 1.5, 1.5, 1))
        behind = self._box_depth(box_side) > 0.3 * self.size
        if behind:
            self._terminal_box(box_side)
        for (a, b), radius, painter in parts:
            emissivity = 0.45 if painter == self._shaft else self.paint_emissivity
            cylinder(
                self.canvas, self.place((a, 0, 0)), self.place((b, 0, 0)), radius * self.size, painter,
                self.up, emissivity, self.shade,
            )  # fmt: skip
        if not behind:
            self._terminal_box(box_side)
        self._fittings()

    def _frame(self, s: Surface) -> NDArray:
        profile = self.frame - 0.12 * self.load * (s.along - 0.15) ** 2 - 0.03 * self.load * np.cos(s.around)
        if self.style == "rings":
            return profile - self.depth * (np.cos(self.fins / 2 * s.along) > 0.1)
        if self.style == "vents":
            low = (np.abs(s.along) > 0.62) & (np.abs(s.around) < 1.2) & (np.cos(24 * s.around) > 0.2)
            return profile + 0.15 * self.load * low
        if self.fins:
            profile = profile - self.depth * (np.cos(self.fins * s.around) > 0.1)
        return profile

    def _shield(self, s: Surface) -> NDArray:
        ring = np.where(s.front, 0.06 * self.load * (1 - s.radial), 0)
        return self.frame - 0.17 * self.load + ring

    def _bearing(self, s: Surface) -> NDArray:
        return self.frame + 0.05 * self.load + 0 * s.along

    def _cowl(self, s: Surface) -> NDArray:
        cool = self.air + 0.22 * self.load
        grille = np.where(s.front & (np.sin(s.radial * 26) > 0) & (s.radial < 0.85), 0.12 * self.load, 0)
        return cool + grille + 0.10 * self.load * (s.along + 1) / 2

    def _shaft(self, s: Surface) -> NDArray:
        return self.frame - 0.25 * self.load - 0.15 * self.load * s.along

    def _feet(self) -> None:
        warm = self.frame - 0.3 * self.load
        for x in (-0.75 * self.half, 0.55 * self.half):
            block(self.canvas, self.place, (x, -0.95, -1.22), (x + 0.35, 0.95, -0.8), warm, shade=self.shade)

    def _box_depth(self, side: str) -> float:
        at = {"top": (0, 0, 1.2), "left": (0, -1.2, 0), "right": (0, 1.2, 0)}.get(side, (0, 0, 0))
        return float(self.place(at)[2] - self.place((0, 0, 0))[2])

    def _terminal_box(self, side: str) -> None:
        if side == "none":
            return
        rng = self.rng
        a, deep = float(rng.uniform(0.3, 0.55)), float(rng.uniform(0.3, 0.5))
        x = float(rng.uniform(-0.3, 0.4)) * self.half
        warm = self.air + self.load * float(
            rng.choice([rng.uniform(0.3, 0.7), rng.uniform(0.9, 1.15)], p=[0.8, 0.2])
        )
        low, high = {
            "top": ((x - a, -a, 0.9), (x + a, a, 0.95 + deep)),
            "left": ((x - a, -0.95 - deep, -a), (x + a, -0.9, a)),
            "right": ((x - a, 0.9, -a), (x + a, 0.95 + deep, a)),
        }[side]
        block(self.canvas, self.place, low, high, warm, shade=self.shade + 0.1)

    def _fittings(self) -> None:
        rng, c = self.rng, self.canvas
        if chance(rng, 0.3) and abs(self.axis[2]) < 0.6:
            at = self.place((rng.uniform(-0.4, 0.4), 0, rng.uniform(-0.2, 0.5)))
            s = self.size * 0.2
            c.rectangle(
                at[0] - s, at[1] - 0.6 * s, at[0] + s, at[1] + 0.6 * s, self.frame, emissivity=0.5, shade=0.9
            )
        if chance(rng, 0.5):
            a = self.place((rng.uniform(-0.5, 0.5), 0, 1.2))[:2]
            b = a + rng.normal(0, 1, 2) * 2.5 * self.size
            path = curve([a, (a + b) / 2 + np.array([0, self.size]), b])
            with c.unlabelled():
                c.stroke(path, self.size * rng.uniform(0.05, 0.14), self.air + 0.1 * self.load)
