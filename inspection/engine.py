"""What every engine offers, so that the detector does not care which one runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

HeadOutput = Literal["anchors", "final", "queries"]
"""What a network puts out: "anchors" (4 + classes, N) before NMS; "final" (N, 6) after it; "queries" (N, 4 +
classes), boxes relative to the input (RT-DETR)."""


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


class Engine(Protocol):
    """Runs one network; holds no thresholds and may be called from any thread."""

    info: ModelInfo
    description: str

    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the network on float32 (B, 3, h, w) RGB in 0..1; returns float32 (B, ...) as info.head says."""
        ...
