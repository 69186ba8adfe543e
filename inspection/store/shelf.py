"""Rows and folders kept together: a run has both or neither, whatever is killed and whoever else writes."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from inspection.store import database, files
from inspection.store.run import COLUMNS, COPY
from inspection.texts import text

Row = Mapping[str, Any]


class Shelf:
    """The database and the folder of files, for any number of threads and processes at once.

    Folders get and lose their place in the transaction that makes or removes the row, and every process asks
    for the database's write lock first. What a kill leaves over is put right when it is next opened.
    Errors of the disk and the database come as they are.
    """

    def __init__(self, root: Path) -> None:
        """Nothing is opened before it is needed."""
        self.root, self.files = root, root / "files"
        self.notice: str = ""
        self._path = root / "history.sqlite"
        self._db: sqlite3.Connection | None = None
        self._inode = 0
        self._lock = threading.RLock()
        self._leaving: list[str] = []

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """What a question gives."""
        with self._lock, self._healing():
            return self.database().execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One change of rows and folders: all of it happens or none, in this process and among several."""
        with self._lock, self._healing():
            db = self.database()
            if db.in_transaction:  # part of a larger change
                yield db
                return
            self._leaving = []
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                for name in self._leaving:
                    files.bring_back(self.files, name)
                raise
            for name in self._leaving:
                files.remove_aside(self.files, name)

    def some(self, owner: str, run_ids: Iterable[str]) -> list[dict[str, Any]]:
        """The rows with these ids, as far as they are this owner's."""
        sql = "SELECT * FROM runs WHERE owner = ? AND id = ?"
        return [row for run_id in dict.fromkeys(run_ids) for row in self.rows(sql, [owner, run_id])]

    def insert(self, row: Row, replaced: Iterable[str] = ()) -> None:
        """A row for a folder that has its place, instead of the rows with these ids."""
        with self.transaction() as db:
            self.delete(self.some(row["owner"], replaced))
            marks = ", ".join("?" * len(COLUMNS))
            values = [row[name] for name in COLUMNS]
            db.execute(f"INSERT INTO runs ({', '.join(COLUMNS)}) VALUES ({marks})", values)

    def delete(self, rows: Sequence[Row]) -> None:
        """Rows go with the transaction and their folders right after it."""
        with self.transaction() as db:
            for row in rows:
                self._leaving.append(row["folder"])
                files.set_aside(self.files, row["folder"])
            db.executemany("DELETE FROM runs WHERE id = ?", [(row["id"],) for row in rows])

    def change(self, row: Row, values: Row) -> None:
        """Change columns of a run, and the copy beside its files from which a lost database is made anew."""
        with self.transaction() as db:
            names = ", ".join(f"{name} = ?" for name in values)
            db.execute(f"UPDATE runs SET {names} WHERE id = ?", [*values.values(), row["id"]])
            files.replace_file(self.files / row["folder"] / COPY, copy_of({**row, **values}))

    def close(self) -> None:
        """Close the database; the next question opens it again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def database(self) -> sqlite3.Connection:
        """The open database; opened, repaired and swept on first use."""
        with self._lock:
            if self._db is not None and self._inode == _inode(self._path):
                return self._db
            self.close()  # somebody removed it, or another process set it aside
            for folder in (self.root, self.files):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._db, new = self._opened()
            self._inode = _inode(self._path)
            if new:
                self._make_anew()
            self._sweep()
            return self._db

    def _opened(self) -> tuple[sqlite3.Connection, bool]:
        try:
            return database.open_database(self._path)
        except sqlite3.DatabaseError as error:
            if not database.is_damage(error):
                raise
        aside = database.set_aside(self._path)
        self.notice = text(
            "The list of saved results was damaged. It was set aside as {file} and made anew from the saved "
            "files.",
            file=aside.name,
        )
        return database.open_database(self._path)

    @contextmanager
    def _healing(self) -> Iterator[None]:
        """A database found damaged while in use is closed; opening it again sets it aside."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if database.is_damage(error):
                self.close()
            raise

    def _make_anew(self) -> None:
        """Rows for the folders that are there, from the copies of their records."""
        with self.transaction():
            for folder in list(files.published(self.files)):
                with suppress(OSError, ValueError, KeyError, TypeError, sqlite3.IntegrityError):
                    row = json.loads((self.files / folder / COPY).read_bytes())
                    self.insert({**row, "folder": folder})

    def _sweep(self) -> None:
        """Bring rows and folders together after a kill; under the lock, so nobody else is between the two."""
        with self.transaction() as db:
            known = {row["folder"] for row in self.rows("SELECT folder FROM runs")}
            for name in files.set_aside_names(self.files):
                if name in known:
                    files.bring_back(self.files, name)
                else:
                    files.remove_aside(self.files, name)
            there = set(files.published(self.files))
            for name in there - known:
                files.remove_folder(self.files / name)
            db.executemany("DELETE FROM runs WHERE folder = ?", [(name,) for name in known - there])
        files.remove_stale(self.files)


def copy_of(row: Row) -> bytes:
    """The file beside a run's files that repeats its row."""
    return json.dumps({name: row[name] for name in COLUMNS if name != "folder"}, ensure_ascii=False).encode()


def _inode(path: Path) -> int:
    """Which file it is; 0 where there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0
