"""python -m thermal_scenes.samples [FOLDER]: rewrite the sample pictures and clips from fixed seeds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from thermal_scenes.camera import Camera, measure
from thermal_scenes.canvas import Canvas
from thermal_scenes.clips import joint_heating, motor_starting, write_mp4, yard_walk
from thermal_scenes.display import Screen, show
from thermal_scenes.living import CAT, DOG, PERSON, put
from thermal_scenes.scene import make_scene
from thermal_scenes.surroundings import open_air, room
from thermal_scenes.tiff import write_radiometric_tiff

SIZE = (640, 512)
_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]


def _from_seed(kind: str, *seed: int) -> Callable[[Path], None]:
    """Writer of a picture that make_scene draws as it is."""

    def write(path: Path) -> None:
        picture = make_scene(seed, kind, size=SIZE).picture
        options = _JPEG if path.suffix == ".jpg" else [cv2.IMWRITE_PNG_COMPRESSION, 9]
        path.write_bytes(cv2.imencode(path.suffix, picture, options)[1].tobytes())

    return write


def _radiometric(path: Path) -> None:
    """A hot joint as temperatures: 16 bits, 0.01 K a count, the scale in the file's own tag."""
    write_radiometric_tiff(path, make_scene((82, 14), "panel", size=SIZE).celsius, 0.01)


def _finish(path: Path, canvas: Canvas, span: tuple[float, float], seed: int, overlays: bool) -> None:
    camera = Camera(384, round(384 * canvas.height / canvas.width), 0.75, 0.05, 0.03, denoise=True)
    celsius = measure(np.random.default_rng(seed), canvas, camera)
    picture = show(
        np.random.default_rng(seed), celsius, canvas.shade, Screen("ironbow", span, overlays=overlays)
    )
    path.write_bytes(cv2.imencode(path.suffix, picture, _JPEG)[1].tobytes())


def _yard(path: Path) -> None:
    """A person and a dog on a lawn in the evening."""
    rng = np.random.default_rng(3)
    canvas = Canvas(480, 640, 12.0)
    open_air(canvas, rng, False, False)
    put(canvas, np.random.default_rng(4), PERSON, (225, 440), 185, 0.6, 0.12, "walk")
    put(canvas, np.random.default_rng(7), DOG, (420, 446), 225, 0.25, 0.15, "stand")
    _finish(path, canvas, (canvas.air - 7, canvas.air + 27), 5, True)


def _cat(path: Path) -> None:
    """A sitting cat in a room."""
    rng = np.random.default_rng(12)
    canvas = Canvas(480, 640, 20.0)
    room(canvas, rng)
    put(canvas, np.random.default_rng(21), CAT, (330, 430), 860, 0.45, 0.2, "sit")
    _finish(path, canvas, (canvas.air - 3, 36), 6, True)


SAMPLES: dict[str, Callable[[Path], None]] = {
    "joint.jpg": _from_seed("substation", 81, 4),
    "panel.jpg": _from_seed("panel", 82, 5),
    "cable.png": _from_seed("panel", 72, 21),
    "board.jpg": _from_seed("board", 72, 0),
    "motor.jpg": _from_seed("motor", 72, 0),
    "yard.jpg": _yard,
    "cat.jpg": _cat,
    "joint_radiometric.tiff": _radiometric,
}
CLIPS = {
    "joint_heating.mp4": joint_heating,
    "motor_starting.mp4": motor_starting,
    "yard_walk.mp4": yard_walk,
}


def write_samples(folder: Path, clips: bool = True) -> list[Path]:
    """Write all samples; gives their paths.

    Args:
        folder: where to; made when missing.
        clips: whether the clips are written as well.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in SAMPLES.items():
        write(folder / name)
    written = [folder / name for name in SAMPLES]
    if clips:
        for name, frames in CLIPS.items():
            write_mp4(folder / name, frames())
            written.append(folder / name)
    return written


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "samples"
    for sample in write_samples(target):
        print(f"{sample.name}: {sample.stat().st_size / 1000:.0f} kB")
