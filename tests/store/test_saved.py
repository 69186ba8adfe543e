"""Results go into the store and come out as they were; who counts as whom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from inspection.engine import ModelInfo
from inspection.finding import Finding
from inspection.hotspots import HotSpot
from inspection.opening import ColourScale, ThermalOptions
from inspection.radiometric import MeasurementParameters
from inspection.results import Measuring, Result
from inspection.settings import RunSettings
from inspection.store.codec import from_plain, to_plain
from inspection.store.compare import differing, pairs
from inspection.store.errors import StoreError
from inspection.store.pictures import SavedPicture, picture_draft, picture_run
from inspection.store.run import INPUT, VIDEO
from inspection.store.store import Store
from inspection.store.videos import video_draft, video_result
from inspection.texts import Text, text, translate
from inspection.video.alarms import AlarmSettings, Event
from inspection.video.records import FRAME, OBSERVATION
from inspection.video.result import VideoResult
from inspection.video.settings import VideoSettings
from inspection.video.source import VideoInfo
from inspection.video.tracks import tracked_objects
from inspection.video.writer import VideoWriter
from tests.conftest import blobs, encoded
from ui import visitor

MODEL = ModelInfo("best.pt", "f" * 64, 1, ("Legatura", "motor"), 1, 1, "", 32, 640, "anchors")


def finding(number: int, box: tuple[float, float, float, float], name: str = "Legatura") -> Finding:
    return Finding(
        number, 0, name, 0.5, box, 160, 120, None, 80.0, 60.0, 20.0, 79.0, (30, 30), 0.5, 12.0, None,
        "watch", "a rule", "a twin", text("Found at {x:.1f}.", x=1.5), "scale", 2.0, "",
    )  # fmt: skip


def saved_picture() -> tuple[bytes, SavedPicture]:
    data = encoded(blobs())
    options = ThermalOptions(
        MeasurementParameters(emissivity=0.9), 0.9, None, ColourScale(10.0, 90.0, exclude=((1, 2, 3, 4),))
    )
    spot = HotSpot((1, 2, 3, 4), (2, 3), 70.0, 30.0, 12)
    found = (finding(1, (10.0, 10.0, 40.0, 40.5)), finding(2, (60.0, 50.0, 90.0, 80.0)))
    result = Result("päñel 面.png", "0" * 64, 160, 120, 0.25, found, None, text("A note."), (spot,), "scale")
    settings = RunSettings(0.3, 0.6, 640, ("joint",), (("motor", 0.4),))
    return data, SavedPicture(
        result, settings, Measuring(), options, {"IoU": 0.6, "Engine": text("in words")}
    )


def test_a_picture_comes_out_as_it_went_in(tmp_path: Path) -> None:
    data, run = saved_picture()
    store = Store(tmp_path)
    saved = store.add("me", picture_draft("picture", data, run, MODEL))
    record = store.record("me", saved)
    assert record is not None and picture_run(record) == run
    assert store.read("me", saved, INPUT) == data
    reason = picture_run(record).result.findings[0].reason
    assert isinstance(reason, Text) and translate(reason, "ro") == "Found at 1,5."  # still translatable
    (listed,) = store.runs("me")
    assert (listed.worst, listed.hottest_celsius, listed.classes) == ("watch", 80.0, ("Legatura",))


def test_records_outlive_versions() -> None:
    plain = to_plain(RunSettings(0.3))
    assert from_plain(RunSettings, plain | {"new": 1}) == RunSettings(0.3)
    del plain["iou"]
    assert from_plain(RunSettings, plain) == RunSettings(0.3)
    for wrong in ({"conf": "high"}, {"conf": 7.0}, [], None):
        with pytest.raises(StoreError, match="another version"):
            from_plain(RunSettings, wrong)


def test_a_video_comes_out_as_it_went_in(tmp_path: Path) -> None:
    given, drawn = tmp_path / "given.video", tmp_path / "annotated.mp4"
    given.write_bytes(b"the video as it was given")
    with VideoWriter(drawn, 64, 48, 10.0) as writer:
        for i in range(4):
            writer.write(np.full((48, 64, 3), 40 * i, np.uint8), i / 10)
    frames = np.array([(i, i / 10, 1, 50.0 + i, 1) for i in range(4)], FRAME)
    rows = [(i, i / 10, 7, 0, 0.5, (1, 2, 30, 40), 50.0 + i, 1) for i in range(4)]
    observations = np.array(rows, OBSERVATION)
    settings = VideoSettings(alarm=AlarmSettings(51.0))
    result = VideoResult(
        VideoInfo("walk.mp4", 64, 48, 10.0, 0.4), settings, drawn, None, frames, observations,
        tracked_objects(frames, observations, MODEL.class_names), (Event(7, 0.1, 0.2, None, 53.0, 0.3),),
        MODEL.class_names, 1.5, False, "", "radiometric", 2.0,
    )  # fmt: skip
    store = Store(tmp_path / "data")
    saved = store.add("me", video_draft(given, result, {"File": "walk.mp4"}, MODEL))
    given.unlink()
    drawn.unlink()  # the session's files go with it; what is saved stays
    (run,) = store.runs("me")
    assert (run.kind, run.findings, run.hottest_celsius, run.worst) == ("video", 1, 53.0, "watch")
    record, path = store.record("me", saved), store.path("me", saved, VIDEO)
    assert record is not None and path is not None
    again, words = video_result(record, path.parent)
    assert words == {"File": "walk.mp4"}
    assert (again.info, again.settings, again.objects, again.events) == (
        result.info, result.settings, result.objects, result.events,
    )  # fmt: skip
    assert np.array_equal(again.frames, frames) and np.array_equal(again.observations, observations)
    assert again.picture_at(0.2) is not None
    assert store.read("me", saved, INPUT) == b"the video as it was given"


def test_two_runs_beside_each_other() -> None:
    _, run = saved_picture()
    first = run.result
    moved = (finding(1, (12.0, 11.0, 42.0, 41.0)), finding(2, (60.0, 50.0, 90.0, 80.0), "motor"))
    second = Result("b.png", "1" * 64, 160, 120, 0.1, moved, temperature_source="scale")
    found = pairs(first, second)
    assert [(a and a.number, b and b.number) for a, b in found] == [(1, 1), (2, None), (None, 2)]
    assert differing({"Date": 1, "IoU": 0.5, "A": 1}, {"Date": 2, "IoU": 0.6, "A": 1}) == {"IoU": (0.5, 0.6)}


@pytest.mark.parametrize(
    ("address", "headers", "said", "personal"),
    [
        ("localhost", {"Host": "localhost:8501", "Origin": "http://localhost:8501"}, "", True),
        ("::1", {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"}, "", True),
        (None, {"Host": "localhost:8501", "Origin": "http://localhost:8501"}, "", False),
        ("0.0.0.0", {"Host": "localhost:8501", "Origin": "http://localhost:8501"}, "", False),
        ("127.0.0.1", {"Host": "localhost:8501", "Origin": "https://inspect.example"}, "", False),
        ("127.0.0.1", {"Host": "localhost", "Origin": "http://localhost", "Via": "1.1 proxy"}, "", False),
        ("localhost", {"Host": "localhost.example", "Origin": "http://localhost.example"}, "", False),
        ("localhost", {"Host": "localhost:8501", "Origin": "http://localhost:8501"}, "1", False),
        (None, {}, "0", True),
        (None, {}, "", False),
    ],
)
def test_who_counts_as_the_one_owner(
    monkeypatch: pytest.MonkeyPatch, address: str | None, headers: dict[str, str], said: str, personal: bool
) -> None:
    monkeypatch.setenv("OVERHEAT_SHARED", said)
    shown = SimpleNamespace(context=SimpleNamespace(headers=headers), get_option=lambda name: address)
    monkeypatch.setattr(visitor, "st", shown)
    assert visitor.is_personal() is personal


@dataclass(frozen=True)
class _Words:
    words: dict[str, Any]


def test_names_of_settings_with_a_value_stay_translatable() -> None:
    named = _Words({text("Confidence"): 0.25, text("Confidence, {name}", name=text("dog")): 0.35})
    (plain, dog), values = zip(*from_plain(_Words, to_plain(named)).words.items(), strict=True)
    assert values == (0.25, 0.35) and (plain, dog) == ("Confidence", "Confidence, dog")
    assert "狗" in translate(dog, "zh") and translate(plain, "zh") == "置信度"
