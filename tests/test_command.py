"""The terminal command: right files, right exit codes, sentences for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from inspection.__main__ import main
from tests.conftest import blobs, encoded


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pictures = tmp_path / "pictures"
    (pictures / "deep").mkdir(parents=True)
    (pictures / "a.png").write_bytes(encoded(blobs(160, 120, 1)))
    (pictures / "deep" / "a.png").write_bytes(encoded(blobs(120, 160, 2)))
    (pictures / "notes.txt").write_text("not a picture, and not asked for")
    return pictures


def test_folder_to_json_excel_and_pictures(folder: Path, tiny_weights: Path, tmp_path: Path) -> None:
    out = {name: tmp_path / name for name in ("r.json", "r.xlsx", "drawn")}
    code = main(
        ["detect", str(folder), "--weights", str(tiny_weights), "--imgsz", "320", "--conf", "0.3",
         "--json", str(out["r.json"]), "--excel", str(out["r.xlsx"]), "--pictures", str(out["drawn"])]
    )  # fmt: skip
    assert code == 0
    data = json.loads(out["r.json"].read_text("utf-8"))
    assert [(Path(d["file"]).name, d["width"], d["height"], d["error"]) for d in data] == [
        ("a.png", 160, 120, None),
        ("a.png", 120, 160, None),
    ]
    found = [detection for d in data for detection in d["detections"]]
    assert found and all(0.3 < d["confidence"] <= 1 and len(d["xyxy"]) == 4 for d in found)
    assert sorted(p.name for p in out["drawn"].iterdir()) == ["a-2.jpg", "a.jpg"]
    rows = list(openpyxl.load_workbook(out["r.xlsx"])["Detections"].iter_rows(values_only=True))
    assert len(rows) == 1 + len(found)


def test_what_cannot_be_read_is_listed_and_the_rest_goes_on(
    folder: Path, tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "b.jpg").write_text("hello")
    out = tmp_path / "r.json"
    code = main(
        [
            "detect",
            str(folder),
            "nowhere.png",
            "--weights",
            str(tiny_weights),
            "--imgsz",
            "320",
            "--json",
            str(out),
        ]
    )
    assert code == 1
    errors = {Path(d["file"]).name: d["error"] for d in json.loads(out.read_text("utf-8"))}
    assert (
        errors["a.png"] is None
        and "text file" in errors["b.jpg"]
        and "does not exist" in errors["nowhere.png"]
    )
    assert "2 files could not be analysed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--conf", "1.5"], "between 0 and 1"),
        (["--iou", "nan"], "between 0 and 1"),
        (["--imgsz", "10"], "between 320 and 1280"),
        (["--weights", "missing.pt"], "cannot be opened"),
        (["--json", "no/such/folder/a.json"], "cannot be written"),
    ],
)
def test_bad_settings_give_one_sentence_and_code_two(
    options: list[str], words: str, folder: Path, tiny_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["detect", str(folder), "--weights", str(tiny_weights), *options])
    error = capsys.readouterr().err
    assert code == 2 and words in error and "Traceback" not in error


def test_an_empty_folder_is_not_a_success(tmp_path: Path, tiny_weights: Path) -> None:
    assert main(["detect", str(tmp_path), "--weights", str(tiny_weights)]) == 1
