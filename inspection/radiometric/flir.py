"""FLIR R-JPEG and FFF: from bytes to a RadiometricFile."""

from __future__ import annotations

import numpy as np

from inspection.errors import SettingsError
from inspection.radiometric.camera import read_camera, read_palette
from inspection.radiometric.container import (
    CAMERA_INFO,
    PALETTE_INFO,
    RAW_DATA,
    Block,
    jpeg_block,
    read_block,
)
from inspection.radiometric.counts import read_counts
from inspection.radiometric.embedded import exif_orientation, turn_upright
from inspection.radiometric.errors import RadiometricError
from inspection.radiometric.file import RadiometricFile
from inspection.texts import text


def read_rjpeg(data: bytes, name: str) -> RadiometricFile | None:
    """Read a FLIR R-JPEG.

    Returns:
        The file, or None for a JPEG without radiometric data.

    Raises:
        RadiometricError: it has radiometric data, but damaged.
    """
    block = jpeg_block(memoryview(data))
    if block is None:
        return None
    return file_from_block(read_block(memoryview(block)), name, "FLIR R-JPEG", data)


def read_fff(data: bytes, name: str) -> RadiometricFile:
    """Read an FFF file; of a sequence the first picture.

    Raises:
        RadiometricError: damaged.
    """
    return file_from_block(read_block(memoryview(data)), name, "FLIR FFF")


def file_from_block(block: Block, name: str, kind: str, jpeg: bytes | None = None) -> RadiometricFile:
    """Decode the records of one picture.

    Raises:
        RadiometricError: records are missing or damaged, or the temperatures are not plausible.
    """
    if RAW_DATA not in block.records or CAMERA_INFO not in block.records:
        raise RadiometricError(text("{name} has no thermal data or no calibration.", name=name))
    info = read_camera(block.records[CAMERA_INFO])
    counts = read_counts(block.records[RAW_DATA])
    if jpeg is not None:
        counts = np.ascontiguousarray(turn_upright(counts, exif_orientation(jpeg)))
    palette = block.records.get(PALETTE_INFO)
    file = RadiometricFile(
        name=name,
        kind=kind,
        counts=counts,
        constants=info.constants,
        parameters=info.parameters,
        camera=info.camera,
        jpeg=jpeg,
        palette=None if palette is None else read_palette(palette),
        note=info.note,
        displayed_counts=info.displayed_counts,
    )
    try:
        file.celsius()  # refuses what is not plausible while the file is being opened
    except SettingsError as error:
        raise RadiometricError(
            text("The measurement parameters in {name} are not plausible.", name=name)
        ) from error
    return file
