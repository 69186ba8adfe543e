"""The OpenVINO form of a checkpoint on disk: model.xml, model.bin and info.json in one folder.

info.json carries the checkpoint's sha256 and everything else that is known of the model, so that nothing has
to open the checkpoint (and import torch) to use it, and the sha256 of the two other files, so that a damaged
folder is noticed before OpenVINO reads it.

Weights that are shipped may have an int8 form too: int8.xml and int8.bin, with int8.json to say that they
are whole, made from this model.xml, and how much average precision they were measured to lose.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from inspection.engine import ModelInfo

FORMAT = 3
"""Raised whenever older folders must be made anew."""

_FILES = ("model.xml", "model.bin")
_INT8_FILES = ("int8.xml", "int8.bin")

log = logging.getLogger(__name__)


def read_info(folder: Path, sha256: str) -> ModelInfo | None:
    """What a folder says of its model, or None when it is absent, damaged, or made from another checkpoint.

    Args:
        folder: with model.xml, model.bin and info.json.
        sha256: of the checkpoint the folder has to be made from.
    """
    try:
        content = json.loads((folder / "info.json").read_text(encoding="utf-8"))
        fields = content["model"] | {"class_names": tuple(content["model"]["class_names"])}
        fields["curves"] = tuple((str(k), tuple(v)) for k, v in fields.get("curves", ()))
        info = ModelInfo(**fields)
        expected = {name: content["sha256"][name] for name in _FILES}
        version = content["format"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        log.warning("%s is damaged and is ignored", folder, exc_info=True)
        return None
    if version != FORMAT or info.sha256 != sha256:
        return None
    try:
        whole = all(_digest(folder / name) == expected[name] for name in _FILES)
    except OSError:
        whole = False
    if not whole:
        log.warning("%s is damaged and is ignored", folder)
    return info if whole else None


def write(folder: Path, info: ModelInfo, save: Callable[[Path], None]) -> None:
    """Make a folder in one step: whoever looks sees the old one, none, or the complete new one.

    Args:
        folder: to make or replace.
        info: of the model.
        save: writes model.xml at the path it is given, and model.bin beside it.

    Raises:
        OSError: the place cannot be written or is full; nothing is left behind.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name[:16]}-", suffix=".part", dir=folder.parent))
    try:
        part.chmod(0o755)  # mkdtemp makes it private, and a shipped folder is for everybody to read
        save(part / "model.xml")
        content = {
            "format": FORMAT,
            "model": asdict(info),
            "sha256": {name: _digest(part / name) for name in _FILES},
        }
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        (part / "info.json").write_text(text, encoding="utf-8")
        _put(part, folder, info.sha256)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def int8_form(folder: Path) -> Path | None:
    """int8.xml of a folder that `read_info` accepts; None when it is absent, damaged or made of another."""
    try:
        expected = json.loads((folder / "int8.json").read_text(encoding="utf-8"))["sha256"]
        whole = all(_digest(folder / name) == expected[name] for name in (*_INT8_FILES, _FILES[0]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        log.warning("the int8 form in %s is damaged or of another model and is ignored", folder)
    return folder / "int8.xml" if whole else None


def add_int8(folder: Path, save: Callable[[Path], None], lost_points: float) -> None:
    """Put an int8 form into a complete folder.

    Args:
        folder: with model.xml.
        save: writes int8.xml at the path it is given, and int8.bin beside it.
        lost_points: AP50-95 in percent that it was measured to lose at most.
    """
    remove_int8(folder)
    save(folder / "int8.xml")
    content = {
        "sha256": {name: _digest(folder / name) for name in (*_INT8_FILES, _FILES[0])},
        "lost_points": lost_points,
    }
    (folder / "int8.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def remove_int8(folder: Path) -> None:
    """Take the int8 form out of a folder."""
    for name in ("int8.json", *_INT8_FILES):
        (folder / name).unlink(missing_ok=True)


def _put(part: Path, folder: Path, sha256: str) -> None:
    """Rename a complete folder to its place; another process may have been faster, which is as good."""
    for _ in range(3):
        try:
            os.rename(part, folder)
            return
        except OSError:
            if not folder.exists():
                raise
        if read_info(folder, sha256):
            return
        # A folder cannot be renamed onto one that has files: the old one is moved away first.
        old = Path(tempfile.mkdtemp(suffix=".part", dir=folder.parent))
        try:
            os.rename(folder, old / "old")
        except FileNotFoundError:
            log.debug("%s was moved away by another process", folder)
        finally:
            shutil.rmtree(old, ignore_errors=True)
    raise OSError(f"{folder} could not be replaced")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
