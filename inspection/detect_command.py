"""``python -m inspection detect``: pictures, folders and ZIPs to JSON, Excel, pictures, labels."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from inspection.about import settings_rows
from inspection.assess import AssessSettings
from inspection.detect_outputs import Outputs
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.errors import InspectionError
from inspection.inputs import count, pictures
from inspection.opening import ColourScale, ThermalOptions
from inspection.palettes import DEFAULT_PALETTE, palette_table
from inspection.progress import Progress, interruptible
from inspection.pseudocolour.convert import check_scale
from inspection.radiometric import MeasurementParameters
from inspection.recommended import recommended
from inspection.report import PAPERS
from inspection.results import Measuring, Result, analyse
from inspection.settings import RunSettings
from inspection.standards import DEFAULT_STANDARD, standards
from inspection.texts import DEFAULT_LANGUAGE, LANGUAGES


def add_parser(commands: Any) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = commands.add_parser("detect", help="find overheating equipment in pictures")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="pictures, folders or ZIPs of them")
    parser.add_argument(
        "--weights", type=Path, default=DEFAULT_WEIGHTS, help="a best.pt (default: the shipped one)"
    )
    parser.add_argument(
        "--conf", type=float, help="lowest confidence, 0 to 1 (default: what the weights do best with)"
    )
    parser.add_argument("--iou", type=float, default=RunSettings.iou, help="IoU for suppression, 0 to 1")
    parser.add_argument(
        "--imgsz", type=int, help="image size in pixels, 320 to 1280 (default: what the weights do best with)"
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
    parser.add_argument(
        "--json", type=Path, metavar="OUT.json", help="write the findings as JSON (.jsonl: one file a line)"
    )
    parser.add_argument("--excel", type=Path, metavar="OUT.xlsx", help="write the findings as a workbook")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="write the annotated pictures here")
    parser.add_argument(
        "--labels", nargs=2, metavar=("yolo|coco", "OUT"),
        help="write the findings as labels to train on: a new folder, or a ZIP",
    )  # fmt: skip
    _add_report_options(parser)
    parser.add_argument(
        "--ray", nargs="?", const="local", metavar="ADDRESS",
        help="work on a Ray cluster: the one at ADDRESS (auto: this machine's), or one for this run only",
    )  # fmt: skip
    parser.add_argument("--parquet", metavar="OUT", help="with --ray: folder or fsspec URL for all results")
    parser.set_defaults(run=run)


def _add_report_options(parser: argparse.ArgumentParser) -> None:
    reports = parser.add_argument_group("reports")
    reports.add_argument("--pdf", type=Path, metavar="OUT.pdf", help="write a report as PDF")
    reports.add_argument(
        "--word",
        type=Path,
        metavar="OUT.docx",
        help="write a report as Word (requirements-word.txt)",
    )
    reports.add_argument(
        "--language", default=DEFAULT_LANGUAGE, choices=list(LANGUAGES), help="of reports and workbook"
    )
    reports.add_argument("--paper", default=PAPERS[0], choices=PAPERS, help="of reports")
    for name in ("title", "inspector", "site", "equipment"):
        reports.add_argument(f"--{name}", default="", metavar="TEXT", help="at the head of reports")


def run(options: argparse.Namespace) -> int:
    """Exit code: 0 when every file was read, 1 with a list of those that were not, 2 for bad settings."""
    try:
        RunSettings(options.conf or 0.0, options.iou, options.imgsz or RunSettings.imgsz)
        thermal, measuring = _thermal(options)
        detector = Detector.load(options.weights)
        settings = recommended(options.weights, detector.info).settings(
            options.conf, options.iou, options.imgsz
        )
        if options.ray is not None:
            from inspection.cluster.run import run as run_on_ray
            from inspection.cluster.work import Job

            return run_on_ray(options, lambda out, weights: Job(out, weights, settings, thermal, measuring))
        outputs = Outputs(options, detector, thermal)
    except InspectionError as error:
        print(error, file=sys.stderr)
        return 2
    total = count(options.paths)
    try:
        with Progress(total) as progress, interruptible() as interrupted, outputs:
            for name, data in pictures(options.paths):
                if isinstance(data, InspectionError):
                    outputs.add(Result.failed(name, str(data)), None, b"")
                else:
                    result, thermogram = analyse(data, name, detector, settings, thermal, measuring)
                    outputs.add(result, thermogram, data)
                progress.step(name)
                if interrupted():
                    break
        rows = settings_rows(settings, detector.info, detector.engine.description, measuring.assessing)
        outputs.write_documents(rows)
    except OSError as error:
        print(
            f"The results cannot be written: {error.strerror or error} ({error.filename}).", file=sys.stderr
        )
        return 2
    return outputs.report(total)


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
