"""One frame after the other: candidates to findings that keep their object's number."""

from __future__ import annotations

from collections.abc import Sequence

from inspection.assess import assess
from inspection.candidates import Candidates, lowest
from inspection.finding import Finding
from inspection.pseudocolour import to_celsius
from inspection.pseudocolour.convert import check_scale
from inspection.thermogram import TemperatureSource, Thermogram
from inspection.video.alarms import AlarmMonitor
from inspection.video.bytetrack import WEAK_SHARE, ByteTracker
from inspection.video.settings import VideoSettings
from inspection.video.source import Frame, VideoInfo

_LONGEST_GAP_S = 1.0
_LEAST_GAP_FRAMES = 5


class Follower:
    """Holds what one run knows of the frames before."""

    def __init__(self, info: VideoInfo, class_names: tuple[str, ...], settings: VideoSettings) -> None:
        """Start before the first frame.

        Raises:
            SettingsError: the colour scale makes no sense.
        """
        self._settings = settings
        self._classes = settings.run.class_ids(class_names)
        gap = max(_LEAST_GAP_FRAMES, round(_LONGEST_GAP_S * info.rate / settings.stride))
        self._conf = settings.run.thresholds(class_names)
        self._tracker = ByteTracker(self._conf, gap) if settings.tracking else None
        self._weakest = self._conf * WEAK_SHARE if settings.tracking else self._conf
        self.floor = lowest(self._weakest)
        """Candidates of at most this confidence are not looked at."""
        self.temperature_source: TemperatureSource = "none"
        self.accuracy_kelvin: float | None = None
        if settings.scale is not None:
            check_scale(settings.scale.minimum, settings.scale.maximum)

    def follow(self, frame: Frame, candidates: Candidates) -> tuple[Finding, ...]:
        """The findings of the next frame, numbered by object (by place without tracking), and graded."""
        run = self._settings.run
        thermogram = self._measured(frame.thermogram)
        detections = candidates.select(self._weakest, run.iou, self._classes)
        if self._tracker is not None:
            detections = self._tracker.update(detections)
        self.temperature_source, self.accuracy_kelvin = thermogram.source, thermogram.accuracy_kelvin
        return assess(detections, thermogram, self._settings.measuring.assessing)

    def report(self, alarms: AlarmMonitor, seconds: float, findings: Sequence[Finding]) -> None:
        """Tell the alarms how hot everything is; without tracking the hottest finding stands for all."""
        measured = [(f.track_id or 0, f.max_celsius) for f in findings if f.max_celsius is not None]
        if self._tracker is None:
            measured = [max(measured, key=lambda pair: pair[1])] if measured else []
        for number, celsius in measured:
            alarms.update(number, seconds, celsius)

    def _measured(self, thermogram: Thermogram) -> Thermogram:
        scale = self._settings.scale
        if thermogram.source != "none" or scale is None or scale.palette is None:
            return thermogram
        estimate = to_celsius(
            thermogram.picture, scale.palette, scale.minimum, scale.maximum, scale.exclude, method="table"
        )
        return estimate.to_thermogram(thermogram.picture, scale.palette)
