"""Boxes and labels in the picture."""

from __future__ import annotations

import numpy as np
import pytest

from inspection.annotate import annotate, enlargement, label_of, place_label
from inspection.finding import Finding
from tests.conftest import blobs


def finding(
    number: int, xyxy: tuple[float, float, float, float], name: str = "Legatura", **more: object
) -> Finding:
    return Finding(number, 4, name, 0.8, xyxy, 640, 480, **more)  # type: ignore[arg-type]


def test_the_given_picture_stays_untouched_and_the_box_is_drawn() -> None:
    picture = blobs(640, 480)
    before = picture.copy()
    drawn = annotate(picture, [finding(1, (100, 100, 200, 180))])
    assert np.array_equal(picture, before)
    changed = np.abs(drawn.astype(int) - picture).sum(axis=2) > 30
    assert changed[100:180, 99:102].mean() > 0.8
    assert not changed[200:, :].any() and not changed[110:170, 110:190].any()


def test_the_selected_box_is_thicker() -> None:
    picture, found = blobs(640, 480), [finding(1, (100, 100, 200, 180))]
    thin = np.count_nonzero(annotate(picture, found, labels=False) != picture)
    selected = np.count_nonzero(annotate(picture, found, selected=1, labels=False) != picture)
    assert selected > 1.2 * thin


def test_small_pictures_are_enlarged_without_smoothing() -> None:
    picture = blobs(80, 60)
    drawn = annotate(picture, [])
    assert enlargement(80, 60) == 8 and drawn.shape == (480, 640, 3)
    assert np.array_equal(drawn[4::8, 4::8], picture)


def test_labels_stay_inside_and_never_cover_each_other() -> None:
    rng = np.random.default_rng(0)
    taken: list[tuple[int, int, int, int]] = []
    for _ in range(40):
        x, y = rng.integers(-20, 640), rng.integers(-20, 480)
        place = place_label((int(x), int(y), int(x) + 50, int(y) + 40), (110, 22), (640, 480), taken)
        tab = (*place, place[0] + 110, place[1] + 22)
        assert min(tab) >= 0 and tab[2] <= 640 and tab[3] <= 480
        assert not any(tab[0] < t[2] and t[0] < tab[2] and tab[1] < t[3] and t[1] < tab[3] for t in taken)
        taken.append(tab)


@pytest.mark.parametrize(
    "name", ["热像仪" * 20, "=x", "a" * 300, "supraîncălzire", "изолятор", "\u0000\u202e", ""]
)
def test_any_class_name_can_be_drawn(name: str) -> None:
    drawn = annotate(blobs(200, 150), [finding(1, (0, 0, 640, 480), name), finding(2, (5, 5, 5, 5), name)])
    assert drawn.shape == (600, 800, 3)


def test_an_estimate_is_marked_as_one() -> None:
    heat = {"max_celsius": 83.24, "hottest_xy": (120, 120)}
    measured = finding(1, (0, 0, 9, 9), **heat, temperature_source="radiometric")
    estimated = finding(1, (0, 0, 9, 9), **heat, temperature_source="scale")
    assert label_of(measured).endswith("  83.2 °C") and label_of(estimated).endswith("~83.2 °C")
    assert label_of(finding(3, (0, 0, 9, 9))) == "3  joint  0.80"
