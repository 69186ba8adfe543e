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
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.palettes import PALETTE_NAMES, render_celsius
from inspection.pseudocolour import (
    find_colour_bar,
    palette_from_bar,
    propose_overlays,
    propose_palette,
    to_celsius,
)
from inspection.pseudocolour.nearest import palette_index
from inspection.radiometric import CountScale, MeasurementParameters, RadiometricFile, read
from inspection.radiometric.planck import (
    PlanckConstants,
    celsius_reference,
    celsius_table,
    counts_of_celsius,
)

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "radiometric"
CONSTANTS = PlanckConstants(16556.0, 0.046952, 1428.0, 1.0, -342.0)


class Timing(NamedTuple):
    """Durations of repeated calls in ms."""

    median: float
    best: float
    processor: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.best:.2f}, {self.processor:.2f})"


def timed(work: Callable[[], object], repeats: int) -> Timing:
    """Call repeatedly and time."""
    wall, processor = [], []
    for _ in range(repeats):
        start, start_processor = time.perf_counter(), time.thread_time()
        work()
        processor.append(1000 * (time.thread_time() - start_processor))
        wall.append(1000 * (time.perf_counter() - start))
    return Timing(statistics.median(wall), min(wall), statistics.median(processor))


def opened(path: Path) -> RadiometricFile:
    """Read a file, with 0.04 K per count where it needs a scale."""
    scale = CountScale(0.04) if path.suffix.lower() in (".tif", ".tiff") else None
    file = read(path.read_bytes(), path.name, scale)
    assert file is not None, path
    return file


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


def own_scene(width: int = 640, height: int = 480) -> NDArray[np.float32]:
    """Self-made temperatures with edges, slopes and noise: float32 (H, W), °C."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:height, :width]
    celsius = 20 + 10 * x / width + 5 * y / height
    for _ in range(30):
        cx, cy, size = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(8, 60)
        celsius += rng.uniform(5, 40) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * size**2))
    for _ in range(25):
        left, top = rng.integers(0, width - 80), rng.integers(0, height - 60)
        celsius[top : top + rng.integers(8, 60), left : left + rng.integers(8, 80)] += rng.uniform(-8, 12)
    return (celsius + 0.06 * rng.standard_normal((height, width))).astype(np.float32)


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


def through_jpeg(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Encode with halved chroma and decode."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x221111]
    decoded = cv2.imdecode(cv2.imencode(".jpg", picture, options)[1], cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded, np.uint8)


def estimate_from_colours(repeats: int) -> None:
    """Errors in % of the span and times of both ways, palette by palette, on an own rendering."""
    celsius = own_scene()
    low, high = (float(v) for v in np.percentile(celsius, (0.5, 99.8)))
    truth = np.clip(celsius, low, high)
    print("\n## Temperatures from colours, 640x480, own rendering with known palette and scale\n")
    print("Errors in % of the span.\n")
    print("| palette | q95 mean | q85 mean | q85 p95 | q85 mean by table | exact ms | table ms | proposed |")
    print("|---|---|---|---|---|---|---|---|")
    right = 0
    for palette in PALETTE_NAMES:
        picture = render_celsius(celsius, (low, high), palette)

        def percent(quality: int, method: str, palette: str = palette, picture: NDArray = picture) -> NDArray:
            found = to_celsius(through_jpeg(picture, quality), palette, low, high, method=method)  # type: ignore[arg-type]
            return 100 * np.abs(found.celsius - truth) / (high - low)

        jpeg = through_jpeg(picture, 85)
        exact, table = percent(85, "exact"), percent(85, "table")
        exact_ms = timed(lambda p=palette, j=jpeg: to_celsius(j, p, low, high), repeats)  # type: ignore[misc]
        table_ms = timed(
            lambda p=palette, j=jpeg: to_celsius(j, p, low, high, method="table"),  # type: ignore[misc]
            repeats,
        )
        proposed = propose_palette(jpeg)[0][0]
        right += proposed == palette or {proposed, palette} == {"white hot", "black hot"}
        print(
            f"| {palette} | {np.nanmean(percent(95, 'exact')):.3f} | {np.nanmean(exact):.3f} "
            f"| {np.nanpercentile(exact, 95):.2f} | {np.nanmean(table):.3f} | {exact_ms} | {table_ms} "
            f"| {proposed} |"
        )
    print(f"\nright palette (or its reversed twin) proposed: {right} of {len(PALETTE_NAMES)}")
    colours = np.random.default_rng(0).integers(0, 256, (20_000, 3)).astype(np.uint8)
    _, fast = palette_index("ironbow").nearest(colours)
    _, slow = palette_index("ironbow").nearest_reference(colours)
    largest = np.abs(fast - slow).max()
    print(f"pruned against full search, 20,000 colours: largest difference {largest:.1e} colour steps")


def colour_bars(paths: list[Path]) -> None:
    """In how many of the cameras' own pictures a colour bar is found."""
    found, pictures, times = 0, 0, []
    for path in paths:
        picture = opened(path).embedded_picture()
        if picture is None:
            continue
        pictures += 1
        start = time.perf_counter()
        found += find_colour_bar(picture) is not None
        times.append(1000 * (time.perf_counter() - start))
    print("\n## Colour bars in the cameras' own pictures\n")
    print(
        f"found in {found} of {pictures} pictures (some have none), {statistics.median(times):.0f} ms median"
    )


def cameras_own_pictures(paths: list[Path]) -> None:
    """Estimate from the camera's own picture, by its own bar and scale ends, against its own data."""
    print("\n## Cameras' own pictures: estimated from the colours of their bar, against their data\n")
    print("| file | scale | used pixels | mean error in % of the span |")
    print("|---|---|---|---|")
    errors = []
    for path in paths:
        file = opened(path)
        picture, span = file.embedded_picture(), file.displayed_span()
        bar = None if picture is None else find_colour_bar(picture)
        if picture is None or span is None or bar is None:
            continue
        palette = palette_from_bar(picture, bar)
        found = to_celsius(picture, palette, *span, exclude=propose_overlays(picture, palette))
        size = (picture.shape[1], picture.shape[0])
        truth = cv2.resize(file.celsius(), size, interpolation=cv2.INTER_LINEAR)
        used = ~found.masked & ~found.above & ~found.below & (truth > span[0]) & (truth < span[1])
        # A picture that is zoomed or fused with a photograph does not lie on its data: nothing to compare.
        if used.mean() < 0.1 or np.corrcoef(found.celsius[used], truth[used])[0, 1] < 0.9:
            continue
        error = 100 * float(np.abs(found.celsius - truth)[used].mean()) / (span[1] - span[0])
        errors.append(error)
        print(f"| {path.name} | {span[0]:.1f}..{span[1]:.1f} | {100 * used.mean():.0f} % | {error:.1f} |")
    if errors:
        low, middle, most, high = np.percentile(errors, (0, 50, 80, 100))
        print(
            f"\n{len(errors)} pictures: {low:.1f}..{high:.1f} %, median {middle:.1f}, 4 in 5 below {most:.1f}"
        )


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
    estimate_from_colours(arguments.repeats)


if __name__ == "__main__":
    main()
