"""Where this user's programs keep files: what can be made again, and what cannot."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

_NAMES = {"cache": "overheat-inspector", "data": "overheat-inspector-data"}
"""Two names, because both lie side by side on Windows and a cache may be emptied."""


def user_folder(kind: Literal["cache", "data"]) -> Path | None:
    """The platform's own place for an application's cache or data.

    Windows: %LOCALAPPDATA%; macOS: ~/Library/Caches and ~/Library/Application Support; elsewhere the XDG Base
    Directory Specification.

    Returns:
        The folder, which may not exist yet; None where the user has no home.
    """
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / ("Caches" if kind == "cache" else "Application Support")
        elif kind == "cache":
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        else:
            base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    except RuntimeError:
        return None
    return base / _NAMES[kind]
