"""Moments in the visitor's time zone and language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from inspection.formats import format_moment
from ui.language import language


def visitors_zone() -> tzinfo:
    """The time zone of the visitor's browser; UTC where it does not say."""
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return timezone(-timedelta(minutes=st.context.timezone_offset or 0))


def moment_words(moment: datetime) -> str:
    """A moment as the visitor writes it, to the minute."""
    return format_moment(moment.astimezone(visitors_zone()), language())


def start_of(day: date) -> datetime:
    """When a day begins for the visitor, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=visitors_zone()).astimezone(UTC)
