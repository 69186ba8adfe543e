"""Temperatures and differences in the unit that people chose."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

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


def rounded(value: float | None) -> float | None:
    """A value with the two decimals that tables and files show, or None where it is not known."""
    return None if value is None else round(value, 2)
