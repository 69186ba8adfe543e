"""Frozen dataclasses as plain values for JSON and back, so that a run opens as it was.

Fields that a reader does not know are left aside and missing ones take their defaults, as records outlive
versions.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from inspection.errors import InspectionError
from inspection.store.errors import StoreError
from inspection.texts import Text, text
from inspection.units import QUANTITIES

_QUANTITIES: dict[str, Any] = {kind.__name__: kind for kind in QUANTITIES}

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Numbers, text, lists and dicts only."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (Text, *QUANTITIES)):
        return _plain_words(value)
    if isinstance(value, (list, tuple)):
        return [to_plain(part) for part in value]
    if isinstance(value, dict):
        if any(isinstance(key, Text) and key.values for key in value):  # "Confidence, joint"
            return [[to_plain(key), to_plain(part)] for key, part in value.items()]
        return {str(key): to_plain(part) for key, part in value.items()}
    return _plain_value(value)


def _plain_words(value: Any) -> dict[str, Any]:
    """A sentence or a quantity in one, so that it stays translatable."""
    if isinstance(value, Text):
        return {"template": value.template, "plural": value.plural, "values": to_plain(dict(value.values))}
    number = str.__str__(value) if isinstance(value, str) else float(value)
    return {"quantity": type(value).__name__, "value": number}


def _plain_value(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(kind: type[T], value: Any) -> T:
    """The dataclass that `to_plain` was given.

    Raises:
        StoreError: the value does not fit the class.
    """
    try:
        return _built(kind, value)
    except (TypeError, ValueError, KeyError, InspectionError) as error:
        raise StoreError(text("This result was saved by another version and cannot be opened.")) from error


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _built(kind: Any, value: Any) -> Any:
    for origins, build in _BUILDERS:
        if get_origin(kind) in origins:
            return build(get_args(kind), value)
    if is_dataclass(kind):
        return _dataclass(kind, value)
    if kind is str and isinstance(value, dict):
        return _text(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(kind, type) and not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _literal(kinds: tuple[Any, ...], value: Any) -> Any:
    if value not in kinds:
        raise ValueError(f"{value!r} is not one of {kinds}")
    return value


def _mapping(kinds: tuple[Any, ...], value: Any) -> dict[str, Any]:
    if not isinstance(value, (dict, list)):
        raise TypeError(f"{value!r} is no mapping")
    return {_said(key): _said(part) for key, part in (value.items() if isinstance(value, dict) else value)}


def _said(value: Any) -> Any:
    """What may stand in a sentence or in a list of settings: a sentence, a quantity, or a plain value."""
    if not isinstance(value, dict):
        return value
    return _QUANTITIES[value["quantity"]](value["value"]) if "quantity" in value else _text(value)


def _text(value: dict[str, Any]) -> Text:
    """A sentence that can be shown in every language again."""
    template, plural = value["template"], value["plural"]
    values = {name: _said(v) for name, v in value["values"].items()}
    said = template if plural is None or values["n"] == 1 else plural
    return Text(said.format(**values), template, plural, values)


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    if value is None and type(None) in kinds:
        return None
    problem: Exception | None = None
    for kind in kinds:
        if kind is not type(None):
            try:
                return _built(kind, value)
            except (TypeError, ValueError) as error:
                problem = error
    raise problem or TypeError(f"{value!r} fits none of {kinds}")


def _tuple(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_built(kinds[0], part) for part in value)
    return tuple(_built(kind, part) for kind, part in zip(kinds, value, strict=True))


def _dataclass(kind: Any, value: Any) -> Any:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no record")
    hints, given = _hints(kind), {}
    for field in fields(kind):
        if field.name in value:
            given[field.name] = _built(hints[field.name], value[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise KeyError(field.name)
    return kind(**given)


_BUILDERS: tuple[tuple[tuple[Any, ...], Callable[[tuple[Any, ...], Any], Any]], ...] = (
    ((Union, types.UnionType), _one_of),
    ((tuple,), _tuple),
    ((Literal,), _literal),
    ((dict,), _mapping),
)
