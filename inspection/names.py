"""File names as people typed them: shown short, and made safe before they become names of our own files."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_LONGEST = 60


def short_name(name: str) -> str:
    """A name fit for a sentence: its last path part, without control characters, at most 60 characters."""
    last = re.split(r"[\\/]", name)[-1] or "the file"
    clean = "".join(" " if unicodedata.category(c).startswith("C") else c for c in last).strip() or "the file"
    if len(clean) <= _LONGEST:
        return clean
    return f"{clean[: _LONGEST - 13]}…{clean[-12:]}"


def safe_stem(name: str) -> str:
    """A name without its extension that every file system takes: letters, digits, dot, dash, underscore.

    Letters of any script stay; everything else becomes an underscore. At most 60 characters.
    """
    last = re.split(r"[\\/]", name)[-1]
    stem = last.rsplit(".", 1)[0] if "." in last.strip(".") else last
    stem = unicodedata.normalize("NFC", stem)
    clean = re.sub(r"[^\w.\-]+", "_", stem).strip("._ ")[:_LONGEST].rstrip("._ ")
    reserved = re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)", clean, re.IGNORECASE)
    return f"_{clean}" if reserved or not clean else clean


class UniqueStems:
    """Hands out safe stems, made distinct (also where case does not count) by -2, -3, ..."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def take(self, name: str) -> str:
        """A stem that was not handed out before."""
        stem = candidate = safe_stem(name)
        number = self._next.get(stem.casefold(), 1)
        while candidate.casefold() in self._next:
            number += 1
            candidate = f"{stem}-{number}"
        self._next[stem.casefold()] = number
        self._next.setdefault(candidate.casefold(), 1)
        return candidate


def unique_stems(names: Iterable[str]) -> list[str]:
    """Safe stems in order, see UniqueStems."""
    stems = UniqueStems()
    return [stems.take(name) for name in names]


def distinct_names(names: Iterable[str]) -> list[str]:
    """Short names in order, told apart: by the folders they lie in where that helps, else by a number.

    Names that are alike to their last folder get " (2)", " (3)" and so on.
    """
    given = list(names)
    parts = [[short_name(part) for part in re.split(r"[\\/]+", name) if part] or [""] for name in given]
    shown = [short_name(name) for name in given]
    for depth in range(2, 5):
        counts = Counter(shown)
        if len(counts) == len(shown):
            return shown
        shown = [
            "/".join(own[-depth:]) if counts[name] > 1 else name
            for name, own in zip(shown, parts, strict=True)
        ]
    seen: Counter[str] = Counter()
    for i, name in enumerate(shown):
        seen[name] += 1
        if seen[name] > 1:
            shown[i] = f"{name} ({seen[name]})"
    return shown
