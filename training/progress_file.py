"""results.csv, which Ultralytics writes a row an epoch into: read it, and mend it after a stop."""

from __future__ import annotations

import csv
import os
from pathlib import Path


def read_curves(results_csv: Path) -> list[dict[str, float]]:
    """Rows of results.csv as numbers, one per epoch; of an epoch that was run twice the later one.

    A row that a stop cut short is left out.
    """
    rows: dict[int, dict[str, float]] = {}
    for cells in _lines(results_csv):
        try:
            row = {k.strip(): float(v) for k, v in cells.items() if k and v}
            rows[int(row["epoch"])] = row
        except (KeyError, ValueError, TypeError, AttributeError):
            continue
    return [rows[epoch] for epoch in sorted(rows)]


def hours_spent(results_csv: Path) -> float:
    """Training time so far, stops left out: the clock of the file starts anew with every start."""
    total = last = 0.0
    for row in read_curves(results_csv):
        now = row.get("time", 0.0)
        total, last = (total + last, now) if now < last else (total, now)
    return (total + last) / 3600


def keep_epochs(results_csv: Path, most: int | None = None) -> int:
    """Leave one row an epoch, and none beyond `most`.

    Returns:
        Number of rows that are left.
    """
    rows = list(_lines(results_csv))
    kept: dict[int, dict[str, str]] = {}
    for row in rows:
        try:
            epoch = int(float(next(iter(row.values()))))
        except (ValueError, TypeError, StopIteration):
            continue
        if most is None or epoch <= most:
            kept[epoch] = row
    if len(kept) != len(rows) and rows:
        part = results_csv.with_suffix(".part")
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file, [k for k in rows[0] if k], extrasaction="ignore", lineterminator="\n"
            )
            writer.writeheader()
            writer.writerows(kept[epoch] for epoch in sorted(kept))
        os.replace(part, results_csv)
    return len(kept)


def _lines(results_csv: Path) -> list[dict[str, str]]:
    if not results_csv.exists():
        return []
    with results_csv.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
