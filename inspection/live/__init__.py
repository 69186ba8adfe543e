"""Live camera pictures: newest frame only, analysed and drawn, the last minute remembered."""

from inspection.live.frames import CameraReading, read_frame
from inspection.live.history import MinuteHistory
from inspection.live.recorder import Recorder, RecordingLimits
from inspection.live.worker import LiveSettings, LiveWorker, Shown

__all__ = [
    "CameraReading",
    "LiveSettings",
    "LiveWorker",
    "MinuteHistory",
    "Recorder",
    "RecordingLimits",
    "Shown",
    "read_frame",
]
