"""Sentences that can be shown in three languages: made once in English, translated when somebody reads them.

The English sentence is the key, as in gettext. Code writes ``text("{file} is too large.", file=name)``; the
result is an ordinary str with the English sentence and remembers how it was made, so that `translate` can
give it in another language or unit later: in another session, from a cache, or after an exception was caught.
Temperatures come as ``hot=Celsius(81.3)`` and bring their unit along: ``text("{hot:.1f} is hot.", hot=...)``.

``python -m inspection.locale`` keeps the catalogues up to date.
"""

from __future__ import annotations

import functools
import logging
import string
from collections.abc import Callable, Mapping, Sequence
from gettext import c2py
from numbers import Number
from pathlib import Path
from typing import Any

from inspection.units import QUANTITIES, Unit

LANGUAGES: dict[str, str] = {"en": "English", "zh": "中文", "ro": "Română"}
"""Code of each language -> its own name for itself."""

DEFAULT_LANGUAGE = "en"
FOLDER = Path(__file__).parent / "locale"
_DECIMAL_COMMA = frozenset({"ro"})
_SWAP = str.maketrans(".,", ",.")

log = logging.getLogger(__name__)


class Text(str):
    """An English sentence that knows its template and the values in it.

    Equal to the plain str, and taken for one by json, pandas, openpyxl and pickle.

    Attributes:
        template: the sentence with the names of its values in braces; the catalogues' key.
        plural: the template for every number but one, or None where there is no plural.
        values: what stands in the braces; Texts among them are translated too.
    """

    template: str
    plural: str | None
    values: Mapping[str, Any]

    def __new__(cls, sentence: str, template: str, plural: str | None, values: Mapping[str, Any]) -> Text:
        """The sentence as it is in English, and how it was made."""
        made = super().__new__(cls, sentence)
        made.template, made.plural, made.values = template, plural, values
        return made

    def __getnewargs__(self) -> tuple[str, str, str | None, Mapping[str, Any]]:  # type: ignore[override]
        return str(self), self.template, self.plural, dict(self.values)


def text(template: str, /, **values: Any) -> Text:
    """A sentence with named values: ``text("{file} has {size:.1f} MB.", file=name, size=mb)``.

    Args:
        template: a literal, so that it can be found in the sources; braces as for str.format.
        values: by name; numbers get the language's decimal sign, Texts are translated, and what is neither a
            number nor a str becomes one.
    """
    kept = _plain(values)
    return Text(template.format(**kept), template, None, kept)


def text_n(singular: str, plural: str, n: int, /, **values: Any) -> Text:
    """A sentence whose form follows a number, which stands in it as ``{n}``.

    Args:
        singular: for one: "{n} finding".
        plural: for every other number in English: "{n} findings".
        n: the number.
        values: the others, as in `text`.
    """
    kept = _plain({**values, "n": n})
    return Text((singular if n == 1 else plural).format(**kept), singular, plural, kept)


def retold(said: Text, **values: Any) -> Text:
    """The same sentence with other values."""
    kept = _plain({**said.values, **values})
    forms = said.template if said.plural is None or kept["n"] == 1 else said.plural
    return Text(forms.format(**kept), said.template, said.plural, kept)


def sentences(*parts: str) -> str:
    """Several sentences one after the other; empty ones are left out."""
    said = [part for part in parts if part]
    if not said:
        return ""
    whole = said[0]
    for part in said[1:]:
        whole = text("{first} {second}", first=whole, second=part)
    return whole


def listed(parts: Sequence[str]) -> str:
    """A list within a sentence: a, b, c."""
    whole: str = parts[0] if parts else ""
    for part in parts[1:]:
        whole = text("{first}, {second}", first=whole, second=part)
    return whole


def translate(value: str, language: str, unit: Unit = "°C") -> str:
    """A sentence in a language.

    Args:
        value: a Text, or a plain str, which is looked up as it is.
        language: one of LANGUAGES.
        unit: in which it gives temperatures and differences.

    Returns:
        The sentence; what no catalogue knows stays English, and other strings come back unchanged.
    """
    if language not in LANGUAGES:
        language = DEFAULT_LANGUAGE
    english = language == DEFAULT_LANGUAGE
    if english and (unit == "°C" or not isinstance(value, Text)):
        return str(value)
    catalogue = _ENGLISH if english else _catalogue(language)
    if not isinstance(value, Text):
        forms = catalogue.forms.get(value)
        return value if forms is None else forms[0]
    forms = catalogue.forms.get(value.template)
    if forms is None:
        # A sentence nobody has translated may still hold numbers and Texts.
        forms = (value.template,) if value.plural is None else (value.template, value.plural)
        index = 0 if value.plural is None else min(int(value.values["n"] != 1), len(forms) - 1)
    else:
        index = 0 if value.plural is None else catalogue.plural(int(value.values["n"]))
    try:
        return _formatter(language, unit).vformat(forms[min(index, len(forms) - 1)], (), value.values)
    except (KeyError, ValueError, IndexError):
        log.exception("the translation of %r to %s cannot be used", value.template, language)
        return str(value)


def best_language(locale: str | None) -> str:
    """The language to begin with for a browser's locale such as "zh-CN" or "ro"."""
    code = (locale or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else DEFAULT_LANGUAGE


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that can be kept: an exception or a path would drag along what it refers to."""
    return {name: v if isinstance(v, (str, Number)) else str(v) for name, v in values.items()}


class _Catalogue:
    """One language's sentences and its rule for plurals."""

    def __init__(self, forms: dict[str, tuple[str, ...]], plural: Callable[[int], int]) -> None:
        self.forms, self.plural = forms, plural


_ENGLISH = _Catalogue({}, lambda n: int(n != 1))


@functools.cache
def _catalogue(language: str) -> _Catalogue:
    from babel.messages.pofile import read_po  # only when another language than English is asked for

    with (FOLDER / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language)
    forms = {}
    for message in read:
        if not message.id or message.fuzzy:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        found = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if found and all(found):
            forms[key] = found
    return _Catalogue(forms, c2py(read.plural_expr))


class _Formatter(string.Formatter):
    """str.format with a language's decimal sign, a unit, and Texts in the same language and unit."""

    def __init__(self, language: str, unit: Unit) -> None:
        self._language, self._unit = language, unit
        self._comma = language in _DECIMAL_COMMA

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        value = kwargs[key]
        return translate(value, self._language, self._unit) if isinstance(value, Text) else value

    def format_field(self, value: Any, format_spec: str) -> str:
        quantity = isinstance(value, QUANTITIES)
        written = value.written(format_spec, self._unit) if quantity else format(value, format_spec)
        if self._comma and (quantity or isinstance(value, Number)) and not isinstance(value, bool):
            return written.translate(_SWAP)
        return written


@functools.cache
def _formatter(language: str, unit: Unit) -> _Formatter:
    return _Formatter(language, unit)
