"""One share of a large run: files to results, in any process of any machine, as often as it takes."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspection.annotate import annotate
from inspection.cluster.folder import picture_name, read, write, write_part
from inspection.detector import Detector
from inspection.errors import InspectionError
from inspection.exports import encode_picture
from inspection.opening import ThermalOptions
from inspection.results import Measuring, Result, analyse
from inspection.settings import RunSettings


@dataclass(frozen=True)
class Job:
    """What is to be done with every file.

    Attributes:
        out: folder for the results, a path or an fsspec URL that every machine sees.
        weights: path of the checkpoint on every machine; relative paths lie in the shipped package.
        settings: thresholds and image size.
        thermal: what is assumed of the files.
        measuring: how findings are measured and graded.
    """

    out: str
    weights: str
    settings: RunSettings
    thermal: ThermalOptions
    measuring: Measuring


def do_share(share: dict[str, Any], job: Job) -> dict[str, int]:
    """Analyse the files of one share and write its part of the results.

    Args:
        share: "name" of the part and its "files".
        job: what to do.

    Returns:
        Numbers of files, of files that could not be analysed, and of findings.
    """
    rows = [_row(str(file), job) for file in share["files"]]
    write_part(job.out, str(share["name"]), rows)
    failed = sum(row["error"] is not None for row in rows)
    return {"files": len(rows), "failed": failed, "findings": sum(len(row["detections"]) for row in rows)}


def _row(file: str, job: Job) -> dict[str, Any]:
    data = read(file)
    picture = None
    if isinstance(data, InspectionError):
        result = Result.failed(file, data.sentence)
    else:
        detector = _detector(job.weights)
        result, thermogram = analyse(data, file, detector, job.settings, job.thermal, job.measuring)
        if thermogram is not None:
            picture = f"pictures/{picture_name(file)}"
            drawn = annotate(thermogram.picture, result.findings, hot_spots=result.hot_spots)
            write(f"{job.out}/{picture}", encode_picture(drawn))
    return result.to_json() | {"sha256": result.sha256, "picture": picture}


@functools.cache
def _detector(weights: str) -> Detector:
    """One a process; it stays for the process's next shares."""
    root = Path(__file__).resolve().parent.parent.parent
    return Detector.load(root / weights)
