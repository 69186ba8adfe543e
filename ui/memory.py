"""Memory that is free again goes back to the machine, which may have only 1 GB."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import sys
from collections.abc import Iterable
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from inspection.engine import cores

_M_ARENA_MAX = -8
"""Its number in glibc's malloc.h."""

_spared: set[str] = set()
"""Names of the modules that were there when garbage collections were told to leave aside what there is."""


def give_back() -> None:
    """Return freed memory to the system where the C library keeps it (glibc); elsewhere nothing happens.

    Decoded pictures leave holes that glibc would keep for the process: hundreds of MB after a large folder.
    """
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library, as musl
            ctypes.CDLL("libc.so.6").malloc_trim(0)


@functools.cache
def limit_arenas() -> None:
    """Let glibc have one heap a core instead of eight; does nothing where the C library is another one.

    Each of the many threads of a video (decoding, the network, encoding) else has a heap of its own, and what
    is free in one is of no use to another: 36 MB more at the peak of image and video.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, max(2, cores()))


def spare_collections() -> None:
    """Take what is imported by now out of garbage collections, which otherwise look at it again and again.

    Streamlit collects after each run of a script and keeps the interpreter to itself meanwhile: some 90 ms
    for half a million objects of modules, during which no picture is sent and no slider answered.
    """
    known = set(sys.modules)
    if not known <= _spared:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        _spared.update(known)


def forget_uploads(files: Iterable[UploadedFile]) -> None:
    """Let Streamlit forget files that have been read; it keeps what was uploaded until the visit ends.

    Without this, a visitor who removes pictures and uploads others fills the memory again and again.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    for file in files:
        with contextlib.suppress(AttributeError, KeyError):  # internals of Streamlit, pinned at 1.67.0
            manager: Any = context.uploaded_file_mgr  # the protocol that it is typed as lacks remove_file
            manager.remove_file(context.session_id, file.file_id)
