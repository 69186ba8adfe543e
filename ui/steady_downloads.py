"""A download button keeps its number from run to run, so that a press finds its file whenever it comes."""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any

from streamlit import runtime

_SECRET = secrets.token_bytes(32)
"""Numbers must not be guessed: Streamlit makes the file for whoever names one."""


@functools.cache
def keep_download_numbers() -> None:
    """Let this process's buttons whose file is made when pressed keep their numbers.

    Streamlit 1.67 gives each a new number in every run and forgets the old ones when the run ends. Who
    presses while the browser has not drawn the new one yet, as after typing something into the report's
    details, names a number that is gone and gets nothing.
    """
    if runtime.exists():
        files = runtime.get_instance().media_file_mgr
        files.add_deferred = steady(files, files.add_deferred)  # type: ignore[method-assign]


def steady(files: Any, add: Callable[..., str]) -> Callable[..., str]:
    """Streamlit's way to register a file that is made when asked for, with one number a button and session.

    Args:
        files: Streamlit's MediaFileManager.
        add: its add_deferred.
    """

    @functools.wraps(add)
    def add_deferred(*args: Any, element_id: str = "", **others: Any) -> str:
        given = add(*args, element_id=element_id, **others)
        if not element_id:
            return given
        with files._lock:
            entry = files._deferred_callables.pop(given)
            session = entry["session_id"]
            number = hmac.new(_SECRET, f"{session} {element_id}".encode(), hashlib.sha256).hexdigest()
            files._deferred_callables[number] = entry
            numbers = files._deferred_ids_by_session[session]
            numbers.discard(given)
            numbers.add(number)
            files._files_by_session_and_coord[session][entry["coordinates"]] = number
        return number

    return add_deferred
