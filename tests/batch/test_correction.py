"""Correcting boxes, as pure functions."""

from __future__ import annotations

import pytest

from inspection.correction import MOST_UNDO, Correction, EditBox, as_detections
from inspection.errors import SettingsError

START = Correction(100, 80, (EditBox((10, 10, 30, 30), "motor", 0.9), EditBox((50, 40, 70, 60), "SFH", 0.3)))


def test_a_drawn_box_is_ordered_and_cut_to_the_picture() -> None:
    drawn = START.draw((120, 70, 60, -5), " my\nclass ")
    assert drawn.boxes[2] == EditBox((60, 0, 100, 70), "my class", None)
    assert drawn.undo() == START and START.undo() is START
    for bad in ((5, 5, 6, 50), (200, 0, 300, 50), (float("nan"), 0, 9, 9)):
        with pytest.raises(SettingsError):
            START.draw(bad, "motor")
    for name in ("", " \n", "x" * 61):
        with pytest.raises(SettingsError, match="name"):
            START.draw((0, 0, 9, 9), name)


def test_a_table_changes_boxes_and_only_touched_ones_lose_their_confidence() -> None:
    rows = {0: {"kept": False}, 1: {"class_name": "Legatura", "left": 45, "right": None}}
    edited = START.edit(rows, START.boxes)
    assert edited.boxes == (
        EditBox((10, 10, 30, 30), "motor", 0.9, False), EditBox((45, 40, 70, 60), "Legatura", None)
    )  # fmt: skip
    assert [label.class_name for label in edited.labels] == ["Legatura"]
    assert START.edit({0: {"kept": True}}, START.boxes) is START  # nothing changed, nothing to undo
    with pytest.raises(SettingsError, match="two pixels"):
        START.edit({0: {"right": 10.5}}, START.boxes)
    # A widget repeats all its edits each time; they relate to what it started from.
    again = edited.edit({**rows, 0: {"kept": True}}, START.boxes)
    assert again.boxes[0] == START.boxes[0] and again.undo() == edited


def test_undo_is_bounded_and_goes_back_step_by_step() -> None:
    now = START
    for i in range(MOST_UNDO + 20):
        now = now.edit({0: {"left": i % 20}}, now.boxes)
    assert len(now.past) == MOST_UNDO and now.undo().boxes == now.past[-1]
    none = START.keep_all(False)
    assert none.labels == () and none.undo().labels == START.labels


def test_corrected_boxes_stand_in_for_detections() -> None:
    found = as_detections(START.draw((0, 0, 9, 9), "new").labels, ("SFH", "motor"))
    assert found.class_names == ("SFH", "motor", "new") and found.class_id.tolist() == [1, 0, 2]
    assert found.confidence.tolist() == pytest.approx([0.9, 0.3, 1.0])
    assert len(as_detections((), ("SFH",))) == 0
