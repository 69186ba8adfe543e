"""Finds the architecture that a name means: a YAML file, a ready YAML of this package, or a variant."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

from ultralytics.nn.tasks import yaml_model_load
from ultralytics.utils import YAML

from custom_layers.registry import ArchitectureError, nearest

CFG = Path(__file__).parent / "cfg"
_NAME = re.compile(r"(yolo\D*\d+)([nslmxt])?(.*)")  # t is the tiny scale of the tests


def ready_yamls() -> list[str]:
    """Return the names of the ready YAMLs, such as ``yolo11-smp.yaml``."""
    return sorted(path.name for path in CFG.glob("*.yaml"))


def split_scale(stem: str) -> tuple[str, str]:
    """Split ``yolo11n-smp`` into ``yolo11-smp`` and ``n``; the scale is empty where there is none."""
    match = _NAME.fullmatch(stem)
    return (match[1] + match[3], match[2] or "") if match else (stem, "")


def load_architecture(cfg: str | Path | dict[str, Any]) -> dict[str, Any]:
    """Return the YAML dictionary that a name means, with ``scale`` and ``yaml_file`` set.

    Args:
        cfg: a path, a ready YAML's name with or without scale (``yolo11n-smp.yaml``), a variant's name
            (``yolo11n+smp@backbone``, with or without ``.yaml``), a name that Ultralytics knows, or a
            dictionary, which is copied.

    Raises:
        ArchitectureError: a name that means nothing, or a file that is no model YAML.
    """
    if isinstance(cfg, dict):
        return deepcopy(cfg)
    path = Path(cfg)
    stem, scale = split_scale(path.name.removesuffix(".yaml").removesuffix(".yml"))
    if "+" in stem:
        from custom_layers.variants import variant_yaml

        if not path.is_file():
            return variant_yaml(path.name.removesuffix(".yaml"))
    for candidate in (path, path.with_name(f"{stem}.yaml"), CFG / f"{stem}.yaml"):
        if candidate.is_file():
            found = YAML.load(candidate)
            if not isinstance(found, dict) or not {"backbone", "head", "nc"} <= found.keys():
                raise ArchitectureError(f"{candidate.name} is no model YAML: it needs nc, backbone and head.")
            return {**found, "scale": scale or found.get("scale", ""), "yaml_file": str(cfg)}
    try:
        return yaml_model_load(cfg)
    except FileNotFoundError as error:
        known = [name.removesuffix(".yaml") for name in ready_yamls()]
        raise ArchitectureError(
            f"There is no architecture {str(cfg)!r}. {nearest(stem, known)} A scale follows the "
            f"number, as in yolo11n-smp.yaml."
        ) from error
