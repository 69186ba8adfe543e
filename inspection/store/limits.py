"""Where saved runs lie, for how long and how much of them, as set in the environment.

OVERHEAT_DATA names the folder (empty: nothing is saved); OVERHEAT_KEEP_DAYS and OVERHEAT_KEEP_MB limit what
is kept. On Streamlit's servers root-level secrets become such variables.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from inspection.folders import user_folder

MB = 2**20
DEFAULT_DAYS, DEFAULT_MB = 90, 2048
_LONGEST_DAYS, _LARGEST_MB = 36_500, 100_000_000
_OWNERS_SHARE = 4
"""On a shared server one visitor may fill a quarter of the room, so that nobody pushes all others out."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What is kept at most; the oldest goes first.

    Attributes:
        days: age of a run, 1 or more.
        owner_bytes: of all files of one owner.
        total_bytes: of all files together.
    """

    days: int = DEFAULT_DAYS
    owner_bytes: int = DEFAULT_MB * MB
    total_bytes: int = DEFAULT_MB * MB

    @classmethod
    def from_environment(cls, personal: bool) -> Limits:
        """The operator's limits; on a personal machine without any, only the user's own choice counts.

        Args:
            personal: one owner has the whole room.
        """
        days = _number("OVERHEAT_KEEP_DAYS", _LONGEST_DAYS if personal else DEFAULT_DAYS, _LONGEST_DAYS)
        megabytes = _number("OVERHEAT_KEEP_MB", _LARGEST_MB if personal else DEFAULT_MB, _LARGEST_MB)
        share = 1 if personal else _OWNERS_SHARE
        return cls(days, max(megabytes // share, 1) * MB, megabytes * MB)


@dataclass(frozen=True)
class Preferences:
    """What one owner chose; never more than the limits allow.

    Attributes:
        saving: whether runs are saved by themselves.
        days: age at which a run of this owner goes, 1 or more.
        megabytes: what this owner's files may take, 1 or more.
    """

    saving: bool = True
    days: int = DEFAULT_DAYS
    megabytes: int = DEFAULT_MB

    def within(self, limits: Limits) -> Preferences:
        """The same, cut to the limits."""
        days = max(1, min(self.days, limits.days))
        return Preferences(self.saving, days, max(1, min(self.megabytes, limits.owner_bytes // MB)))


def data_folder() -> Path | None:
    """Where saved runs lie; None where nothing is to be saved or the user has no home."""
    chosen = os.environ.get("OVERHEAT_DATA")
    if chosen is not None:
        return Path(chosen) if chosen.strip() else None
    return user_folder("data")


def _number(variable: str, usual: int, most: int) -> int:
    value = os.environ.get(variable, "").strip()
    if not value:
        return usual
    try:
        return max(1, min(int(float(value)), most))
    except (ValueError, OverflowError):
        log.warning("%s is not a number: %r; %d is used", variable, value, usual)
        return usual
