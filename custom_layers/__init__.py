"""The improved YOLO11: five families of custom layers, usable in any slot, outside the Ultralytics package.

``from custom_layers import YOLO`` and use it as Ultralytics' YOLO. Importing this package makes checkpoints
load restricted (ULTRALYTICS_SAFE_LOAD) with its own classes on the allow-list; import it before ultralytics.
"""

from custom_layers.compat import ensure_torchvision, set_safe_switches

set_safe_switches()
ensure_torchvision()

# ruff: noqa: E402 (ultralytics only after the two calls above)
from custom_layers.architecture import ready_yamls
from custom_layers.registry import (
    ArchitectureError,
    import_layers,
    list_layers,
    register_layer,
    register_safe_globals,
)

import_layers(__path__, __name__)
register_safe_globals()

from custom_layers.variants import list_variants, variants, write_variant
from custom_layers.yolo import YOLO

__all__ = [
    "YOLO",
    "ArchitectureError",
    "ensure_torchvision",
    "list_layers",
    "list_variants",
    "ready_yamls",
    "register_layer",
    "register_safe_globals",
    "variants",
    "write_variant",
]
