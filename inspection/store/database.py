"""The database of saved runs: opened, brought up to date, and set aside when it is damaged."""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from inspection.store.errors import StoreError
from inspection.texts import text

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        made REAL NOT NULL,
        weights TEXT NOT NULL,
        weights_sha256 TEXT NOT NULL,
        digest TEXT NOT NULL,
        series TEXT NOT NULL DEFAULT '',
        findings INTEGER NOT NULL,
        hottest REAL,
        worst INTEGER,
        classes TEXT NOT NULL,
        source TEXT NOT NULL,
        folder TEXT NOT NULL UNIQUE,
        bytes INTEGER NOT NULL,
        record TEXT NOT NULL,
        UNIQUE (owner, digest)
    );
    CREATE INDEX runs_of_owner ON runs (owner, made);
    CREATE TABLE preferences (
        owner TEXT PRIMARY KEY,
        saving INTEGER NOT NULL,
        days INTEGER NOT NULL,
        megabytes INTEGER NOT NULL
    );
    """,
    """
    ALTER TABLE runs ADD COLUMN taken REAL;
    ALTER TABLE runs ADD COLUMN equipment TEXT NOT NULL DEFAULT '';
    CREATE INDEX runs_of_equipment ON runs (owner, equipment);
    """,
)
"""Each one brings a database from the version of its index to the next; user_version says where it is."""

_WAIT_S = 20.0
_CACHE_KB = 200
"""Pages in memory, a tenth of SQLite's usual: they lie between pictures that come and go, and keep holes."""

_MOST_SET_ASIDE = 3

log = logging.getLogger(__name__)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is broken, not that it is busy, full or out of reach."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def open_database(path: Path) -> tuple[sqlite3.Connection, bool]:
    """Open the database, make it where there is none, and bring it up to date.

    Returns:
        The connection (of any thread; whoever uses it holds a lock) and whether the database is new.

    Raises:
        sqlite3.Error: it cannot be opened; `is_damage` tells whether it is broken.
        StoreError: a newer version of this program wrote it.
    """
    connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = _as_dict
        connection.create_function("folded", 1, lambda text: str(text).casefold(), deterministic=True)
        how = ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", f"cache_size = -{_CACHE_KB}")
        for pragma in how:
            connection.execute(f"PRAGMA {pragma}")
        verdict = _first(connection, "PRAGMA quick_check(1)")
        if verdict != "ok":
            raise _damage(verdict)
        return connection, _migrate(connection)
    except BaseException:
        connection.close()
        raise


def _as_dict(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


def _first(connection: sqlite3.Connection, sql: str) -> Any:
    return next(iter(connection.execute(sql).fetchone().values()))


def _damage(words: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(words)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _migrate(connection: sqlite3.Connection) -> bool:
    """Bring the tables up to date in one transaction; returns whether there were none."""
    connection.execute("BEGIN IMMEDIATE")  # two processes may start at once
    try:
        version = _first(connection, "PRAGMA user_version")
        if version > len(MIGRATIONS):
            raise StoreError(text("The saved results were written by a newer version of this program."))
        for script in MIGRATIONS[version:]:
            for statement in script.split(";"):
                if statement.strip():
                    connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return bool(version == 0)


def set_aside(path: Path) -> Path:
    """Rename a damaged database, so that a new one can take its place; the last few are kept.

    Raises:
        OSError: it cannot be renamed.
    """
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).replace(aside.with_name(aside.name + suffix))
    kept = sorted(
        f for f in path.parent.glob(f"{path.name}.damaged-*") if not f.name.endswith(("-wal", "-shm"))
    )
    for old in kept[:-_MOST_SET_ASIDE]:
        for suffix in ("-wal", "-shm", ""):
            old.with_name(old.name + suffix).unlink(missing_ok=True)
    log.error("%s is damaged and was set aside as %s", path, aside.name)
    return aside
