"""Palette inversion and thermal augmentation. No torch."""

import numpy as np
import pytest

from inspection.palettes import colourise
from training.augment import ThermalAugment, ThermalSettings
from training.intensity import guess_palette, is_gray, to_intensity

RAMP = np.tile(np.linspace(0, 1, 120, dtype=np.float32), (90, 1))
NEVER = dict.fromkeys(ThermalSettings.__dataclass_fields__, 0.0)


@pytest.mark.parametrize("name", ["ironbow", "rainbow", "hot metal", "inferno"])
def test_a_known_palette_is_recognised_and_inverted(name: str) -> None:
    picture = colourise(RAMP, name)
    assert guess_palette(picture)[0] == name
    assert np.abs(to_intensity(picture) - RAMP).mean() < 0.02


def test_gray_is_intensity_and_a_photograph_is_nothing() -> None:
    assert is_gray(colourise(RAMP, "white hot"))
    assert np.abs(to_intensity(colourise(RAMP, "white hot")) - RAMP).max() < 0.01
    noise = np.random.default_rng(0).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    assert to_intensity(noise) is None


@pytest.mark.parametrize("palette", ["ironbow", "white hot"])
@pytest.mark.parametrize("change", [*NEVER, "everything"])
def test_every_change_keeps_size_and_boxes(palette: str, change: str) -> None:
    settings = ThermalSettings(
        **dict.fromkeys(NEVER, 1.0) if change == "everything" else {**NEVER, change: 1.0}
    )
    augment, rng = ThermalAugment(settings), np.random.default_rng(1)
    boxes, cls = np.array([[10, 10, 40, 50]], np.float32), np.array([[7.0]], np.float32)
    before = colourise(RAMP, palette)
    kept = before.copy()
    for _ in range(8):
        after, new, numbers = augment(before, boxes, cls, rng)
        assert after.shape == before.shape and after.dtype == np.uint8 and numbers.dtype == cls.dtype
        assert np.array_equal(new[:1], boxes) and len(new) == len(numbers)
        assert (new[:, :2] >= 0).all() and (new[:, 2] <= 120).all() and (new[:, 3] <= 90).all()
    assert np.array_equal(before, kept)


def test_without_any_change_the_picture_stays() -> None:
    picture = colourise(RAMP, "ironbow")
    after, _, _ = ThermalAugment(ThermalSettings(**NEVER))(
        picture, np.zeros((0, 4)), np.zeros((0, 1)), np.random.default_rng(0)
    )
    assert np.array_equal(after, picture)


def test_recolouring_keeps_the_order_of_temperatures() -> None:
    augment = ThermalAugment(ThermalSettings(**{**NEVER, "recolour": 1.0}))
    rng = np.random.default_rng(3)
    for _ in range(5):
        after, _, _ = augment(colourise(RAMP, "ironbow"), np.zeros((0, 4)), np.zeros((0, 1)), rng)
        level = to_intensity(after)
        assert level is not None and level[:, 100:].mean() > level[:, :20].mean() + 0.5


def test_pasted_objects_come_with_their_class_and_stay_apart() -> None:
    augment, rng = ThermalAugment(ThermalSettings(**{**NEVER, "paste": 1.0})), np.random.default_rng(5)
    boxes = np.array([[10, 10, 34, 30]], np.float32)
    pasted = 0
    for _ in range(40):
        _, new, cls = augment(colourise(RAMP, "ironbow"), boxes, np.array([[4.0]], np.float32), rng)
        for box in new[1:]:
            pasted += 1
            assert box[0] >= 34 or box[2] <= 10 or box[1] >= 30 or box[3] <= 10
        assert set(np.ravel(cls)) == {4.0}
    assert pasted > 5
