"""Scenes: determinism, labels, classes, clean pictures."""

from __future__ import annotations

import numpy as np
import pytest

from inspection.classes import CLASS_NAMES
from thermal_scenes import KINDS, encode_jpeg, make_scene
from thermal_scenes.canvas import Canvas
from thermal_scenes.heat import Heat
from thermal_scenes.labels import HOT_SHARE, find_boxes

SMALL = (320, 256)


def test_same_seed_gives_the_same_arrays_and_another_does_not():
    first, again, other = (make_scene(s, size=SMALL) for s in (5, 5, 6))
    assert np.array_equal(first.picture, again.picture)
    assert np.array_equal(first.celsius, again.celsius)
    assert (first.boxes, first.truth) == (again.boxes, again.truth)
    assert encode_jpeg(first) == encode_jpeg(again)
    assert not np.array_equal(first.picture, other.picture)


def test_a_wire_that_reaches_the_horizon_is_left_out():
    scene = make_scene([9503, 1398], "board", size=(416, 312))  # one wire would be 147,231 px wide
    assert scene.kind == "board" and np.isfinite(scene.celsius).all()


@pytest.mark.parametrize("kind", KINDS)
def test_labels_lie_in_the_picture_and_agree_with_the_truth(kind):
    for seed in range(6):
        scene = make_scene([seed, 1], kind, size=SMALL)
        assert scene.picture.shape == (256, 320, 3) and scene.picture.dtype == np.uint8
        assert scene.celsius.shape == (256, 320) and np.isfinite(scene.celsius).all()
        assert scene.truth["kind"] == scene.kind == kind
        assert len(scene.boxes) == len(scene.truth["objects"])
        for (class_id, x1, y1, x2, y2), entry in zip(scene.boxes, scene.truth["objects"], strict=True):
            assert 0 <= x1 < x2 <= 320 and 0 <= y1 < y2 <= 256
            assert entry["class_id"] == class_id and entry["class"] == CLASS_NAMES[class_id]
            assert entry["box"] == pytest.approx([x1, y1, x2, y2], abs=0.01)
            assert class_id in KINDS[kind].classes


@pytest.mark.parametrize("class_id", [c for c in range(len(CLASS_NAMES)) if c != 2])
def test_every_class_can_be_asked_for(class_id):
    scenes = [make_scene([seed, 2], classes=[class_id], size=SMALL, clean=False) for seed in range(6)]
    found = {box[0] for scene in scenes for box in scene.boxes}
    assert found == {class_id}


@pytest.mark.parametrize("kind", KINDS)
def test_clean_scenes_have_no_labels(kind):
    if kind == "panel":
        pytest.skip("healthy fuses are labelled where they are warm enough to be seen")
    assert make_scene(3, kind, clean=True, size=SMALL).boxes == []


def test_hot_things_are_warmer_than_their_surroundings():
    for seed in range(8):
        scene = make_scene([seed, 3], "substation", clean=False, size=SMALL)
        for entry in scene.truth["objects"]:
            assert entry["excess_max_kelvin"] > 1.5
            assert entry["true_max_celsius"] > scene.truth["air_celsius"]


def test_hot_box_follows_the_share_of_the_peak():
    canvas = Canvas(200, 300, 20.0, emissivity=1.0)
    heat = Heat([(150.0, 100.0, 50.0, 30.0)])
    with canvas.item(4, True):
        canvas.rectangle(0, 60, 300, 140, 20.0, heat, emissivity=1.0)
    box = find_boxes(np.random.default_rng(0), canvas, 0.6)[0]
    half = 30 * np.log(1 / HOT_SHARE)
    # The spot itself, then 2 to 15 % of its size and 1.5 to 4 px a side; blur rounds the peak off.
    assert 2 * half + 2 < box.x2 - box.x1 < 2 * half * 1.15 + 10
    assert (box.x1 + box.x2) / 2 == pytest.approx(150, abs=1.5)
    assert (box.y1 + box.y2) / 2 == pytest.approx(100, abs=1.5)


def test_whole_box_shows_only_what_is_not_hidden():
    canvas = Canvas(200, 300, 20.0)
    with canvas.item(7, False):
        canvas.rectangle(50, 50, 250, 150, 60.0)
    canvas.rectangle(150, 0, 300, 200, 20.0)
    box = find_boxes(np.random.default_rng(0), canvas, 0.6)[0]
    assert box.x1 == pytest.approx(50, abs=4) and box.x2 == pytest.approx(150, abs=4)


def test_wrong_requests_are_refused():
    with pytest.raises(ValueError, match="no scene called"):
        make_scene(0, "kitchen")
    with pytest.raises(ValueError, match="class ids"):
        make_scene(0, classes=[42])
    with pytest.raises(ValueError, match="misspelling"):
        make_scene(0, classes=[2])
    with pytest.raises(ValueError, match="64 px"):
        make_scene(0, size=(32, 32))
