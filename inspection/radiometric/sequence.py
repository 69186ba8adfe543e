"""FLIR SEQ and CSQ: radiometric video, one FFF block a picture, decoded when asked for."""

from __future__ import annotations

from collections.abc import Iterator

from inspection.radiometric.container import is_block, read_block
from inspection.radiometric.errors import RadiometricError
from inspection.radiometric.file import RadiometricFile
from inspection.radiometric.flir import file_from_block
from inspection.texts import text

DEFAULT_RATE = 30.0
_MOST_FRAMES = 200_000


class RadiometricSequence:
    """A radiometric video in memory.

    Attributes:
        name: file name, for messages.
        note: a sentence when the end is damaged, or "".
    """

    def __init__(self, data: bytes, name: str) -> None:
        """Find the pictures without decoding them.

        Raises:
            RadiometricError: not even one picture can be found.
        """
        self.name = name
        self.note = ""
        self._data = memoryview(data)
        self._starts = self._find(data)

    def _find(self, data: bytes) -> list[int]:
        starts: list[int] = []
        at = 0
        while 0 <= at < len(data) and len(starts) < _MOST_FRAMES:
            try:
                end = read_block(self._data, at).end
            except RadiometricError:
                if not starts:
                    raise
                self.note = text("{name} is damaged after picture {good}.", name=self.name, good=len(starts))
                break
            starts.append(at)
            at = end if is_block(data, end) else data.find(b"FFF\0", end)
        return starts

    def __len__(self) -> int:
        return len(self._starts)

    def frame(self, index: int) -> RadiometricFile:
        """Decode one picture, counted from 0.

        Raises:
            IndexError: there is no such picture.
            RadiometricError: this picture is damaged.
        """
        block = read_block(self._data, self._starts[index])
        return file_from_block(block, f"{self.name}, picture {index + 1}", "FLIR sequence")

    def __iter__(self) -> Iterator[RadiometricFile]:
        return (self.frame(i) for i in range(len(self)))

    @property
    def frames_per_second(self) -> float:
        """The rate that the first picture states, or DEFAULT_RATE."""
        return float(self.frame(0).camera.get("frames_per_second", DEFAULT_RATE))


def open_sequence(data: bytes, name: str) -> RadiometricSequence | None:
    """Open a SEQ or CSQ file.

    Returns:
        The sequence (one picture long for an FFF file), or None when the bytes are no FFF block.

    Raises:
        RadiometricError: damaged from the first picture on.
    """
    return RadiometricSequence(data, name) if is_block(data) else None
