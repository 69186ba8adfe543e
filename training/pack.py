"""One checkpoint as the app ships it: float16, no optimiser, nothing of the machine it was made on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from inspection.torch_engine import load_network
from training.errors import TrainingError

_KEPT_ARGUMENTS = (
    "task",
    "imgsz",
    "epochs",
    "batch",
    "lr0",
    "lrf",
    "optimizer",
    "seed",
    "mosaic",
    "scale",
    "degrees",
)
_LICENCE = "AGPL-3.0-or-later"


def pack(weights: Path, target: Path, description: str = "") -> dict[str, Any]:
    """Write a checkpoint that Ultralytics' safe loading takes.

    Paths, the git state and the optimiser are left out; parameters become float16.

    Args:
        weights: best.pt of a training.
        target: file to write.
        description: one line kept in the file.

    Returns:
        Facts: sha256, architecture, parameters, classes, bytes.

    Raises:
        TrainingError: the weights cannot be read.
    """
    from custom_layers import YOLO

    try:
        loaded: Any = YOLO(str(weights))
    except Exception as error:
        raise TrainingError(f"{weights} cannot be read as a checkpoint.") from error
    if not loaded.ckpt:
        raise TrainingError(f"{weights} cannot be read as a checkpoint.")
    target.parent.mkdir(parents=True, exist_ok=True)
    write_checkpoint(loaded, target, description)
    names = list(loaded.names.values())
    number = sum(p.numel() for p in loaded.model.parameters())
    _, info = load_network(target)
    return {
        "sha256": info.sha256, "architecture": info.architecture, "parameters": number, "classes": names,
        "bytes": target.stat().st_size,
    }  # fmt: skip


def write_checkpoint(loaded: Any, target: Path, description: str = "") -> None:
    """Write what `pack` describes from a loaded YOLO, which is made float16 by it."""
    model, old = loaded.model, dict(loaded.ckpt.get("train_args") or {})
    arguments = {k: old[k] for k in _KEPT_ARGUMENTS if k in old} | {"task": "detect"}
    model.args = dict(arguments)
    for name in ("pt_path", "criterion", "optimizer"):
        if hasattr(model, name):
            setattr(model, name, None)
    if isinstance(getattr(model, "yaml", None), dict) and "yaml_file" in model.yaml:
        model.yaml["yaml_file"] = Path(str(model.yaml["yaml_file"])).name
    for parameter in model.parameters():
        parameter.requires_grad = False
    content = {"epoch": -1, "best_fitness": None, "model": model.half().eval(), "ema": None, "updates": None,
               "optimizer": None, "train_args": arguments, "version": str(loaded.ckpt.get("version", "")),
               "license": _LICENCE, "description": description}  # fmt: skip
    part = target.with_suffix(".part")
    torch.save(content, part)
    os.replace(part, target)
