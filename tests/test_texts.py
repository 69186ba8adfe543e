"""Every text in every language: complete catalogues, and sentences that are made now and translated later."""

from __future__ import annotations

import copy
import json
import pickle
import re
import string
from datetime import datetime

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont

from inspection.errors import InspectionError, PictureError
from inspection.fonts import font_path
from inspection.formats import format_day, format_moment, format_number
from inspection.locale import sources
from inspection.locale.sources import NotALiteral, messages_in
from inspection.texts import FOLDER, LANGUAGES, Text, best_language, listed, text, text_n, translate

OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.fixture(scope="module")
def messages() -> list[sources.Message]:
    return sources.messages()


def catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_sources_is_translated(language: str, messages: list[sources.Message]) -> None:
    known = catalogue(language)
    for message in messages:
        entry = known.get(message.template)
        assert entry is not None, f"run python -m inspection.locale: {message}"
        strings = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        assert all(strings), f"not translated to {language}: {message}"
        assert len(strings) == (known.num_plurals if message.plural else 1), message
        assert not entry.fuzzy, message
        names = placeholders(message.template) | placeholders(message.plural or "")
        for translated in strings:
            # "one finding" may leave the number out where the language says it in words.
            missing = names - placeholders(translated) - ({"n"} if message.plural else set())
            assert placeholders(translated) <= names and not missing, (message, translated)


@pytest.mark.parametrize("language", OTHERS)
def test_no_catalogue_holds_what_no_source_says(language: str, messages: list[sources.Message]) -> None:
    said = {message.template for message in messages}
    held = {
        entry.id if isinstance(entry.id, str) else entry.id[0] for entry in catalogue(language) if entry.id
    }
    assert held - said == set()


def test_romanian_uses_comma_below() -> None:
    assert not set("şţŞŢ") & set((FOLDER / "ro.po").read_text("utf-8"))


@pytest.mark.parametrize(
    "source", ['t(f"{n} found")', "text(words)", 't_n("{n} finding", plural, n)', 't("a" + b)', "tr(t(x))"]
)
def test_what_cannot_be_translated_is_refused(source: str) -> None:
    with pytest.raises(NotALiteral, match=r"page\.py:1"):
        list(messages_in(source, "page.py"))


def test_a_text_is_a_str_that_remembers() -> None:
    made = text("{value:.1f} {unit}", value=3.25, unit="K")
    assert made == "3.2 K" and isinstance(made, Text) and hash(made) == hash("3.2 K")
    for kept in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):
        assert kept == "3.2 K" and translate(kept, "ro") == "3,2 K"
    assert json.dumps({"a": made}) == '{"a": "3.2 K"}'


def test_texts_inside_a_text_are_translated_with_it() -> None:
    made = text("{value:.1f} {unit}", value=2.0, unit=text("joint"))
    assert [translate(made, language) for language in LANGUAGES] == ["2.0 joint", "2.0 接头", "2,0 îmbinare"]


def test_numbers_of_things() -> None:
    def found(language: str) -> list[str]:
        return [translate(text_n("{n} finding", "{n} findings", n), language) for n in (1, 2, 20, 101, 120)]

    romanian = ["1 constatare", "2 constatări", "20 de constatări", "101 constatări", "120 de constatări"]
    assert found("ro") == romanian
    assert found("en")[0] == "1 finding" and set(found("en")[1:]) == {
        "2 findings",
        "20 findings",
        "101 findings",
        "120 findings",
    }
    assert len({re.sub("[0-9]+", "", said) for said in found("zh")}) == 1


def test_lists_are_written_as_the_language_does() -> None:
    names = listed([text("person"), text("dog"), text("cat")])
    assert [translate(names, language) for language in LANGUAGES] == [
        "person, dog, cat", "人、狗、猫", "persoană, câine, pisică",
    ]  # fmt: skip


def test_what_no_catalogue_knows_stays_as_it_is() -> None:
    assert translate("dşta.jpg", "ro") == "dşta.jpg"
    unknown = Text("no such sentence, 1.5", "no such sentence, {x}", None, {"x": 1.5})
    assert translate(unknown, "zh") == "no such sentence, 1.5"
    assert translate(text("joint"), "xx") == "joint"
    assert translate("joint", "zh") == "接头"


def test_errors_carry_their_text() -> None:
    error: InspectionError = PictureError(text("joint"))
    assert str(error) == "joint" and translate(error.sentence, "ro") == "îmbinare"


def test_numbers_and_dates_by_locale() -> None:
    assert [format_number(1234.5, language, 1) for language in LANGUAGES] == ["1,234.5", "1,234.5", "1.234,5"]
    assert format_number(0.5, "ro") == "0,5" and format_number(12, "ro", 0) == "12"
    moment = datetime(2026, 3, 5, 14, 7)
    assert [format_moment(moment, language) for language in LANGUAGES] == [
        "5 Mar 2026 14:07",
        "2026年3月5日 14:07",
        "5 mar. 2026 14:07",
    ]
    assert format_day(moment.date(), "ro", "long") == "5 martie 2026"


def test_the_browsers_locale_chooses() -> None:
    wishes = ("zh-CN", "zh_Hant_TW", "ro", "ro-MD", "en-US", "fr-FR", "", None)
    assert [best_language(wish) for wish in wishes] == ["zh", "zh", "ro", "ro", "en", "en", "en", "en"]


@pytest.mark.parametrize("language", OTHERS)
def test_the_font_draws_every_character_of_a_catalogue(language: str) -> None:
    font = TTFont(font_path())
    assert "glyf" in font  # PDF needs TrueType outlines
    used = {c for c in (FOLDER / f"{language}.po").read_text("utf-8") if c >= " "}
    assert {c for c in used if ord(c) not in font.getBestCmap()} == set()
