"""Two runs beside each other: which findings are in both, and which settings differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from inspection.classes import canonical_name
from inspection.finding import Finding
from inspection.results import Result

_SAME_IOU = 0.5
_NOT_SETTINGS = frozenset({"Date", "File"})


class Pair(NamedTuple):
    """A finding of the first run and the one in its place in the second; one of them may be missing."""

    first: Finding | None
    second: Finding | None


def pairs(first: Result, second: Result) -> list[Pair]:
    """Findings of one class in one place belong together; the surest overlaps are taken first.

    Args:
        first: findings of one run.
        second: findings of another, in a picture of the same size.

    Returns:
        The pairs in the first run's order, then what only the second run found.
    """
    overlaps = sorted(
        (
            (_iou(a, b), i, j)
            for i, a in enumerate(first.findings)
            for j, b in enumerate(second.findings)
            if canonical_name(a.class_name) == canonical_name(b.class_name)
        ),
        key=lambda overlap: -overlap[0],
    )
    partner: dict[int, int] = {}
    for iou, i, j in overlaps:
        if iou >= _SAME_IOU and i not in partner and j not in partner.values():
            partner[i] = j
    found = [
        Pair(a, second.findings[partner[i]] if i in partner else None) for i, a in enumerate(first.findings)
    ]
    alone = [b for j, b in enumerate(second.findings) if j not in partner.values()]
    return found + [Pair(None, b) for b in alone]


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Label -> the two values, of the settings that are not the same in both runs."""
    labels = [label for label in {**first, **second} if label not in _NOT_SETTINGS]
    return {
        label: (first.get(label), second.get(label))
        for label in labels
        if first.get(label) != second.get(label)
    }


def _iou(a: Finding, b: Finding) -> float:
    """Overlap of two boxes, 0..1."""
    width = min(a.xyxy[2], b.xyxy[2]) - max(a.xyxy[0], b.xyxy[0])
    height = min(a.xyxy[3], b.xyxy[3]) - max(a.xyxy[1], b.xyxy[1])
    common = max(width, 0.0) * max(height, 0.0)
    union = a.area_px + b.area_px - common
    return common / union if union > 0 else 0.0
