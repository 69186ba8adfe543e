"""The one font that ships with the app, for files that must show all three scripts wherever they are read."""

from __future__ import annotations

from pathlib import Path

_FONT = Path(__file__).parent / "assets" / "overheat-inspector-sans.ttf"


def font_path() -> Path:
    """A TrueType font with Latin, Greek, Cyrillic and the common Chinese characters.

    Its glyphs are those of Noto Sans and Noto Sans CJK SC under the SIL Open Font License, see
    inspection/assets/OFL.txt; ``python -m inspection.locale.make_font`` made it.
    """
    return _FONT
