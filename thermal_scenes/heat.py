"""Hot spots: where a fault gives off heat and how the excess fades with the distance from it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass
class Heat:
    """Sum of hot spots; each fades as kelvin * exp(-distance / length), the fin equation of a long conductor.

    Attributes:
        spots: (x, y, kelvin, length) in world units and K.
    """

    spots: list[tuple[float, float, float, float]] = field(default_factory=list)

    def __call__(self, x: NDArray, y: NDArray) -> NDArray[np.float32]:
        """Excess at world x and y, K."""
        total = np.zeros(np.broadcast(x, y).shape, np.float32)
        for sx, sy, kelvin, length in self.spots:
            distance = np.sqrt((x - sx) ** 2 + (y - sy) ** 2)
            total += np.float32(kelvin) * np.exp(distance * np.float32(-1 / length))
        return total

    def along(self, points: NDArray) -> NDArray[np.float32]:
        """Excess at points (N, 2)."""
        return self(points[:, 0].astype(np.float32), points[:, 1].astype(np.float32))

    def part(self, share: float, reach: float = 1.0) -> Heat:
        """The same spots weaker and shorter: what passes into a badly conducting neighbour."""
        return Heat([(x, y, k * share, length * reach) for x, y, k, length in self.spots])
