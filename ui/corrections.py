"""What the visitor corrected in each picture: kept for the session, whatever sliders and pages do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from inspection.correction import Correction, EditBox
from inspection.labels import LabelBox
from inspection.results import Result

if TYPE_CHECKING:
    from ui.analysis import Picture


@dataclass
class Desk:
    """The correction of one picture.

    Attributes:
        now: the boxes as they are.
        base: the boxes that the table's own edits relate to.
        turn: counts up where the table and the picture start anew.
        saved: what was saved as labels, None before that; an empty tuple says that nothing is there to find.
        used: the corrected boxes stand in for the model's findings.
        problem: one sentence about the last change that could not be made.
    """

    now: Correction
    base: tuple[EditBox, ...] = ()
    turn: int = 0
    saved: tuple[LabelBox, ...] | None = None
    used: bool = False
    problem: str = ""


def _desks() -> dict[tuple[str, str], Desk]:
    return st.session_state.setdefault("corrections", {})


def desk_of(picture: Picture, result: Result) -> Desk:
    """The picture's correction; it follows the findings until the visitor changes something."""
    desk = _desks().get((picture.name, picture.sha256))
    if desk is not None and (desk.now.touched or desk.saved is not None or desk.used):
        return desk
    start = Correction.of(result.findings, result.width, result.height)
    if desk is None or desk.now != start:
        desk = Desk(start, turn=0 if desk is None else desk.turn + 1)
        _desks()[picture.name, picture.sha256] = desk
    return desk


def saved_labels(picture: Picture) -> tuple[LabelBox, ...] | None:
    """The labels saved for a picture, None without any."""
    desk = _desks().get((picture.name, picture.sha256))
    return None if desk is None else desk.saved


def used_labels(picture: Picture) -> tuple[LabelBox, ...] | None:
    """The corrected boxes that stand in for the model's findings, None where those count."""
    if picture.saved_options is not None:  # as it was saved, whatever was corrected since
        return None
    desk = _desks().get((picture.name, picture.sha256))
    return desk.now.labels if desk is not None and desk.used else None
