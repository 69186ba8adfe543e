"""Saved runs of all owners; every question names the owner, and nobody gets at another's."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from inspection.finding import SEVERITIES
from inspection.store import files
from inspection.store.errors import StoreError
from inspection.store.limits import MB, Limits, Preferences
from inspection.store.problems import sentences
from inspection.store.pruning import prune
from inspection.store.run import COLUMNS, COPY, INPUT, Draft, Query, Run
from inspection.store.shelf import Shelf, copy_of
from inspection.texts import text

_INPUTS_SHARE = 4
"""An input larger than this part of the owner's room is not kept: it would push everything else out."""

_LISTED = ", ".join(name for name in COLUMNS if name != "record")
_PRUNE_EVERY_S = 3600.0
_LONGEST_NAME = 80


class Store:
    """What pages and commands ask and tell; for any number of threads and processes at once.

    Any method may raise StoreError with a sentence for the page.
    """

    def __init__(self, root: Path, limits: Limits | None = None) -> None:
        """Nothing is opened before it is needed.

        Args:
            root: of the database and the files; made where it does not exist.
            limits: what is kept at most.
        """
        self.limits = limits or Limits()
        self._shelf = Shelf(root)
        self._pruned = 0.0

    @property
    def root(self) -> Path:
        """Where everything lies."""
        return self._shelf.root

    @property
    def notice(self) -> str:
        """What happened to a damaged database, or ""."""
        return self._shelf.notice

    def add(self, owner: str, draft: Draft) -> str:
        """Save a run; the same input with the same settings and weights is saved once.

        Returns:
            Its id, of the run there was already or of the new one.
        """
        with sentences():
            known, replaced = self._like(owner, draft)
            if known is not None and replaced is None:
                return known
            if known is None:
                known = self._write(owner, draft, replaced)
            elif replaced is not None:  # moved back to settings that are saved already
                self._remove(owner, [replaced])
            self._prune()
            return known

    def runs(self, owner: str, query: Query | None = None) -> list[Run]:
        """The owner's runs, newest first."""
        query = query or Query()
        where, values = query.where(owner)
        sql = f"SELECT {_LISTED} FROM runs WHERE {where} ORDER BY made DESC, id LIMIT ? OFFSET ?"
        with sentences():
            if time.time() - self._pruned > _PRUNE_EVERY_S:
                self._prune()
            return [Run.of(row) for row in self._shelf.rows(sql, [*values, query.count, query.offset])]

    def count(self, owner: str, query: Query | None = None) -> tuple[int, int]:
        """How many of the owner's runs there are, and the bytes of their files."""
        where, values = (query or Query()).where(owner)
        sql = f"SELECT count(*) AS number, coalesce(sum(bytes), 0) AS size FROM runs WHERE {where}"
        with sentences():
            (row,) = self._shelf.rows(sql, values)
            return row["number"], row["size"]

    def run(self, owner: str, run_id: str) -> Run | None:
        """One of the owner's runs, or None."""
        row = self._row(owner, run_id)
        return None if row is None else Run.of(row)

    def record(self, owner: str, run_id: str) -> dict[str, Any] | None:
        """What a run was saved with, or None."""
        row = self._row(owner, run_id)
        return None if row is None else json.loads(row["record"])

    def path(self, owner: str, run_id: str, name: str) -> Path | None:
        """A file of one of the owner's runs, or None where it has none of this name."""
        row = self._row(owner, run_id)
        if row is None:
            return None
        path = self._shelf.files / row["folder"] / name
        return path if path.is_file() else None

    def read(self, owner: str, run_id: str, name: str) -> bytes | None:
        """A file's bytes, or None; a run that is replaced meanwhile is asked for again."""
        tried = None
        while (row := self._row(owner, run_id)) is not None and row["folder"] != tried:
            with suppress(OSError):
                return (self._shelf.files / row["folder"] / name).read_bytes()
            tried = row["folder"]
        return None

    def used(self, owner: str, what: Literal["equipment", "classes"]) -> list[str]:
        """Names of equipment, or raw names of classes, that occur among the owner's runs, sorted."""
        sql = {
            "equipment": "SELECT DISTINCT equipment AS word FROM runs WHERE owner = ? AND equipment != ''",
            "classes": "SELECT DISTINCT j.value AS word FROM runs, json_each(classes) AS j WHERE owner = ?",
        }
        with sentences():
            return sorted(row["word"] for row in self._shelf.rows(sql[what], [owner]))

    def tag(self, owner: str, run_ids: Iterable[str], equipment: str) -> None:
        """Name the equipment of runs, "" takes the name away; no slider changes a named run again."""
        name = " ".join(equipment.split())[:_LONGEST_NAME]
        with sentences(), self._shelf.transaction():
            for row in self._shelf.some(owner, run_ids):
                self._shelf.change(row, {"equipment": name, "series": ""})

    def delete(self, owner: str, run_ids: Iterable[str]) -> int:
        """Remove runs of this owner with their files; returns how many there were."""
        with sentences():
            return self._remove(owner, list(run_ids))

    def move(self, old: str, new: str) -> None:
        """Give everything to another owner: the same visitor, known under another id until now."""
        with sentences():
            with self._shelf.transaction():
                rows = self._shelf.rows("SELECT * FROM runs WHERE owner = ?", [old])
                there = self._shelf.rows("SELECT digest FROM runs WHERE owner = ?", [new])
                known = {row["digest"] for row in there}
                for row in rows:
                    if row["digest"] not in known:
                        self._shelf.change(row, {"owner": new})
            self._remove(old, [row["id"] for row in rows])

    def preferences(self, owner: str) -> Preferences:
        """What the owner chose, within the limits."""
        with sentences():
            rows = self._shelf.rows("SELECT * FROM preferences WHERE owner = ?", [owner])
        chosen = Preferences()
        if rows:
            chosen = Preferences(bool(rows[0]["saving"]), rows[0]["days"], rows[0]["megabytes"])
        return chosen.within(self.limits)

    def prefer(self, owner: str, chosen: Preferences) -> None:
        """Keep what the owner chose; runs over new limits go at once."""
        values = [owner, int(chosen.saving), chosen.days, chosen.megabytes]
        with sentences():
            with self._shelf.transaction() as db:
                db.execute("INSERT OR REPLACE INTO preferences VALUES (?, ?, ?, ?)", values)
            self._prune()

    def close(self) -> None:
        """Close the database; the next question opens it again."""
        self._shelf.close()

    def _like(self, owner: str, draft: Draft) -> tuple[str | None, str | None]:
        """Ids of the run that is the same, and of the run of the same series that this one replaces."""
        same = self._shelf.rows("SELECT id FROM runs WHERE owner = ? AND digest = ?", [owner, draft.digest])
        series = self._shelf.rows(
            "SELECT id FROM runs WHERE owner = ? AND series = ? AND series != '' AND name = ? "
            "AND sha256 = ? AND weights_sha256 = ? AND digest != ?",
            [owner, draft.series, draft.name, draft.sha256, draft.weights_sha256, draft.digest],
        )
        return (same[0]["id"] if same else None), (series[0]["id"] if series else None)

    def _write(self, owner: str, draft: Draft, replaced: str | None) -> str:
        """Write the files aside, then give them their place and the run its row in one transaction."""
        shelf, contents = self._shelf, self._contents(owner, draft)
        row = _row_of(owner, draft, files.size_of(contents), replaced)
        shelf.database()  # makes the folders
        files.check_room(shelf.files, row["bytes"])
        part = files.write_aside(shelf.files, {**contents, COPY: copy_of({**row, "folder": ""})})
        folder = part
        try:
            with shelf.transaction():
                known, again = self._like(owner, draft)
                if known is not None:  # another tab or process was faster
                    files.remove_folder(part)
                    return known
                folder = files.publish(part)
                shelf.insert({**row, "folder": folder.name}, {row["id"], again or ""})
        except BaseException:
            files.remove_folder(folder)
            raise
        return row["id"]

    def _contents(self, owner: str, draft: Draft) -> dict[str, files.Content]:
        """The files to write; an input that is kept already becomes a second name of the same file."""
        room = self.preferences(owner).megabytes * MB
        contents = draft.files()
        if INPUT in contents:
            contents[INPUT] = self._same_input(owner, draft.sha256) or contents[INPUT]
            if files.size_of({INPUT: contents[INPUT]}) > room // _INPUTS_SHARE:
                del contents[INPUT]
        if files.size_of(contents) > room:
            raise StoreError(text("This result is larger than all that may be kept, so it was not saved."))
        return contents

    def _remove(self, owner: str, run_ids: list[str]) -> int:
        try:
            with self._shelf.transaction():
                rows = self._shelf.some(owner, run_ids)
                self._shelf.delete(rows)
                return len(rows)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_FULL:
                raise
        # A full disk has no room to note that something goes: make room first.
        with self._shelf.transaction():
            rows = self._shelf.some(owner, run_ids)
            for row in rows:
                files.remove_folder(self._shelf.files / row["folder"])
            self._shelf.delete(rows)
            return len(rows)

    def _same_input(self, owner: str, sha256: str) -> Path | None:
        """The same bytes as kept with another run of this owner."""
        rows = self._shelf.rows("SELECT folder FROM runs WHERE owner = ? AND sha256 = ?", [owner, sha256])
        paths = (self._shelf.files / row["folder"] / INPUT for row in rows)
        return next((path for path in paths if path.is_file()), None)

    def _prune(self) -> None:
        self._pruned = time.time()
        prune(self._shelf, self.limits)

    def _row(self, owner: str, run_id: str) -> dict[str, Any] | None:
        with sentences():
            rows = self._shelf.some(owner, [run_id])
            return rows[0] if rows else None


def _row_of(owner: str, draft: Draft, size: int, run_id: str | None) -> dict[str, Any]:
    return {
        "id": run_id or secrets.token_urlsafe(16),
        "owner": owner,
        "kind": draft.kind,
        "name": draft.name,
        "sha256": draft.sha256,
        "made": time.time(),
        "taken": None if draft.taken is None else draft.taken.timestamp(),
        "weights": draft.weights,
        "weights_sha256": draft.weights_sha256,
        "digest": draft.digest,
        "series": draft.series,
        "equipment": "",
        "findings": draft.findings,
        "hottest": draft.hottest_celsius,
        "worst": None if draft.worst is None else SEVERITIES.index(draft.worst),
        "classes": json.dumps(sorted(set(draft.classes)), ensure_ascii=False),
        "source": draft.source,
        "bytes": size,
        "record": json.dumps(draft.record, ensure_ascii=False),
    }
