"""``python -m inspection detect``: pictures and folders to JSON, Excel and annotated pictures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspection.about import settings_rows
from inspection.annotate import annotate
from inspection.assess import AssessSettings
from inspection.crops import crop
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.errors import InspectionError, PictureError
from inspection.exports import encode_picture, to_json
from inspection.names import unique_stems
from inspection.opening import ColourScale, ThermalOptions
from inspection.palettes import DEFAULT_PALETTE, palette_table
from inspection.progress import Progress
from inspection.pseudocolour.convert import check_scale
from inspection.radiometric import MeasurementParameters
from inspection.reading import EXTENSIONS
from inspection.results import Measuring, Result, analyse
from inspection.settings import RunSettings
from inspection.standards import DEFAULT_STANDARD, standards
from inspection.thermogram import Thermogram
from inspection.workbook import to_excel

MAX_FILE_BYTES = 200 * 2**20
_MOST_THUMBNAILS = 2000


def add_parser(commands: Any) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = commands.add_parser("detect", help="find overheating equipment in pictures")
    parser.add_argument("paths", nargs="+", metavar="FILES_OR_FOLDERS", help="pictures, or folders of them")
    parser.add_argument(
        "--weights", type=Path, default=DEFAULT_WEIGHTS, help="a best.pt (default: the shipped one)"
    )
    parser.add_argument("--conf", type=float, default=RunSettings.conf, help="lowest confidence, 0 to 1")
    parser.add_argument("--iou", type=float, default=RunSettings.iou, help="IoU for suppression, 0 to 1")
    parser.add_argument(
        "--imgsz", type=int, default=RunSettings.imgsz, help="image size in pixels, 320 to 1280"
    )
    parser.add_argument(
        "--standard", default=DEFAULT_STANDARD, choices=list(standards()), help="severity standard"
    )
    parser.add_argument("--ambient", type=float, metavar="C", help="ambient temperature in °C")
    parser.add_argument("--same-load", action="store_true", help="things of one class carry the same load")
    parser.add_argument("--emissivity", type=float, metavar="E", help="instead of the files' own, 0.01 to 1")
    parser.add_argument(
        "--scale", type=float, nargs=2, metavar=("MIN", "MAX"), help="°C of the colour scale's ends"
    )
    parser.add_argument(
        "--palette", default=DEFAULT_PALETTE, metavar="NAME", help="palette of that colour scale"
    )
    parser.add_argument(
        "--embedded", action="store_true", help="use the pictures cameras stored, not their data"
    )
    parser.add_argument("--json", type=Path, metavar="OUT.json", help="write the findings as JSON")
    parser.add_argument("--excel", type=Path, metavar="OUT.xlsx", help="write the findings as a workbook")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="write the annotated pictures here")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code: 0 when every file was read, 1 with a list of those that were not, 2 for bad settings."""
    try:
        settings = RunSettings(options.conf, options.iou, options.imgsz)
        thermal, measuring = _thermal(options)
        detector = Detector.load(options.weights)
        _check_outputs(options)
    except InspectionError as error:
        print(error, file=sys.stderr)
        return 2
    files, missing = find_files(options.paths)

    def work(data: bytes, name: str) -> tuple[Result, Thermogram | None]:
        return analyse(data, name, detector, settings, thermal, measuring)

    results: list[Result] = []
    thumbnails: dict[tuple[int, int], NDArray[np.uint8]] = {}
    stems = unique_stems(file.name for file in files)
    try:
        with Progress(len(files)) as progress:
            for stem, (result, thermogram) in zip(stems, _analyse_files(files, work), strict=True):
                if thermogram is not None and options.pictures:
                    drawn = annotate(thermogram.picture, result.findings, hot_spots=result.hot_spots)
                    (options.pictures / f"{stem}.jpg").write_bytes(encode_picture(drawn))
                if thermogram is not None and options.excel and len(thumbnails) < _MOST_THUMBNAILS:
                    for finding in result.findings:
                        thumbnails[len(results), finding.number] = crop(thermogram.picture, finding)
                results.append(result)
                progress.step(result.file)
        results += missing
        if options.json:
            options.json.write_bytes(to_json(results))
        if options.excel:
            rows = settings_rows(settings, detector.info, detector.engine.description, measuring.assessing)
            options.excel.write_bytes(to_excel(results, rows, thumbnails))
    except OSError as error:
        print(
            f"The results cannot be written: {error.strerror or error} ({error.filename}).", file=sys.stderr
        )
        return 2
    return _report(results)


def _thermal(options: argparse.Namespace) -> tuple[ThermalOptions, Measuring]:
    """What the options say of temperatures; refuses values out of range before the work starts."""
    if options.emissivity is not None:
        MeasurementParameters(emissivity=options.emissivity)
    scale = None
    if options.scale is not None:
        check_scale(*options.scale)
        palette_table(options.palette)
        low, high = options.scale
        scale = ColourScale(low, high, options.palette)
    thermal = ThermalOptions(emissivity=options.emissivity, colour_scale=scale, embedded=options.embedded)
    assessing = AssessSettings(
        options.standard,
        options.ambient,
        options.same_load,
        emissivity_was_set=options.emissivity is not None,
    )
    return thermal, Measuring(assessing)


def find_files(paths: Iterable[str]) -> tuple[list[Path], list[Result]]:
    """The picture files under the paths, sorted in each folder; a failed result for what is not there."""
    files: list[Path] = []
    missing: list[Result] = []
    for given in paths:
        path = Path(given)
        if path.is_dir():
            found = (p for p in path.rglob("*") if p.suffix.lower().lstrip(".") in EXTENSIONS and p.is_file())
            files += sorted(found)
        elif path.exists():
            files.append(path)
        else:
            missing.append(Result(given, "", 0, 0, 0.0, error=f"{given} does not exist."))
    return files, missing


def _analyse_files(
    files: Iterable[Path], work: Callable[[bytes, str], tuple[Result, Thermogram | None]]
) -> Iterator[tuple[Result, Thermogram | None]]:
    for file in files:
        try:
            if not file.is_file():
                raise PictureError(f"{file} is not a file.")
            if file.stat().st_size > MAX_FILE_BYTES:
                raise PictureError(f"{file} is larger than {MAX_FILE_BYTES // 2**20} MB.")
            data = file.read_bytes()
        except (OSError, PictureError) as error:
            reason = str(error) if isinstance(error, PictureError) else f"{file} cannot be opened."
            yield Result(str(file), "", 0, 0, 0.0, error=reason), None
            continue
        yield work(data, str(file))


def _check_outputs(options: argparse.Namespace) -> None:
    """Say before the work starts, not after it, that a result cannot be written."""
    for path in (options.json, options.excel):
        if path is not None and (path.is_dir() or not path.resolve().parent.is_dir()):
            raise InspectionError(f"{path} cannot be written: its folder does not exist or it is a folder.")
    if options.pictures is not None:
        try:
            options.pictures.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InspectionError(f"The folder {options.pictures} cannot be made.") from error


def _report(results: list[Result]) -> int:
    """Print what was found and what could not be read."""
    failed = [result for result in results if result.error]
    read = len(results) - len(failed)
    findings = sum(len(result.findings) for result in results)
    print(f"{findings} findings in {read} pictures.")
    if failed:
        print(f"{len(failed)} files could not be analysed:", file=sys.stderr)
        for result in failed:
            print(f"  {result.file}: {result.error}", file=sys.stderr)
    return 1 if failed or not results else 0
