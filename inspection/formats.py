"""Numbers, dates and times as each language writes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from inspection.texts import DEFAULT_LANGUAGE

LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN", "ro": "ro_RO"}
"""Where a language has several habits: British dates and 24 hours, simplified Chinese."""

Length = Literal["short", "medium", "long"]


def format_number(value: float, language: str, digits: int | None = None) -> str:
    """A number with the language's signs for decimals and thousands.

    Args:
        value: any finite number.
        language: one of inspection.texts.LANGUAGES.
        digits: how many digits after the decimal sign; None for as many as it has, at most three.
    """
    from babel.numbers import format_decimal

    pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=_locale(language))


def format_day(day: date, language: str, length: Length = "medium") -> str:
    """A date: 25 Nov 2026, 2026年11月25日, 25 nov. 2026."""
    from babel.dates import format_date

    return format_date(day, format=length, locale=_locale(language))


def format_moment(moment: datetime, language: str, length: Length = "medium") -> str:
    """A date and the time of day, to the minute."""
    from babel.dates import format_time

    clock = format_time(moment, "HH:mm", locale=_locale(language))
    return f"{format_day(moment.date(), language, length)} {clock}"


def _locale(language: str) -> str:
    return LOCALES.get(language, LOCALES[DEFAULT_LANGUAGE])
