"""Messages and pictures leave for the browser at once, not when it has confirmed the ones before."""

from __future__ import annotations

import contextlib
import functools
import os
import socket

_OPEN_FILES = "/dev/fd"
"""Lists what this process has open, on Linux and macOS."""


@functools.cache
def send_at_once() -> None:
    """Switch Nagle's algorithm off for this process's TCP connections; elsewhere nothing happens.

    A run of a page is some 70 small messages. With Nagle's algorithm all but the first few wait until the
    browser has confirmed those, and systems put a confirmation off for up to 40 ms. asyncio switches it off
    itself (`_set_nodelay`), but only for sockets made with their protocol named, and Streamlit 1.67 names
    none. Connections that come later have it from the listening socket.
    """
    names: list[str] = []
    with contextlib.suppress(OSError):
        names = os.listdir(_OPEN_FILES)
    for name in names:
        with contextlib.suppress(OSError, ValueError):  # no socket, or closed meanwhile
            _without_delay(int(name))


def _without_delay(descriptor: int) -> None:
    """For one open file.

    Raises:
        OSError: it is no TCP socket.
    """
    # Neither a copy nor closed: closing a copy of SQLite's file would drop SQLite's locks on it.
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=descriptor)
    try:
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    finally:
        found.detach()
