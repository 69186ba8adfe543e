"""The canvas: layers of true temperature, excess heat, emissivity and visible shade.

Temperature is kept as two layers: what a surface would have without a fault, and the fault's excess over
that. The second one tells where the visibly hot part is, occlusion included; boxes are read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from thermal_scenes.exposure import Exposure

Value = float | NDArray | Callable[[NDArray, NDArray], NDArray]
"""A number, an array over the painted window, or a function of world x and y."""

Point = Sequence[float] | NDArray
"""World x and y."""

_SHIFT = 4


@dataclass
class Item:
    """One labelled object on the canvas.

    Attributes:
        number: value in Canvas.ids, from 1.
        class_id: index into the class names.
        hot_part: True boxes the visibly hot part, False the whole visible object.
        painted: pixels it had when it was painted, to tell how much of it is still visible.
        notes: what the truth file says of it (true temperatures in °C and the like).
    """

    number: int
    class_id: int
    hot_part: bool
    painted: int = 0
    notes: dict = field(default_factory=dict)


class Canvas:
    """Layers of one scene, float32 (height, width) unless said otherwise.

    Attributes:
        base: °C of every surface without the fault.
        excess: K that the fault adds.
        emissivity: 0..1.
        shade: what a visible-light camera would see, 0..1; only its edges are used.
        ids: int16, number of the item on top, 0 where none is.
        view: 3x3 homography from world to pixel coordinates.
        air: °C.
        reflected: °C that shiny surfaces mirror (the cold sky outdoors).
        mirrored: float32 K above that in places, such as the sun's or a person's reflection, or None.
        defocus: factor on the camera's blur; 1 is in focus.
        span: suggested (lowest, highest) °C of the palette, or None.
        exposure: how people set level and span here, or None; goes before span.
    """

    def __init__(self, height: int, width: int, celsius: float, emissivity: float = 0.95) -> None:
        self.height, self.width = height, width
        self.base = np.full((height, width), celsius, np.float32)
        self.excess = np.zeros((height, width), np.float32)
        self.emissivity = np.full((height, width), emissivity, np.float32)
        self.shade = np.full((height, width), 0.5, np.float32)
        self.ids = np.zeros((height, width), np.int16)
        self.view = np.eye(3)
        self.air = celsius
        self.reflected = celsius
        self.mirrored: NDArray[np.float32] | None = None
        self.defocus = 1.0
        self.span: tuple[float, float] | None = None
        self.exposure: Exposure | None = None
        self.items: list[Item] = []
        self._current = 0

    @contextmanager
    def item(self, class_id: int, hot_part: bool, **notes: float | str) -> Iterator[Item]:
        """Everything painted inside belongs to one labelled object."""
        new = Item(len(self.items) + 1, class_id, hot_part, notes=dict(notes))
        self.items.append(new)
        outer, self._current = self._current, new.number
        try:
            yield new
        finally:
            self._current = outer

    @contextmanager
    def unlabelled(self) -> Iterator[None]:
        """What is painted inside belongs to no object, even within `item`."""
        outer, self._current = self._current, 0
        try:
            yield
        finally:
            self._current = outer

    def to_pixels(self, points: NDArray | Sequence) -> NDArray[np.float64]:
        """World points (N, 2) in pixels."""
        points = np.asarray(points, float)
        moved = points @ self.view[:, :2].T + self.view[:, 2]
        return moved[:, :2] / moved[:, 2:]

    def scale_at(self, point: Point) -> float:
        """Pixels per world unit around a world point."""
        x, y = point
        p = self.to_pixels([[x, y], [x + 1, y], [x, y + 1]])
        a, b = p[1] - p[0], p[2] - p[0]
        return float(np.sqrt(abs(a[0] * b[1] - a[1] * b[0])))

    def window(self, points: NDArray, margin: float = 2.0) -> tuple[int, int, int, int] | None:
        """Pixel window (x1, y1, x2, y2) around pixel points, clipped; None when it is off the canvas."""
        x1, y1 = np.floor(points.min(0) - margin).astype(int)
        x2, y2 = np.ceil(points.max(0) + margin).astype(int) + 1
        x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, self.width), min(y2, self.height)
        return (int(x1), int(y1), int(x2), int(y2)) if x2 > x1 and y2 > y1 else None

    def world_grid(self, window: tuple[int, int, int, int]) -> tuple[NDArray, NDArray]:
        """World x and y of each pixel of a window, float32."""
        x1, y1, x2, y2 = window
        inverse = np.linalg.inv(self.view).astype(np.float32)
        xs = np.arange(x1, x2, dtype=np.float32)[None]
        ys = np.arange(y1, y2, dtype=np.float32)[:, None]
        w = inverse[2, 0] * xs + inverse[2, 1] * ys + inverse[2, 2]
        x = (inverse[0, 0] * xs + inverse[0, 1] * ys + inverse[0, 2]) / w
        y = (inverse[1, 0] * xs + inverse[1, 1] * ys + inverse[1, 2]) / w
        return x, y

    def paint(
        self,
        window: tuple[int, int, int, int],
        cover: NDArray[np.float32],
        celsius: Value | None,
        excess: Value = 0.0,
        emissivity: float | None = 0.93,
        shade: float | None = 0.5,
    ) -> None:
        """Blend a surface into the layers.

        Args:
            window: pixel window (x1, y1, x2, y2) inside the canvas.
            cover: float32 (y2-y1, x2-x1), 0..1, the share of each pixel that the surface covers.
            celsius: °C without the fault; None keeps what is there.
            excess: K added by the fault.
            emissivity: None keeps what is there.
            shade: visible shade 0..1; None keeps what is there.
        """
        x1, y1, x2, y2 = window
        here = np.s_[y1:y2, x1:x2]
        grid = self.world_grid(window) if callable(celsius) or callable(excess) else None

        def blend(layer: NDArray, value: Value) -> None:
            part = layer[here]
            now = value(*grid) if callable(value) and grid is not None else value
            part += cover * (now - part)  # type: ignore[operator]

        if celsius is not None:
            blend(self.base, celsius)
        blend(self.excess, excess)
        if emissivity is not None:
            blend(self.emissivity, emissivity)
        if shade is not None:
            blend(self.shade, shade)
        solid = cover > 0.4
        self.ids[here][solid] = self._current
        if self._current:
            self.items[self._current - 1].painted += int(np.count_nonzero(solid))

    def add(self, window: tuple[int, int, int, int], celsius: Value = 0.0, excess: Value = 0.0) -> None:
        """Add to the temperatures of a window without covering anything: a glow, a stain, a shadow."""
        x1, y1, x2, y2 = window
        grid = self.world_grid(window) if callable(celsius) or callable(excess) else ()
        for layer, value in ((self.base, celsius), (self.excess, excess)):
            now = value(*grid) if callable(value) else value
            if isinstance(now, np.ndarray) or now:
                layer[y1:y2, x1:x2] += now

    def polygon(
        self, points: NDArray | Sequence, celsius: Value | None, excess: Value = 0.0, **surface: float | None
    ) -> None:
        """Fill a polygon (N, 2) of world points with smooth edges; surface: emissivity, shade."""
        pixels = self.to_pixels(points)
        window = self.window(pixels)
        if window is None:
            return
        x1, y1, x2, y2 = window
        mask = np.zeros((y2 - y1, x2 - x1), np.uint8)
        corners = np.rint((np.clip(pixels, -9000, 9000) - (x1, y1)) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, _SHIFT)
        self.paint(window, mask * np.float32(1 / 255), celsius, excess, **surface)

    def rectangle(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        celsius: Value | None,
        excess: Value = 0.0,
        **surface: float,
    ) -> None:
        """Fill an upright world rectangle."""
        self.polygon([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], celsius, excess, **surface)

    def ellipse(
        self,
        centre: Point,
        radii: Point,
        celsius: Value | None,
        excess: Value = 0.0,
        turn: float = 0.0,
        **surface: float | None,
    ) -> None:
        """Fill an ellipse turned by `turn` radians."""
        self.polygon(ellipse_points(centre, radii, turn), celsius, excess, **surface)

    def stroke(
        self,
        points: NDArray,
        width: float,
        celsius: float,
        excess: float | NDArray = 0.0,
        emissivity: float = 0.9,
        shade: float = 0.4,
        round_shading: float = 0.6,
    ) -> None:
        """A wire, cable or pipe along world points.

        Args:
            points: (N, 2) world points.
            width: world units; below a pixel it covers that share of it and reads mixed with what is behind.
            celsius: °C without the fault.
            excess: K, one number or one per point.
            emissivity: of its surface.
            shade: visible shade.
            round_shading: K by which the rim of a wide round wire reads colder.
        """
        pixels = self.to_pixels(points)
        thick = width * self.scale_at(points[len(points) // 2])
        window = self.window(pixels, thick / 2 + 2)
        if window is None or thick > max(self.width, self.height):
            return  # off the canvas, or so near the horizon that it would be wider than the picture
        x1, y1, x2, y2 = window
        corners = np.rint((np.clip(pixels, -9000, 9000) - (x1, y1)) * (1 << _SHIFT)).astype(np.int32)
        mask = np.zeros((y2 - y1, x2 - x1), np.uint8)
        cv2.polylines(mask, [corners], False, 255, max(1, round(thick)), cv2.LINE_AA, _SHIFT)
        cover = mask * np.float32(min(1.0, max(thick, 0.12)) / 255)
        heat: float | NDArray = float(np.mean(excess))
        if isinstance(excess, np.ndarray) and excess.size > 1:
            heat = _along_path(mask.shape, pixels - (x1, y1), excess, thick)
        own: float | NDArray = celsius
        if thick >= 4 and round_shading:
            core = cv2.blur(mask, (int(thick) | 1, int(thick) | 1)) * np.float32(1 / 255)
            own = celsius + round_shading * (1.6 * core - 1)
        self.paint(window, cover, own, heat, emissivity, shade)


def ellipse_points(centre: Point, radii: Point, turn: float = 0.0) -> NDArray[np.float64]:
    """Outline (20, 2) of an ellipse."""
    t = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    x, y = radii[0] * np.cos(t), radii[1] * np.sin(t)
    c, s = np.cos(turn), np.sin(turn)
    return np.stack([centre[0] + c * x - s * y, centre[1] + s * x + c * y], 1)


def _along_path(shape: tuple[int, ...], path: NDArray, values: NDArray, thick: float) -> NDArray[np.float32]:
    """An array of this shape with one value per point of a path spread over the path's width."""
    out = np.zeros(shape, np.float32)
    corners = np.rint(np.clip(path, -9000, 9000) * (1 << _SHIFT)).astype(np.int32)
    ahead = np.diff(path, axis=0)
    side = np.stack([-ahead[:, 1], ahead[:, 0]], 1) / (np.hypot(ahead[:, 0], ahead[:, 1])[:, None] + 1e-6)
    side *= thick / 2 + 2
    middle = (values[:-1] + values[1:]) / 2
    # Round-ended lines close the gaps at bends; quadrangles over them put each value where it belongs.
    for a, b, value in zip(corners, corners[1:], middle, strict=False):
        cv2.line(out, a.tolist(), b.tolist(), float(value), max(1, round(thick)) + 4, 8, _SHIFT)
    for a, b, s, value in zip(path, path[1:], side, middle, strict=False):
        quad = np.clip(np.array([a + s, b + s, b - s, a - s]), -9000, 9000) * (1 << _SHIFT)
        cv2.fillConvexPoly(out, np.rint(quad).astype(np.int32), float(value), 8, _SHIFT)
    return cv2.blur(out, (3, 3)).astype(np.float32, copy=False)
