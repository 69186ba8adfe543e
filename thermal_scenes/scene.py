"""One scene: paint, look through the camera, show it, label it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.classes import CLASS_NAMES
from thermal_scenes.board import board
from thermal_scenes.camera import NATIVE_SIZES, Camera, measure, random_camera
from thermal_scenes.canvas import Canvas
from thermal_scenes.display import Screen, show
from thermal_scenes.kinds import KINDS, Kind
from thermal_scenes.labels import Box, can_be_seen, find_boxes
from thermal_scenes.living import drone, hand_or_object, indoors, outdoors
from thermal_scenes.motor import motor_scene
from thermal_scenes.noise import chance, pick
from thermal_scenes.panel import panel
from thermal_scenes.substation import substation

ALL_CLASSES = tuple(range(len(CLASS_NAMES)))


@dataclass(frozen=True, eq=False)
class SceneResult:
    """A finished picture with what is known of it.

    Attributes:
        picture: uint8 (H, W, 3) BGR, as a camera would store it, before JPEG.
        celsius: float32 (H, W), °C as the camera measures it.
        boxes: (class_id, x1, y1, x2, y2) in pixels.
        truth: plain values for the truth file: kind, air, camera, screen, objects with their temperatures.
        kind: one of KINDS.
        jpeg_quality: 1..100.
    """

    picture: NDArray[np.uint8]
    celsius: NDArray[np.float32]
    boxes: list[tuple[int, float, float, float, float]]
    truth: dict[str, Any]
    kind: str
    jpeg_quality: int


def make_scene(
    seed: int | Sequence[int],
    kind: str | None = None,
    classes: Sequence[int] | None = None,
    size: tuple[int, int] = (640, 512),
    clean: bool | None = None,
) -> SceneResult:
    """Make one labelled picture; the same arguments give the same arrays.

    Args:
        seed: a number, or several.
        kind: one of KINDS; None draws one by its share.
        classes: class ids that are wanted: only kinds with one of them are drawn, and only they are labelled.
        size: (width, height) of the picture in pixels.
        clean: True for a scene with nothing to find, False for one with something; None draws it.

    Returns:
        The scene.

    Raises:
        ValueError: the kind or a class id is not known, no kind has the classes, or the size is below 64 px.
    """
    rng = np.random.default_rng(seed)
    wanted = tuple(ALL_CLASSES if classes is None else classes)
    name = _choose_kind(rng, kind, wanted)
    if min(size) < 64:
        raise ValueError(f"a scene needs at least 64 px a side, not {size[0]}x{size[1]}")
    style = KINDS[name]
    empty = chance(rng, style.clean) if clean is None else clean
    need_box = not empty and name != "negative"
    for _ in range(8):
        canvas = Canvas(size[1], size[0], 20.0)
        _PAINTERS[name](canvas, rng, empty, wanted)
        camera = random_camera(
            rng, canvas, _native_sizes(rng, name), name in ("substation", "street", "drone", "yard")
        )
        blur = camera.blur_px * max(1.0, canvas.width / camera.width)
        celsius = measure(rng, canvas, camera)
        found = [b for b in find_boxes(rng, canvas, blur) if b.class_id in wanted]
        screen = choose_screen(rng, canvas, celsius, style, found)
        boxes = [b for b in found if can_be_seen(canvas, celsius, screen.span, b)]
        if boxes or not need_box:
            break
    picture = show(rng, celsius, canvas.shade, screen)
    return SceneResult(
        picture, celsius, [(b.class_id, *b.corners) for b in boxes],
        _truth(name, canvas, camera, screen, boxes, celsius), name, screen.jpeg_quality,
    )  # fmt: skip


def _choose_kind(rng: np.random.Generator, kind: str | None, wanted: tuple[int, ...]) -> str:
    if not wanted or any(c not in ALL_CLASSES for c in wanted):
        raise ValueError(f"class ids are 0..{len(CLASS_NAMES) - 1}")
    if kind is not None:
        if kind not in KINDS:
            raise ValueError(f"there is no scene called {kind!r}; choose one of {', '.join(KINDS)}")
        return kind
    everything = len(set(wanted)) == len(ALL_CLASSES)
    able = {k: v.share for k, v in KINDS.items() if everything or set(v.classes) & set(wanted)}
    if not able:
        raise ValueError("no scene has the wanted classes; class 2 is the data set's misspelling of class 3")
    return pick(rng, list(able), list(able.values()))


def _native_sizes(rng: np.random.Generator, name: str) -> tuple[tuple[int, int], ...]:
    """Detector sizes that go with a kind: panels with phone cameras, drones and lines with larger ones."""
    small, middle, large = NATIVE_SIZES[:3], NATIVE_SIZES[3:7], NATIVE_SIZES[6:]
    weights = {"panel": (6, 3, 1.5), "drone": (0, 2, 6), "street": (0.5, 3, 5), "substation": (0.4, 5, 3)}
    return pick(rng, (small, middle, large), weights.get(name, (1.5, 4, 3)))


def _negative(canvas: Canvas, rng: np.random.Generator, clean: bool, wanted: Sequence[int]) -> None:
    """Warm things that are nobody's fault: rooms and yards without anyone, hands, cups, cars, lamps."""
    place = pick(rng, ("room", "yard", "street", "motor", "board"))
    if place == "room":
        indoors(canvas, rng, True, wanted)
    elif place == "motor":
        motor_scene(canvas, rng, True)
    elif place == "board":
        board(canvas, rng, True)
    else:
        outdoors(canvas, rng, True, wanted, place == "street")
    if place in ("room", "board") and chance(rng, 0.5):
        canvas.view = np.eye(3)
        hand_or_object(canvas, rng)
        canvas.span = canvas.exposure = None


Painter = Callable[[Canvas, np.random.Generator, bool, Sequence[int]], None]

_PAINTERS: dict[str, Painter] = {
    "substation": lambda c, r, empty, _: substation(c, r, empty),
    "panel": lambda c, r, empty, _: panel(c, r, empty),
    "board": lambda c, r, empty, _: board(c, r, empty),
    "motor": lambda c, r, empty, _: motor_scene(c, r, empty),
    "room": indoors,
    "yard": lambda c, r, empty, wanted: outdoors(c, r, empty, wanted, False),
    "street": lambda c, r, empty, wanted: outdoors(c, r, empty, wanted, True),
    "drone": drone,
    "negative": _negative,
}


def choose_screen(
    rng: np.random.Generator, canvas: Canvas, celsius: NDArray[np.float32], style: Kind, boxes: list[Box]
) -> Screen:
    """Palette, span and decoration as cameras and their users set them."""
    plateau = 0.0
    if canvas.exposure is not None:
        hot = [b for b in boxes if canvas.items[b.number - 1].hot_part or b.class_id in (5, 6, 7)]
        peaks = [float(celsius[int(b.y1) : int(b.y2) + 1, int(b.x1) : int(b.x2) + 1].max()) for b in hot]
        low, high = canvas.exposure.span(rng, canvas.base + canvas.excess, celsius, max(peaks, default=None))
    elif canvas.span is not None:
        low, high = canvas.span
    else:
        ends = np.percentile(celsius[::4, ::4], (rng.uniform(0, 3), rng.uniform(98.5, 100)))
        low, high = float(ends[0]), float(ends[1])
        wide = high - low
        if chance(rng, 0.25):
            plateau = float(rng.uniform(0.2, 0.8))
        elif chance(rng, 0.35):
            low, high = low - wide * rng.uniform(0, 0.4), high + wide * rng.uniform(-0.06, 0.3)
    if high - low < 2.5:
        low, high = (low + high) / 2 - 1.25, (low + high) / 2 + 1.25
    palette = pick(rng, list(style.palettes), list(style.palettes.values()))
    return Screen(
        palette, (float(low), float(high)), plateau,
        float(rng.uniform(0.35, 1.8)) if chance(rng, style.edges) else 0.0,
        chance(rng, style.overlays), int(rng.integers(75, 96)),
    )  # fmt: skip


def _truth(
    name: str, canvas: Canvas, camera: Camera, screen: Screen, boxes: list[Box], celsius: NDArray[np.float32]
) -> dict[str, Any]:
    true = canvas.base + canvas.excess
    objects = []
    for box in boxes:
        x1, y1, x2, y2 = (round(v) for v in box.corners)
        inside = np.s_[max(0, y1) : max(y2, y1 + 1), max(0, x1) : max(x2, x1 + 1)]
        notes = {k: v for k, v in canvas.items[box.number - 1].notes.items() if k != "share"}
        objects.append({
            "class_id": box.class_id,
            "class": CLASS_NAMES[box.class_id],
            "box": [round(v, 2) for v in box.corners],
            "true_max_celsius": round(float(true[inside].max()), 2),
            "excess_max_kelvin": round(float(canvas.excess[inside].max()), 2),
            "measured_max_celsius": round(float(celsius[inside].max()), 2),
            "measured_mean_celsius": round(float(celsius[inside].mean()), 2),
            **notes,
        })  # fmt: skip
    return {
        "kind": name,
        "width": canvas.width,
        "height": canvas.height,
        "air_celsius": round(float(canvas.air), 2),
        "reflected_celsius": round(float(canvas.reflected), 2),
        "camera": camera.as_dict(),
        "palette": screen.palette,
        "span_celsius": [round(v, 2) for v in screen.span],
        "plateau": round(screen.plateau, 3),
        "objects": objects,
    }


def encode_jpeg(scene: SceneResult) -> bytes:
    """The picture as a JPEG file with 4:2:0 colour, as cameras store it."""
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        scene.jpeg_quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    ]
    return cv2.imencode(".jpg", scene.picture, options)[1].tobytes()
