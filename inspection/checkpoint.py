"""Look at a checkpoint file from outside: its size, its kind and its sha256, without unpacking it."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from inspection.errors import WeightsError
from inspection.texts import text

MAX_BYTES = 100 * 2**20


def check_file(path: Path) -> tuple[str, int]:
    """Make sure that a file looks like a checkpoint of a sensible size.

    Returns:
        The file's sha256 (64 hex digits) and its size in bytes.

    Raises:
        WeightsError: with one sentence that names the file.
    """
    name = path.name
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise WeightsError(
                text(
                    "{name} is larger than {most} MB, the most a model may have here.",
                    name=name,
                    most=MAX_BYTES // 2**20,
                )
            )
        with path.open("rb") as file:
            magic = file.read(2)
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(text("{name} cannot be opened.", name=name)) from error
    if not size:
        raise WeightsError(text("{name} is empty.", name=name))
    if magic != b"PK":
        raise WeightsError(
            text("{name} is not a PyTorch checkpoint (a file such as best.pt is expected).", name=name)
        )
    _check_archive(path)
    return sha256, size


def _check_archive(path: Path) -> None:
    """Refuse archives that are damaged, hold no checkpoint or unpack to far more than their size."""
    name = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise WeightsError(
            text("{name} is incomplete or damaged; copy or export it again.", name=name)
        ) from error
    if unpacked > 4 * MAX_BYTES:
        raise WeightsError(text("{name} unpacks to far more than its size and was refused.", name=name))
    if not any(entry.endswith("data.pkl") for entry in names):
        raise WeightsError(text("{name} is a ZIP archive but not a PyTorch checkpoint.", name=name))
