"""One row an object: what it is, when it was there, how hot it became."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspection.classes import canonical_name, display_name
from inspection.video.records import severity_word


@dataclass(frozen=True)
class TrackedObject:
    """What is known of one object of a video.

    Attributes:
        number: the tracker's.
        class_name: raw name that most of its detections gave, weighted by their confidence.
        first: when it was first seen, s.
        last: when it was last seen, s.
        seconds: in how much of the video it was seen: its frames times the usual step between frames, s.
        frames: number of frames with it.
        best_confidence: 0..1.
        best_seconds: when it was seen best: the hottest moment, or that of the best confidence where no
            temperature is known.
        hottest_celsius: °C, or None.
        hottest_seconds: when, or None.
        severity: the worst grade it had, or None when it was never graded.
    """

    number: int
    class_name: str
    first: float
    last: float
    seconds: float
    frames: int
    best_confidence: float
    best_seconds: float
    hottest_celsius: float | None
    hottest_seconds: float | None
    severity: str | None

    @property
    def display_name(self) -> str:
        """The class name as shown on screen."""
        return display_name(self.class_name)


def tracked_objects(
    frames: NDArray, observations: NDArray, class_names: tuple[str, ...]
) -> tuple[TrackedObject, ...]:
    """The objects of a run by number; without tracking there are none.

    Args:
        frames: FRAME (N,) of inspection.video.records.
        observations: OBSERVATION (M,).
        class_names: the model's own.
    """
    steps = np.diff(frames["seconds"])
    step = float(np.median(steps)) if len(steps) else 0.0
    rows = observations[observations["number"] > 0]
    rows = rows[np.argsort(rows["number"], kind="stable")]
    starts = np.flatnonzero(np.diff(rows["number"], prepend=0))
    return tuple(_one(part, class_names, step) for part in np.split(rows, starts[1:]) if len(part))


def _one(rows: NDArray, class_names: tuple[str, ...], step: float) -> TrackedObject:
    sure = int(np.argmax(rows["confidence"]))
    known = np.isfinite(rows["celsius"])
    hot = int(np.nanargmax(rows["celsius"])) if known.any() else None
    seconds = rows["seconds"]
    return TrackedObject(
        number=int(rows["number"][0]),
        class_name=_vote(rows, class_names),
        first=float(seconds[0]),
        last=float(seconds[-1]),
        seconds=len(rows) * step,
        frames=len(rows),
        best_confidence=float(rows["confidence"][sure]),
        best_seconds=float(seconds[sure if hot is None else hot]),
        hottest_celsius=None if hot is None else float(rows["celsius"][hot]),
        hottest_seconds=None if hot is None else float(seconds[hot]),
        severity=severity_word(int(rows["severity"].max())),
    )


def _vote(rows: NDArray, class_names: tuple[str, ...]) -> str:
    """The class with the most confidence in sum; spellings of one class vote together."""
    votes: dict[str, float] = {}
    for class_id, confidence in zip(rows["class_id"], rows["confidence"], strict=True):
        name = canonical_name(class_names[class_id])
        votes[name] = votes.get(name, 0.0) + float(confidence)
    return max(votes, key=lambda name: votes[name])
