"""A path to a video source, whatever kind of video it is."""

from __future__ import annotations

from pathlib import Path

from inspection.names import short_name
from inspection.radiometric.container import is_block
from inspection.texts import text
from inspection.video.errors import VideoError
from inspection.video.radiometric import RadiometricVideo
from inspection.video.reader import VideoFile
from inspection.video.source import VideoSource


def open_video(path: Path, name: str, emissivity: float | None = None) -> VideoSource:
    """Open a video by its content; the name is for messages only.

    Args:
        path: of the file.
        name: as the user gave it.
        emissivity: for radiometric files, instead of their own; None keeps it.

    Raises:
        VideoError: one sentence, when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise VideoError(text("{name} cannot be opened.", name=short_name(name))) from error
    return RadiometricVideo(path, name, emissivity) if is_block(head) else VideoFile(path, name)
