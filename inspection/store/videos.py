"""A video's run: made from its result, and turned back into it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inspection.crops import thumbnail
from inspection.engine import ModelInfo
from inspection.exports import encode_picture
from inspection.store import run as names
from inspection.store.codec import from_plain
from inspection.store.draft import THUMBNAIL_PX, draft_of
from inspection.store.errors import StoreError
from inspection.store.files import Content
from inspection.store.run import Draft
from inspection.texts import text
from inspection.thermogram import TemperatureSource
from inspection.video.alarms import Event
from inspection.video.records import FRAME, OBSERVATION
from inspection.video.result import VideoResult
from inspection.video.settings import VideoSettings
from inspection.video.source import VideoInfo
from inspection.video.summary import as_result
from inspection.video.tracks import TrackedObject


@dataclass(frozen=True)
class SavedVideo:
    """Everything about one analysed video but its arrays and files; attributes as in VideoResult."""

    info: VideoInfo
    settings: VideoSettings
    objects: tuple[TrackedObject, ...]
    events: tuple[Event, ...]
    class_names: tuple[str, ...]
    seconds: float
    stopped: bool
    note: str
    temperature_source: TemperatureSource
    accuracy_kelvin: float | None
    words: dict[str, Any]


def video_draft(path: Path, result: VideoResult, words: Mapping[str, Any], model: ModelInfo) -> Draft:
    """A video's run, to be saved.

    Args:
        path: of the video as it was given.
        result: of the run; its files are copied when the draft is saved.
        words: label -> value of the settings.
        model: that was used.

    Raises:
        OSError: the video cannot be read any more.
    """
    with open(path, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    run = SavedVideo(
        result.info, result.settings, result.objects, result.events, result.class_names, result.seconds,
        result.stopped, result.note, result.temperature_source, result.accuracy_kelvin, dict(words),
    )  # fmt: skip

    def contents() -> dict[str, Content]:
        files: dict[str, Content] = {
            names.INPUT: path,
            names.VIDEO: result.video,
            names.FRAMES: _arrays(result),
        }
        if result.original is not None:
            files[names.ORIGINAL] = result.original
        shown = result.picture_at(_best_moment(result))
        if shown is not None:
            files[names.THUMBNAIL] = encode_picture(thumbnail(shown, THUMBNAIL_PX), quality=80)
        return files

    shaping = ("video", result.info.name, result.settings, result.stopped, len(result.frames))
    return draft_of("video", as_result(result, sha256), model, run, shaping, contents)


def video_result(record: Mapping[str, Any], folder: Path) -> tuple[VideoResult, dict[str, Any]]:
    """A video's result and its settings in words, from its record and the folder of its files.

    Raises:
        StoreError: another version wrote it, or its files are gone.
    """
    run = from_plain(SavedVideo, dict(record))
    try:
        with np.load(folder / names.FRAMES, allow_pickle=False) as arrays:
            frames, observations = arrays["frames"], arrays["observations"]
    except (OSError, KeyError, ValueError) as error:
        raise StoreError(text("The files of this result cannot be read.")) from error
    if frames.dtype != FRAME or observations.dtype != OBSERVATION:
        raise StoreError(text("This result was saved by another version and cannot be opened."))
    original = folder / names.ORIGINAL
    result = VideoResult(
        run.info, run.settings, folder / names.VIDEO, original if original.is_file() else None, frames,
        observations, run.objects, run.events, run.class_names, run.seconds, run.stopped, run.note,
        run.temperature_source, run.accuracy_kelvin,
    )  # fmt: skip
    return result, run.words


def _arrays(result: VideoResult) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, frames=result.frames, observations=result.observations)
    return buffer.getvalue()


def _best_moment(result: VideoResult) -> float:
    """The moment of the hottest frame, or of the one with most findings; s in the original."""
    frames = result.frames
    known = np.isfinite(frames["celsius"])
    best = int(np.nanargmax(frames["celsius"])) if known.any() else int(np.argmax(frames["count"]))
    return float(frames["seconds"][best])
