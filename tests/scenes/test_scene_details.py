"""Details outdoors and in panels: fittings, reflections, bystanders, three phases, weak faults."""

from __future__ import annotations

import numpy as np
import pytest

from thermal_scenes.bystanders import bystanders, tank_fittings
from thermal_scenes.cabinet import Cabinet
from thermal_scenes.camera import Camera, measure, random_camera
from thermal_scenes.canvas import Canvas
from thermal_scenes.fittings import SHAPES
from thermal_scenes.heat import Heat
from thermal_scenes.labels import find_boxes
from thermal_scenes.poles import three_poles
from thermal_scenes.reflections import person_before
from thermal_scenes.stations import rods, three_phases, transformer
from thermal_scenes.yard import Yard

QUIET = Camera(320, 256, 0.3, 0.0, 0.0, emissivity=1.0, reflected_celsius=20.0, transmission=1.0)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_fitting_is_boxed_where_it_is_hot_and_not_when_it_is_cold(shape):
    for heat, boxes in ((Heat([(160.0, 128.0, 40.0, 25.0)]), 1), (Heat(), 0)):
        canvas = Canvas(256, 320, 20.0)
        with canvas.item(3, True):
            SHAPES[shape](canvas, rng(1), (160, 128), 24, 0.2, 20.0, heat)
        found = find_boxes(rng(), canvas, 0.6)
        assert len(found) == boxes
        if found:
            assert found[0].x1 < 160 < found[0].x2 and found[0].y2 - found[0].y1 < 110


def test_a_reflection_shows_in_bare_metal_only():
    shown = []
    for emissivity in (0.4, 1.0):
        canvas = Canvas(256, 320, 20.0, emissivity=emissivity)
        person_before(canvas, rng(2))
        shown.append(float(measure(rng(), canvas, QUIET).max()) - 20.0)
    assert shown[0] > 5
    assert shown[1] == pytest.approx(0.0, abs=0.05)


def test_bystanders_are_bright_and_without_a_label():
    for seed in range(6):
        canvas = Canvas(256, 320, 10.0)
        bystanders(canvas, rng(seed), 12.0)
        tank_fittings(canvas, rng(seed), (20, 100, 300, 256), 15.0)
        assert canvas.base.max() > 14 and not canvas.items and not canvas.excess.any()


def test_three_phases_look_alike_and_one_is_hot():
    canvas = Canvas(256, 320, 0.0)
    yard = Yard(canvas, rng(3), 10.0, 14.0)
    three_phases(yard)
    yard.choose_faults()
    yard.paint()
    assert len(yard.heat) == 1 and len({(s.shape, s.look, s.size) for s in yard.sites}) == 1
    assert len(find_boxes(rng(), canvas, 0.6)) == 1


def test_a_bare_rod_may_be_hot_as_a_whole():
    canvas = Canvas(256, 320, 0.0)
    yard = Yard(canvas, rng(4), 10.0, 20.0)
    rods(yard)
    yard.paint()
    yard.heat_rod()
    box = find_boxes(rng(), canvas, 0.6)[0]
    rod = max((p for p, _ in yard.rods), key=lambda p: canvas.excess[tuple(p.mean(0).astype(int)[::-1])])
    assert box.class_id == 4 and box.y2 - box.y1 > 0.4 * np.ptp(rod[:, 1])


def test_tank_corners_glow_inside_the_tank_only():
    for seed in range(40):
        yard = Yard(Canvas(256, 320, 0.0), rng(seed), 10.0, 20.0)
        transformer(yard)
        corners = [i for i, s in enumerate(yard.sites) if s.shape == "corner"]
        if corners:
            break
    site = yard.sites[corners[0]]
    yard.sites, yard.wires = [site], []
    yard.heat = {0: Heat([(site.x, site.y, 40.0, site.size)])}
    yard.paint()
    sky = yard.canvas.base < 5
    assert yard.canvas.excess.max() > 10 and yard.canvas.excess[sky].max() < 1


def test_weak_faults_are_weak():
    canvas = Canvas(128, 160, 20.0)
    cabinet = Cabinet(canvas, rng(), 20.0, 1.0, 10.0, False, most=99, weak=True)
    kelvin = [cabinet.fault(1.0) for _ in range(40)]
    assert min(kelvin) >= 3 and max(kelvin) <= 9


def test_one_pole_of_three_is_hot():
    canvas = Canvas(512, 640, 25.0)
    three_poles(Cabinet(canvas, rng(5), 25.0, 2.0, 40.0, False))
    assert 1 <= len(canvas.items) <= 2 and canvas.excess.max() > 5


def test_a_close_up_out_of_focus_is_blurred_more():
    canvas = Canvas(256, 320, 20.0)
    sharp = random_camera(rng(6), canvas).blur_px
    canvas.defocus = 3.0
    assert random_camera(rng(6), canvas).blur_px == pytest.approx(3 * sharp)
