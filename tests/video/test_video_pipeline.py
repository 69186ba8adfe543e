"""A whole run: files that play, tables that agree, bounded memory, stopping, errors."""

from __future__ import annotations

import csv
import io
import threading
import time
import zipfile
from pathlib import Path

import av
import numpy as np
import openpyxl
import pytest

from inspection.errors import SettingsError
from inspection.opening import ColourScale
from inspection.results import Measuring
from inspection.settings import RunSettings
from inspection.thermogram import Thermogram
from inspection.units import temperature
from inspection.video import pipeline
from inspection.video.alarms import AlarmSettings
from inspection.video.channel import Channel, Halted
from inspection.video.errors import VideoError
from inspection.video.export import to_excel, video_settings_rows, write_zip
from inspection.video.opening import open_video
from inspection.video.pipeline import VideoRun
from inspection.video.result import VideoResult, duration_words
from inspection.video.settings import VideoSettings
from inspection.video.source import Frame, VideoInfo
from inspection.video.tables import events_table, findings_csv, frames_table, objects_table
from inspection.video.trial import first_frame, seconds_for, seconds_per_frame
from tests.temperature.flir_writer import black_body_counts, fff, scene
from tests.video.clips import DiscDetector, clip, frame

SCALE = ColourScale(0, 100, "white hot")


def warming(frames: int = 30) -> list[np.ndarray]:
    """A disc that warms up from 40 to 95 °C on the scale 0..100."""
    return [frame(i, 160, level=0.55 + 0.4 * i / (frames - 1)) for i in range(frames)]


def settings(**options) -> VideoSettings:
    return VideoSettings(measuring=Measuring(hot_spots=None), **options)


def work(path: Path, folder: Path, chosen: VideoSettings | None = None) -> VideoResult:
    folder.mkdir(exist_ok=True)
    return VideoRun(open_video(path, path.name), DiscDetector(), chosen or settings(), folder).run()


def facts(path: Path) -> tuple:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        seconds = float(stream.duration * stream.time_base)
        return stream.codec_context.name, stream.pix_fmt, stream.frames, pytest.approx(seconds, abs=0.02)


def test_a_disc_is_followed_measured_and_written(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4", warming())
    alarm = AlarmSettings(80, 0.5, 2)
    result = work(path, tmp_path / "out", settings(scale=SCALE, alarm=alarm))
    assert facts(result.video) == ("h264", "yuv420p", 30, 3.0)
    (disc,) = result.objects
    assert (disc.number, disc.display_name, disc.frames) == (1, "joint", 30)
    assert disc.first == 0 and disc.last == pytest.approx(2.9) and disc.seconds == pytest.approx(3.0)
    assert disc.hottest_celsius == pytest.approx(95, abs=5) and disc.hottest_seconds > 2.5
    assert disc.severity == "repair now"
    (event,) = result.events
    assert event.raised - event.above_from == pytest.approx(0.5, abs=0.11) and event.cleared is None
    assert 1.5 < event.above_from < 2.2
    assert result.temperature_source == "scale" and result.original is None  # browsers play the file itself
    rising = result.frames["celsius"]
    assert (np.diff(rising) > -2).all() and rising[0] == pytest.approx(55, abs=3)


def test_the_drawn_frame_is_the_one_at_that_time(tmp_path: Path) -> None:
    result = work(clip(tmp_path / "a.mp4", warming()), tmp_path / "out", settings(start=0.5))
    picture = result.picture_at(2.0)
    assert picture is not None
    wide = np.flatnonzero((picture[..., 2] > 150) & (picture[..., 0] < 80))  # the box's orange
    assert wide.size
    # Enlarged by 4: the disc of frame 20 is at x = 60.
    columns = wide % picture.shape[1] / 4
    assert columns.min() == pytest.approx(50, abs=3)
    assert result.first_seconds == pytest.approx(0.5)


def test_what_browsers_do_not_play_is_written_again_beside_the_result(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.avi", 15, codec="mjpeg", pixels="yuvj420p")
    result = work(path, tmp_path / "out")
    assert result.original is not None
    assert facts(result.original) == ("h264", "yuv420p", 15, 1.5) == facts(result.video)


def test_a_variable_frame_rate_and_a_stride_stay_in_time(tmp_path: Path) -> None:
    times = [0, 0.1, 0.2, 0.3, 1.0, 1.1, 2.5, 2.6]
    result = work(clip(tmp_path / "a.mp4", 8, times), tmp_path / "out", settings(stride=2))
    with av.open(str(result.video)) as container:
        shown = [f.time for f in container.decode(video=0)]
    assert shown == pytest.approx(times[::2], abs=2e-3)
    assert result.frames["seconds"] == pytest.approx(times[::2], abs=1e-3)


def test_without_tracking_every_frame_stands_alone(tmp_path: Path) -> None:
    chosen = settings(tracking=False, scale=SCALE, alarm=AlarmSettings(80, 0, 2))
    result = work(clip(tmp_path / "a.mp4", warming()), tmp_path / "out", chosen)
    assert result.objects == () and len(result.observations) == 30
    assert [e.number for e in result.events] == [0]
    assert events_table(result).rows[0][:2] == [None, "hottest in the picture"]


def test_classes_are_filtered(tmp_path: Path) -> None:
    chosen = settings(run=RunSettings(classes=("motor",)))
    assert work(clip(tmp_path / "a.mp4"), tmp_path / "out", chosen).objects == ()


def test_a_radiometric_video(tmp_path: Path) -> None:
    path = tmp_path / "a.seq"
    path.write_bytes(b"".join(fff(black_body_counts(scene(hot=80 + i))) for i in range(5)))
    result = work(path, tmp_path / "out")
    assert result.temperature_source == "radiometric" and facts(result.video)[2] == 5
    assert result.original is not None and facts(result.original)[2] == 5
    assert result.objects and result.objects[0].hottest_celsius > 70


def test_tables_workbook_csv_and_zip_agree(tmp_path: Path) -> None:
    path = clip(tmp_path / "=a.mp4", warming())
    result = work(path, tmp_path / "out", settings(scale=SCALE, alarm=AlarmSettings(80, 0.2, 2)))
    about = {"File": result.info.name, "Confidence": 0.25}
    book = openpyxl.load_workbook(io.BytesIO(to_excel(result, about, "°F")))
    assert book.sheetnames == ["Objects", "Events", "Frames", "Settings"]
    objects, frames = (list(book[name].iter_rows(values_only=True)) for name in ("Objects", "Frames"))
    assert objects[0][6] == "Hottest (°F)"
    hottest = temperature(result.objects[0].hottest_celsius, "°F")
    assert objects[1][6] == pytest.approx(hottest, abs=0.01)
    assert len(frames) == 31 and len(list(book["Events"].iter_rows())) == 2
    assert list(book["Settings"].iter_rows(values_only=True))[1] == ("File", "=a.mp4")
    rows = list(csv.DictReader(io.StringIO(findings_csv(result).decode("utf-8-sig"))))
    assert len(rows) == 30 and rows[0]["file"] == "'=a.mp4" and rows[0]["object"] == "1"
    assert float(rows[-1]["max_celsius"]) == pytest.approx(frames_table(result).rows[-1][3])
    write_zip(tmp_path / "a.zip", result, about)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {"annotated.mp4", "overheat-inspector.xlsx", "findings.csv", "objects.csv"} <= set(
            archive.namelist()
        )
        assert archive.read("annotated.mp4") == result.video.read_bytes()
    assert len(objects_table(result).rows) == 1


class EndlessSource:
    """Frames for ever."""

    info = VideoInfo("endless.mp4", 128, 96, 25.0, 3600.0, plays_in_browsers=True)
    note = ""

    def __init__(self) -> None:
        self.given = 0

    def frames(self, start=0.0, end=None, stride=1):
        while True:
            self.given += 1
            yield Frame(self.given / 25, Thermogram(frame(self.given % 40)))


def test_stopping_takes_less_than_a_second_and_keeps_what_was_done(tmp_path: Path) -> None:
    source = EndlessSource()
    run = VideoRun(source, DiscDetector(delay=0.1), settings(), tmp_path)
    results: list[VideoResult] = []
    thread = threading.Thread(target=lambda: results.append(run.run()))
    thread.start()
    while run.progress.frames < 5:
        time.sleep(0.02)
    assert run.preview[:2] == b"\xff\xd8" and 0 < run.progress.share < 1
    start = time.monotonic()
    run.stop()
    thread.join(5)
    assert time.monotonic() - start < 1
    (result,) = results
    assert result.stopped and facts(result.video)[2] == len(result.frames) >= 5


def test_no_stage_runs_ahead_of_the_next_one(tmp_path: Path) -> None:
    source = EndlessSource()
    run = VideoRun(source, DiscDetector(delay=0.02), settings(), tmp_path)
    ahead: list[int] = []
    encode = pipeline.VideoWriter.write

    def slow(self, picture, seconds):  # type: ignore[no-untyped-def]
        time.sleep(0.03)
        encode(self, picture, seconds)
        ahead.append(source.given - len(ahead))
        if len(ahead) == 20:
            run.stop()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.VideoWriter, "write", slow)
        run.run()
    assert max(ahead) <= 3 * 2 + 5  # three channels of two, and one picture in every stage's hands


def test_a_failing_stage_ends_the_run_with_its_error(tmp_path: Path) -> None:
    class Failing(DiscDetector):
        def candidates(self, picture, imgsz=640):
            raise VideoError("the middle broke")

    before = threading.active_count()
    with pytest.raises(VideoError, match="the middle broke"):
        VideoRun(EndlessSource(), Failing(), settings(), tmp_path).run()
    assert threading.active_count() == before


def test_a_full_disk_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    (tmp_path / "result.mp4").symlink_to("/dev/full")
    with pytest.raises(VideoError, match="disk is full"):
        VideoRun(
            open_video(clip(tmp_path / "a.mp4", 40), "a.mp4"), DiscDetector(), settings(), tmp_path
        ).run()


def test_the_first_frame_follows_the_settings_without_the_network(tmp_path: Path) -> None:
    source = open_video(clip(tmp_path / "a.mp4", 30), "a.mp4")
    first = first_frame(source, DiscDetector(), start=1.0, imgsz=640)
    assert first.frame.seconds == pytest.approx(1.0)
    picture, found = first.preview(settings(run=RunSettings(conf=0.25)))
    assert picture[:2] == b"\xff\xd8" and found == 1
    assert first.preview(settings(run=RunSettings(conf=0.95)))[1] == 0


def test_the_time_needed_is_estimated_and_nothing_is_left(tmp_path: Path) -> None:
    source = open_video(clip(tmp_path / "a.mp4", 60), "a.mp4")
    a_frame = seconds_per_frame(source, DiscDetector(delay=0.02), settings(), tmp_path)
    estimate = seconds_for(source, settings(), a_frame)
    assert estimate is not None and 60 * 0.02 < estimate < 60
    half = seconds_for(source, settings(start=3.0, stride=2), a_frame)
    assert half == pytest.approx(estimate / 4)
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_a_channel_gives_up_when_the_run_is_halted() -> None:
    halt = threading.Event()
    channel: Channel[int] = Channel(1, halt)
    channel.put(1)
    halt.set()
    with pytest.raises(Halted):
        channel.put(2)
    with pytest.raises(Halted):
        list(channel)


@pytest.mark.parametrize(
    "bad",
    [{"stride": 0}, {"stride": 1000}, {"start": -1.0}, {"start": 2.0, "end": 1.0}, {"end": float("nan")}],
)
def test_settings_are_checked(bad: dict) -> None:
    with pytest.raises(SettingsError):
        VideoSettings(**bad)


def test_settings_rows_say_everything(tmp_path: Path) -> None:
    from inspection.detector import Detector  # noqa: F401

    result = work(clip(tmp_path / "a.mp4", 5), tmp_path / "out", settings(scale=SCALE))
    rows = video_settings_rows(result, DiscDetector())  # type: ignore[arg-type]
    assert rows["Colour scale"] == "white hot, 0 °C to 100 °C" and rows["Tracking"] == "ByteTrack"


@pytest.mark.parametrize(("seconds", "words"), [(3.4, "3 s"), (200, "3 min 20 s"), (3900, "1 h 5 min")])
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words
