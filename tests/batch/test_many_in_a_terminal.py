"""The terminal command with many files: streamed, interruptible, labels that train."""

from __future__ import annotations

import json
import os
import signal
import threading
import zipfile
from pathlib import Path

import openpyxl
import pytest

from inspection.__main__ import main
from inspection.labels import inside
from inspection.outputs import OnDisk
from inspection.results import Result
from tests.conftest import blobs, encoded
from training.check import check
from training.sources import open_source


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A ZIP with good and bad things in it."""
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for folder in ("line 1", "line 2"):
            archive.writestr(f"{folder}/a.png", encoded(blobs(160, 120, len(folder) + ord(folder[-1]))))
        archive.writestr("line 2/broken.jpg", b"hello")
        archive.writestr("../outside.png", encoded(blobs()))
        archive.writestr("notes.txt", "not asked for")
        archive.writestr("__MACOSX/line 1/._a.png", b"\\0\\5")
    return path


def run(weights: Path, *options: object) -> int:
    return main(["detect", *map(str, options), "--weights", str(weights), "--imgsz", "320"])


def test_a_zip_is_worked_through_and_its_labels_train(
    site: Path, tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = {name: tmp_path / name for name in ("r.jsonl", "r.xlsx", "drawn", "set", "set.zip")}
    code = run(tiny_weights, site, "--json", out["r.jsonl"], "--excel", out["r.xlsx"],
               "--pictures", out["drawn"], "--labels", "yolo", out["set"])  # fmt: skip
    assert code == 1  # one is broken, one refused
    lines = [json.loads(line) for line in out["r.jsonl"].read_text("utf-8").splitlines()]
    names = [line["file"].removeprefix(f"{site}/") for line in lines]
    assert names == ["line 1/a.png", "line 2/a.png", "line 2/broken.jpg", "outside.png"]
    assert "leads outside" in lines[3]["error"] and "text file" in lines[2]["error"]
    found = [line["detections"] for line in lines[:2]]
    assert all(found) and sorted(p.name for p in out["drawn"].iterdir()) == ["a-2.jpg", "a.jpg"]
    rows = list(openpyxl.load_workbook(out["r.xlsx"])["Detections"].iter_rows())
    assert len(rows) - 1 == sum(map(len, found))
    assert "2 files could not be analysed" in capsys.readouterr().err
    source = open_source(str(out["set"]), tmp_path / "unpacked")
    report = check(source)
    kept = [{(d["class_id"], inside(d["xyxy"], 160, 120)) for d in one} for one in found]
    read = sorted(report.pictures, key=lambda p: len(p.path.stem))
    assert [len(p.cls) for p in read] == [len([1 for _, box in one if box]) for one in kept]
    assert run(tiny_weights, site, "--labels", "coco", out["set.zip"]) == 1
    assert len(check(open_source(str(out["set.zip"]), tmp_path / "unpacked")).pictures) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [(("--labels", "voc", "x"), "yolo or coco"), (("--labels", "yolo", "."), "not empty"),
     (("--labels", "coco", "no/such/x.zip"), "cannot be written")],
)  # fmt: skip
def test_labels_that_cannot_be_written_are_told_before_the_work(
    site: Path, tiny_weights: Path, options: tuple, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tiny_weights, site, *options) == 2
    assert words in capsys.readouterr().err


def test_ctrl_c_keeps_what_is_done(
    tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(30):
        (folder / f"{i:02d}.png").write_bytes(encoded(blobs(64, 48, i)))
    assert threading.current_thread() is threading.main_thread()
    from inspection import progress

    original = progress.Progress.step

    def step(self: progress.Progress, name: str) -> None:
        original(self, name)
        if self.done == 5:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(progress.Progress, "step", step)
    out = {name: tmp_path / name for name in ("r.json", "r.xlsx", "set")}
    code = run(tiny_weights, folder, "--json", out["r.json"], "--excel", out["r.xlsx"],
               "--labels", "yolo", out["set"])  # fmt: skip
    assert code == 1 and "Stopped: 5 of 30" in capsys.readouterr().err
    assert len(json.loads(out["r.json"].read_text("utf-8"))) == 5
    assert openpyxl.load_workbook(out["r.xlsx"])["Pictures"].max_row == 6
    assert len(check(open_source(str(out["set"]), tmp_path)).pictures) == 5


def test_results_on_disk_are_a_sequence() -> None:
    kept: OnDisk[Result] = OnDisk()
    results = [Result(f"{i}.jpg", "", 1, 1, 0.1) for i in range(5)]
    for result in results:
        kept.append(result)
    assert list(kept) == results and kept[-1] == results[-1] and kept[1:3] == results[1:3]
