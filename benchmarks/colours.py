"""Errors and times of temperatures that are estimated from colours; run by benchmarks.temperature."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring import opened, timed
from inspection.palettes import PALETTE_NAMES, automatic_span, render_celsius
from inspection.pseudocolour import (
    find_colour_bar,
    palette_from_bar,
    propose_overlays,
    propose_palette,
    to_celsius,
)
from inspection.pseudocolour.nearest import palette_index


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


def through_jpeg(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Encode with halved chroma and decode."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x221111]
    decoded = cv2.imdecode(cv2.imencode(".jpg", picture, options)[1], cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded, np.uint8)


def estimate_from_colours(celsius: NDArray[np.float32], repeats: int) -> None:
    """Errors in % of the span and times of both ways, palette by palette, on our rendering of a map."""
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


def errors_on_real_maps(paths: list[Path]) -> None:
    """Mean errors of both ways on our own q85 renderings of every real map."""
    means: dict[str, list[tuple[float, str, str]]] = {"exact": [], "table": []}
    maps = [(path.name, opened(path).celsius()) for path in paths]
    for palette in PALETTE_NAMES:
        for name, celsius in maps:
            low, high = automatic_span(celsius)
            jpeg = through_jpeg(render_celsius(celsius, (low, high), palette), 85)
            for method, found in means.items():
                result = to_celsius(jpeg, palette, low, high, method=method)  # type: ignore[arg-type]
                difference = np.abs(result.celsius - np.clip(celsius, low, high))
                found.append((100 * float(np.nanmean(difference)) / (high - low), name, palette))
    if not paths:
        return
    print("\n## The same on the maps of real files: mean error in % of the span at q85\n")
    for method, found in means.items():
        errors = [error for error, _, _ in found]
        above = sum(error > 0.4 for error in errors)
        middle, (most, name, palette) = statistics.median(errors), max(found)
        print(f"{method}: median {middle:.2f}, worst {most:.2f} ({name}, {palette}), ", end="")
        grey = statistics.median(error for error, _, used in found if used == "white hot")
        print(f"above 0.4 in {above} of {len(errors)} renderings; white hot alone: median {grey:.2f}")


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
