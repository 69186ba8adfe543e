"""Pictures in a second place without a second copy, where the system allows it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def link_or_copy(source: Path, target: Path) -> None:
    """Link a file, or copy it where links are not allowed (Windows without the right to).

    Args:
        source: absolute.
        target: must not exist; its folder must.

    Raises:
        OSError: it can be neither linked nor copied.
    """
    try:
        os.symlink(source, target)
    except (OSError, NotImplementedError):
        shutil.copyfile(source, target)
