"""What people take home: every cell right, no cell a formula."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import numpy as np
import openpyxl
import pytest

from inspection.exports import plain_text, to_csv, to_json, write_zip
from inspection.finding import Finding
from inspection.results import Result
from inspection.workbook import to_excel
from tests.conftest import blobs

SETTINGS = {"Weights sha256": "ab" * 32, "Confidence": 0.25, "Classes": "=1+1"}


def results() -> list[Result]:
    joint = Finding(1, 4, "Legatura", 0.91, (10.0, 20.0, 60.0, 70.0), 640, 480)
    part = Finding(2, 2, "Compenenta incalzita", 0.5, (100.0, 20.0, 140.5, 70.0), 640, 480)
    evil = Finding(1, 0, "=SUM(A1:A9)", 0.5, (0.0, 0.0, 10.0, 10.0), 100, 100)
    return [
        Result("a.jpg", "0" * 64, 640, 480, 0.0123, (joint, part)),
        Result("=cmd|' /C calc'!A0.jpg", "1" * 64, 100, 100, 0.02, (evil,)),
        Result("-broken\x07.jpg", "", 0, 0, 0.0, error="-broken.jpg is empty."),
    ]


def test_the_workbook_reads_back() -> None:
    crops = {(0, 1): blobs(30, 20)}
    book = openpyxl.load_workbook(io.BytesIO(to_excel(results(), SETTINGS, crops)))
    assert book.sheetnames == ["Summary", "Detections", "Pictures", "Settings"]
    rows = list(book["Detections"].iter_rows(values_only=True))
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["File"] == "a.jpg" and first["Class"] == "joint" and first["Class name (raw)"] == "Legatura"
    assert (first["x1 (px)"], first["y1 (px)"], first["x2 (px)"], first["y2 (px)"]) == (10, 20, 60, 70)
    assert first["Area (px²)"] == 2500 and first["Area (% of picture)"] == pytest.approx(0.814)
    second = dict(zip(rows[0], rows[2], strict=True))
    assert second["Class"] == "heated component" and second["Class id"] == 2
    assert second["Class name (raw)"] == "Compenenta incalzita"
    assert "Hottest (°C)" not in first
    assert book["Detections"].freeze_panes == "C2" and book["Detections"].auto_filter.ref
    settings = dict(book["Settings"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert settings["Weights sha256"] == "ab" * 32 and settings["Classes"] == "=1+1"
    pictures = list(book["Pictures"].iter_rows(values_only=True))
    assert pictures[1][:2] == ("a.jpg", 2) and pictures[3][1] is None and "is empty" in str(pictures[3][-1])


def test_no_cell_of_the_workbook_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_excel(results(), SETTINGS)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=SUM(A1:A9)" for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


def test_temperatures_bring_their_columns() -> None:
    heat = {"max_celsius": 81.26, "mean_celsius": 60.0, "min_celsius": 20.0, "severity": "repair now"}
    hot = Finding(
        1, 4, "Legatura", 0.9, (0.0, 0.0, 10.0, 10.0), 64, 48, temperature_source="radiometric", **heat
    )
    data = to_excel([Result("a.jpg", "", 64, 48, 0.1, (hot,))], {})
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Detections"]
    rows = list(sheet.iter_rows(values_only=True))
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (
        row["Hottest (°C)"] == 81.26
        and row["Severity"] == "repair now"
        and row["Temperatures from"] == "camera data"
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_looks_like_a_formula_stays_text_in_csv(start: str) -> None:
    assert plain_text(f"{start}1+1").startswith("'")
    assert plain_text(-1.5) == -1.5 and plain_text("a=b") == "a=b"


def test_csv_has_a_row_a_finding_with_raw_id_and_name() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(results()).decode("utf-8-sig"))))
    assert [row["class_name"] for row in rows] == ["Legatura", "Compenenta incalzita", "'=SUM(A1:A9)"]
    assert rows[1]["class"] == "heated component" and rows[1]["class_id"] == "2"
    assert rows[2]["file"].startswith("'=cmd")
    assert float(rows[0]["seconds"]) == 0.0123


def test_json_is_one_object_a_file() -> None:
    data = json.loads(to_json(results()))
    wanted = {"class_id": 4, "class": "Legatura", "confidence": 0.91, "xyxy": [10, 20, 60, 70]}
    assert wanted.items() <= data[0]["detections"][0].items()
    assert data[2]["error"] == "-broken.jpg is empty." and data[2]["detections"] == []
    assert {"file", "width", "height", "seconds", "detections", "error"} <= set(data[0])


def test_the_zip_holds_everything_and_nothing_outside_its_folder() -> None:
    def draw() -> np.ndarray:
        return blobs(40, 30)

    named = [Result("../../x/a.jpg", "", 1, 1, 0.0), Result("b/A.png", "", 1, 1, 0.0), results()[2]]
    buffer = io.BytesIO()
    write_zip(buffer, named, lambda file: file.write(b"excel"), [draw, draw, None], {"b.txt": lambda: b"b"})
    archive = zipfile.ZipFile(buffer)
    names = archive.namelist()
    assert {"annotated/a.jpg", "annotated/A-2.jpg", "detections.csv", "detections.json"} <= set(names)
    assert not any(".." in name or name.startswith("/") for name in names)
    assert "-broken" in archive.read("not analysed.txt").decode()
    assert archive.read("overheat-inspector.xlsx") == b"excel" and archive.read("b.txt") == b"b"
    assert archive.read("detections.csv") == to_csv(named)
    assert archive.read("detections.json") == to_json(named)
