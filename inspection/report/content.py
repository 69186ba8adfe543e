"""What a report is made from, whatever kind of file it becomes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from inspection.results import Result
from inspection.units import Unit

Paper = Literal["A4", "Letter"]
PAPERS: tuple[Paper, ...] = ("A4", "Letter")

LONGEST_DETAIL = 200
"""Characters of a typed field that a report keeps."""

ReportPicture = NDArray[np.uint8] | bytes
"""uint8 (H, W, 3) BGR, or the bytes of a picture file."""


def clipped(typed: str, longest: int = LONGEST_DETAIL) -> str:
    """Typed or foreign text as one line without control characters, cut with an ellipsis when it is long."""
    line = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Cn", "Zl", "Zp") else c for c in typed)
    line = " ".join(line.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


@dataclass(frozen=True)
class ReportDetails:
    """What stands at the head of a report.

    Attributes:
        title: typed; "" takes the usual title in the report's language.
        inspector: who inspected, "" to leave it out.
        site: where, "" to leave it out.
        equipment: what, "" to leave it out.
        date: of the report, with or without a zone; written as it is.
        paper: "A4" or "Letter".
        unit: of the temperatures.

    Raises:
        ValueError: an unknown paper or unit.
    """

    title: str = ""
    inspector: str = ""
    site: str = ""
    equipment: str = ""
    date: datetime = field(default_factory=lambda: datetime.now().astimezone())
    paper: Paper = "A4"
    unit: Unit = "°C"

    def __post_init__(self) -> None:
        if self.paper not in PAPERS or self.unit not in ("°C", "°F"):
            raise ValueError(f"{self.paper!r} or {self.unit!r} is not known")
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, str):
                object.__setattr__(self, item.name, clipped(value))


@dataclass(frozen=True, eq=False)
class ReportPictures:
    """The pictures of one file; each may be missing.

    Attributes:
        original: as it was given, or as the camera stored it.
        annotated: with the findings drawn in.
        thermal: map of the temperatures without boxes, in the colours of `palette`.
        span_celsius: (coldest, hottest) end of that map's colours, °C.
        palette: name of one of inspection.palettes.PALETTE_NAMES, for the map's scale.
        measured: (lowest, mean, highest) °C of the whole map, or None.
        accuracy_kelvin: stated accuracy of the map, K, or None.
        camera: what the file says of the camera and the measurement, as in Thermogram.camera.
    """

    original: ReportPicture | None = None
    annotated: ReportPicture | None = None
    thermal: ReportPicture | None = None
    span_celsius: tuple[float, float] | None = None
    palette: str = "ironbow"
    measured: tuple[float, float, float] | None = None
    accuracy_kelvin: float | None = None
    camera: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ReportEntry:
    """One file in a report.

    Attributes:
        result: what was found in it.
        pictures: gives its pictures; called once, when the report comes to this file, so that only one file's
            pictures are in memory. An InspectionError or OSError of it becomes a line in the report.
        settings: what the run was made with, label -> value, see inspection.about.settings_rows. Files with
            the same settings share one table.
        equipment: name of the piece of equipment that the run was tagged with, or "".
        moment: when it was analysed, or None.
    """

    result: Result
    pictures: Callable[[], ReportPictures] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    equipment: str = ""
    moment: datetime | None = None
