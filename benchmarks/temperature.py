"""Errors and times of the temperature readers; every figure in docs/temperatures.md comes from here.

Run from the repository root:

    python -m benchmarks.temperature [FOLDER]

FOLDER holds radiometric files (default: ../shared/data/radiometric, searched with its subfolders). Without it
only the parts on self-made data run. exiftool and flyr are judges and are skipped where they are missing.
Times are in ms: the median of one run, in brackets the best and the processor time of the working thread,
which other programs on the machine hardly change. A ratio compares two readers on the same file in the same
run, best against best.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.colours import (
    cameras_own_pictures,
    colour_bars,
    errors_on_real_maps,
    estimate_from_colours,
    own_scene,
)
from benchmarks.measuring import Timing, opened, timed
from inspection.radiometric import CountScale, MeasurementParameters, RadiometricFile, read
from inspection.radiometric.planck import (
    PlanckConstants,
    celsius_reference,
    celsius_table,
    counts_of_celsius,
)

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "radiometric"
CONSTANTS = PlanckConstants(16556.0, 0.046952, 1428.0, 1.0, -342.0)


def own_time(path: Path, repeats: int) -> Timing:
    """Reading a file to °C, from bytes in memory and with an empty table, ms."""
    data = path.read_bytes()

    def work() -> None:
        celsius_table.cache_clear()
        scale = CountScale(0.04) if path.suffix.lower() in (".tif", ".tiff") else None
        file = read(data, path.name, scale)
        assert file is not None
        file.celsius()

    work()
    return timed(work, repeats)


def flyr_result(path: Path) -> tuple[float, NDArray | None]:
    """Milliseconds that flyr takes to °C (best of three when quick), and its map; None where it fails."""
    import flyr

    data = path.read_bytes()
    best, celsius = float("inf"), None
    for _ in range(3):
        start = time.perf_counter()
        try:
            celsius = flyr.unpack(io.BytesIO(data)).celsius
        except Exception:
            celsius = None
        best = min(best, 1000 * (time.perf_counter() - start))
        if celsius is None or best > 2000:
            break
    return best, celsius


def exiftool_error(path: Path, file: RadiometricFile) -> float | None:
    """Largest difference in K to exiftool's raw counts through the float64 formula."""
    if file.constants is None or file.parameters is None or shutil.which("exiftool") is None:
        return None
    from PIL import Image

    command = ["exiftool", "-b", "-RawThermalImage", str(path)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    with Image.open(io.BytesIO(done.stdout)) as picture:
        counts = np.asarray(picture).astype(np.uint16)
    errors = [
        float(np.nanmax(np.abs(celsius_reference(c, file.parameters, file.constants) - file.celsius())))
        for c in (counts, counts.byteswap())
    ]
    return min(errors)  # exiftool hands a PNG on as it is, often with swapped bytes


def compare_readers(paths: list[Path], repeats: int) -> None:
    """Table: time, flyr's time, ratio, and differences to both judges, file by file."""
    print("\n## Files: time to °C, and difference to exiftool's counts through the formula and to flyr\n")
    print("| file | size | °C | ours ms | flyr ms (best) | ratio | K to exiftool | K to flyr (two paths) |")
    print("|---|---|---|---|---|---|---|---|")
    try:
        import flyr  # noqa: F401
    except ImportError:
        print("flyr is not installed: its columns are empty.")
        judge = None
    else:
        judge = flyr_result
    worst_exiftool = worst_flyr = 0.0
    slower, large = [], []
    for path in paths:
        file = opened(path)
        celsius = file.celsius()
        ours = own_time(path, repeats)
        error = exiftool_error(path, file)
        theirs, map_ = judge(path) if judge else (None, None)
        apart = None
        if map_ is not None:
            apart = float(np.nanmax(np.abs(map_ - file.celsius(paths=2))))
            worst_flyr = max(worst_flyr, apart)
        worst_exiftool = max(worst_exiftool, error or 0.0)
        if map_ is not None and theirs is not None and theirs <= ours.best:
            slower.append(path.name)
        if file.shape == (480, 640):
            large.append(ours)
        size = f"{file.shape[1]}x{file.shape[0]}"
        theirs_text = (
            "" if theirs is None else f"{theirs:.0f}" if map_ is not None else f"fails ({theirs:.0f})"
        )
        ratio = f"{theirs / ours.best:.1f}" if theirs is not None and map_ is not None else ""
        shown = ["" if v is None else f"{v:.1e}" for v in (error, apart)]
        print(
            f"| {path.name} | {size} | {np.nanmin(celsius):.2f}..{np.nanmax(celsius):.2f} | {ours} "
            f"| {theirs_text} | {ratio} | {shown[0]} | {shown[1]} |"
        )
    print(f"\nlargest difference: {worst_exiftool:.1e} K to exiftool, {worst_flyr:.1e} K to flyr")
    if large:
        slowest = Timing(*(max(values) for values in zip(*large, strict=True)))
        print(f"640x480 R-JPEG, slowest of {len(large)}: {slowest} ms")
    print(f"files on which flyr was as fast or faster: {slower or 'none'}")


def change_of_emissivity(repeats: int) -> None:
    """Time from a new emissivity to the map, and to the rendered thermogram."""
    celsius = own_scene()
    levels = np.arange(-40, 400, 0.05)
    curve = np.array([counts_of_celsius(float(t), CONSTANTS) for t in levels])
    counts = np.rint(np.interp(celsius, levels, curve)).astype(np.uint16)
    file = RadiometricFile("scene", "FLIR FFF", counts, CONSTANTS, MeasurementParameters())
    emissivities = iter(np.linspace(0.3, 1.0, 4 * repeats))

    def step(render: bool) -> None:
        parameters = MeasurementParameters(emissivity=float(next(emissivities)))
        if render:
            file.to_thermogram(parameters)
        else:
            file.celsius(parameters)

    print("\n## A change of emissivity at 640x480\n")
    print(
        f"map {timed(lambda: step(False), repeats)}, map and picture {timed(lambda: step(True), repeats)} ms"
    )
    slow = timed(file.celsius_reference, 3)
    difference = np.nanmax(np.abs(file.celsius() - file.celsius_reference()))
    print(f"pixel by pixel (the reference) {slow} ms; largest difference {difference:.1e} K")


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    suffixes = {".jpg", ".jpeg", ".fff", ".tif", ".tiff"}
    paths = sorted(p for p in arguments.folder.rglob("*") if p.suffix.lower() in suffixes)
    if paths:
        compare_readers(paths, arguments.repeats)
        colour_bars(paths)
        cameras_own_pictures(paths)
    else:
        print(f"no radiometric files in {arguments.folder}: only self-made data")
    change_of_emissivity(arguments.repeats)
    estimate_from_colours(own_scene(), arguments.repeats)
    errors_on_real_maps(paths)


if __name__ == "__main__":
    main()
