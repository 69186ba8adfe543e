"""The improved YOLO11: custom layers outside the Ultralytics package."""

from custom_layers.compat import ensure_torchvision, set_safe_switches

set_safe_switches()
ensure_torchvision()

from ultralytics import YOLO  # noqa: E402  (only after the two calls above)

__all__ = ["YOLO", "ensure_torchvision"]
