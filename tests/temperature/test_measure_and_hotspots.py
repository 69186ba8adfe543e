"""Spots, boxes, lines, isotherms, histogram, differences, and hot spots that no model knows."""

from __future__ import annotations

import numpy as np
import pytest
from flir_writer import scene

from inspection.errors import SettingsError
from inspection.hotspots import HotSpotSettings, find_hot_spots
from inspection.measure import (
    box_statistics,
    difference,
    histogram,
    isotherm_mask,
    line_profile,
    spot,
)

RAMP = np.tile(np.arange(40, dtype=np.float32), (30, 1))


def test_box_statistics_equal_plain_numpy():
    celsius = np.random.default_rng(0).normal(30, 5, (50, 60)).astype(np.float32)
    celsius[5, 5] = np.nan
    box = box_statistics(celsius, (2.4, 3.6, 40.2, 33.0))
    part = celsius[3:33, 2:41]
    assert box.pixels_without_data == 1 and box.pixels == part.size - 1
    assert box.max_celsius == np.nanmax(part) and box.min_celsius == np.nanmin(part)
    assert box.mean_celsius == pytest.approx(np.nanmean(part), abs=1e-4)
    assert box.median_celsius == pytest.approx(np.nanmedian(part))
    assert box.deviation_kelvin == pytest.approx(np.nanstd(part), abs=1e-4)
    top = np.sort(part[np.isfinite(part)])[-round(0.01 * box.pixels) :]
    assert box.top1_celsius == pytest.approx(top.mean(), abs=1e-4)
    assert celsius[box.hottest_xy[::-1]] == box.max_celsius
    assert celsius[box.coldest_xy[::-1]] == box.min_celsius


def test_a_box_outside_or_without_data_has_no_statistics():
    assert box_statistics(RAMP, (100, 100, 120, 120)) is None
    assert box_statistics(np.full((9, 9), np.nan, np.float32), (0, 0, 5, 5)) is None


def test_a_spot_is_the_mean_around_a_point():
    assert spot(RAMP, 10, 10) == 10
    assert spot(RAMP, 0, 0) == 0.5  # at the border only what there is
    assert spot(RAMP, 7.9, 3, radius=0) == 7
    holes = RAMP.copy()
    holes[10, 9:12] = np.nan
    assert spot(holes, 10, 10) == 10 and spot(holes, 10, 10, radius=0) is None
    for wrong in ((40, 3), (-1, 3), (3, 30)):
        with pytest.raises(SettingsError, match="0 to 39"):
            spot(RAMP, *wrong)


def test_a_line_runs_through_the_picture():
    distance, celsius = line_profile(RAMP, (0, 5), (39, 5))
    assert np.allclose(distance, np.arange(40)) and np.allclose(celsius, np.arange(40))
    distance, celsius = line_profile(RAMP, (3, 0), (6.5, 20.25))
    assert np.allclose(celsius, 3 + 3.5 * distance / distance[-1], atol=1e-5)
    assert distance[-1] == pytest.approx(np.hypot(3.5, 20.25))
    with pytest.raises(SettingsError, match="two different"):
        line_profile(RAMP, (3, 3), (3, 3))
    with pytest.raises(SettingsError, match="lie in the picture"):
        line_profile(RAMP, (3, 3), (40, 3))


def test_isotherms():
    assert isotherm_mask(RAMP, above=35).sum() == 5 * 30
    assert isotherm_mask(RAMP, above=10, below=12).sum() == 3 * 30
    holes = RAMP.copy()
    holes[0] = np.nan
    assert not isotherm_mask(holes, below=50)[0].any()
    with pytest.raises(SettingsError):
        isotherm_mask(RAMP)
    with pytest.raises(SettingsError):
        isotherm_mask(RAMP, above=20, below=20)


def test_histograms_count_every_pixel_with_data():
    counts, edges = histogram(RAMP, 8)
    assert counts.sum() == RAMP.size and len(edges) == 9 and edges[0] == 0 and edges[-1] == 39
    assert histogram(np.full((4, 4), 20, np.float32))[0].sum() == 16
    assert histogram(np.full((4, 4), np.nan, np.float32))[0].sum() == 0
    with pytest.raises(SettingsError):
        histogram(RAMP, 1)


def structured(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    celsius = scene(160, 120, hot=60).astype(np.float32)
    for _ in range(25):
        x, y, w, h = rng.integers(0, 140), rng.integers(0, 100), rng.integers(5, 40), rng.integers(5, 30)
        celsius[y : y + h, x : x + w] += rng.uniform(-4, 6)
    return celsius


def test_the_difference_of_two_moved_pictures():
    before = structured()
    after = np.roll(before, (4, -7), (0, 1))
    after[40:50, 60:70] += 15
    result = difference(before, after)
    assert result.aligned and result.shift_xy == pytest.approx((7, -4), abs=0.3)
    inner = result.kelvin[20:100, 20:140]
    assert np.median(np.abs(inner)) < 0.3
    y, x = np.unravel_index(np.nanargmax(cv_blur(result.kelvin)), result.kelvin.shape)
    assert (x, y) == pytest.approx((64 + 7, 44 - 4), abs=4)
    assert np.isnan(result.kelvin[-1, 0])  # nothing to compare with


def cv_blur(kelvin: np.ndarray) -> np.ndarray:
    import cv2

    return cv2.blur(np.nan_to_num(kelvin), (7, 7))


def test_pictures_without_common_structure_are_compared_as_they_are():
    noise = np.random.default_rng(5).normal(20, 1, (120, 160)).astype(np.float32)
    result = difference(structured(), noise)
    assert not result.aligned and result.shift_xy == (0, 0)
    assert np.allclose(difference(RAMP, RAMP + 2, align=False).kelvin, 2)
    with pytest.raises(SettingsError, match="same size"):
        difference(RAMP, RAMP[1:])


@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (3, 9), (24, 24)])
def test_tiny_and_empty_maps_break_nothing(shape):
    celsius = np.random.default_rng(0).normal(30, 5, shape).astype(np.float32)
    for first in (celsius, np.full_like(celsius, np.nan), np.zeros_like(celsius)):
        assert difference(first, first).kelvin.shape == shape
        assert isinstance(find_hot_spots(first), tuple)
    assert box_statistics(celsius, (float("nan"), 0, 1, 1)) is None


def test_a_hot_spot_is_found_once_and_described():
    celsius = scene(160, 120, hot=80).astype(np.float32)
    (found,) = find_hot_spots(celsius)
    assert found.hottest_xy == pytest.approx((120, 30), abs=2)
    assert found.max_celsius == celsius.max()
    assert found.contrast_kelvin == pytest.approx(52, abs=6)
    left, top, right, bottom = found.xyxy
    assert left < 120 < right and top < 30 < bottom and found.area_px <= (right - left) * (bottom - top)


def test_what_the_model_found_is_not_listed_again():
    celsius = scene(160, 120, hot=80).astype(np.float32)
    assert find_hot_spots(celsius, [(110, 20, 130, 40)]) == ()
    assert len(find_hot_spots(celsius, [(0, 60, 50, 100)])) == 1


def test_limits_of_contrast_and_size():
    celsius = scene(160, 120, hot=80).astype(np.float32)
    assert find_hot_spots(celsius, settings=HotSpotSettings(min_contrast_kelvin=70)) == ()
    assert find_hot_spots(celsius, settings=HotSpotSettings(min_area_px=5000)) == ()
    assert find_hot_spots(celsius, settings=HotSpotSettings(max_area_percent=0.05)) == ()
    for wrong in ({"min_contrast_kelvin": 0}, {"min_area_px": 0}, {"max_area_percent": 90}):
        with pytest.raises(SettingsError):
            HotSpotSettings(**wrong)


def test_flat_pictures_noise_and_missing_scales_have_no_hot_spots():
    assert find_hot_spots(None) == ()
    assert find_hot_spots(np.full((60, 80), np.nan, np.float32)) == ()
    noise = np.random.default_rng(0).normal(25, 0.5, (120, 160)).astype(np.float32)
    assert find_hot_spots(noise) == ()


def test_no_data_around_a_hot_spot_does_not_hide_it():
    celsius = scene(160, 120, hot=80).astype(np.float32)
    celsius[:, :30] = np.nan
    assert len(find_hot_spots(celsius)) == 1


def test_the_hot_end_of_a_large_warm_body_is_found_on_the_body():
    celsius = np.full((240, 320), -10.0, np.float32)  # cold sky
    celsius[60:, 140:170] = 30.0  # a bushing, far larger than a spot
    celsius[60:72, 150:162] = 75.0  # its hot clamp
    found = find_hot_spots(celsius)
    assert len(found) == 1 and found[0].max_celsius == 75.0
    assert found[0].surroundings_celsius == pytest.approx(30.0, abs=0.5)
    assert found[0].xyxy == (150, 60, 162, 72)
