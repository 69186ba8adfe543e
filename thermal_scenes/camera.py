"""The thermal camera: layers of a scene in, apparent temperature as the camera measures it out.

Ranges of noise, pattern, drift and blur are those measured on real files: temporal noise 20-110 mK, half of
the cameras denoise, fixed pattern 20-70 mK, drift up to 0.3 K, blur 0.6-1.0 px (2.3 for a cheap lens).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Canvas
from thermal_scenes.noise import blurred, chance, field, pick
from thermal_scenes.physics import at_the_lens, band_radiance, brightness_celsius

NATIVE_SIZES = (
    (80, 60),
    (160, 120),
    (206, 156),
    (240, 180),
    (256, 192),
    (320, 240),
    (384, 288),
    (464, 348),
    (640, 512),
)


@dataclass(frozen=True)
class Camera:
    """Settings of one camera and one shot.

    Attributes:
        width: columns of the detector.
        height: rows of the detector.
        blur_px: sigma of the lens in detector pixels.
        netd_kelvin: temporal noise.
        pattern_kelvin: fixed pattern (pixels, rows and columns).
        drift_kelvin: offset of this shot.
        denoise: whether the camera smooths its noise away.
        sharpen: strength of the camera's edge enhancement; 0 is none.
        vignette_kelvin: how much colder the corners read.
        emissivity: the value that is set in the camera.
        reflected_celsius: the reflected temperature that is set in the camera.
        transmission: of the air on the way.
    """

    width: int
    height: int
    blur_px: float = 0.8
    netd_kelvin: float = 0.05
    pattern_kelvin: float = 0.04
    drift_kelvin: float = 0.0
    denoise: bool = False
    sharpen: float = 0.0
    vignette_kelvin: float = 0.0
    emissivity: float = 0.95
    reflected_celsius: float = 20.0
    transmission: float = 0.99

    def as_dict(self) -> dict:
        """Plain values for the truth file."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


def random_camera(
    rng: np.random.Generator,
    canvas: Canvas,
    sizes: tuple[tuple[int, int], ...] = NATIVE_SIZES,
    far: bool = False,
) -> Camera:
    """A plausible camera for a canvas: native size not above the canvas, noise from the measured ranges.

    Args:
        rng: source of randomness.
        canvas: the scene; its shape, air and reflected temperatures are used.
        sizes: native sizes to choose from.
        far: True outdoors, where more air is in the way.
    """
    native = pick(rng, sizes)
    shrink = min(1.0, max(native) / max(canvas.width, canvas.height))
    return Camera(
        width=max(24, round(canvas.width * shrink)),
        height=max(24, round(canvas.height * shrink)),
        blur_px=canvas.defocus
        * (float(rng.uniform(1.2, 2.3)) if chance(rng, 0.08) else float(rng.uniform(0.55, 1.0))),
        netd_kelvin=float(rng.uniform(0.02, 0.11)),
        pattern_kelvin=float(rng.uniform(0.02, 0.07)),
        drift_kelvin=float(rng.normal(0, 0.15)),
        denoise=chance(rng, 0.5),
        sharpen=float(rng.uniform(0.3, 1.2)) if chance(rng, 0.3) else 0.0,
        vignette_kelvin=float(rng.uniform(0.1, 0.6)) if chance(rng, 0.3) else 0.0,
        emissivity=0.95,
        reflected_celsius=float(canvas.air),
        transmission=float(rng.uniform(0.94, 0.99)) if far else 0.99,
    )


def measure(
    rng: np.random.Generator, canvas: Canvas, camera: Camera, pattern: np.random.Generator | None = None
) -> NDArray[np.float32]:
    """The temperature map that the camera reports, at the canvas's size.

    Lens and detector work on radiance; the camera then corrects with the emissivity and reflected temperature
    set in it, which is why bare metal reads low.

    Args:
        rng: for the temporal noise.
        canvas: the scene.
        camera: its settings.
        pattern: for the fixed pattern; give the same one for every frame of a clip. None takes rng.

    Returns:
        float32 (height, width) of the canvas, °C.
    """
    reflected = canvas.reflected if canvas.mirrored is None else canvas.reflected + canvas.mirrored
    radiance = at_the_lens(
        canvas.base + canvas.excess, canvas.emissivity, reflected, canvas.air, camera.transmission
    )
    size = (camera.width, camera.height)
    if size != (canvas.width, canvas.height):
        radiance = cv2.resize(radiance, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
    radiance = blurred(radiance, camera.blur_px)
    black = band_radiance(np.array([camera.reflected_celsius, canvas.air], np.float32))
    own = (radiance - np.float32(1 - camera.transmission) * black[1]) / np.float32(camera.transmission)
    own = (own - np.float32(1 - camera.emissivity) * black[0]) / np.float32(camera.emissivity)
    celsius = brightness_celsius(own)
    celsius += _sensor_noise(rng, pattern or rng, camera)
    if camera.denoise:
        celsius = blurred(celsius, 0.7)
    if camera.sharpen:
        celsius += camera.sharpen * (celsius - blurred(celsius, 1.6))
    if size != (canvas.width, canvas.height):
        full = (canvas.width, canvas.height)
        celsius = cv2.resize(celsius, full, interpolation=cv2.INTER_CUBIC).astype(np.float32, copy=False)
    return celsius


def _sensor_noise(
    rng: np.random.Generator, pattern: np.random.Generator, camera: Camera
) -> NDArray[np.float32]:
    """Temporal noise, fixed pattern, rows and columns, drift and vignetting, float32 (rows, columns) in K."""
    h, w = camera.height, camera.width
    fixed = camera.pattern_kelvin
    noise = rng.standard_normal((h, w), np.float32) * np.float32(camera.netd_kelvin)
    noise += pattern.standard_normal((h, w), np.float32) * np.float32(fixed)
    noise += pattern.normal(0, fixed * 0.5, (1, w)).astype(np.float32)
    noise += pattern.normal(0, fixed * 0.3, (h, 1)).astype(np.float32)
    noise += np.float32(camera.drift_kelvin) + np.float32(fixed) * field(pattern, h, w, max(h, w) / 3)
    if camera.vignette_kelvin:
        y, x = np.linspace(-1, 1, h, dtype=np.float32)[:, None], np.linspace(-1, 1, w, dtype=np.float32)[None]
        noise -= np.float32(camera.vignette_kelvin) * (x * x + y * y)
    return noise
