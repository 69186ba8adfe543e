"""A saved run as it is listed, a run to be saved, and what to look for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from inspection.finding import SEVERITIES
from inspection.store.files import Content

Kind = Literal["picture", "video", "camera"]

INPUT, THUMBNAIL, PICTURE, VIDEO, ORIGINAL, FRAMES, COPY = (
    "input", "thumbnail.jpg", "annotated.jpg", "annotated.mp4", "original.mp4", "frames.npz", "run.json",
)  # fmt: skip
"""Files of a run: what was given, small picture, annotated picture or video, the video's frames without
annotations where browsers cannot play the input, a video's arrays, and a copy of the record."""

COLUMNS = (
    "id", "owner", "kind", "name", "sha256", "made", "taken", "weights", "weights_sha256", "digest", "series",
    "equipment", "findings", "hottest", "worst", "classes", "source", "folder", "bytes", "record",
)  # fmt: skip
"""Of the table runs."""


@dataclass(frozen=True)
class Draft:
    """A run to be saved.

    Attributes:
        kind: what was analysed.
        name: of the input as it was given.
        sha256: of the input's bytes.
        weights: the weights' name.
        weights_sha256: of the weights' file.
        digest: the same for the same input, settings and weights: such runs are one.
        series: runs of one series, input and weights replace each other while the visitor moves sliders; ""
            for runs that stand alone.
        findings: how many.
        hottest_celsius: °C, or None.
        worst: a severity, or None when nothing is graded.
        classes: raw class names of the findings.
        source: of the temperatures: "radiometric", "scale" or "none".
        taken: when the picture was taken, where it says so.
        record: everything needed to open the run as it was; plain values.
        files: called once, when the files are needed; name -> content. The input may be left out.
    """

    kind: Kind
    name: str
    sha256: str
    weights: str
    weights_sha256: str
    digest: str
    series: str
    findings: int
    hottest_celsius: float | None
    worst: str | None
    classes: tuple[str, ...]
    source: str
    taken: datetime | None
    record: Mapping[str, Any]
    files: Callable[[], dict[str, Content]]


@dataclass(frozen=True)
class Run:
    """A saved run as it is listed; attributes as in Draft.

    Attributes:
        id: unguessable.
        made: when it was saved, UTC.
        taken: when the picture was taken, where it says so, else None.
        equipment: what the owner calls the equipment, "" without a name.
        bytes: of its files.
    """

    id: str
    kind: Kind
    name: str
    sha256: str
    weights: str
    weights_sha256: str
    made: datetime
    taken: datetime | None
    equipment: str
    findings: int
    hottest_celsius: float | None
    worst: str | None
    classes: tuple[str, ...]
    source: str
    bytes: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Run:
        """From a row of the table."""
        worst = row["worst"]
        return cls(
            row["id"], row["kind"], row["name"], row["sha256"], row["weights"], row["weights_sha256"],
            _moment(row["made"]), None if row["taken"] is None else _moment(row["taken"]), row["equipment"],
            row["findings"], row["hottest"], None if worst is None else SEVERITIES[worst],
            tuple(json.loads(row["classes"])), row["source"], row["bytes"],
        )  # fmt: skip

    @property
    def date(self) -> datetime:
        """When the picture was taken, as far as it says so, else when it was analysed; UTC."""
        return self.taken or self.made


@dataclass(frozen=True)
class Query:
    """Which runs to list; what is None or empty does not narrow the list.

    Attributes:
        since: made at or after, UTC.
        until: made before, UTC.
        classes: at least one of these raw class names was found.
        severities: the worst severity is one of these; None among them stands for "not graded".
        text: part of the file's name, whatever the case.
        equipment: exactly this name.
        kinds: what was analysed.
        offset: runs to skip, newest first.
        count: runs to give at most.
    """

    since: datetime | None = None
    until: datetime | None = None
    classes: tuple[str, ...] = ()
    severities: tuple[str | None, ...] = ()
    text: str = ""
    equipment: str = ""
    kinds: tuple[str, ...] = ()
    offset: int = 0
    count: int = 1000

    def where(self, owner: str) -> tuple[str, list[Any]]:
        """The condition in SQL and its values; the owner is always part of it."""
        parts: list[tuple[str, list[Any]]] = [("owner = ?", [owner])]
        if self.since is not None:
            parts.append(("made >= ?", [self.since.timestamp()]))
        if self.until is not None:
            parts.append(("made < ?", [self.until.timestamp()]))
        if self.text.strip():
            parts.append(("instr(folded(name), ?) > 0", [self.text.strip().casefold()]))
        if self.equipment:
            parts.append(("equipment = ?", [self.equipment]))
        if self.kinds:
            parts.append((f"kind IN ({_marks(self.kinds)})", list(self.kinds)))
        if self.classes:
            inside = f"SELECT 1 FROM json_each(classes) WHERE value IN ({_marks(self.classes)})"
            parts.append((f"EXISTS ({inside})", list(self.classes)))
        if self.severities:
            grades = [-1 if s is None else SEVERITIES.index(s) for s in self.severities]
            parts.append((f"coalesce(worst, -1) IN ({_marks(grades)})", grades))
        return " AND ".join(words for words, _ in parts), [value for _, values in parts for value in values]


def _marks(values: tuple[Any, ...] | list[Any]) -> str:
    return ", ".join("?" * len(values))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
