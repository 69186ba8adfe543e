"""``python -m inspection video``: videos to annotated H.264, tables of objects, events and frames."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from inspection.assess import AssessSettings
from inspection.classes import display_choices
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.engine import FASTEST, ModelInfo
from inspection.errors import InspectionError, SettingsError
from inspection.names import unique_stems
from inspection.opening import ColourScale
from inspection.palettes import DEFAULT_PALETTE, palette_table
from inspection.pseudocolour.convert import check_scale
from inspection.radiometric import MeasurementParameters
from inspection.recommended import recommended
from inspection.results import Measuring
from inspection.settings import RunSettings
from inspection.standards import DEFAULT_STANDARD, standards
from inspection.texts import DEFAULT_LANGUAGE, LANGUAGES, text
from inspection.video.alarms import AlarmSettings
from inspection.video.errors import VideoError
from inspection.video.export import to_excel, video_settings_rows, write_zip
from inspection.video.opening import open_video
from inspection.video.pipeline import VideoRun
from inspection.video.result import VideoResult
from inspection.video.settings import VideoSettings
from inspection.video.tables import findings_csv
from inspection.video.watching import watched


def add_parser(commands: Any) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = commands.add_parser("video", help="follow overheating equipment through videos")
    parser.add_argument("paths", nargs="+", metavar="FILE", help="MP4, MOV, AVI, MKV, WebM, GIF, SEQ or CSQ")
    add = parser.add_argument
    add("--out", type=Path, default=Path("."), metavar="DIR", help="where results go (default: here)")
    add("--weights", type=Path, default=DEFAULT_WEIGHTS, help="a best.pt (default: the shipped one)")
    best = "(default: what the weights do best with)"
    add("--conf", type=float, help=f"lowest confidence, 0 to 1 {best}")
    add("--iou", type=float, default=RunSettings.iou, help="IoU for suppression, 0 to 1")
    add("--imgsz", type=int, help=f"image size in pixels, 320 to 1280 {best}")
    add("--classes", nargs="+", metavar="NAME", help="classes to keep, as shown on screen (default: all)")
    add("--start", type=float, default=0.0, metavar="S", help="first second")
    add("--end", type=float, metavar="S", help="last second")
    add("--stride", type=int, default=1, metavar="N", help="look at every N-th frame")
    add("--no-tracking", action="store_true", help="do not follow objects")
    add("--standard", default=DEFAULT_STANDARD, choices=list(standards()), help="severity standard")
    add("--ambient", type=float, metavar="C", help="ambient temperature in °C")
    add("--same-load", action="store_true", help="things of one class carry the same load")
    add("--emissivity", type=float, metavar="E", help="for SEQ and CSQ, 0.01 to 1")
    add("--scale", type=float, nargs=2, metavar=("MIN", "MAX"), help="°C of the colour scale's ends")
    add("--palette", default=DEFAULT_PALETTE, metavar="NAME", help="palette of that colour scale")
    add("--alarm", type=float, metavar="C", help="alarm from this temperature on, °C")
    add("--hold", type=float, default=AlarmSettings.hold_seconds, metavar="S", help="for so many seconds")
    add("--tolerance", type=float, default=AlarmSettings.tolerance_kelvin, metavar="K",
        help="cleared below the alarm minus this")  # fmt: skip
    add("--zip", action="store_true", help="everything as one archive too, with a table each as CSV")
    add("--language", default=DEFAULT_LANGUAGE, choices=list(LANGUAGES), help="of labels and workbook")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code: 0 when every video was worked through, 1 when one was not, 2 for bad settings."""
    try:
        detector = Detector.load(options.weights, precision=FASTEST)
        settings = _settings(options, detector.info)
        options.out.mkdir(parents=True, exist_ok=True)
    except InspectionError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError:
        print(f"The folder {options.out} cannot be made.", file=sys.stderr)
        return 2
    failed = 0
    for given, stem in zip(options.paths, unique_stems(options.paths), strict=True):
        try:
            result = _one(Path(given), stem, options, detector, settings)
            print(_summary(given, result))
            if result.stopped:
                return 1
        except InspectionError as error:
            print(error, file=sys.stderr)
            failed += 1
    return 1 if failed else 0


def _one(
    path: Path, stem: str, options: argparse.Namespace, detector: Detector, settings: VideoSettings
) -> VideoResult:
    """Work on one file; its results appear only when they are complete.

    Raises:
        VideoError: it cannot be read, or the results cannot be written.
    """
    out: Path = options.out
    source = open_video(path, str(path), options.emissivity)
    if settings.alarm is not None and settings.scale is None and not source.info.radiometric:
        raise VideoError(
            text(
                "{name} has no temperatures to raise an alarm on: say what its colours mean with --scale.",
                name=source.info.name,
            )
        )
    try:
        with tempfile.TemporaryDirectory(prefix=".overheat-", dir=out) as folder:
            result = watched(VideoRun(source, detector, settings, Path(folder)))
            rows = video_settings_rows(result, detector)
            said: str = options.language
            if options.zip:
                archive = Path(folder) / "everything.zip"
                write_zip(archive, result, rows, language=said)
                archive.replace(out / f"{stem}-annotated.zip")
            (out / f"{stem}-annotated.xlsx").write_bytes(to_excel(result, rows, language=said))
            (out / f"{stem}-annotated.csv").write_bytes(findings_csv(result))
            result.video.replace(out / f"{stem}-annotated.mp4")
    except OSError as error:
        raise VideoError(
            text("The results of {path} cannot be written: {why}.", path=path, why=error.strerror or error)
        ) from error
    return result


def _settings(options: argparse.Namespace, info: ModelInfo) -> VideoSettings:
    """The options, checked before the work starts.

    Raises:
        SettingsError: one is out of range.
    """
    known = display_choices(info.class_names)
    unknown = [name for name in options.classes or () if name not in known]
    if unknown:
        raise SettingsError(
            text("There is no class {name}. Known are: {known}.", name=unknown[0], known=", ".join(known))
        )
    scale = None
    if options.scale is not None:
        check_scale(*options.scale)
        palette_table(options.palette)
        low, high = options.scale
        scale = ColourScale(low, high, options.palette)
    if options.emissivity is not None:
        MeasurementParameters(emissivity=options.emissivity)
    alarm = None
    if options.alarm is not None:
        alarm = AlarmSettings(options.alarm, options.hold, options.tolerance)
    assessing = AssessSettings(
        options.standard, options.ambient, options.same_load,
        emissivity_was_set=options.emissivity is not None,
    )  # fmt: skip
    return VideoSettings(
        recommended(options.weights, info).settings(
            options.conf, options.iou, options.imgsz, tuple(options.classes) if options.classes else None
        ),
        Measuring(assessing, None),
        options.start,
        options.end,
        options.stride,
        not options.no_tracking,
        scale,
        alarm,
        options.language,
    )


def _summary(given: str, result: VideoResult) -> str:
    what = (
        f"{len(result.objects)} objects"
        if result.settings.tracking
        else f"{len(result.observations)} findings"
    )
    events = "" if result.settings.alarm is None else f", {len(result.events)} alarms"
    speed = f"{result.seconds:.1f} s, {result.frames_per_second:.1f} frames per second"
    stopped = " Stopped before the end." if result.stopped else ""
    note = f" {result.note}" if result.note else ""
    return f"{given}: {what}{events} in {len(result.frames)} frames ({speed}).{stopped}{note}"
