"""Short clips with continuous motion: a joint that heats up, a motor that starts, a walk across a yard.

Every frame is painted anew with the same random numbers, so that only what moves or warms changes; the fixed
pattern of the camera stays, its temporal noise does not.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from thermal_scenes.animals import dog
from thermal_scenes.camera import Camera, measure
from thermal_scenes.canvas import Canvas
from thermal_scenes.display import Screen, show
from thermal_scenes.equipment import insulator, lattice
from thermal_scenes.figures import draw_figure
from thermal_scenes.heat import Heat
from thermal_scenes.labels import can_be_seen, find_boxes
from thermal_scenes.motor import draw_motor, workshop
from thermal_scenes.noise import field
from thermal_scenes.outdoor import far_wires
from thermal_scenes.people import person
from thermal_scenes.physics import cooling_length
from thermal_scenes.surroundings import open_air
from thermal_scenes.yard import Yard

DOG, PERSON = 1, 8
SIZE = (640, 480)
FRAMES_PER_SECOND = 12


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a clip: BGR picture, °C as measured, boxes (class_id, x1, y1, x2, y2) in pixels."""

    picture: NDArray[np.uint8]
    celsius: NDArray[np.float32]
    boxes: list[tuple[int, float, float, float, float]]


@dataclass(frozen=True)
class Walker:
    """Who walks: class, first column, columns a frame, pixels a metre, row of the feet, radians a frame."""

    class_id: int
    start: float
    speed: float
    metre: float
    foot: float
    pace: float


def _finish(
    canvas: Canvas, seed: int, index: int, span: tuple[float, float], palette: str = "ironbow"
) -> Frame:
    camera = Camera(384, 288, 0.75, 0.04, 0.03, denoise=True, reflected_celsius=canvas.air)
    celsius = measure(
        np.random.default_rng([seed, 7, index]), canvas, camera, np.random.default_rng([seed, 8])
    )
    picture = show(np.random.default_rng([seed, 9]), celsius, canvas.shade, Screen("ironbow", span))
    found = find_boxes(np.random.default_rng([seed, 10]), canvas, 1.3)
    boxes = [(b.class_id, *b.corners) for b in found if can_be_seen(canvas, celsius, span, b)]
    return Frame(picture, celsius, boxes)


def joint_heating(seed: int = 1, frames: int = 96) -> Iterator[Frame]:
    """A clamp on a conductor of a substation that warms up; the time constant is a third of the clip."""
    # An aluminium conductor of 120 mm² in light wind, 12.4 mm thick and here 11 pixels wide.
    reach = cooling_length(225, 120e-6, np.pi * 12.4e-3, 29) * 11 / 12.4e-3
    for index in range(frames):
        rng = np.random.default_rng(seed)
        canvas = Canvas(SIZE[1], SIZE[0], 18.0)
        canvas.air, canvas.reflected = 18.0, -10.0
        rows = np.linspace(-26, -8, SIZE[1], dtype=np.float32)[:, None]
        canvas.base[:] = 18 + rows + 1.5 * field(rng, SIZE[1], SIZE[0], 260, 3, 2.0)
        canvas.emissivity[:] = 1.0
        yard = Yard(canvas, rng, 19.0, 26.0)
        far_wires(canvas, rng, 18.0)
        lattice(canvas, rng, (570, 520), (560, -40), 90, 60, 18.0, 4)
        for x, y in ((150, 215), (350, 190)):
            insulator(canvas, rng, (x + 4, y + 300), (x, y), 30, 19.0, taper=0.85)
            yard.site(x, y - 8, 34, 0.05)
        yard.wire((-20, 90), (150, 205), width=11, sag=25)
        yard.wire((150, 205), (350, 182), width=11, sag=22)
        yard.wire((350, 182), (660, 60), width=11, sag=30)
        kelvin = 62 * (1 - np.exp(-3 * index / max(frames - 1, 1))) + 0.5
        yard.heat[1] = Heat([(352, 183, float(kelvin), reach)])
        yard.paint()
        yield _finish(canvas, seed, index, (4, 62))


def motor_starting(seed: int = 2, frames: int = 96) -> Iterator[Frame]:
    """A motor that starts cold and warms up, shaking a little."""
    for index in range(frames):
        rng = np.random.default_rng(seed)
        canvas = Canvas(SIZE[1], SIZE[0], 21.0)
        canvas.base += np.float32(0.4) * field(rng, SIZE[1], SIZE[0], 300, 3)
        workshop(canvas, rng, 21.0)
        load = 3 + 42 * (1 - np.exp(-3 * index / max(frames - 1, 1)))
        shake = 0.7 * np.sin(2.4 * index)
        draw_motor(canvas, rng, (320 + shake, 250), 110, 21.0, float(load), yaw=0.35, pitch=0.25)
        yield _finish(canvas, seed, index, (16, 70))


def yard_walk(seed: int = 3, frames: int = 96) -> Iterator[Frame]:
    """Two people and a dog that walk across a yard."""
    scene = Canvas(SIZE[1], SIZE[0], 12.0)
    open_air(scene, np.random.default_rng(seed), False, False)
    scene.span = (scene.air - 7, scene.air + 24)
    walkers = (
        Walker(PERSON, 600, -3.4, 120, 390, 0.45),
        Walker(PERSON, 60, 4.2, 165, 446, 0.55),
        Walker(DOG, -10, 4.4, 200, 458, 0.9),
    )
    for index in range(frames):
        canvas = copy.deepcopy(scene)
        for number, w in enumerate(walkers):
            build = np.random.default_rng([seed, number])
            make = dog if w.class_id == DOG else person
            figure, notes = make(build, canvas.air, "walk", w.pace * index)
            forward = 0.0 if w.class_id == DOG else np.pi / 2
            turn = forward if w.speed > 0 else forward + np.pi
            at = (w.start + w.speed * index, w.foot)
            with canvas.item(w.class_id, False, **notes):
                draw_figure(canvas, figure, at, w.metre, turn, 0.12, build)
        yield _finish(canvas, seed, index, scene.span)


def write_mp4(path: str | Path, frames: Iterable[Frame], rate: int = FRAMES_PER_SECOND, crf: int = 24) -> int:
    """Write frames as H.264 in yuv420p, which browsers play; gives their number.

    Args:
        path: file to write.
        frames: pictures of one even size.
        rate: frames a second.
        crf: libx264's quality, lower is better.

    Raises:
        ValueError: there is no frame, or the size is odd.
    """
    count = 0
    with av.open(str(path), "w") as container:
        stream = None
        for frame in frames:
            height, width = frame.picture.shape[:2]
            if stream is None:
                if height % 2 or width % 2:
                    raise ValueError(f"H.264 in yuv420p needs even sides, not {width}x{height}")
                options = {"crf": str(crf), "preset": "slow", "threads": "1"}
                stream = container.add_stream("libx264", rate=rate, options=options)
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame.picture, format="bgr24")):
                container.mux(packet)
            count += 1
        if stream is None:
            raise ValueError("a clip needs at least one frame")
        for packet in stream.encode():
            container.mux(packet)
    return count
