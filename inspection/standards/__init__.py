"""Severity standards as data files, and their loader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from inspection.errors import SettingsError
from inspection.texts import Text, text
from inspection.units import Kelvin, Kelvins

DEFAULT_STANDARD = "neta-mts-100.18"
_ORDER = ("neta-mts-100.18", "military", "experience", "dlt-664", "user")


@dataclass(frozen=True)
class Limit:
    """One row: from this rise on (K, the limit itself included or not) this severity, in these words."""

    limit: float
    inclusive: bool
    severity: str
    words: str

    def reached(self, rise: float) -> bool:
        """Whether a rise in K reaches this row."""
        return rise >= self.limit if self.inclusive else rise > self.limit


@dataclass(frozen=True)
class Group:
    """Equipment that DL/T 664 treats alike; celsius and percent are (serious, critical)."""

    name: str
    classes: tuple[str, ...]
    celsius: tuple[float, float]
    percent: tuple[float, float]
    general_kelvin: float


@dataclass(frozen=True)
class Standard:
    """A standard: rows over a similar component and over ambient, ascending, and groups for DL/T 664."""

    id: str
    name: str
    source: str
    note: str
    confirmed: bool
    whole_kelvin: bool
    similar: tuple[Limit, ...]
    ambient: tuple[Limit, ...]
    groups: tuple[Group, ...] = ()
    least_rise_kelvin: float = 0.0


@lru_cache(maxsize=1)
def standards() -> Mapping[str, Standard]:
    """All standards by id, in the order to be offered."""
    folder = files(__package__)
    found = {}
    for entry in folder.iterdir():
        if entry.name.endswith(".json"):
            standard = _standard(json.loads(entry.read_text(encoding="utf-8")))
            found[standard.id] = standard
    ordered = [name for name in _ORDER if name in found] + sorted(set(found) - set(_ORDER))
    return MappingProxyType({name: found[name] for name in ordered})


def standard(name: str) -> Standard:
    """The standard of this id.

    Raises:
        SettingsError: there is none.
    """
    known = standards()
    if name not in known:
        raise SettingsError(
            text(
                "There is no standard called {name!r}; choose one of {known}.",
                name=name,
                known=", ".join(known),
            )
        )
    return known[name]


def _standard(data: dict[str, Any]) -> Standard:
    similar = _limits(data["similar"])
    least = data.get("least_rise_kelvin", 0.0)
    return Standard(
        id=data["id"],
        name=_said(data["name"]),
        source=_said(data["source"]),
        note=_said(data["note"], least=Kelvin(least)),
        confirmed=data["confirmed"],
        whole_kelvin=data["whole_kelvin"],
        similar=similar,
        ambient=similar if data["ambient"] == "similar" else _limits(data["ambient"]),
        groups=tuple(_group(group) for group in data.get("groups", ())),
        least_rise_kelvin=least,
    )


def _said(words: str, **values: Any) -> Text:
    """Words of a data file, which the catalogues hold as they hold those of the sources."""
    return Text(words.format(**values), words, None, values)


def _limits(rows: list[dict[str, Any]]) -> tuple[Limit, ...]:
    limits = tuple(_limit(**row) for row in rows)
    if list(limits) != sorted(limits, key=lambda row: row.limit):
        raise ValueError("the limits of a standard must ascend")
    return limits


def _limit(limit: float, inclusive: bool, severity: str, words: str, range: str = "") -> Limit:
    """One row of a data file; `range` is the rises in its words, in K."""
    return Limit(limit, inclusive, severity, _said(words, range=Kelvins(range)))


def _group(data: dict[str, Any]) -> Group:
    serious, critical = data["serious"], data["critical"]
    return Group(
        name=_said(data["name"]),
        classes=tuple(data["classes"]),
        celsius=(serious["celsius"], critical["celsius"]),
        percent=(serious["percent"], critical["percent"]),
        general_kelvin=data["general_kelvin"],
    )
