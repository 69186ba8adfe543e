"""Memory that is free again goes back to the machine, which may have only 1 GB."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys


def give_back() -> None:
    """Return freed memory to the system where the C library keeps it (glibc); elsewhere nothing happens.

    Decoded pictures leave holes that glibc would keep for the process: hundreds of MB after a large folder.
    """
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library, as musl
            ctypes.CDLL("libc.so.6").malloc_trim(0)
