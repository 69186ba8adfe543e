"""Level and span as people set them: relative to the healthy structure and to the hottest find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Exposure:
    """How a kind of picture is exposed.

    Attributes:
        celsius: °C of the healthy structure.
        level: range of the structure's place on the palette, 0..1.
        reach: range of span over the distance from structure to hottest find: below 1 the find is saturated.
        width: range of the span in K where nothing is hot.
        floor: °C of a cold background that is mostly left black, or None.
    """

    celsius: float
    level: tuple[float, float]
    reach: tuple[float, float]
    width: tuple[float, float]
    floor: float | None = None

    def span(
        self,
        rng: np.random.Generator,
        true: NDArray[np.float32],
        measured: NDArray[np.float32],
        hottest: float | None,
    ) -> tuple[float, float]:
        """Choose (lowest, highest) °C.

        Args:
            rng: source of randomness.
            true: float32 (H, W), true temperatures, to find the structure by.
            measured: float32 (H, W), as the camera reads them.
            hottest: highest measured °C of anything labelled, or None.
        """
        like = np.abs(true[::4, ::4] - np.float32(self.celsius)) < 1.5
        here = float(np.median(measured[::4, ::4][like])) if np.count_nonzero(like) > 20 else self.celsius
        level = float(rng.uniform(*self.level))
        low, high = self.width
        wide = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        if hottest is not None:
            wide = max(0.6 * low, 2.5, (hottest - here) * float(rng.uniform(*self.reach)) / (1 - level))
        low, high = here - level * wide, here + (1 - level) * wide
        if self.floor is not None and rng.random() < 0.75:
            low = max(low, self.floor + float(rng.uniform(-0.1, 0.85)) * (here - self.floor))
        return low, max(high, low + 2.5)
