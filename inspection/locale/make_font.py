"""Make the app's font: ``python -m inspection.locale.make_font NotoSans-Regular.ttf NotoSansCJK.ttc``.

Latin, Greek and Cyrillic come from Noto Sans, everything else from Noto Sans CJK SC: the 6763 characters of
GB 2312, Chinese punctuation, and whatever the catalogues use beyond them. Outlines become TrueType's, as PDF
needs them; Debian has both fonts in fonts-noto-core and fonts-noto-cjk.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from inspection.fonts import font_path
from inspection.texts import FOLDER

_FAMILY = "Overheat Inspector Sans"
_UNITS = 1000
_TOLERANCE = 1.0
"""How far a quadratic outline may leave the cubic one, in thousandths of the font's size."""

_LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x218, 0x21C),
    *range(0x391, 0x3A2),
    *range(0x3A3, 0x3CA),
    *range(0x410, 0x450),
]
_SIGNS = "–—‘’“”„…•‰′″€™←↑→↓−≈≠≤≥∆●▲◆■□○◇△▼★✓⁰¹²³⁴₀₁₂₃Ёё"
_WIDE = [*range(0x3000, 0x3020), *range(0xFF01, 0xFF5F)]


def wanted() -> set[int]:
    """Code points the font must have."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    common = "".join(pair.decode("gb2312", "ignore") for pair in rows)
    used = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.po"))
    return {code for code in (*_LETTERS, *map(ord, _SIGNS + common + used), *_WIDE) if code >= 0x20}


def make(latin: TTFont, chinese: TTFont) -> TTFont:
    """The font of both; a code point that neither has is left out and printed."""
    glyphs, widths, characters = {}, {}, {}
    sources = [(font, font.getBestCmap(), font.getGlyphSet()) for font in (latin, chinese)]
    for name, code in [(".notdef", None), *((f"u{code:04X}", code) for code in sorted(wanted()))]:
        for font, known, shapes in sources:
            source = ".notdef" if code is None else known.get(code)
            if source is None:
                continue
            scale = _UNITS / font["head"].unitsPerEm
            assert scale == 1, "both fonts have 1000 units"
            recorded = DecomposingRecordingPen(shapes)
            shapes[source].draw(recorded)
            pen = TTGlyphPen(None)
            is_cubic = "CFF " in font
            recorded.replay(Cu2QuPen(pen, _TOLERANCE, reverse_direction=True) if is_cubic else pen)
            glyphs[name] = pen.glyph()
            widths[name] = (font["hmtx"][source][0], 0)
            if code is not None:
                characters[code] = name
            break
        else:
            print(f"no glyph for {chr(code or 0)!r}")
    return _built(glyphs, widths, characters)


def _built(glyphs: dict, widths: dict, characters: dict[int, str]) -> TTFont:  # type: ignore[type-arg]
    builder = FontBuilder(_UNITS, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(characters)
    builder.setupGlyf(glyphs)
    shapes = builder.font["glyf"]
    builder.setupHorizontalMetrics(
        {name: (width, getattr(shapes[name], "xMin", 0)) for name, (width, _) in widths.items()}
    )
    builder.setupHorizontalHeader(ascent=1069, descent=-293)
    builder.setupNameTable(
        {
            "copyright": "Copyright 2014-2021 Adobe (http://www.adobe.com/), 2015-2020 Google LLC",
            "familyName": _FAMILY,
            "styleName": "Regular",
            "uniqueFontIdentifier": f"{_FAMILY} 1",
            "fullName": f"{_FAMILY} Regular",
            "psName": _FAMILY.replace(" ", "") + "-Regular",
            "version": "Version 1.000",
            "description": "A subset of Noto Sans and Noto Sans CJK SC with TrueType outlines",
            "licenseDescription": "Licensed under the SIL Open Font License, Version 1.1.",
            "licenseInfoURL": "https://openfontlicense.org",
        }
    )
    builder.setupOS2(sTypoAscender=1069, sTypoDescender=-293, usWinAscent=1069, usWinDescent=293, fsType=0)
    builder.setupPost(keepGlyphNames=False)
    builder.setupHead(unitsPerEm=_UNITS, created=0, modified=0)
    return builder.font


def main(arguments: Sequence[str] | None = None) -> None:
    """Make and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("latin", help="NotoSans-Regular.ttf")
    parser.add_argument("chinese", help="NotoSansCJK-Regular.ttc")
    options = parser.parse_args(arguments)
    collection = TTCollection(options.chinese)
    chinese = next(font for font in collection.fonts if font["name"].getDebugName(1) == "Noto Sans CJK SC")
    made = make(TTFont(options.latin), chinese)
    made.recalcTimestamp = False
    made.save(font_path())
    print(f"{font_path()}: {len(made.getGlyphOrder())} glyphs, {font_path().stat().st_size / 2**20:.2f} MB")


if __name__ == "__main__":
    main()
