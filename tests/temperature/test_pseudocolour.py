"""Colours to temperatures: error, masks, palette proposal and the colour bar."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from flir_writer import scene

from inspection.errors import SettingsError
from inspection.palettes import PALETTE_NAMES, palette_table, render_celsius
from inspection.pseudocolour import (
    LARGEST_PROPOSED_DISTANCE,
    find_colour_bar,
    palette_from_bar,
    propose_overlays,
    propose_palette,
    to_celsius,
)
from inspection.pseudocolour.nearest import palette_index

LOW, HIGH = 15.0, 85.0
BAR = (290, 40, 302, 200)


def wide_scene() -> np.ndarray:
    """Smooth structures over the whole span: float32 (240, 320), °C."""
    celsius = scene(320, 240, hot=84, seed=4)
    y, x = np.mgrid[:240, :320]
    for cx, cy, size, rise in ((60, 180, 25, 40), (150, 90, 40, 25), (200, 200, 12, 45)):
        celsius += rise * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * size**2))
    celsius[100:130, 40:110] += 12
    return celsius.clip(LOW, HIGH).astype(np.float32)


CELSIUS = wide_scene()


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    """Through JPEG with halved chroma, and back."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x221111]
    return cv2.imdecode(cv2.imencode(".jpg", picture, options)[1], cv2.IMREAD_COLOR)


def rendered(palette: str, quality: int | None = 85) -> np.ndarray:
    picture = render_celsius(CELSIUS, (LOW, HIGH), palette)
    return picture if quality is None else jpeg(picture, quality)


def with_bar(palette: str, lying: bool = False) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """A picture with a framed colour bar, and where the bar is."""
    picture = render_celsius(CELSIUS, (LOW, HIGH), palette)
    left, top, right, bottom = (60, 220, 220, 230) if lying else BAR
    picture[top - 1 : bottom + 1, left - 1 : right + 1] = 0
    length = right - left if lying else bottom - top
    colours = palette_table(palette)[np.linspace(0, 255, length).round().astype(int)]
    picture[top:bottom, left:right] = colours[None] if lying else colours[::-1, None]
    return jpeg(picture, 90), (left, top, right, bottom)


@pytest.mark.parametrize("palette", PALETTE_NAMES)
def test_mean_error_on_a_smooth_scene_is_below_0_4_percent_of_the_span(palette):
    result = to_celsius(rendered(palette), palette, LOW, HIGH)
    error = np.abs(result.celsius - CELSIUS)
    assert np.nanmean(error) <= 0.004 * (HIGH - LOW)
    assert np.nanpercentile(error, 95) <= 0.015 * (HIGH - LOW)
    assert result.masked.mean() < 0.01


@pytest.mark.parametrize("palette", ["ironbow", "white hot", "turbo"])
def test_the_table_is_near_the_exact_way(palette):
    picture = rendered(palette)
    exact = to_celsius(picture, palette, LOW, HIGH)
    table = to_celsius(picture, palette, LOW, HIGH, method="table")
    assert np.nanmean(np.abs(exact.celsius - table.celsius)) < 0.004 * (HIGH - LOW)
    assert np.mean(exact.masked != table.masked) < 0.01


def test_the_pruned_search_equals_the_full_one():
    colours = np.random.default_rng(0).integers(0, 256, (3000, 3)).astype(np.uint8)
    for palette in ("ironbow", "rainbow", "white hot"):
        index, distance = palette_index(palette).nearest(colours)
        _, slow = palette_index(palette).nearest_reference(colours)
        assert np.abs(distance - slow).max() < 0.01  # entries of equal distance may differ
        assert index.max() < 1024


def test_a_photograph_with_very_many_colours_takes_no_longer():
    noise = np.random.default_rng(0).integers(0, 256, (700, 700, 3)).astype(np.uint8)
    index = palette_index("ironbow")
    assert np.array_equal(index.exact(noise), index.by_table(noise))


def test_every_pixel_is_looked_up_like_its_colour():
    picture = rendered("ironbow")[:40, :50]
    index = palette_index("ironbow").exact(picture)
    slow, distance = palette_index("ironbow").nearest_reference(picture.reshape(-1, 3))
    good = distance < 20
    difference = np.abs(index.ravel()[good].astype(int) - slow[good].astype(int))
    assert np.mean(difference > 1) < 0.01


def test_ends_and_overlays_are_kept_apart():
    celsius = CELSIUS.copy()
    celsius[10:30, 10:40] = 120
    celsius[50:70, 10:40] = -10
    picture = render_celsius(celsius, (LOW, HIGH), "ironbow")
    picture[150:170, 250:300] = (0, 255, 0)
    result = to_celsius(picture, "ironbow", LOW, HIGH, exclude=[(0, 0, 5, 240)])
    assert result.above[12:28, 12:38].all() and result.below[52:68, 12:38].all()
    assert (result.celsius[12:28, 12:38] == HIGH).all() and (result.celsius[52:68, 12:38] == LOW).all()
    assert result.masked[152:168, 252:298].all() and result.masked[:, :5].all()
    assert np.array_equal(np.isnan(result.celsius), result.masked)
    assert not (result.above & result.masked).any()


def test_a_mask_can_be_given_as_pixels():
    mask = np.zeros(CELSIUS.shape, bool)
    mask[20:40] = True
    result = to_celsius(rendered("inferno", None), "inferno", LOW, HIGH, exclude=mask)
    assert result.masked[20:40].all() and not result.masked[50:].any()
    with pytest.raises(SettingsError, match="mask"):
        to_celsius(rendered("inferno", None), "inferno", LOW, HIGH, exclude=mask[1:])


def test_the_label_and_the_thermogram_say_estimated():
    picture = rendered("ironbow")
    result = to_celsius(picture, "ironbow", LOW, HIGH)
    assert result.label == f"estimated from colours, about ±{result.accuracy_kelvin:g} °C"
    thermogram = result.to_thermogram(picture, "ironbow")
    assert thermogram.source == "scale" and thermogram.accuracy_kelvin == result.accuracy_kelvin > 2
    assert "estimated from colours" in thermogram.note
    assert thermogram.camera["scale_max_celsius"] == HIGH


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(50, 50, "below"), (60, 20, "below"), (-300, 20, "-90 to 2200"), (20, float("nan"), "-90 to 2200")],
)
def test_scale_ends_out_of_range_are_refused(low, high, words):
    with pytest.raises(SettingsError, match=words):
        to_celsius(rendered("ironbow"), "ironbow", low, high)


def test_unknown_palettes_and_methods_are_refused():
    with pytest.raises(SettingsError, match="palette"):
        to_celsius(rendered("ironbow"), "nonesuch", LOW, HIGH)
    with pytest.raises(SettingsError, match="2 to 4096"):
        to_celsius(rendered("ironbow"), np.zeros((1, 3), np.uint8), LOW, HIGH)
    with pytest.raises(SettingsError, match="method"):
        to_celsius(rendered("ironbow"), "ironbow", LOW, HIGH, method="guess")


@pytest.mark.parametrize("palette", PALETTE_NAMES)
def test_the_right_palette_is_proposed_first(palette):
    proposals = propose_palette(rendered(palette))
    twins = {"black hot": "white hot"}  # a reversed twin has the same colours
    assert proposals[0][0] == twins.get(palette, palette)
    assert proposals[0][1] < LARGEST_PROPOSED_DISTANCE
    assert [d for _, d in proposals] == sorted(d for _, d in proposals)


def test_a_photograph_gets_no_proposal():
    photograph = np.random.default_rng(1).integers(0, 256, (120, 160, 3)).astype(np.uint8)
    assert propose_palette(photograph)[0][1] > LARGEST_PROPOSED_DISTANCE


@pytest.mark.parametrize("lying", [False, True])
@pytest.mark.parametrize("palette", ["ironbow", "rainbow", "white hot", "viridis"])
def test_the_bar_is_found_and_gives_the_palette(palette, lying):
    picture, truth = with_bar(palette, lying)
    found = find_colour_bar(picture)
    assert found is not None
    assert np.abs(np.subtract(found, truth)).max() <= 12
    table = palette_from_bar(picture, truth)
    result = to_celsius(rendered(palette), table, LOW, HIGH)
    assert np.nanmean(np.abs(result.celsius - CELSIUS)) < 0.006 * (HIGH - LOW)
    assert np.array_equal(palette_from_bar(picture, truth, reverse=True), table[::-1])


@pytest.mark.parametrize("palette", ["ironbow", "white hot"])
def test_no_bar_where_there_is_none(palette):
    assert find_colour_bar(rendered(palette)) is None
    assert find_colour_bar(np.zeros((10, 10, 3), np.uint8)) is None


def test_a_bar_outside_the_picture_is_refused():
    with pytest.raises(SettingsError, match="lie in the picture"):
        palette_from_bar(rendered("ironbow"), (300, 10, 400, 200))
    with pytest.raises(SettingsError, match="8 pixels"):
        palette_from_bar(rendered("ironbow"), (300, 10, 304, 15))


def test_overlays_are_proposed_as_rectangles():
    picture, bar = with_bar("ironbow")
    cv2.putText(picture, "max 84.0", (20, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 255, 0), 2)
    boxes = propose_overlays(picture, "ironbow")

    def covered(x: int, y: int) -> bool:
        return any(left <= x < right and top <= y < bottom for left, top, right, bottom in boxes)

    assert covered((bar[0] + bar[2]) // 2, (bar[1] + bar[3]) // 2)
    assert covered(60, 20)
    assert sum((b[2] - b[0]) * (b[3] - b[1]) for b in boxes) < 0.15 * 320 * 240
