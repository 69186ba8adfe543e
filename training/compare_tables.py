"""The tables of a comparison: networks, classes and sources, each with AP50 and AP50-95, mean and spread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from inspection.classes import display_name
from training.scoring import Score

if TYPE_CHECKING:
    from training.compare import Compared
    from training.evaluate import Evaluation

NOTE = (
    "Scores are the mean over seeds ± the standard deviation between them; a network with one seed has no "
    "spread. Box counts stand in brackets. Means are over classes with a box."
)


def tables(compared: Sequence[Compared]) -> str:
    """All tables as Markdown.

    Args:
        compared: at least one network with at least one run.
    """
    first = next(iter(compared[0].runs.values()))
    parts = [
        f"{first.pictures} validation pictures at {first.imgsz} px. {NOTE}",
        networks_table(compared),
        "AP50 / AP50-95 per class:",
        _rows_table(compared, _class_rows(first), "class"),
        "AP50 / AP50-95 per source:",
        _rows_table(compared, _source_rows(first), "source: class"),
    ]
    return "\n\n".join(parts) + "\n"


def networks_table(compared: Sequence[Compared]) -> str:
    """One row a network: size, work, time, and the scores over everything."""
    first = next(iter(compared[0].runs.values()))
    head = [
        "network", "seeds", "parameters", "GFLOPs", "ms",
        f"hot equipment AP50 ({first.hot.boxes})", "hot equipment AP50-95",
        "mean AP50", "mean AP50-95",
    ]  # fmt: skip
    lines = []
    for entry in compared:
        runs = entry.runs.values()
        lines.append([
            entry.name, str(len(entry.runs)), f"{entry.parameters:,}", f"{entry.gflops:.1f}",
            f"{entry.milliseconds:.0f}",
            spread(r.hot.ap50 for r in runs), spread(r.hot.ap for r in runs),
            spread(mean_over_classes(r, "ap50") for r in runs),
            spread(mean_over_classes(r, "ap") for r in runs),
        ])  # fmt: skip
    return markdown_table(head, lines)


def mean_over_classes(run: Evaluation, which: str) -> float:
    """Mean of "ap50" or "ap" over the classes that have boxes."""
    return float(np.mean([getattr(s, which) for s in run.classes.values() if s.boxes]))


Row = tuple[str, int, "Callable[[Evaluation], Score | None]"]


def _class_rows(first: Evaluation) -> list[Row]:
    rows: list[Row] = [
        (display_name(name), score.boxes, lambda run, n=name: run.classes.get(n))  # type: ignore[misc]
        for name, score in first.classes.items()
        if score.boxes
    ]
    return [*rows, ("hot equipment, any class", first.hot.boxes, lambda run: run.hot)]


def _source_rows(first: Evaluation) -> list[Row]:
    rows: list[Row] = []
    for source, scores in first.sources.items():
        for name, score in scores.items():
            label = f"{source}: {display_name(name)}"
            rows.append((label, score.boxes, lambda run, s=source, n=name: run.sources.get(s, {}).get(n)))  # type: ignore[misc]
        if source in first.hot_sources:
            boxes = first.hot_sources[source].boxes
            rows.append((f"{source}: hot equipment", boxes, lambda run, s=source: run.hot_sources.get(s)))  # type: ignore[misc]
    return rows


def _rows_table(compared: Sequence[Compared], rows: Sequence[Row], what: str) -> str:
    """One row a class or source, one column a network."""
    lines = []
    for label, boxes, of in rows:
        cells = [f"{label} ({boxes})"]
        for entry in compared:
            scores = [s for run in entry.runs.values() if (s := of(run)) is not None]
            cells.append(f"{spread(s.ap50 for s in scores)} / {spread(s.ap for s in scores)}")
        lines.append(cells)
    return markdown_table([f"{what} (boxes)", *(entry.name for entry in compared)], lines)


def spread(values: Iterable[float]) -> str:
    """Mean, and the standard deviation where there are several."""
    numbers = list(values)
    if not numbers:
        return "-"
    mean = f"{np.mean(numbers):.3f}"
    return f"{mean} ± {np.std(numbers, ddof=1):.3f}" if len(numbers) > 1 else mean


def markdown_table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(rows + ["| " + " | ".join(line) + " |" for line in lines])
