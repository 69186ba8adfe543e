"""Bring the catalogues up to date with the sources: ``python -m inspection.locale``.

New sentences are added without a translation, those that no source holds any more are removed, and what is
translated stays as it is. Translate what it lists in inspection/locale/*.po, with any editor of such files.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from inspection.locale.sources import messages
from inspection.texts import DEFAULT_LANGUAGE, FOLDER, LANGUAGES

_HEADER = "# Translations of Overheat Inspector. Made by `python -m inspection.locale`; see README.md."


def update(path: Path, language: str) -> list[str]:
    """Write the catalogue anew; returns the sentences that wait for a translation."""
    old = Catalog(language)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=language)
    new = Catalog(
        language,
        project="Overheat Inspector",
        version="1",
        charset="utf-8",
        header_comment=_HEADER,
        fuzzy=False,
    )
    waiting = []
    for message in messages():
        key = message.template if message.plural is None else (message.template, message.plural)
        known = old.get(message.template)
        strings = _kept(known, message.plural is not None, new.num_plurals)
        new.add(key, strings, locations=[(message.file, None)])  # type: ignore[list-item]
        if not all([strings] if isinstance(strings, str) else strings):
            waiting.append(message.template)
    with path.open("wb") as file:
        write_po(file, new, width=110, omit_header=False, sort_output=False, include_lineno=False)
    _without_dates(path)
    return waiting


def _kept(known: Message | None, plural: bool, count: int) -> str | tuple[str, ...]:
    """A message's translation where it still has the same number of forms, else empty ones."""
    if known is None:
        return ("",) * count if plural else ""
    forms = [known.string] if isinstance(known.string, str) else list(known.string or ("",))
    return (*forms, *[""] * count)[:count] if plural else forms[0]


def _without_dates(path: Path) -> None:
    """Two runs give the same file: the moments in the header say nothing of the translations."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    drop = ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Report-Msgid', '"Language-Team')
    path.write_text("".join(line for line in lines if not line.startswith(drop)), "utf-8", newline="\n")


def main() -> int:
    """Update all; returns 1 while a translation is missing."""
    missing = 0
    for language in LANGUAGES:
        if language == DEFAULT_LANGUAGE:
            continue
        waiting = update(FOLDER / f"{language}.po", language)
        missing += len(waiting)
        for template in waiting:
            print(f"{language}: {template}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
