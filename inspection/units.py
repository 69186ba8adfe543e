"""Temperatures and differences in the unit that people chose."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal, TypeVar

from numpy.typing import NDArray

Unit = Literal["°C", "°F"]

Value = TypeVar("Value", float, NDArray[Any])


def temperature(celsius: Value, unit: Unit) -> Value:
    """Temperatures given in °C, in this unit."""
    return celsius if unit == "°C" else celsius * 1.8 + 32


def rise(kelvin: Value, unit: Unit) -> Value:
    """Differences given in K, in this unit's degrees."""
    return kelvin if unit == "°C" else kelvin * 1.8


def rise_name(unit: Unit) -> str:
    """What a difference is called: K beside °C, °F beside °F."""
    return "K" if unit == "°C" else "°F"


class Celsius(float):
    """A temperature in °C; a sentence writes it in the unit of whoever reads it, see `inspection.texts`."""

    names: ClassVar[dict[Unit, str]] = {"°C": "°C", "°F": "°F"}

    def written(self, spec: str, unit: Unit) -> str:
        """The number as `spec` wants it, in this unit, and the unit's name."""
        return f"{self._in(unit):{spec}} {self.names[unit]}"

    def _in(self, unit: Unit) -> float:
        return temperature(float(self), unit)

    def __format__(self, spec: str) -> str:
        return self.written(spec, "°C")


class Kelvin(Celsius):
    """A difference in K, likewise."""

    names: ClassVar[dict[Unit, str]] = {"°C": "K", "°F": "°F"}

    def _in(self, unit: Unit) -> float:
        return rise(float(self), unit)


class Tolerance(Kelvin):
    """How far off a temperature may be, in K: written as °C, as data sheets do."""

    names = Celsius.names


class Kelvins(str):
    """Differences in K as a standard writes them, "10-25" or ">40", likewise."""

    def written(self, spec: str, unit: Unit) -> str:
        """All its numbers in this unit, and the unit's name."""
        numbers = re.sub(r"[0-9.]+", lambda found: f"{rise(float(found[0]), unit):g}", self)
        return f"{numbers} {rise_name(unit)}"

    def __format__(self, spec: str) -> str:
        return self.written(spec, "°C")


QUANTITIES = (Celsius, Kelvin, Tolerance, Kelvins)


def rounded(value: float | None) -> float | None:
    """A value with the two decimals that tables and files show, or None where it is not known."""
    return None if value is None else round(value, 2)
