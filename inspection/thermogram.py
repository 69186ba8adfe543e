"""A thermogram: the picture to show and detect on, and its temperatures where they are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

TemperatureSource = Literal["radiometric", "scale", "none"]


@dataclass(frozen=True, eq=False)
class Thermogram:
    """One infrared picture.

    Attributes:
        picture: uint8 (H, W, 3) BGR, upright; shown and given to the detector.
        celsius: float32 (H, W) in °C, NaN where there is no data, or None when nothing is known.
        source: "radiometric" (the camera's own data), "scale" (estimated from colours) or "none".
        accuracy_kelvin: stated accuracy of celsius in K, or None.
        camera: what the file says of the camera and the measurement (plain names and values, SI units or °C).
        embedded: uint8 (H, W, 3) BGR, the picture the camera stored, where it is not the one shown.
        note: one sentence for the user about how the file was read, or "".
    """

    picture: NDArray[np.uint8]
    celsius: NDArray[np.float32] | None = None
    source: TemperatureSource = "none"
    accuracy_kelvin: float | None = None
    camera: Mapping[str, Any] = field(default_factory=dict)
    embedded: NDArray[np.uint8] | None = None
    note: str = ""

    def __post_init__(self) -> None:
        shape = self.picture.shape
        if self.picture.dtype != np.uint8 or len(shape) != 3 or shape[2] != 3 or 0 in shape:
            raise ValueError(f"picture must be uint8 (H, W, 3), not {self.picture.dtype} {shape}")
        if (self.celsius is None) != (self.source == "none"):
            raise ValueError("celsius is given exactly when source is not 'none'")
        if self.celsius is not None and (self.celsius.dtype != np.float32 or self.celsius.shape != shape[:2]):
            raise ValueError(
                f"celsius must be float32 {shape[:2]}, not {self.celsius.dtype} {self.celsius.shape}"
            )

    @property
    def small(self) -> NDArray[np.uint8]:
        """The picture to detect on and to show, uint8 (h, w, 3) BGR: whole, or a copy with fewer pixels."""
        return self.picture

    @property
    def nbytes(self) -> int:
        """Memory that it holds or may come to hold, bytes."""
        arrays = (self.celsius, self.embedded)
        return 3 * self.width * self.height + sum(array.nbytes for array in arrays if array is not None)

    @property
    def width(self) -> int:
        """Width of the picture in pixels."""
        return int(self.picture.shape[1])

    @property
    def height(self) -> int:
        """Height of the picture in pixels."""
        return int(self.picture.shape[0])
