"""What a run was made with, for the Settings sheet and the footers."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from inspection.assess import AssessSettings
from inspection.classes import ENGLISH, display_name
from inspection.engine import ModelInfo
from inspection.finding import SEVERITY_NAMES
from inspection.settings import RunSettings
from inspection.standards import Limit, Standard
from inspection.texts import listed, text
from inspection.units import Celsius, Kelvin

VERSION = "0.1.0"
_PACKAGES = ("numpy", "opencv-python", "streamlit", "ultralytics", "torch", "openvino")


def settings_rows(
    settings: RunSettings, info: ModelInfo, engine: str, assessing: AssessSettings
) -> dict[str, Any]:
    """Label -> value of everything that shaped a run's results; Texts where they are words."""
    ambient = assessing.ambient_celsius
    return {
        text("Date"): datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %z"),
        text("Weights"): info.name,
        text("Weights sha256"): info.sha256,
        text("Engine"): engine,
        text("Confidence"): settings.conf,
        **{text("Confidence, {name}", name=display_name(name)): value for name, value in settings.class_conf},
        text("IoU"): settings.iou,
        text("Image size (px)"): settings.imgsz,
        text("Classes"): text("all")
        if settings.classes is None
        else listed(_class_texts(settings.classes)) or text("no class"),
        text("Standard"): assessing.applied_standard.name,
        **_limits(assessing.applied_standard),
        text("Ambient"): text("not typed")
        if ambient is None
        else text("{ambient:g}", ambient=Celsius(ambient)),
        text("Same load"): text("yes") if assessing.same_load else text("no"),
        text("Emissivity"): text("set by the user")
        if assessing.emissivity_was_set
        else text("as in the files"),
        "Overheat Inspector": VERSION,
        **{package: _version(package) for package in _PACKAGES},
    }


def _limits(standard: Standard) -> dict[str, str]:
    """The rises from which on a standard gives each severity, where it grades by rises."""
    rows = {
        text("Limits over a similar component"): standard.similar,
        text("Limits over ambient"): standard.ambient,
    }
    return {label: listed([_limit(limit) for limit in limits]) for label, limits in rows.items() if limits}


def _limit(limit: Limit) -> str:
    name, rise = SEVERITY_NAMES[limit.severity], Kelvin(limit.limit)
    if limit.inclusive:
        return text("{severity} ≥ {limit:g}", severity=name, limit=rise)
    return text("{severity} > {limit:g}", severity=name, limit=rise)


def _class_texts(names: Sequence[str]) -> list[str]:
    """Shown names, as the Texts they were before they came through an address."""
    known = {str(name): name for name in ENGLISH.values()}
    return [known.get(name, name) for name in names]


@functools.cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return text("not installed")
