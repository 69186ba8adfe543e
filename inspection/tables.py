"""The result table: which columns there are, their units, and rows made from findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from inspection.finding import SEVERITIES, Finding
from inspection.results import Result
from inspection.texts import Text, retold, text
from inspection.units import Tolerance, Unit, rise, rise_name, rounded, temperature

Quantity = Literal["", "temperature", "rise"]


@dataclass(frozen=True)
class Column:
    """One column of the detections table.

    Attributes:
        key: name in CSV and in code.
        title: heading, with the unit, as a Text.
        value: takes the value from a finding; None where it is not known.
        number_format: of Excel, "" for text.
        thermal: whether the column makes sense only where temperatures are known.
        quantity: "temperature" in °C, "rise" in K, or "" for anything else.
    """

    key: str
    title: Text
    value: Callable[[Finding], Any]
    number_format: str = ""
    thermal: bool = False
    quantity: Quantity = ""

    def in_unit(self, unit: Unit) -> Column:
        """The same column in this unit, where it holds a temperature or a rise."""
        if not self.quantity or unit == "°C":
            return self
        convert = temperature if self.quantity == "temperature" else rise
        title = retold(self.title, unit=unit if self.quantity == "temperature" else rise_name(unit))

        def shown(finding: Finding) -> float | None:
            value = self.value(finding)
            return None if value is None else rounded(convert(value, unit))

        return replace(self, title=title, value=shown)


def source_words(finding: Finding) -> str:
    """Where a finding's temperatures come from, in words that never hide an estimate."""
    if finding.temperature_source == "scale":
        if finding.accuracy_kelvin is None:
            return text("estimated from colours")
        return text("estimated from colours, about ±{kelvin:.1f}", kelvin=Tolerance(finding.accuracy_kelvin))
    return text("camera data") if finding.temperature_source == "radiometric" else text("not known")


COLUMNS: tuple[Column, ...] = (
    Column("number", text("No."), lambda f: f.number, "0"),
    Column("severity", text("Severity"), lambda f: f.severity_name, thermal=True),
    Column("class", text("Class"), lambda f: f.display_name),
    Column("confidence", text("Confidence"), lambda f: round(f.confidence, 4), "0.00"),
    Column(
        "max_celsius",
        text("Hottest ({unit})", unit="°C"),
        lambda f: rounded(f.max_celsius),
        "0.0",
        True,
        "temperature",
    ),
    Column(
        "mean_celsius",
        text("Mean ({unit})", unit="°C"),
        lambda f: rounded(f.mean_celsius),
        "0.0",
        True,
        "temperature",
    ),
    Column(
        "min_celsius",
        text("Coldest ({unit})", unit="°C"),
        lambda f: rounded(f.min_celsius),
        "0.0",
        True,
        "temperature",
    ),
    Column(
        "delta_similar_kelvin",
        text("ΔT similar ({unit})", unit="K"),
        lambda f: rounded(f.delta_similar_kelvin),
        "0.0",
        True,
        "rise",
    ),
    Column(
        "delta_ambient_kelvin",
        text("ΔT ambient ({unit})", unit="K"),
        lambda f: rounded(f.delta_ambient_kelvin),
        "0.0",
        True,
        "rise",
    ),
    Column("x1", text("x1 (px)"), lambda f: round(f.xyxy[0], 1), "0.0"),
    Column("y1", text("y1 (px)"), lambda f: round(f.xyxy[1], 1), "0.0"),
    Column("x2", text("x2 (px)"), lambda f: round(f.xyxy[2], 1), "0.0"),
    Column("y2", text("y2 (px)"), lambda f: round(f.xyxy[3], 1), "0.0"),
    Column("width", text("Width (px)"), lambda f: round(f.width_px, 1), "0.0"),
    Column("height", text("Height (px)"), lambda f: round(f.height_px, 1), "0.0"),
    Column("area", text("Area (px²)"), lambda f: round(f.area_px, 0), "#,##0"),
    Column("area_percent", text("Area (% of picture)"), lambda f: round(f.area_percent, 3), "0.00"),
    Column("class_id", text("Class id"), lambda f: f.class_id, "0"),
    Column("class_name", text("Class name (raw)"), lambda f: f.class_name),
    Column("temperature_source", text("Temperatures from"), source_words, "", True),
    Column("reference", text("Reference"), lambda f: f.reference or "", "", True),
    Column("rule", text("Rule"), lambda f: f.rule or "", "", True),
    Column("reason", text("Reason"), lambda f: f.reason, "", True),
    Column("warning", text("Warning"), lambda f: f.warning, "", True),
)


def columns_for(findings: Iterable[Finding], unit: Unit = "°C") -> tuple[Column, ...]:
    """The columns worth showing: the thermal ones only when some finding has a temperature."""
    if any(f.max_celsius is not None for f in findings):
        return tuple(column.in_unit(unit) for column in COLUMNS)
    return tuple(column for column in COLUMNS if not column.thermal)


def detection_rows(results: Sequence[Result]) -> tuple[list[str], Iterator[list[Any]]]:
    """Keys and rows of every finding of every picture, with the file's name first and its seconds last."""
    columns = columns_for(f for result in results for f in result.findings)
    keys = ["file", *(column.key for column in columns), "seconds"]
    rows = (
        [result.file, *(column.value(f) for column in columns), round(result.seconds, 4)]
        for result in results
        for f in result.findings
    )
    return keys, rows


def hottest_celsius(findings: Iterable[Finding]) -> float | None:
    """Highest temperature among the findings, °C, or None."""
    return max((f.max_celsius for f in findings if f.max_celsius is not None), default=None)


def worst_severity(findings: Iterable[Finding]) -> str | None:
    """The most urgent grade among the findings, or None when nothing is graded."""
    grades = [SEVERITIES.index(f.severity) for f in findings if f.severity is not None]
    return SEVERITIES[max(grades)] if grades else None
