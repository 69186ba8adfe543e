"""The first sheet of the workbook: who, where and when, how many findings of which severity, with a chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import DataPoint
from openpyxl.styles import Alignment, Font, PatternFill

from inspection.finding import SCREENING_NOTE, SEVERITIES
from inspection.report.content import ReportDetails
from inspection.report.words import Words
from inspection.results import Result
from inspection.sheets import FACE, SEVERITY_COLOURS, Grid, Sheet
from inspection.tables import hottest_celsius
from inspection.texts import text
from inspection.units import temperature

_DATES = {"ro": "dd.mm.yyyy hh:mm", "zh": 'yyyy"年"m"月"d"日" hh:mm'}
_MOST_CLASSES = 15
_NOT_GRADED = "FFFFFF"


def fill_summary(sheet: Sheet, results: Sequence[Result], details: ReportDetails, words: Words) -> None:
    """Head, counts by severity and by class, a chart of each."""
    say, grid = words.say, Grid(sheet)
    title = grid.write(1, 1, details.title or say(text("Thermal inspection report")))
    title.font = Font(name=FACE, bold=True, size=16)
    note = grid.write(2, 1, say(SCREENING_NOTE))
    note.font = Font(name=FACE, italic=True, color="555555")
    row = _head(grid, 4, results, details, words)
    severities: Counter[str | None] = Counter(f.severity for result in results for f in result.findings)
    counts = {words.severity(s): severities[s] for s in reversed(SEVERITIES)}
    counts[words.severity(None)] = severities[None]
    colours = [SEVERITY_COLOURS[s] for s in reversed(SEVERITIES)] + [_NOT_GRADED]
    top = row + 1
    end = _counts(grid, top, (say(text("Severity")), say(text("Findings"))), counts, colours)
    _chart(sheet, "D4", say(text("Findings by severity")), (top, end), colours)
    classes: Counter[str] = Counter()
    for result in results:
        classes.update(result.by_class())
    if classes:
        top = max(end + 2, 22)
        shown = {words.name(name): count for name, count in classes.most_common(_MOST_CLASSES)}
        end = _counts(grid, top, (say(text("Class")), say(text("Findings"))), shown, [])
        _chart(sheet, f"D{top}", say(text("Findings by class")), (top, end), ["D9731A"] * len(shown))
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 34
    sheet.freeze_panes = "A2"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    grid.close()


def _head(grid: Grid, row: int, results: Sequence[Result], details: ReportDetails, words: Words) -> int:
    """Labels and values from this row on; returns the first free row."""
    say = words.say
    failed = sum(result.error is not None for result in results)
    hottest = max((h for r in results if (h := hottest_celsius(r.findings)) is not None), default=None)
    degrees = None if hottest is None else round(temperature(hottest, words.unit), 1)
    rows: list[tuple[str, Any, str]] = [
        (
            say(text("Date")),
            details.date.replace(tzinfo=None),
            _DATES.get(words.language, "d mmm yyyy hh:mm"),
        ),
        (say(text("Inspector")), details.inspector, ""),
        (say(text("Site")), details.site, ""),
        (say(text("Equipment")), details.equipment, ""),
        (say(text("Pictures")), len(results) - failed, "0"),
        (say(text("Not analysed")), failed or None, "0"),
        (say(text("Hottest ({unit})", unit=words.unit)), degrees, "0.0"),
    ]
    for label, value, number_format in rows:
        if value not in ("", None):
            grid.write(row, 1, label).font = Font(name=FACE, color="555555")
            cell = grid.write(row, 2, value, number_format)
            cell.alignment = Alignment(horizontal="left", wrap_text=True, vertical="top")
            row += 1
    return row


def _counts(
    grid: Grid, top: int, titles: tuple[str, str], counts: Mapping[str, int], colours: Sequence[str]
) -> int:
    """A small table; returns its last row."""
    for column, title in enumerate(titles, start=1):
        grid.write(top, column, title).font = Font(name=FACE, bold=True)
    grid.underline(top, 2)
    row = top
    for row, (name, count) in enumerate(counts.items(), start=top + 1):
        cell = grid.write(row, 1, name)
        if colours:
            cell.fill = PatternFill("solid", fgColor=colours[row - top - 1])
        grid.write(row, 2, count, "0").alignment = Alignment(horizontal="left")
        grid.underline(row, 2)
    return row


def _chart(sheet: Sheet, place: str, title: str, rows: tuple[int, int], colours: Sequence[str]) -> None:
    """Bars of the table whose header and last row are given, each in its colour with its number."""
    chart = BarChart()
    chart.type, chart.style, chart.gapWidth = "bar", 10, 40
    chart.title, chart.legend = title, None
    chart.add_data(Reference(sheet, min_col=2, min_row=rows[0], max_row=rows[1]), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=rows[0] + 1, max_row=rows[1]))
    chart.x_axis.scaling.orientation = "maxMin"  # the first row on top
    chart.x_axis.delete, chart.y_axis.delete = False, True  # the numbers stand at the bars
    chart.y_axis.majorGridlines = None
    series = chart.series[0]
    for index, colour in enumerate(colours):
        point = DataPoint(idx=index)
        point.graphicalProperties.solidFill = colour
        point.graphicalProperties.line.solidFill = "555555"
        series.dPt.append(point)
    series.dLbls = DataLabelList()
    series.dLbls.showVal = True
    series.dLbls.showSerName = series.dLbls.showCatName = series.dLbls.showLegendKey = False
    chart.width, chart.height = 17, max(6.0, 1.5 + 0.9 * (rows[1] - rows[0]))
    sheet.add_chart(chart, place)
