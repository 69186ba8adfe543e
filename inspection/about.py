"""What a run was made with, for the Settings sheet and the footers."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from inspection.assess import AssessSettings
from inspection.engine import ModelInfo
from inspection.settings import RunSettings

VERSION = "0.1.0"
_PACKAGES = ("numpy", "opencv-python", "streamlit", "ultralytics", "torch", "openvino")


def settings_rows(
    settings: RunSettings, info: ModelInfo, engine: str, assessing: AssessSettings
) -> dict[str, Any]:
    """Label -> value of everything that shaped a run's results."""
    ambient = assessing.ambient_celsius
    return {
        "Date": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %z"),
        "Weights": info.name,
        "Weights sha256": info.sha256,
        "Engine": engine,
        "Confidence": settings.conf,
        "IoU": settings.iou,
        "Image size (px)": settings.imgsz,
        "Classes": "all" if settings.classes is None else ", ".join(settings.classes) or "none",
        "Standard": assessing.applied_standard.name,
        "Ambient (°C)": "not typed" if ambient is None else ambient,
        "Same load": "yes" if assessing.same_load else "no",
        "Emissivity": "set by the user" if assessing.emissivity_was_set else "as in the files",
        "Overheat Inspector": VERSION,
        **{package: _version(package) for package in _PACKAGES},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
