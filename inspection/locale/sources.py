"""Which sentences the sources hold: literals in t, t_n, text and text_n, and the words of the standards."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PLACES = ("streamlit_app.py", "pages/**/*.py", "ui/**/*.py", "inspection/**/*.py")
_WITH_PLURAL = {"t": False, "text": False, "t_n": True, "text_n": True}
_OWN = ("inspection/texts.py", "ui/language.py")
"""Where these functions are defined and pass on what they were given."""


@dataclass(frozen=True)
class Message:
    """A sentence to translate: its template, the template of its plural, and the file it stands in."""

    template: str
    plural: str | None
    file: str


class NotALiteral(ValueError):
    """A sentence that is put together when the program runs, so that nobody can translate it."""


def messages(root: Path = ROOT) -> list[Message]:
    """Every sentence once, in the order of the sources.

    Raises:
        NotALiteral: a call's argument is not a plain string; says where.
    """
    found: dict[str, Message] = {}
    for place in _PLACES:
        for path in sorted(root.glob(place)):
            file = path.relative_to(root).as_posix()
            for message in messages_in(path.read_text("utf-8"), file, file not in _OWN):
                known = found.setdefault(message.template, message)
                if known.plural is None and message.plural is not None:
                    found[message.template] = message
    for path in sorted((root / "inspection/standards").glob("*.json")):
        for words in _standard_words(json.loads(path.read_text("utf-8"))):
            found.setdefault(words, Message(words, None, path.relative_to(root).as_posix()))
    return list(found.values())


def messages_in(source: str, file: str, strict: bool = True) -> Iterator[Message]:
    """The sentences of one Python source.

    Args:
        source: its text.
        file: its name.
        strict: whether every call must have literals.

    Raises:
        NotALiteral: see `messages`.
    """
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        if not isinstance(node.func, ast.Name):
            continue
        has_plural = _WITH_PLURAL.get(node.func.id)
        if has_plural is None:
            continue
        given = node.args[: 2 if has_plural else 1]
        literals = [
            arg.value for arg in given if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if not strict and not literals:
            continue
        if not literals or len(literals) != (2 if has_plural else 1):
            raise NotALiteral(f"{file}:{node.lineno}: {node.func.id} needs plain strings, not an expression")
        yield Message(literals[0], literals[1] if has_plural else None, file)


def _standard_words(standard: dict[str, object]) -> Iterator[str]:
    for key in ("name", "source", "note"):
        yield str(standard[key])
    for key in ("similar", "ambient", "groups"):
        rows = standard.get(key)
        for row in rows if isinstance(rows, list) else ():
            yield row["name"] if key == "groups" else row["words"]
