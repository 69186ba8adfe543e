"""A file opened once: its picture to detect on, and its temperatures under what is assumed of the object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inspection.errors import PictureError
from inspection.names import short_name
from inspection.palettes import DEFAULT_PALETTE, render_celsius
from inspection.pseudocolour import FROM_BAR, palette_from_bar, to_celsius
from inspection.radiometric import (
    CountScale,
    MeasurementParameters,
    RadiometricError,
    RadiometricFile,
    read,
)
from inspection.reading import read_picture
from inspection.texts import text
from inspection.thermogram import Thermogram

Rectangle = tuple[int, int, int, int]


@dataclass(frozen=True)
class ColourScale:
    """What the colours of a picture without data mean.

    Attributes:
        minimum: °C of the cold end.
        maximum: °C of the hot end.
        palette: name of the palette, or None to read it from the picture's own colour bar.
        bar: (left, top, right, bottom) px of that bar.
        reverse: the bar's hot end is at the bottom or at the left.
        exclude: rectangles in px that hold no data: logos, value boxes, the bar.
    """

    minimum: float
    maximum: float
    palette: str | None = DEFAULT_PALETTE
    bar: Rectangle | None = None
    reverse: bool = False
    exclude: tuple[Rectangle, ...] = ()


@dataclass(frozen=True)
class ThermalOptions:
    """What is assumed of one file beyond what it says.

    Attributes:
        parameters: measurement parameters instead of the file's own, or None.
        emissivity: emissivity instead of the file's own, or None; parameters go first.
        count_scale: what a count of a 16-bit picture without a tag means, or None.
        colour_scale: what the colours of a picture without data mean, or None.
        palette: of our own picture of a temperature map.
        span: (lowest, highest) °C of that picture, None for automatic.
        embedded: use the picture the camera stored and leave its data aside.
    """

    parameters: MeasurementParameters | None = None
    emissivity: float | None = None
    count_scale: CountScale | None = None
    colour_scale: ColourScale | None = None
    palette: str = DEFAULT_PALETTE
    span: tuple[float, float] | None = None
    embedded: bool = False


@dataclass(frozen=True, eq=False)
class Opened:
    """A file that could be read.

    Attributes:
        own: its picture and temperatures as the file itself defines them, made once.
        data: the radiometric file, None for an ordinary picture.
    """

    own: Thermogram
    data: RadiometricFile | None = None

    def detection_picture(self) -> NDArray[np.uint8]:
        """What the network looks at, uint8 (h, w, 3) BGR; boxes belong in the pixels of `own`.

        For a radiometric file this is our own picture of its map as the file itself defines it, so that a
        change of emissivity or palette does not change what is found.
        """
        return self.own.small

    def thermogram(self, options: ThermalOptions | None = None) -> Thermogram:
        """The picture and its temperatures under these assumptions.

        Raises:
            RadiometricError, SettingsError: the assumptions do not fit the file.
        """
        options = options or ThermalOptions()
        if self.data is None:
            if options.colour_scale is None:
                return self.own
            return _from_colours(self.own, options.colour_scale, options)
        assumed = self.assumed(options)
        if assumed == self.data.parameters:
            if (options.palette, options.span) == (DEFAULT_PALETTE, None):
                return self.own
            if self.own.celsius is not None:  # other colours for the same temperatures
                return replace(
                    self.own, picture=render_celsius(self.own.celsius, options.span, options.palette)
                )
        changed = replace(self.data, jpeg=None)  # its picture is decoded already
        return replace(
            changed.to_thermogram(assumed, options.palette, options.span), embedded=self.own.embedded
        )

    def assumed(self, options: ThermalOptions) -> MeasurementParameters | None:
        """The parameters that apply, or None where a file has none to change."""
        if self.data is None or self.data.parameters is None:
            return None
        if options.parameters is not None:
            return options.parameters
        if options.emissivity is not None:
            return replace(self.data.parameters, emissivity=options.emissivity)
        return self.data.parameters


def open_file(data: bytes, name: str, options: ThermalOptions | None = None) -> Opened:
    """Read a file of any supported kind.

    A damaged radiometric file whose picture can still be read comes back as that picture, with a note.

    Raises:
        PictureError: nothing in it can be read; the sentence names the file.
    """
    options = options or ThermalOptions()
    shown = short_name(name)
    problem = ""
    if not options.embedded:
        try:
            file = read(data, shown, options.count_scale)
            if file is not None:
                return Opened(file.to_thermogram(), file)  # an implausible map is refused here
        except RadiometricError as error:
            problem = error.sentence
    try:
        plain = read_picture(data, name)
    except PictureError:
        if problem:
            raise PictureError(problem) from None
        raise
    if problem:
        note = text("{problem} Its picture is shown without temperatures.", problem=problem)
        plain = replace(plain, note=note)
    return Opened(plain)


def _from_colours(plain: Thermogram, scale: ColourScale, options: ThermalOptions) -> Thermogram:
    palette: str | NDArray[np.uint8] = scale.palette or ""
    if scale.palette is None and scale.bar is not None:
        palette = palette_from_bar(plain.picture, scale.bar, scale.reverse)
    exclude: Sequence[Rectangle] = scale.exclude
    estimate = to_celsius(plain.picture, palette, scale.minimum, scale.maximum, exclude)
    thermogram = estimate.to_thermogram(plain.picture, scale.palette or FROM_BAR)
    if options.palette != DEFAULT_PALETTE or options.span is not None:
        recoloured = render_celsius(estimate.celsius, options.span, options.palette)
        thermogram = replace(thermogram, picture=recoloured, embedded=plain.picture)
    return thermogram
