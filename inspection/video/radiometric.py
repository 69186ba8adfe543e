"""FLIR SEQ and CSQ as videos: every frame has its temperatures."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from inspection.errors import InspectionError
from inspection.names import short_name
from inspection.palettes import automatic_span, render_celsius
from inspection.radiometric import MeasurementParameters, RadiometricFile, RadiometricSequence
from inspection.texts import text, text_n
from inspection.thermogram import Thermogram
from inspection.video.errors import VideoError
from inspection.video.source import HIGHEST_RATE, Frame, VideoInfo

_DEFAULT_RATE = 30.0


class RadiometricVideo:
    """A sequence that is decoded a frame at a time."""

    def __init__(self, path: Path, name: str, emissivity: float | None = None) -> None:
        """Find the frames.

        Args:
            path: of the file.
            name: as the user gave it.
            emissivity: instead of the file's own, or None.

        Raises:
            VideoError: not even the first frame can be read.
        """
        self._name, self._emissivity = short_name(name), emissivity
        try:
            with path.open("rb") as file:
                # The system takes pages in and out as they are read: a long file does not fill the memory.
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._sequence = RadiometricSequence(self._data, self._name)  # type: ignore[arg-type]
            first = self._thermogram(self._sequence.frame(0))
            rate = self._sequence.frames_per_second
        except InspectionError as error:
            raise VideoError(error.sentence) from error
        except (OSError, ValueError) as error:
            raise VideoError(text("{name} cannot be opened.", name=self._name)) from error
        rate = rate if 0.01 <= rate <= HIGHEST_RATE else _DEFAULT_RATE
        self.note = self._sequence.note
        self.info = VideoInfo(
            self._name,
            first.width,
            first.height,
            rate,
            len(self._sequence) / rate,
            radiometric=first.celsius is not None,
            note=first.note,
        )

    def frames(self, start: float = 0.0, end: float | None = None, stride: int = 1) -> Iterator[Frame]:
        """Every `stride`-th frame from `start` to `end`; see `inspection.video.source.VideoSource.frames`.

        The palette's span only widens, so that the picture does not flicker.
        """
        rate = self.info.rate
        first = max(0, round(start * rate))
        last = len(self._sequence) if end is None else min(len(self._sequence), int(end * rate) + 1)
        span: tuple[float, float] | None = None
        damaged = 0
        for index in range(first, last, stride):
            try:
                thermogram = self._thermogram(self._sequence.frame(index))
            except InspectionError:
                damaged += 1
                continue
            if thermogram.celsius is not None:
                low, high = automatic_span(thermogram.celsius)
                span = (low, high) if span is None else (min(low, span[0]), max(high, span[1]))
                thermogram = replace(thermogram, picture=render_celsius(thermogram.celsius, span))
            yield Frame(index / rate, thermogram)
        if damaged:
            self.note = text_n(
                "{n} damaged picture of {name} was left out.",
                "{n} damaged pictures of {name} were left out.",
                damaged, name=self._name,
            )  # fmt: skip
        if damaged >= len(range(first, last, stride)):
            raise VideoError(
                text(
                    "{name} has no readable pictures between {start:g} s and its end.",
                    name=self._name,
                    start=start,
                )
            )

    def _thermogram(self, file: RadiometricFile) -> Thermogram:
        parameters = None
        if self._emissivity is not None:
            parameters = replace(file.parameters or MeasurementParameters(), emissivity=self._emissivity)
        return replace(file.to_thermogram(parameters), embedded=None)
