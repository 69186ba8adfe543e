"""Radiometric files: FLIR R-JPEG, FFF, SEQ, CSQ, 16-bit TIFF and PNG, CSV, optionally DJI R-JPEG."""

from inspection.radiometric.errors import RadiometricError
from inspection.radiometric.file import RadiometricFile
from inspection.radiometric.parameters import PARAMETER_RANGES, MeasurementParameters
from inspection.radiometric.reader import read
from inspection.radiometric.scale import NAMED_SCALES, CountScale
from inspection.radiometric.sequence import RadiometricSequence, open_sequence

__all__ = [
    "NAMED_SCALES",
    "PARAMETER_RANGES",
    "CountScale",
    "MeasurementParameters",
    "RadiometricError",
    "RadiometricFile",
    "RadiometricSequence",
    "open_sequence",
    "read",
]
