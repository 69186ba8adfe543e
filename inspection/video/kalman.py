"""The constant-velocity Kalman filter that multi-object trackers use, for all tracks of a frame at once.

State (8): centre x and y, aspect ratio (width / height), height, and their velocities a frame; px. Noise
grows with the height of the box. As in Wojke, Bewley, Paulus, "Simple online and realtime tracking with a
deep association metric", ICIP 2017, arXiv:1703.07402, which ByteTrack takes over.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_POSITION, _VELOCITY = 1 / 20, 1 / 160
_MOVE = np.eye(8) + np.eye(8, k=4)

Floats = NDArray[np.float64]


def to_measurement(xyxy: NDArray) -> Floats:
    """Boxes (N, 4) left, top, right, bottom px to measurements (N, 4): centre, aspect ratio, height."""
    left, top, right, bottom = np.asarray(xyxy, np.float64).reshape(-1, 4).T
    height = np.maximum(bottom - top, 1e-3)
    return _columns((left + right) / 2, (top + bottom) / 2, (right - left) / height, height)


def to_boxes(mean: Floats) -> Floats:
    """States (N, 8) to boxes (N, 4) left, top, right, bottom px."""
    x, y, aspect, height = mean[:, :4].T
    half_width, half_height = np.maximum(aspect * height, 0) / 2, np.maximum(height, 0) / 2
    return _columns(x - half_width, y - half_height, x + half_width, y + half_height)


def start(measured: Floats) -> tuple[Floats, Floats]:
    """Mean (N, 8) and covariance (N, 8, 8) of tracks seen for the first time, at rest."""
    mean = np.concatenate([measured, np.zeros_like(measured)], axis=1)
    deviations = _deviations(measured[:, 3], 2 * _POSITION, 1e-2, 10 * _VELOCITY, 1e-5)
    return mean, _diagonal(deviations)


def predict(mean: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """One frame on."""
    noise = _diagonal(_deviations(mean[:, 3], _POSITION, 1e-2, _VELOCITY, 1e-5))
    return mean @ _MOVE.T, _MOVE @ covariance @ _MOVE.T + noise


def update(mean: Floats, covariance: Floats, measured: Floats) -> tuple[Floats, Floats]:
    """Tracks (N) corrected by a measurement (N, 4) each."""
    noise = _diagonal(_deviations(mean[:, 3], _POSITION, 1e-1, 0.0, 0.0)[:, :4])
    innovation = covariance[:, :4, :4] + noise
    # The gain K = P H' S^-1; H picks the first four entries of the state.
    gain = np.linalg.solve(innovation, covariance[:, :4, :]).transpose(0, 2, 1)
    mean = mean + np.einsum("nij,nj->ni", gain, measured - mean[:, :4])
    return mean, covariance - gain @ innovation @ gain.transpose(0, 2, 1)


def _deviations(height: Floats, place: float, aspect: float, speed: float, aspect_speed: float) -> Floats:
    """Standard deviations (N, 8) of the state for boxes of these heights."""
    per_height = np.array([place, place, 0.0, place, speed, speed, 0.0, speed])
    return height[:, None] * per_height + np.array([0, 0, aspect, 0, 0, 0, aspect_speed, 0])


def _diagonal(deviations: Floats) -> Floats:
    return deviations[:, :, None] ** 2 * np.eye(deviations.shape[1])


def _columns(*values: Floats) -> Floats:
    """Four (N,) to (N, 4); a third of np.stack's time where N is small, which it is in every frame."""
    return np.array(values).T
