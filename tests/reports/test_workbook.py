"""The workbook as an inspector opens it: summary and charts first, filters, formats, colours."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook as Book

from inspection.hotspots import HotSpot
from inspection.results import Result
from inspection.texts import text, translate
from inspection.workbook import to_excel
from tests.conftest import blobs
from tests.reports.making import DETAILS, SETTINGS, cold, hot

SPOT = HotSpot((1, 2, 5, 6), (3, 4), 70.0, 45.0, 16)


def results() -> list[Result]:
    graded = (hot(1), hot(2, "watch", 31.0, "=1+1"))
    return [
        Result("a.jpg", "", 160, 120, 0.1, graded, hot_spots=(SPOT,), temperature_source="radiometric"),
        Result("b.jpg", "", 160, 120, 0.1, (cold(1),)),
        Result("bad.jpg", "", 0, 0, 0.0, error="bad.jpg is empty."),
    ]


def opened(**options: Any) -> Book:
    crops = {(0, 1): blobs(300, 100), (0, 2): blobs(8, 6)}
    return openpyxl.load_workbook(
        io.BytesIO(to_excel(results(), SETTINGS, crops, details=DETAILS, **options))
    )


def column(book: Book, sheet: str, title: str) -> list[Any]:
    rows = list(book[sheet].iter_rows(values_only=True))
    return [row[rows[0].index(title)] for row in rows[1:]]


def test_the_summary_comes_first_with_a_chart_of_each_count() -> None:
    book = opened()
    assert book.sheetnames == ["Summary", "Detections", "Pictures", "Hot spots", "Settings"]
    sheet = book["Summary"]
    said = {row[0]: row[1] for row in sheet.iter_rows(max_col=2, values_only=True) if row[0] is not None}
    assert said["Site"] == "<b>Hala</b> & 配电室" and said["Inspector"] == "Ștefan Țăran"
    assert (said["repair now"], said["plan repair"], said["watch"], said["not graded"]) == (1, 0, 1, 1)
    assert said["Pictures"] == 2 and said["Not analysed"] == 1 and said["Hottest (°C)"] == 81.3
    assert said["Date"] == DETAILS.date.replace(tzinfo=None)
    assert len(sheet._charts) == 2
    labels = {
        chart.ser[0].cat.numRef.f if chart.ser[0].cat.numRef else chart.ser[0].cat.strRef.f
        for chart in sheet._charts
    }
    assert all("Summary" in label for label in labels) and len(labels) == 2


def test_tables_have_a_frozen_header_filters_and_number_formats() -> None:
    book = opened()
    for name in ("Detections", "Pictures", "Hot spots", "Settings"):
        sheet = book[name]
        assert sheet.freeze_panes in ("B2", "C2") and sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
    titles = [cell.value for cell in book["Detections"][1]]
    formats = {title: book["Detections"].cell(2, n).number_format for n, title in enumerate(titles, start=1)}
    assert (
        formats["Hottest (°C)"] == "0.0"
        and formats["Confidence"] == "0.00"
        and formats["Area (px²)"] == "#,##0"
    )


def test_severities_are_coloured_by_what_the_cell_says() -> None:
    sheet = opened()["Detections"]
    rules = {rule.formula[0] for ranges in sheet.conditional_formatting for rule in ranges.rules}
    assert rules == {'"none"', '"watch"', '"plan repair"', '"repair now"'}
    where = {str(ranges.sqref) for ranges in sheet.conditional_formatting}
    letter = next(cell.column_letter for cell in sheet[1] if cell.value == "Severity")
    assert where == {f"{letter}2:{letter}4"}


def test_thumbnails_lie_in_their_cells_and_go_where_the_cells_go() -> None:
    sheet = opened()["Detections"]
    assert len(sheet._images) == 2
    for image, row in zip(sheet._images, (2, 3), strict=True):
        anchor = image.anchor
        assert anchor.editAs == "twoCell"
        assert (anchor._from.row, anchor._from.col) == (anchor.to.row, anchor.to.col) == (row - 1, 1)
        assert anchor.to.rowOff / 12700 <= sheet.row_dimensions[row].height  # EMU in a point


def test_no_cell_is_a_formula() -> None:
    cells = [cell for sheet in opened() for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=1+1" for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


def test_fahrenheit_in_header_and_cells() -> None:
    book = opened(unit="°F")
    assert column(book, "Detections", "Hottest (°F)")[0] == pytest.approx(81.26 * 1.8 + 32, abs=0.01)
    assert column(book, "Hot spots", "Over surroundings (°F)") == [45.0]


@pytest.mark.parametrize("language", ["zh", "ro"])
def test_words_follow_the_language_and_ids_do_not(language: str) -> None:
    book = opened(language=language)

    def say(words: str) -> str:
        return translate(words, language)

    sheet = say(text("Detections"))
    assert column(book, sheet, say(text("Class")))[0] == say(text("joint")) != "joint"
    assert column(book, sheet, say(text("Class name (raw)")))[0] == "Legatura"
    assert column(book, sheet, say(text("Class id")))[0] == 4
    assert column(book, sheet, say(text("File")))[0] == "a.jpg"
