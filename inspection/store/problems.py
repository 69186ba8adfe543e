"""What the disk and the database say, in sentences for the page."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from inspection.store.errors import StoreError
from inspection.texts import Text, text

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}

log = logging.getLogger(__name__)


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what goes wrong inside into a StoreError."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        log.warning("saved results: %s", error, exc_info=not isinstance(error, OSError))
        raise StoreError(_sentence(error)) from error


def _sentence(error: OSError | sqlite3.Error) -> Text:
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL or primary == sqlite3.SQLITE_FULL:
        return text("The disk is full, so results are not saved.")
    if number in _CLOSED or primary in (
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    ):
        return text("The folder for saved results cannot be written, so results are not saved.")
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return text("Another program is busy with the saved results; try again.")
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return text("The list of saved results is damaged and is being made anew; try again.")
    return text("Saved results cannot be used just now; the server's log says why.")
