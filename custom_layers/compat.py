"""What must be in place before Ultralytics is imported: safe switches and a torchvision that imports.

The CPU wheel of torch together with PyPI's torchvision (built for CUDA) fails at ``import torchvision`` with
``operator torchvision::nms does not exist``, and Ultralytics imports torchvision in predict, val and train.
Defining the two operators that torchvision's own registrations ask for is enough for all three.
"""

import importlib
import os
import sys

import torch

_SAFE_SWITCHES = {"ULTRALYTICS_SAFE_LOAD": "true", "YOLO_AUTOINSTALL": "false"}
_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"

# Kept for the life of the process: a torch.library.Library that is collected takes its operators with it.
_libraries: list[torch.library.Library] = []


def set_safe_switches() -> None:
    """Ask Ultralytics for restricted checkpoint loading and no automatic pip installs.

    Ultralytics reads both variables when it is first imported, so this runs before. A value that the user has
    set is left alone.
    """
    for name, value in _SAFE_SWITCHES.items():
        os.environ.setdefault(name, value)


def _nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Return the int64 indices (K,) of the boxes (N, 4) xyxy that survive, by descending score (N,)."""
    from ultralytics.utils.nms import TorchNMS

    return TorchNMS.nms(boxes, scores, iou_threshold)


def _import_torchvision() -> bool:
    """Say whether ``import torchvision`` works; a failed attempt leaves no half-imported modules behind."""
    try:
        importlib.import_module("torchvision")
    except (ImportError, RuntimeError, OSError):
        for name in [m for m in sys.modules if m.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        return False
    return True


def ensure_torchvision() -> bool:
    """Make ``import torchvision`` work; where torchvision's own operators load, do nothing.

    Returns:
        True when the stand-in operators are in use, False when torchvision brings its own.

    Raises:
        ImportError: torchvision is missing or broken beyond the two operators.
    """
    if _libraries:
        return True
    if _import_torchvision():
        return False
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        library.define(name + _SCHEMA)
        library.impl(name, _nms, "CompositeExplicitAutograd")
    _libraries.append(library)
    if not _import_torchvision():
        raise ImportError("torchvision cannot be imported; install the build that matches your torch.")
    # torchvision.ops asks this before every call; our operators need no C++ library.
    vars(sys.modules["torchvision.extension"])["_has_ops"] = lambda: True
    return True
