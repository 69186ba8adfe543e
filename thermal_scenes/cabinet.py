"""What all low-voltage panels share: the cabinet being painted, faults, lugs, cables, mounting plates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Canvas
from thermal_scenes.equipment import clamp
from thermal_scenes.heat import Heat
from thermal_scenes.noise import chance, curve

CABLE, COMPONENT, JOINT, FUSE = 0, 3, 4, 5


@dataclass
class Cabinet:
    """A panel while it is painted.

    Attributes:
        canvas: to paint on.
        rng: source of randomness.
        ambient: °C inside.
        load: K that healthy current-carrying parts are warmer.
        unit: world units of a breaker's pole width.
        clean: True when nothing may be faulty.
        faults: how many there are so far.
        most: how many there may be.
        weak: whether faults are weak ones, 3 to 9 K.
    """

    canvas: Canvas
    rng: np.random.Generator
    ambient: float
    load: float
    unit: float
    clean: bool
    faults: int = 0
    most: int = 3
    weak: bool = False

    def fault(self, probability: float) -> float:
        """Excess of a fault in K, or 0 for a healthy part."""
        if self.clean or self.faults >= self.most or not chance(self.rng, probability):
            return 0.0
        self.faults += 1
        kelvin = float(np.exp(self.rng.uniform(np.log(8), np.log(75))))
        return 3 + 6 * (kelvin - 8) / 67 if self.weak else kelvin

    def fuse_warmth(self) -> float:
        """K that a healthy fuse is warmer than the cabinet; hardly anything in a clean picture."""
        return self.load * float(self.rng.uniform(0.3, 1.6)) * (0.2 if self.clean else 1.0)

    def healthy(self) -> float:
        """°C of a healthy part under load."""
        return self.ambient + self.load * float(self.rng.uniform(0.5, 1.2)) + float(self.rng.normal(0, 0.3))


def lug(p: Cabinet, at: tuple[float, float], size: float, angle: float, probability: float = 0.2) -> Heat:
    """Paint a lug or terminal, perhaps faulty; gives its heat for what is connected to it."""
    healthy, kelvin = p.healthy(), p.fault(probability)
    if not kelvin:
        clamp(p.canvas, p.rng, at, size, angle, healthy)
        return Heat()
    heat = Heat([(at[0], at[1], kelvin, size * float(p.rng.uniform(1.2, 3.5)))])
    with p.canvas.item(
        JOINT, True, celsius=round(healthy + kelvin, 1), share=float(p.rng.uniform(0.45, 0.62))
    ):
        clamp(p.canvas, p.rng, at, size, angle, healthy, heat)
    return heat


def cable(p: Cabinet, points: list, width: float, heat: Heat, hot: float = 0.0) -> None:
    """A wire through points; hot is the excess in K along its whole run (an overloaded wire)."""
    path = curve(points, 14)
    warm, shade = p.healthy(), float(p.rng.uniform(0.1, 0.9))
    excess: float | NDArray = heat.along(path) if heat.spots else 0.0
    if not hot:
        p.canvas.stroke(path, width, warm, excess, 0.94, shade, 0.8)
        return
    along = hot * (1 + 0.12 * np.sin(np.linspace(0, 3, len(path)))) + np.asarray(excess)
    with p.canvas.item(CABLE, True, celsius=round(warm + hot, 1), share=0.5):
        p.canvas.stroke(path, width, warm, along, 0.94, shade, 1.5)


def plate(p: Cabinet) -> None:
    """Mounting plate with ducts, profiles and screws, and the dark gaps between."""
    c, rng = p.canvas, p.rng
    for _ in range(int(rng.integers(0, 5))):
        x, wide = rng.uniform(-0.1, 1) * c.width, p.unit * rng.uniform(0.4, 2.2)
        shade = float(rng.uniform(0.3, 0.8))
        if chance(rng, 0.6):
            c.rectangle(x, -80, x + wide, c.height + 80, p.ambient + rng.normal(0, 0.8), shade=shade)
        else:
            y = rng.uniform(0, 1) * c.height
            c.rectangle(-80, y, c.width + 80, y + wide, p.ambient + rng.normal(0, 0.8), shade=shade)
    for _ in range(int(rng.integers(2, 18))):
        at, r = (rng.uniform(0, c.width), rng.uniform(0, c.height)), p.unit * rng.uniform(0.06, 0.16)
        c.ellipse(at, (r, r), p.ambient + 0.2, emissivity=0.7, shade=0.9)
        c.ellipse(at, (r * 0.55, r * 0.55), p.ambient + 0.2, emissivity=0.8, shade=0.3)


def lettering(p: Cabinet, x: float, y: float, wide: float, high: float, celsius: float, excess: Heat) -> None:
    """Printed lines that only the visible-light camera sees."""
    rows = int(p.rng.integers(1, 4))
    for k in range(rows):
        yy, step = y + high * k / rows, wide / float(p.rng.integers(4, 9))
        for xx in np.arange(x, x + wide * float(p.rng.uniform(0.5, 1)), step):
            end = xx + step * float(p.rng.uniform(0.4, 0.8))
            p.canvas.rectangle(
                xx, yy, end, yy + high / rows * 0.55, celsius, excess if excess.spots else 0.0, shade=0.25
            )


def hardware(p: Cabinet) -> None:
    """Brackets, bolts with washers, plugs and labels, which mostly the visible-light camera sees."""
    c, rng = p.canvas, p.rng
    for _ in range(int(rng.integers(3, 16))):
        x, y, s = rng.uniform(0, c.width), rng.uniform(0, c.height), p.unit * float(rng.uniform(0.15, 0.6))
        warm, shade = p.ambient + p.load * float(rng.uniform(0, 0.8)), float(rng.uniform(0.2, 0.95))
        if chance(rng, 0.5):
            for r, light in ((1.0, shade), (0.7, 0.9), (0.45, 0.25)):
                c.ellipse((x, y), (s * r, s * r), warm, emissivity=0.8, shade=light)
        else:
            wide = s * float(rng.uniform(1, 4))
            c.rectangle(x, y, x + wide, y + s * 1.5, warm, emissivity=0.88, shade=shade)
            c.rectangle(x + 0.15 * wide, y + 0.2 * s, x + 0.8 * wide, y + 1.1 * s, warm, shade=shade * 0.6)
            c.ellipse((x + wide * 0.9, y + s * 0.7), (s * 0.2, s * 0.2), warm, emissivity=0.7, shade=0.1)


def pilot_lamps(p: Cabinet, rng: np.random.Generator) -> None:
    """A row of pilot lamps or push buttons, a little warm and nobody's fault."""
    c, r = p.canvas, p.unit * float(rng.uniform(0.2, 0.45))
    x, y = rng.uniform(0, 0.8) * c.width, rng.uniform(0, 1) * c.height
    for k in range(int(rng.integers(1, 6))):
        at, warm = (x + 3.2 * k * r, y), p.ambient + float(rng.uniform(0.5, 7))
        c.ellipse(at, (1.25 * r, 1.25 * r), p.ambient + 0.3, emissivity=0.75, shade=0.85)
        c.ellipse(at, (r, r), warm, emissivity=0.93, shade=0.3)
