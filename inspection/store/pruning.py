"""What is over the limits goes, the oldest first."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from inspection.store.limits import MB, Limits, Preferences
from inspection.store.shelf import Shelf

_DAY_S = 86_400.0


def prune(shelf: Shelf, limits: Limits) -> None:
    """Remove runs that are too old, then those that no longer fit in their owner's room or in all of it."""
    with shelf.transaction():
        shelf.delete(
            shelf.rows(
                "SELECT id, folder FROM runs LEFT JOIN preferences USING (owner) "
                "WHERE made < ? - ? * min(coalesce(days, ?), ?)",
                [time.time(), _DAY_S, Preferences.days, limits.days],
            )
        )
        chosen = {row["owner"]: row["megabytes"] for row in shelf.rows("SELECT * FROM preferences")}
        rows = shelf.rows("SELECT id, owner, folder, bytes FROM runs ORDER BY made DESC, rowid DESC")
        rooms = {
            owner: min(chosen.get(owner, Preferences.megabytes) * MB, limits.owner_bytes)
            for owner in {row["owner"] for row in rows}
        }
        shelf.delete(too_much(rows, rooms, limits.total_bytes))


def too_much(
    rows: Sequence[Mapping[str, Any]], rooms: Mapping[str, int], room: int
) -> list[Mapping[str, Any]]:
    """What is over the limits: from the first run that does not fit on, everything older goes.

    Args:
        rows: newest first, with owner and bytes.
        rooms: bytes that each owner may have.
        room: bytes for all.
    """
    left, over = dict(rooms), []
    for row in rows:
        owner, size = row["owner"], row["bytes"]
        if size > room:
            room = 0
        if size > min(left[owner], room):
            left[owner] = 0
            over.append(row)
            continue
        left[owner] -= size
        room -= size
    return over
