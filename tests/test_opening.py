"""A file is decoded and rendered once, and what is handed out equals rendering it anew."""

from __future__ import annotations

import numpy as np
import pytest

from inspection.opening import Opened, ThermalOptions, open_file
from inspection.radiometric import MeasurementParameters, embedded
from inspection.radiometric.file import RadiometricFile
from tests.conftest import blobs, encoded
from tests.temperature.flir_writer import black_body_counts, fff, rjpeg, scene

OPTIONS = [
    ThermalOptions(),
    ThermalOptions(palette="viridis"),
    ThermalOptions(span=(10.0, 60.0)),
    ThermalOptions(emissivity=0.5),
    ThermalOptions(parameters=MeasurementParameters(emissivity=0.7), palette="jet", span=(0.0, 90.0)),
]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was decoded and rendered."""
    done: list[str] = []
    decode, render = embedded.decode_jpeg, RadiometricFile.to_thermogram

    def counted_decode(data: bytes) -> np.ndarray | None:
        done.append("decoded")
        return decode(data)

    def counted_render(*args: object, **keywords: object) -> object:
        done.append("rendered")
        return render(*args, **keywords)  # type: ignore[arg-type]

    monkeypatch.setattr(embedded, "decode_jpeg", counted_decode)
    monkeypatch.setattr(RadiometricFile, "to_thermogram", counted_render)
    return done


def with_picture() -> Opened:
    """A radiometric JPEG."""
    return open_file(rjpeg(fff(black_body_counts(scene(160, 120)))), "a.jpg")


def test_the_first_analysis_decodes_and_renders_once(calls: list[str]) -> None:
    opened = with_picture()
    assert opened.detection_picture() is opened.thermogram().picture
    assert sorted(calls) == ["decoded", "rendered"]


def test_other_colours_decode_and_convert_nothing_again(calls: list[str]) -> None:
    opened = with_picture()
    calls.clear()
    assert opened.thermogram(ThermalOptions(palette="viridis")).celsius is opened.own.celsius
    assert not calls
    opened.thermogram(ThermalOptions(emissivity=0.5))
    assert calls == ["rendered"]


@pytest.mark.parametrize("options", OPTIONS)
def test_what_is_handed_out_equals_rendering_the_file_anew(options: ThermalOptions) -> None:
    opened = with_picture()
    assert opened.data is not None
    fast = opened.thermogram(options)
    slow = opened.data.to_thermogram(opened.assumed(options), options.palette, options.span)
    for name in ("picture", "celsius", "embedded"):
        assert np.array_equal(getattr(fast, name), getattr(slow, name), equal_nan=name == "celsius"), name
    assert (fast.source, fast.accuracy_kelvin, fast.camera, fast.note) == (
        slow.source,
        slow.accuracy_kelvin,
        slow.camera,
        slow.note,
    )


def test_counts_without_a_scale_follow_the_palette() -> None:
    counts = (scene(64, 48) * 100).astype(np.uint16)
    opened = open_file(encoded(counts), "a.png")
    assert opened.data is not None and opened.own.celsius is None
    shown = opened.thermogram(ThermalOptions(palette="white hot")).picture
    assert np.array_equal(shown, opened.data.to_thermogram(palette="white hot").picture)


def test_an_ordinary_picture_is_handed_out_as_it_was_read() -> None:
    opened = open_file(encoded(blobs()), "a.png")
    assert opened.thermogram() is opened.own and opened.data is None
