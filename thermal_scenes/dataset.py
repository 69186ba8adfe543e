"""A folder of scenes in YOLO layout, made by all cores; a seed gives the same bytes on any number of them."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inspection.classes import CLASS_NAMES
from inspection.errors import InspectionError
from thermal_scenes.scene import SceneResult, encode_jpeg, make_scene
from thermal_scenes.tiff import write_radiometric_tiff


class SceneError(InspectionError):
    """Scenes that cannot be made or written; the sentence says why."""


@dataclass(frozen=True)
class Order:
    """What is to be made.

    Attributes:
        folder: where to.
        pictures: how many.
        seed: of all of them.
        classes: wanted class ids, or None for all.
        kinds: wanted kinds, or None for all.
        size: (width, height), or None for a mixture of sizes from 416 to 640.
        radiometric: whether 16-bit TIFFs are written as well.
        truth: whether truth JSONs are written.
        picture_format: "jpg" or "png".
        val_fraction: share of the pictures that goes to val/.
    """

    folder: Path
    pictures: int
    seed: int = 0
    classes: tuple[int, ...] | None = None
    kinds: tuple[str, ...] | None = None
    size: tuple[int, int] | None = None
    radiometric: bool = True
    truth: bool = True
    picture_format: str = "jpg"
    val_fraction: float = 0.0


_SIZES = ((640, 512), (640, 480), (512, 384), (480, 640), (416, 416), (416, 312), (384, 512), (640, 640))


def scene_of(order: Order, index: int) -> SceneResult:
    """The scene with this index; it depends on the order's seed and the index only, not on who makes it."""
    rng = np.random.default_rng([order.seed, index, 1])
    size = order.size or _SIZES[int(rng.integers(len(_SIZES)))]
    kind = None if order.kinds is None else order.kinds[int(rng.integers(len(order.kinds)))]
    return make_scene([order.seed, index], kind, order.classes, size)


def _split(order: Order, index: int) -> str:
    """'' without a validation part, else 'train' or 'val'."""
    if order.val_fraction <= 0:
        return ""
    return "val" if np.random.default_rng([order.seed, index, 2]).random() < order.val_fraction else "train"


def write_scene(order: Order, index: int) -> int:
    """Make and write one scene; gives the number of its boxes."""
    scene = scene_of(order, index)
    root = order.folder / _split(order, index)
    stem = f"scene_{order.seed}_{index:06d}"
    height, width = scene.celsius.shape
    if order.picture_format == "jpg":
        (root / "images" / f"{stem}.jpg").write_bytes(encode_jpeg(scene))
    else:
        (root / "images" / f"{stem}.png").write_bytes(cv2.imencode(".png", scene.picture)[1].tobytes())
    lines = [
        f"{c} {(x1 + x2) / 2 / width:.6f} {(y1 + y2) / 2 / height:.6f}"
        f" {(x2 - x1) / width:.6f} {(y2 - y1) / height:.6f}"
        for c, x1, y1, x2, y2 in scene.boxes
    ]
    (root / "labels" / f"{stem}.txt").write_text("".join(line + "\n" for line in lines))
    if order.truth:
        (root / "truth" / f"{stem}.json").write_text(json.dumps(scene.truth, indent=1))
    if order.radiometric:
        step = 0.01 if float(scene.celsius.max()) < 380 else 0.04
        write_radiometric_tiff(root / "radiometric" / f"{stem}.tiff", scene.celsius, step)
    return len(lines)


def _prepare(order: Order) -> None:
    parts = ("train", "val") if order.val_fraction > 0 else ("",)
    wanted = ["images", "labels"] + ["truth"] * order.truth + ["radiometric"] * order.radiometric
    for part in parts:
        for name in wanted:
            (order.folder / part / name).mkdir(parents=True, exist_ok=True)
    train, val = ("train/images", "val/images") if order.val_fraction > 0 else ("images", "images")
    names = "".join(f"  {i}: {name}\n" for i, name in enumerate(CLASS_NAMES))
    (order.folder / "data.yaml").write_text(f"path: .\ntrain: {train}\nval: {val}\nnames:\n{names}")


_order: Order | None = None


def _start_worker(order: Order) -> None:
    global _order  # noqa: PLW0603
    _order = order
    cv2.setNumThreads(1)


def _work(index: int) -> int:
    assert _order is not None
    return write_scene(_order, index)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write_dataset(order: Order, workers: int | None = None) -> Iterator[int]:
    """Write all scenes; yields the number of boxes of each.

    Args:
        order: what to make.
        workers: processes; None takes one per core, 1 works in this process.

    Raises:
        SceneError: the folder cannot be written, or a worker was killed.
    """
    workers = workers or _cores()
    try:
        _prepare(order)
        if workers == 1:
            yield from (write_scene(order, i) for i in range(order.pictures))
            return
        # Not fork: OpenCV's and torch's threads do not survive it and the workers would hang.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, context, _start_worker, (order,)) as pool:
            yield from pool.map(_work, range(order.pictures), chunksize=4)
    except BrokenProcessPool as error:
        raise SceneError("A worker was ended from outside; there may be too little memory.") from error
    except OSError as error:
        raise SceneError(
            f"The scenes could not be written to {order.folder}: {error.strerror or error}."
        ) from error


def progress(done: Iterator[int], total: int, quiet: bool = False) -> tuple[int, float]:
    """Follow write_dataset with a bar on stderr; gives the number of boxes and the seconds it took."""
    start, boxes, shown = time.perf_counter(), 0, 0.0
    for count, found in enumerate(done, 1):
        boxes += found
        now = time.perf_counter()
        if not quiet and (now - shown > 0.2 or count == total):
            shown = now
            filled = int(30 * count / total)
            rate = count / max(now - start, 1e-6)
            bar = "#" * filled + "." * (30 - filled)
            print(
                f"\r[{bar}] {count}/{total} pictures, {rate:.1f} a second",
                end="",
                file=sys.stderr,
                flush=True,
            )
    if not quiet:
        print(file=sys.stderr)
    return boxes, time.perf_counter() - start


def class_ids(words: Sequence[str]) -> tuple[int, ...]:
    """Class ids from numbers or names as typed; raises SceneError for one that is not known."""
    ids = []
    for word in words:
        if word.isdigit() and int(word) < len(CLASS_NAMES):
            ids.append(int(word))
        elif word in CLASS_NAMES:
            ids.append(CLASS_NAMES.index(word))
        else:
            raise SceneError(
                f"There is no class {word!r}; give 0..{len(CLASS_NAMES) - 1} "
                f"or one of {', '.join(CLASS_NAMES)}."
            )
    return tuple(ids)
