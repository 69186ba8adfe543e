"""File names as people typed them: shown short, and made safe before they become names of our own files."""

from __future__ import annotations

import re
import unicodedata
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


def unique_stems(names: Iterable[str]) -> list[str]:
    """Safe stems in order, made distinct (also where case does not count) by -2, -3, ..."""
    seen: set[str] = set()
    stems = []
    for name in names:
        stem = candidate = safe_stem(name)
        number = 1
        while candidate.casefold() in seen:
            number += 1
            candidate = f"{stem}-{number}"
        seen.add(candidate.casefold())
        stems.append(candidate)
    return stems
