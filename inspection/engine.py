"""What every engine offers, so that the detector does not care which one runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

HeadOutput = Literal["anchors", "final", "queries"]
"""What a network puts out: "anchors" (4 + classes, N) before NMS; "final" (N, 6) after it; "queries" (N, 4 +
classes), boxes relative to the input (RT-DETR)."""

Precision = Literal["f32", "bf16", "f16", "int8"]
"""What OpenVINO computes in.

f32 finds what Ultralytics finds, number by number: the command uses it for pictures. int8 is taken where the
weights are shipped with a form that was measured to keep the detections (at most 0.3 points of AP50-95 lost,
see training.quantise) and the processor gains by it, else it is bf16, which loses no average precision
(`python -m benchmarks.precision`). bf16 and f16 are computed where the processor has them, else f32."""

FASTEST: Precision = "int8"
"""What the pages, videos and cameras compute in."""


@dataclass(frozen=True)
class ModelInfo:
    """What is known of a model without running it.

    Attributes:
        name: file name.
        sha256: of the file, 64 hex digits.
        size_bytes: of the file.
        class_names: in the order of the class ids.
        parameters: number of trained numbers.
        layers: number of modules that hold no other module.
        architecture: name of the architecture it was built from, "" where the file does not say.
        stride: largest stride in network pixels.
        imgsz: image size it was trained at, in pixels.
        head: what it puts out.
        gflops: 1e9 operations for one 640x640 picture, 0.0 where they cannot be counted.
        curves: (column of Ultralytics' results, values by epoch) of its training, where the file has them.
    """

    name: str
    sha256: str
    size_bytes: int
    class_names: tuple[str, ...]
    parameters: int
    layers: int
    architecture: str
    stride: int
    imgsz: int
    head: HeadOutput
    gflops: float = 0.0
    curves: tuple[tuple[str, tuple[float, ...]], ...] = ()


class Engine(Protocol):
    """Runs one network; holds no thresholds and may be called from any thread."""

    info: ModelInfo
    description: str

    def infer(self, batch: NDArray[np.uint8], floor: float = 0.0) -> NDArray[np.float32]:
        """Run the network once.

        Args:
            batch: uint8 (B, h, w, 3) BGR; the engine itself turns it into RGB in 0..1, which is four times
                less to carry to a GPU and costs nothing inside OpenVINO's first convolution.
            floor: score from which on boxes matter: an engine may leave boxes at 0 where all scores of the
                anchor are at most this.

        Returns:
            float32 (B, ...) as info.head says.
        """
        ...

    def infer_many(
        self, batches: Iterable[NDArray[np.uint8]], floor: float = 0.0
    ) -> Iterator[NDArray[np.float32]]:
        """Run the network on many inputs, each as in `infer`; outputs in the same order, as they are ready.

        Inputs are taken from the iterable only as far ahead as the engine can work on at once.
        """
        ...


def leave_cores_to_network() -> None:
    """Let OpenCV work in the thread that calls it, for the rest of this process.

    Its own threads spin while they wait for each other. Beside a network that computes without a break that
    took 165 forced changes of thread a frame of video, and takes 23 without them.
    """
    cv2.setNumThreads(1)


def cores() -> int:
    """Cores this process may use: affinity and control group count, not the machine's size.

    OVERHEAT_CORES names a smaller number, where several processes share a machine.
    """
    chosen = os.environ.get("OVERHEAT_CORES", "")
    if chosen.isdecimal() and int(chosen) > 0:
        return int(chosen)
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        count = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        count = min(count, -(-int(quota) // int(period)))
    except (OSError, ValueError):  # no control group, or "max"
        pass
    return max(count, 1)
