"""Memory that is free again goes back to the machine, which may have only 1 GB."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
from collections.abc import Iterable
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile


def give_back() -> None:
    """Return freed memory to the system where the C library keeps it (glibc); elsewhere nothing happens.

    Decoded pictures leave holes that glibc would keep for the process: hundreds of MB after a large folder.
    """
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library, as musl
            ctypes.CDLL("libc.so.6").malloc_trim(0)


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
