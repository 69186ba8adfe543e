"""Where a large run reads and writes: local paths or fsspec URLs (s3://, gs://, abfs://, ...).

OUT/results/NAME.parquet has one row a file, OUT/pictures/NAME.jpg what was found in it. A part of the results
holds one share of the files; it appears in one step, complete, under a name made from the files in it. So
work done twice, as after the death of a worker, writes the same part again, and nothing is counted twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from inspection.errors import InspectionError, PictureError
from inspection.inputs import MAX_FILE_BYTES
from inspection.names import safe_stem
from inspection.reading import EXTENSIONS
from inspection.texts import text


def pictures_under(folder: str) -> list[str]:
    """Paths or URLs of the pictures in a folder and those below it, sorted.

    Raises:
        InspectionError: there is no such folder, or nothing that reads such URLs is installed.
    """
    files, place = _system(folder)
    try:
        found = [place] if files.isfile(place) else files.find(place)
    except Exception as error:  # every kind of storage has errors of its own
        raise InspectionError(text("{folder} cannot be listed: {why}.", folder=folder, why=error)) from error
    if not found and not files.exists(place):
        raise InspectionError(text("{file} does not exist.", file=folder))
    wanted = (path for path in found if path.rsplit(".", 1)[-1].lower() in EXTENSIONS)
    return sorted(files.unstrip_protocol(path) if "://" in folder else path for path in wanted)


def read(file: str) -> bytes | InspectionError:
    """The bytes of a file, or why they cannot be read."""
    try:
        files, path = _system(file)
        if files.size(path) > MAX_FILE_BYTES:
            return PictureError(
                text("{file} is larger than {most} MB.", file=file, most=MAX_FILE_BYTES // 2**20)
            )
        return files.cat_file(path)
    except Exception:
        return PictureError(text("{file} cannot be opened.", file=file))


def write(file: str, data: bytes) -> None:
    """Write a file in one step: whoever looks sees nothing, the old or the complete new one."""
    files, path = _system(file)
    if "file" not in files.protocol:  # object stores do so by themselves
        files.pipe_file(path, data)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = f"{path}.{uuid.uuid4().hex}.part"
    try:
        with open(part, "wb") as out:
            out.write(data)
        os.replace(part, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


def picture_name(file: str) -> str:
    """The name of a file's annotated picture: its own, and what tells it from others of that name."""
    return f"{safe_stem(file)}-{hashlib.sha256(file.encode()).hexdigest()[:10]}.jpg"


def part_name(files: Sequence[str]) -> str:
    """The name of the results of these files."""
    return hashlib.sha256("\n".join(files).encode()).hexdigest()[:24]


def schema() -> Any:
    """Columns of the results: what the JSON output has, with the file's sha256."""
    import pyarrow as pa

    real, whole, words = pa.float64(), pa.int32(), pa.string()
    detection = {
        "class_id": whole, "class": words, "confidence": real, "xyxy": pa.list_(real), "max_celsius": real,
        "mean_celsius": real, "min_celsius": real, "delta_similar_kelvin": real, "delta_ambient_kelvin": real,
        "severity": words, "rule": words, "reference": words, "temperature_source": words,
        "accuracy_kelvin": real,
    }  # fmt: skip
    spot = {"xyxy": pa.list_(real), "max_celsius": real, "contrast_kelvin": real}
    return pa.schema(
        {
            "file": words, "sha256": words, "picture": words, "width": whole, "height": whole,
            "seconds": real, "temperature_source": words, "error": words,
            "detections": pa.list_(pa.struct(detection)), "hot_spots": pa.list_(pa.struct(spot)),
        }
    )  # fmt: skip


def write_part(out: str, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write one part of the results."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema()), buffer, compression="zstd")
    write(f"{out}/results/{name}.parquet", buffer.getvalue())


def results(out: str, columns: Sequence[str] = ("file", "error")) -> Iterator[dict[str, Any]]:
    """Rows of the results so far; parts that are not whole are left out, and so made again."""
    import pyarrow.parquet as pq

    files, place = _system(f"{out}/results")
    for path in sorted(files.glob(f"{place}/*.parquet")):
        try:
            table = pq.read_table(io.BytesIO(files.cat_file(path)), columns=list(columns))
        except Exception:
            files.rm_file(path)
            continue
        yield from table.to_pylist()


def _system(url: str) -> tuple[Any, str]:
    """The storage of a path or URL, and the path in it.

    Raises:
        InspectionError: nothing that reads such URLs is installed.
    """
    import fsspec

    try:
        return fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise InspectionError(text("{url} cannot be used: {why}.", url=url, why=error)) from error
