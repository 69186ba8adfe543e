"""``python -m inspection video``: right files, right exit codes, and no torch on the way."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import av
import openpyxl
import pytest

from inspection.__main__ import main
from tests.conftest import ROOT, blobs
from tests.video.clips import clip


def test_videos_to_files(tmp_path: Path, tiny_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = clip(tmp_path / "good.mp4", [blobs(160, 120, 1)] * 6)
    bad = tmp_path / "bad.mp4"
    bad.write_text("just words")
    out = tmp_path / "out"
    code = main(
        ["video", str(good), str(bad), "--out", str(out), "--weights", str(tiny_weights), "--imgsz", "320",
         "--conf", "0.3", "--scale", "10", "90", "--palette", "ironbow", "--alarm", "30", "--hold", "0",
         "--zip", "--language", "ro"]
    )  # fmt: skip
    printed = capsys.readouterr()
    assert code == 1 and "bad.mp4 is not a video" in printed.err
    assert "in 6 frames" in printed.out and "alarms" in printed.out
    names = {"good-annotated.csv", "good-annotated.mp4", "good-annotated.xlsx", "good-annotated.zip"}
    assert {p.name for p in out.iterdir()} == names
    with av.open(str(out / "good-annotated.mp4")) as container:
        assert container.streams.video[0].frames == 6
    book = openpyxl.load_workbook(out / "good-annotated.xlsx")
    assert book.sheetnames == ["Obiecte", "Evenimente", "Cadre", "Setări"] and book["Obiecte"].max_row > 1
    with zipfile.ZipFile(out / "good-annotated.zip") as archive:
        assert {"annotated.mp4", "overheat-inspector.xlsx", "objects.csv"} <= set(archive.namelist())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--stride", "0"], "stride"),
        (["--conf", "2"], "Confidence"),
        (["--classes", "unicorn"], "no class unicorn"),
        (["--scale", "50", "20"], "lower end"),
        (["--alarm", "9999"], "limit"),
        (["--start", "5", "--end", "1"], "end must be later"),
    ],
)
def test_bad_settings_are_refused_before_the_work(
    tmp_path: Path, tiny_weights: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code = main(["video", "a.mp4", "--out", str(tmp_path), "--weights", str(tiny_weights), *arguments])
    assert code == 2 and words in capsys.readouterr().err


def test_an_alarm_without_temperatures_is_refused(
    tmp_path: Path, tiny_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = clip(tmp_path / "a.mp4", 3)
    out = tmp_path / "out"
    code = main(["video", str(path), "--out", str(out), "--weights", str(tiny_weights), "--alarm", "30"])
    assert code == 1 and "no temperatures to raise an alarm on" in capsys.readouterr().err
    assert not list(out.iterdir())


def test_videos_need_no_torch() -> None:
    script = (
        "import sys, inspection.video.pipeline, inspection.video.export, inspection.video_command;"
        "print('torch' in sys.modules, 'ultralytics' in sys.modules, 'scipy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False"] * 3
