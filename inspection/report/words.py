"""A report's words, numbers and dates in its language and unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspection.finding import NOT_GRADED, SEVERITY_NAMES
from inspection.formats import format_moment, format_number
from inspection.report.content import clipped
from inspection.texts import LANGUAGES, translate
from inspection.units import Unit, rise, rise_name, temperature

NOTHING = "–"
"""Stands where a value is not known."""


@dataclass(frozen=True)
class Words:
    """How things are said in a report.

    Attributes:
        language: one of inspection.texts.LANGUAGES.
        unit: of the temperatures.

    Raises:
        ValueError: an unknown language.
    """

    language: str = "en"
    unit: Unit = "°C"

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"there is no language {self.language!r}; choose one of {', '.join(LANGUAGES)}")

    def say(self, sentence: str) -> str:
        """A sentence of ours in the language and unit."""
        return translate(sentence, self.language, self.unit)

    def severity(self, severity: str | None) -> str:
        """The word of a severity; "not graded" for None."""
        return self.say(NOT_GRADED if severity is None else SEVERITY_NAMES[severity])

    def name(self, shown: str) -> str:
        """A class name as shown; a foreign model's name is cut when it is very long."""
        return clipped(self.say(shown), 80)

    def number(self, value: float | None, digits: int = 1) -> str:
        """A number with the language's decimal sign."""
        return NOTHING if value is None else format_number(value, self.language, digits)

    def degrees(self, celsius: float | None) -> str:
        """A temperature given in °C, without its unit."""
        return NOTHING if celsius is None else self.number(temperature(celsius, self.unit))

    def kelvin(self, difference: float | None) -> str:
        """A difference given in K, without its unit."""
        return NOTHING if difference is None else self.number(rise(difference, self.unit))

    def with_unit(self, celsius: float | None) -> str:
        """A temperature given in °C, with its unit."""
        return NOTHING if celsius is None else f"{self.degrees(celsius)} {self.unit}"

    @property
    def rise_unit(self) -> str:
        """The unit of differences."""
        return rise_name(self.unit)

    def date(self, moment: datetime, zone: bool = True) -> str:
        """Day and time as the language writes them, with the zone where the moment has one."""
        offset = moment.strftime("%z") if zone else ""
        after = f" (UTC{offset[:3]}:{offset[3:5]})" if offset else ""
        return f"{format_moment(moment, self.language, 'long')}{after}"
