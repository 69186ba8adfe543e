"""Runs made up for the tests, and a process that saves them until it is killed."""

from __future__ import annotations

import os
import random
from multiprocessing.synchronize import Event
from pathlib import Path

from inspection.store.run import INPUT, PICTURE, THUMBNAIL, Draft
from inspection.store.store import Store


def draft(number: int, **changes) -> Draft:  # type: ignore[no-untyped-def]
    """A small run; equal numbers are equal runs."""
    size = changes.pop("size", 2000)
    values = {
        "kind": "picture",
        "name": f"panel {number}.jpg",
        "sha256": f"{number:064x}",
        "weights": "best.pt",
        "weights_sha256": "f" * 64,
        "digest": f"{number:064x}",
        "series": "",
        "findings": 1,
        "hottest_celsius": 50.0 + number,
        "worst": "watch",
        "classes": ("Legatura",),
        "source": "radiometric",
        "taken": None,
        "record": {"number": number},
        "files": lambda: {
            INPUT: bytes([number % 256]) * size,
            PICTURE: b"picture" * 100,
            THUMBNAIL: b"small",
        },
    }
    return Draft(**{**values, **changes})


def agree(root: Path, *owners: str) -> int:
    """Open a store and see that every row has its files, every folder its row, and nothing else is there.

    Returns the number of runs.
    """
    store = Store(root)
    runs = [(owner, run) for owner in owners or ("me",) for run in store.runs(owner)]
    for owner, run in runs:
        record = store.record(owner, run.id)
        assert record is not None
        assert store.read(owner, run.id, INPUT) == bytes([record["number"] % 256]) * 2000
        assert store.read(owner, run.id, PICTURE) == b"picture" * 100
    folders = [entry for entry in (root / "files").iterdir() if not entry.name.startswith(".part-")]
    assert len(folders) == len(runs)
    store.close()
    return len(runs)


def save_for_ever(root: Path, seed: int, started: Event) -> None:
    """Save, replace, name and remove runs, as fast as possible.

    A kill loses nothing that was written, so waiting for the disk only makes less happen before it.
    """
    os.fsync = lambda handle: None  # type: ignore[assignment]
    store, chance = Store(root), random.Random(seed)
    store._shelf.database().execute("PRAGMA synchronous = OFF")
    started.set()
    while True:
        number = chance.randrange(40)
        done = store.add("me", draft(number, series=chance.choice(["", "a"]), name="x.jpg"))
        if chance.random() < 0.3:
            store.tag("me", [done], chance.choice(["", "pump"]))
        if chance.random() < 0.3:
            store.delete("me", [done])
