"""The ten classes of the Romanian thesis data set, and how they are shown.

Ids and spellings are those of the data set's own data.yaml; exports keep them. On screen the two spellings of
"heated component" are one class, because they mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from inspection.texts import text

CLASS_NAMES: tuple[str, ...] = (
    "Cablu supra-incalzit",
    "Caine",
    "Compenenta incalzita",
    "Componenta incalzita",
    "Legatura",
    "SFH",
    "SOC",
    "motor",
    "persoana",
    "pisica",
)

LIVING = frozenset({"Caine", "persoana", "pisica"})
"""Classes that are warm for good reasons and are never graded."""

_SAME_AS = {"Compenenta incalzita": "Componenta incalzita"}

ENGLISH = {
    "Cablu supra-incalzit": text("overheated cable"),
    "Caine": text("dog"),
    "Componenta incalzita": text("heated component"),
    "Legatura": text("joint"),
    "SFH": text("fuse holder"),
    "SOC": text("chip"),
    "motor": text("motor"),
    "persoana": text("person"),
    "pisica": text("cat"),
}


def canonical_name(raw: str) -> str:
    """The data set's correct spelling of a raw class name; other models' names come back unchanged."""
    return _SAME_AS.get(raw, raw)


def display_name(raw: str) -> str:
    """The name shown on screen, a Text, for the ten classes; otherwise the model's own name."""
    name = canonical_name(raw)
    return ENGLISH.get(name, name)


def display_choices(raw_names: Iterable[str]) -> list[str]:
    """Distinct shown names, in the model's order."""
    return list(dict.fromkeys(display_name(name) for name in raw_names))
