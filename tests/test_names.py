"""Names that people give to files stay text, stay short and never become paths."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from inspection.names import safe_stem, short_name, unique_stems

NASTY = [
    "../../etc/passwd", "C:\\Windows\\system32\\a.jpg", "a\"b'c.png", "emoji 😀.jpg", "x" * 300 + ".jpg",
    "con.jpg", ".jpg", "", "..", "a\nb.jpg", "termografía.jpg", "热像.png", "a/b/c.png", "\u202egpj.exe",
]  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_a_stem_is_one_harmless_path_part(name: str) -> None:
    stem = safe_stem(name)
    assert stem and len(stem) <= 61
    assert PurePosixPath(stem).name == stem == PureWindowsPath(stem).name
    assert stem not in (".", "..") and not stem.startswith(".")
    assert not PureWindowsPath(stem).is_reserved()


@pytest.mark.parametrize("name", NASTY)
def test_a_shown_name_is_short_and_printable(name: str) -> None:
    shown = short_name(name)
    assert 0 < len(shown) <= 60 and shown.isprintable()


def test_long_names_keep_their_end() -> None:
    assert short_name("x" * 300 + "-panel.jpg").endswith("-panel.jpg")


def test_equal_names_become_distinct_whatever_their_case() -> None:
    stems = unique_stems(["a.jpg", "A.png", "x/a.jpg", "a-2.jpg", "b.jpg"])
    assert len({stem.casefold() for stem in stems}) == 5
    assert stems[0] == "a" and stems[-1] == "b"
