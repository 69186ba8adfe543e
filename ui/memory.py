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

from inspection import memory
from inspection.engine import cores

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3
"""Their numbers in glibc's malloc.h."""

_OWN_PAGES = 2**20

_spared: set[str] = set()
"""Names of the modules that were there when garbage collections were told to leave aside what there is."""


def give_back() -> None:
    """Return freed memory to the system where the C library keeps it (glibc); elsewhere nothing happens.

    Decoded pictures leave holes that glibc would keep for the process: hundreds of MB after a large folder.
    """
    gc.collect()
    memory.give_back()


@functools.cache
def set_up_heap() -> None:
    """Keep glibc's heaps few and without large holes; does nothing where the C library is another one.

    One heap a core instead of eight: each of the many threads of a video (decoding, the network, encoding)
    else has a heap of its own, and what is free in one is of no use to another: 36 MB more at the peak of
    image and video. Pictures and maps of 1 MB and more get pages of their own, which go back to the system at
    once; glibc by itself soon puts them into the heaps (its threshold rises to 32 MB), where what is small
    and stays keeps the holes between them: up to 50 MB after some hundred pictures.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            library = ctypes.CDLL("libc.so.6")
            library.mallopt(_M_ARENA_MAX, max(2, cores()))
            library.mallopt(_M_MMAP_THRESHOLD, _OWN_PAGES)


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


def forget_widgets() -> None:
    """Let Streamlit forget the widgets that are no longer on the page; to be called as a run of it begins.

    It keeps their callbacks with all arguments until the visit ends, so every picture that was once looked
    at, its bytes included: 0.7 MB for each of the shipped radiometric sample.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    with contextlib.suppress(AttributeError):  # internals of Streamlit, pinned at 1.67.0
        state: Any = context.session_state._state
        widgets = state._new_widget_state
        for gone in widgets.widget_metadata.keys() - widgets.states.keys() - state._old_state.keys():
            del widgets.widget_metadata[gone]
