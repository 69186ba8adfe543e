"""Results, entries and details that the tests of reports are made from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import numpy as np

from inspection.finding import Finding
from inspection.hotspots import HotSpot
from inspection.report import ReportDetails, ReportEntry, report_pictures
from inspection.results import Result
from inspection.thermogram import Thermogram
from tests.conftest import blobs

SETTINGS = {"Date": "2026-11-25", "Weights": "best.pt", "Weights sha256": "ab" * 32, "Confidence": 0.25}
DETAILS = ReportDetails(
    inspector="Ștefan Țăran",
    site="<b>Hala</b> & 配电室",
    equipment="Trafo T1",
    date=datetime(2026, 11, 25, 14, 5, tzinfo=UTC),
)


def hot(
    number: int, severity: str | None = "repair now", celsius: float = 81.26, name: str = "Legatura"
) -> Finding:
    """A finding with temperatures."""
    return Finding(
        number, 4, name, 0.91, (10.0, 20.0, 60.0, 70.0), 160, 120, max_celsius=celsius, mean_celsius=40.0,
        min_celsius=21.0, hottest_xy=(30, 40), delta_similar_kelvin=None, delta_ambient_kelvin=celsius - 20.0,
        severity=severity, rule="NETA MTS, Table 100.18, over ambient, class 4",
        temperature_source="radiometric", reference="typed ambient at 20.0 °C",
        reason=f"{celsius:.1f} °C: +{celsius - 20:.1f} K against typed ambient.",
        warning="Bare metal reads too cold.",
    )  # fmt: skip


def cold(number: int, name: str = "Legatura") -> Finding:
    """A finding without temperatures."""
    reason = "Not graded: this picture has no temperature scale."
    return Finding(number, 4, name, 0.5, (10.0, 20.0, 60.0, 70.0), 160, 120, reason=reason)


def thermogram(width: int = 160, height: int = 120) -> Thermogram:
    """A radiometric picture with the picture that its camera stored."""
    celsius = np.linspace(20, 90, width * height, dtype=np.float32).reshape(height, width)
    camera = {
        "camera": "FLIR T640",
        "date": "2020-11-10 10:39:48+00:00",
        "emissivity": 0.95,
        "distance_m": 1.0,
    }
    picture = blobs(width, height)
    return Thermogram(picture, celsius, "radiometric", 2.0, camera, embedded=picture)


def entry(
    file: str = "panel.jpg",
    findings: tuple[Finding, ...] = (),
    of: Thermogram | None = None,
    spots: tuple[HotSpot, ...] = (),
    made: Callable[[], None] = lambda: None,
) -> ReportEntry:
    """One file; `made` is called when its pictures are asked for."""
    of = of or Thermogram(blobs())
    result = Result(
        file, "0" * 64, of.width, of.height, 0.1, findings, hot_spots=spots, temperature_source=of.source
    )
    draw = partial(report_pictures, of, result)

    def pictures():  # type: ignore[no-untyped-def]
        made()
        return draw()

    return ReportEntry(result, pictures, SETTINGS)
