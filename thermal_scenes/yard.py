"""Where outdoor layouts put what they want painted: heat has to be known before conductors are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Canvas
from thermal_scenes.fittings import SHAPES
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, curve, pick, sagging

CABLE, COMPONENT, JOINT = 0, 3, 4

Painter = Callable[[Heat], None]
"""Paints a body, given all heat near it."""


@dataclass(frozen=True)
class Site:
    """A place that may be faulty.

    Attributes:
        x: column.
        y: row.
        size: of the fitting, pixels.
        angle: radians.
        class_id: its class if hot.
        warmer: K above the structure when healthy.
        shape: one of fittings.SHAPES.
        look: seed of its looks, to give several the same; None draws new ones.
    """

    x: float
    y: float
    size: float
    angle: float
    class_id: int
    warmer: float = 0.0
    shape: str = "clamp"
    look: int | None = None


@dataclass
class Yard:
    """A scene of outdoor equipment while it is planned.

    Attributes:
        canvas: to paint on.
        rng: source of randomness.
        structure: °C of unheated parts.
        unit: pixels of a middle-sized clamp.
        sites: places that may be faulty.
        wires: (points (N, 2), width).
        bodies: painters of insulators, tanks and poles, called before the wires.
        heat: of the faulty sites, by index.
        body: °C of the largest body, by which a picture may be exposed, or None.
        rods: those of the wires that are bare rods, which may be hot as a whole.
        weak: whether faults are weak ones, 3 to 10 K.
        phases: whether the sites are three equal phases, of which one is hotter.
        extra: source of randomness for details that most scenes do not have.
    """

    canvas: Canvas
    rng: np.random.Generator
    structure: float
    unit: float
    sites: list[Site] = field(default_factory=list)
    wires: list[tuple[NDArray, float]] = field(default_factory=list)
    bodies: list[Painter] = field(default_factory=list)
    heat: dict[int, Heat] = field(default_factory=dict)
    body: float | None = None
    rods: list[tuple[NDArray, float]] = field(default_factory=list)
    weak: bool = False
    phases: bool = False

    def __post_init__(self) -> None:
        # Details that came later draw from a child generator, so that a seed's scene stays what it was.
        self.extra = self.rng.spawn(1)[0]

    def site(
        self, x: float, y: float, size: float, angle: float = 0.0, class_id: int = JOINT,
        warmer: float = 0.0, shape: str = "clamp", look: int | None = None,
    ) -> None:  # fmt: skip
        """Add a place where something may be hot; see Site."""
        self.sites.append(
            Site(float(x), float(y), float(size), float(angle), class_id, float(warmer), shape, look)
        )

    def wire(self, *points: tuple[float, float] | NDArray, width: float, sag: float = 0.0) -> None:
        """Add a conductor through points; two points may sag."""
        knots = np.asarray(points, float)
        path = sagging(knots[0], knots[1], sag) if len(knots) == 2 else curve(knots, 12)
        self.wires.append((path, width))

    def choose_faults(self) -> None:
        """Decide which sites inside the picture are hot and by how much."""
        rng, (h, w) = self.rng, (self.canvas.height, self.canvas.width)
        inside = [
            i for i, s in enumerate(self.sites) if 0.02 * w < s.x < 0.98 * w and 0.02 * h < s.y < 0.98 * h
        ]
        rng.shuffle(inside)
        worst = float(np.exp(rng.uniform(np.log(7), np.log(90))))
        if self.weak:
            worst = 3 + 7 * (worst - 7) / 83
        count = pick(rng, (1, 2, 3, 5), (6, 2.5, 1.2, 0.4))
        for rank, i in enumerate(inside[: 1 if self.phases else count]):
            site = self.sites[i]
            kelvin = worst * (1.0 if rank == 0 else float(rng.uniform(0.35, 1.0)))
            x, y = np.array([site.x, site.y]) + rng.normal(0, 0.25 * site.size, 2)
            # A clamp is about three conductors wide, the cooling length about twelve; wind shortens it.
            self.heat[i] = Heat([(float(x), float(y), kelvin, site.size * float(rng.uniform(1.0, 5.0)))])

    def all_heat(self) -> Heat:
        """Every fault together, for what conducts between them."""
        return Heat([spot for h in self.heat.values() for spot in h.spots])

    def paint(self) -> None:
        """Bodies, then conductors, then the sites on top of them."""
        heat, rng = self.all_heat(), self.rng
        for body in self.bodies:
            body(heat)
        for path, width in self.wires:
            excess = heat.along(path) if heat.spots else 0.0
            self.canvas.stroke(path, width, self.structure - rng.uniform(0, 1.5), excess, 0.82, 0.3)
        warmer = float(rng.uniform(1, 3)) if chance(rng, 0.2) else 0.4
        for i, site in enumerate(self.sites):
            healthy = self.structure + warmer + site.warmer + float(rng.normal(0, 0.6))
            at = (site.x, site.y)
            looks = rng if site.look is None else np.random.default_rng(site.look)
            paint = SHAPES[site.shape]
            if i not in self.heat:
                paint(self.canvas, looks, at, site.size, site.angle, healthy, heat.part(0.8))
                continue
            with self.canvas.item(site.class_id, True, celsius=round(healthy + self.heat[i].spots[0][2], 1)):
                paint(self.canvas, looks, at, site.size, site.angle, healthy, self.heat[i])

    def heat_rod(self) -> None:
        """Instead of a site, warm one bare rod as a whole, hottest at one end."""
        rng = self.rng
        path, width = self.rods[int(rng.integers(len(self.rods)))]
        kelvin = float(np.exp(rng.uniform(np.log(8), np.log(60))))
        fade = float(rng.uniform(0.0, 0.35))
        along = kelvin * (1 - fade * np.linspace(0, 1, len(path)))
        share = float(rng.uniform(0.4, 0.6))
        with self.canvas.item(JOINT, True, celsius=round(self.structure + kelvin, 1), share=share):
            self.canvas.stroke(path, width, self.structure, along, 0.88, 0.4)

    def heat_section(self) -> None:
        """Instead of a site, warm a length of one conductor: broken strands or overload."""
        path, width = self.wires[int(self.rng.integers(len(self.wires)))]
        start = int(self.rng.integers(0, max(1, len(path) // 2)))
        part = path[start : start + max(4, len(path) // 2)]
        kelvin = float(np.exp(self.rng.uniform(np.log(8), np.log(60))))
        with self.canvas.item(CABLE, True, celsius=round(self.structure + kelvin, 1), share=0.5):
            self.canvas.stroke(part, width * 1.1, self.structure, np.full(len(part), kelvin), 0.85, 0.3)
