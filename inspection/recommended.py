"""The confidence and image size a model works best at, as measured when it was made.

They stand in training.json beside the checkpoint (see training/ship.py), so other weights bring their own.
"""

from __future__ import annotations

import functools
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspection.engine import ModelInfo
from inspection.errors import SettingsError
from inspection.settings import IMAGE_SIZES, RunSettings

RECORD = "training.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recommended:
    """What to start with.

    Attributes:
        conf: lowest confidence, for every class that has none of its own.
        imgsz: longest side of the network's input, pixels.
        class_conf: (class name of the model, lowest confidence) of classes that do better with another.
        measured: whether it was measured for this model, or is only a usual value.
    """

    conf: float = RunSettings.conf
    imgsz: int = RunSettings.imgsz
    class_conf: tuple[tuple[str, float], ...] = ()
    measured: bool = False

    def settings(
        self,
        conf: float | None = None,
        iou: float = RunSettings.iou,
        imgsz: int | None = None,
        classes: tuple[str, ...] | None = None,
    ) -> RunSettings:
        """Settings where None stands for what is recommended.

        A confidence other than the recommended one counts for every class alike, as in Ultralytics.

        Raises:
            SettingsError: a value is out of range.
        """
        own = self.class_conf if conf is None or abs(conf - self.conf) < 1e-6 else ()
        conf = self.conf if conf is None else conf
        return RunSettings(conf, iou, self.imgsz if imgsz is None else imgsz, classes, own)


def read_record(checkpoint: Path) -> dict[str, Any]:
    """training.json beside a checkpoint as it is; {} where there is none that can be read."""
    path = checkpoint.with_name(RECORD)
    try:
        stat = path.stat()
        return _record(str(path), stat.st_mtime_ns, stat.st_size)
    except OSError:
        return {}


@functools.lru_cache(maxsize=4)
def _record(path: str, _modified_ns: int, _size: int) -> dict[str, Any]:
    try:
        content = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError):
        log.warning("%s cannot be read and is ignored", path, exc_info=True)
        return {}
    return content if isinstance(content, dict) else {}


def recommended(checkpoint: Path, info: ModelInfo) -> Recommended:
    """What was measured for these weights; else a usual confidence and the size they were trained at."""
    record = read_record(checkpoint)
    entry = record.get("recommended")
    if isinstance(entry, dict) and record.get("sha256") == info.sha256:
        try:
            own = {str(k): float(v) for k, v in entry.get("class_conf", {}).items()}
            found = Recommended(float(entry["conf"]), int(entry["imgsz"]), tuple(own.items()), True)
            found.settings()
            return found
        except (KeyError, TypeError, ValueError, AttributeError, SettingsError):
            log.warning("the recommendation beside %s is damaged and is ignored", checkpoint.name)
    step = IMAGE_SIZES[1] - IMAGE_SIZES[0]
    size = min(max(round(info.imgsz / step) * step, IMAGE_SIZES[0]), IMAGE_SIZES[-1])
    return Recommended(imgsz=size)
