"""Substations and overhead lines, seen against sky, trees and structures."""

from __future__ import annotations

import numpy as np

from thermal_scenes.bystanders import bystanders
from thermal_scenes.canvas import Canvas
from thermal_scenes.exposure import Exposure
from thermal_scenes.lines import close_up, line_clamps, pole
from thermal_scenes.noise import chance, pick
from thermal_scenes.outdoor import far_wires, foreground_edge, sky
from thermal_scenes.reflections import sun_glints
from thermal_scenes.stations import (
    instruments,
    isolators,
    knife,
    posts,
    rods,
    three_phases,
    transformer,
)
from thermal_scenes.viewpoint import tilt_view
from thermal_scenes.yard import Yard

_LAYOUTS = {
    posts: 3.0, isolators: 2.5, knife: 1.5, rods: 1.2, line_clamps: 3.5, transformer: 2.5, pole: 2.2,
    instruments: 2.0, close_up: 2.2,
}  # fmt: skip


def substation(canvas: Canvas, rng: np.random.Generator, clean: bool) -> None:
    """Paint a substation or line scene; clean leaves everything healthy."""
    structure = sky(canvas, rng)
    cold = float(np.percentile(canvas.base[::8, ::8], 20))
    unit = min(canvas.height, canvas.width) / 480
    extra = rng.spawn(1)[0]
    if chance(extra, 0.3):
        bystanders(canvas, extra, structure)
    yard = Yard(canvas, rng, structure, unit * float(np.exp(rng.uniform(np.log(7), np.log(26)))))
    if chance(rng, 0.7):
        tilt_view(canvas, rng, 0.1, 0.0)
    far_wires(canvas, rng, structure - 1)
    if chance(rng, 0.4):
        near, yard.unit = yard.unit, yard.unit * float(rng.uniform(0.35, 0.7))
        pick(rng, list(_LAYOUTS), list(_LAYOUTS.values()))(yard)
        yard.unit = near
    layout = pick(rng, list(_LAYOUTS), list(_LAYOUTS.values()))
    (three_phases if chance(extra, 0.1) else layout)(yard)
    yard.weak = chance(extra, 0.15)
    section = not clean and bool(yard.wires) and chance(rng, 0.06)
    rod = not clean and not section and bool(yard.rods) and chance(extra, 0.35)
    if not clean and not section and not rod:
        yard.choose_faults()
    yard.paint()
    if section:
        yard.heat_section()
    if rod:
        yard.heat_rod()
    if chance(extra, 0.12):
        sun_glints(canvas, extra)
    if layout is close_up and chance(extra, 0.35):
        canvas.defocus = float(extra.uniform(1.8, 5.0))
    if chance(rng, 0.25):
        foreground_edge(canvas, rng, structure)
    if chance(rng, 0.88):
        seen = yard.body if yard.body is not None and chance(rng, 0.5) else structure
        level = (0.72, 0.93) if chance(extra, 0.12) else (0.22, 0.78)
        width = (4, 14) if yard.weak else (8, 45)
        canvas.exposure = Exposure(seen, level, (0.35, 1.15), width, cold)
