"""CSV of temperatures, as the makers' programs export it: a block of numbers, perhaps below some text."""

from __future__ import annotations

import io
import re
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from inspection.radiometric.counts import LARGEST_SIDE, MOST_PIXELS
from inspection.radiometric.errors import RadiometricError
from inspection.radiometric.file import RadiometricFile, plausible
from inspection.radiometric.planck import ZERO_CELSIUS
from inspection.texts import text

Unit = Literal["celsius", "kelvin", "fahrenheit"]

_MOST_BYTES = 64 * 1024 * 1024
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?\Z")
_ACCURACY = re.compile(r"# accuracy_kelvin=(\d{1,3}(?:\.\d+)?)\Z")


def read_csv(data: bytes, name: str, unit: Unit = "celsius") -> RadiometricFile:
    """Read a table of temperatures.

    Args:
        data: the file; UTF-8, UTF-16 with a mark, or Latin-1; commas, semicolons or tabs between the fields;
            a decimal point, or a decimal comma where commas do not separate fields.
        name: for messages.
        unit: unit of the numbers.

    Returns:
        The file; empty fields inside the table are "no data".

    Raises:
        RadiometricError: no table of at least 2 x 2 numbers, too large, or not plausible.
    """
    if len(data) > _MOST_BYTES:
        raise RadiometricError(text("{name} is too large for a table of temperatures.", name=name))
    lines = _text(data).splitlines()
    values = _largest_table(lines, _delimiter(lines), name)
    if unit == "kelvin":
        values = values - ZERO_CELSIUS
    elif unit == "fahrenheit":
        values = (values - 32) / 1.8
    celsius = plausible(values.astype(np.float32), name, empty=np.isnan(values))
    note = ""
    if unit == "celsius" and 250 < float(np.nanmedian(celsius)) < 330:
        note = text("The values look like kelvin; choose the unit if they are.")
    stated = _ACCURACY.match(lines[0])
    accuracy = float(stated[1]) if stated else 0.0
    return RadiometricFile(name, "CSV", temperatures=celsius, note=note, accuracy_kelvin=accuracy)


def write_csv(celsius: NDArray[np.float32], accuracy_kelvin: float | None) -> bytes:
    """A table that `read_csv` reads back.

    Args:
        celsius: float32 (H, W), °C; written to 0.01.
        accuracy_kelvin: written above it where it is known.
    """
    table = io.BytesIO()
    if accuracy_kelvin:
        table.write(f"# accuracy_kelvin={accuracy_kelvin:g}\n".encode())
    np.savetxt(table, celsius, fmt="%.2f", delimiter=",")
    return table.getvalue()


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _delimiter(lines: list[str]) -> str:
    """The most frequent of tab, semicolon and comma, in that order of trust, among some middle lines."""
    sample = lines[len(lines) // 2 : len(lines) // 2 + 20]
    for candidate in ("\t", ";"):
        if sum(candidate in line for line in sample) > len(sample) / 2:
            return candidate
    return ","


def _largest_table(lines: list[str], delimiter: str, name: str) -> NDArray[np.float64]:
    """The longest run of rows with the same number of numeric fields."""
    best: list[list[float]] = []
    run: list[list[float]] = []
    pixels = 0
    for line in lines:
        row = _numbers(line, delimiter)
        if row is None or (run and len(row) != len(run[0])):
            best, run = max(best, run, key=len), []
        if row is None:
            continue
        run.append(row)
        pixels += len(row)
        if pixels > MOST_PIXELS or len(run) > LARGEST_SIDE:
            raise RadiometricError(text("{name} is too large for a table of temperatures.", name=name))
    best = max(best, run, key=len)
    if len(best) < 2 or len(best[0]) < 2:
        raise RadiometricError(text("{name} holds no table of temperatures.", name=name))
    return np.array(best, np.float64)


def _numbers(line: str, delimiter: str) -> list[float] | None:
    """Fields of a line as numbers, NaN for empty ones; None when the line is text."""
    fields = [field.strip().strip('"') for field in line.split(delimiter)]
    if fields and fields[-1] == "":
        fields.pop()  # many programs end each row with a delimiter
    if len(fields) < 2 or len(fields) > LARGEST_SIDE:
        return None
    row = []
    for field in fields:
        if field == "" or field.lower() == "nan":
            row.append(float("nan"))
        elif _NUMBER.match(field):
            row.append(float(field.replace(",", ".")))
        else:
            return None
    return row
