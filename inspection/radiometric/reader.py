"""One door for all radiometric files: the content decides, the name only where content cannot."""

from __future__ import annotations

from inspection.radiometric.container import is_block
from inspection.radiometric.csv_table import Unit, read_csv
from inspection.radiometric.dji import looks_like_dji, read_dji
from inspection.radiometric.errors import RadiometricError
from inspection.radiometric.file import RadiometricFile
from inspection.radiometric.flir import read_fff, read_rjpeg
from inspection.radiometric.scale import CountScale
from inspection.radiometric.tiff import read_grey
from inspection.texts import text

MOST_BYTES = 256 * 1024 * 1024


def read(
    data: bytes, name: str, scale: CountScale | None = None, unit: Unit = "celsius"
) -> RadiometricFile | None:
    """Read a radiometric picture in memory.

    Args:
        data: the file's bytes.
        name: its name, for messages; ".csv", ".txt" and ".asc" mark tables.
        scale: what a count means, for 16-bit TIFF and PNG.
        unit: unit of the numbers, for tables.

    Returns:
        The file (of a sequence the first picture), or None when it is not radiometric: an ordinary picture.

    Raises:
        RadiometricError: radiometric but damaged, too large or not plausible; the sentence says which.
    """
    if len(data) > MOST_BYTES:
        raise RadiometricError(text("{name} is larger than {most} MB.", name=name, most=MOST_BYTES // 2**20))
    if is_block(data):
        return read_fff(data, name)
    if data[:2] == b"\xff\xd8":
        file = read_rjpeg(data, name)
        return read_dji(data, name) if file is None and looks_like_dji(data) else file
    if data[:4] in (b"II*\0", b"MM\0*", b"\x89PNG"):
        return read_grey(data, name, scale)
    if name.lower().endswith((".csv", ".txt", ".asc")):
        return read_csv(data, name, unit)
    return None
