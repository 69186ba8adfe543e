"""The kinds of scenes: how often each is made, what it holds and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of scene.

    Attributes:
        share: of the pictures by default.
        classes: that it can contain.
        clean: share without anything to find.
        palettes: names and weights.
        edges: share with visible-light edges.
        overlays: share with values, bars and crosses.
    """

    share: float
    classes: tuple[int, ...]
    clean: float
    palettes: dict[str, float]
    edges: float = 0.05
    overlays: float = 0.45


# Weights of palettes by what such pictures are usually shown in.
_IRON = {
    "ironbow": 6.0,
    "inferno": 1.5,
    "hot metal": 0.5,
    "white hot": 1.0,
    "rainbow": 1.0,
    "lava": 0.2,
    "jet": 0.4,
}
_MIXED = {
    "ironbow": 4.0,
    "inferno": 1.2,
    "white hot": 1.2,
    "rainbow": 1.6,
    "jet": 0.6,
    "arctic": 0.5,
    "turbo": 0.3,
    "plasma": 0.3,
}
_PHONE = {
    "ironbow": 5.0,
    "inferno": 3.0,
    "white hot": 0.7,
    "rainbow": 0.9,
    "jet": 0.5,
    "arctic": 0.3,
    "hot metal": 0.3,
}
_GRAY = {"white hot": 6.0, "black hot": 0.7, "ironbow": 1.2, "inferno": 0.6, "rainbow": 0.5}
_LIVING = {
    "white hot": 2.2,
    "black hot": 0.3,
    "ironbow": 2.0,
    "rainbow": 2.0,
    "jet": 0.8,
    "inferno": 1.0,
    "lava": 0.3,
    "hot": 0.4,
    "arctic": 0.3,
}

KINDS: dict[str, Kind] = {
    "substation": Kind(0.25, (0, 3, 4), 0.28, _IRON, 0.04, 0.35),
    "panel": Kind(0.20, (0, 3, 4, 5), 0.3, _PHONE, 0.5, 0.5),
    "board": Kind(0.15, (3, 6), 0.2, _MIXED, 0.15, 0.5),
    "motor": Kind(0.12, (7,), 0.08, _IRON, 0.08, 0.4),
    "room": Kind(0.08, (1, 8, 9), 0.08, _LIVING, 0.06, 0.35),
    "yard": Kind(0.06, (1, 8, 9), 0.08, _LIVING, 0.03, 0.35),
    "street": Kind(0.06, (1, 8, 9), 0.08, _GRAY, 0.02, 0.15),
    "drone": Kind(0.05, (1, 8), 0.08, _GRAY, 0.0, 0.05),
    "negative": Kind(0.03, (), 1.0, _MIXED, 0.1, 0.4),
}
