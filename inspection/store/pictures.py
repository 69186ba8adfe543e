"""A picture's run: made from its result, and turned back into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspection.annotate import annotate
from inspection.crops import thumbnail
from inspection.engine import ModelInfo
from inspection.exports import encode_picture
from inspection.opening import ThermalOptions, open_file
from inspection.results import Measuring, Result
from inspection.settings import RunSettings
from inspection.store import run as names
from inspection.store.codec import from_plain
from inspection.store.draft import THUMBNAIL_PX, draft_of
from inspection.store.files import Content
from inspection.store.run import Draft, Kind
from inspection.thermogram import Thermogram


@dataclass(frozen=True)
class SavedPicture:
    """Everything about one analysed picture.

    Attributes:
        result: what was found.
        settings: thresholds, classes and image size.
        measuring: how it was graded.
        options: what was assumed of the file.
        words: label -> value of the settings, as the Excel file shows them.
    """

    result: Result
    settings: RunSettings
    measuring: Measuring
    options: ThermalOptions
    words: dict[str, Any]


def picture_draft(kind: Kind, data: bytes, run: SavedPicture, model: ModelInfo, series: str = "") -> Draft:
    """A picture's run, to be saved.

    Args:
        kind: where the picture comes from.
        data: the file's bytes.
        run: what is known of it.
        model: that was used.
        series: see Draft.

    Raises:
        InspectionError: the file cannot be read any more under these options.
    """
    result = run.result
    thermogram = open_file(data, result.file, run.options).thermogram(run.options)

    def contents() -> dict[str, Content]:
        drawn = annotate(thermogram.picture, result.findings, hot_spots=result.hot_spots)
        small = encode_picture(thumbnail(drawn, THUMBNAIL_PX), quality=80)
        return {names.INPUT: data, names.PICTURE: encode_picture(drawn), names.THUMBNAIL: small}

    boxes = [(f.class_id, *map(round, f.xyxy)) for f in result.findings]  # they may be corrected
    shaping = ("picture", result.file, run.settings, run.measuring, run.options, boxes)
    return draft_of(kind, result, model, run, shaping, contents, series, _taken(thermogram))


def picture_run(record: Mapping[str, Any]) -> SavedPicture:
    """A picture's run from its record.

    Raises:
        StoreError: another version wrote it and it does not fit.
    """
    return from_plain(SavedPicture, dict(record))


def _taken(thermogram: Thermogram) -> datetime | None:
    """When the camera says it took the picture, if it does so with its time zone."""
    try:
        moment = datetime.fromisoformat(str(thermogram.camera.get("date", "")))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and moment.year > 1990 else None
