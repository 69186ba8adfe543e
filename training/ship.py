"""Make the file that the app ships: float16, no optimiser, nothing of the machine it was made on."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

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
        Facts: parameters, classes, bytes.

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
    return {"parameters": number, "classes": names, "bytes": target.stat().st_size}


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
    torch.save(content, target)


def read_curves(results_csv: Path) -> list[dict[str, float]]:
    """Rows of Ultralytics' results.csv, one per epoch, as numbers."""
    if not results_csv.exists():
        return []
    with results_csv.open(encoding="utf-8") as file:
        return [{k.strip(): float(v) for k, v in row.items() if v} for row in csv.DictReader(file)]


def ship(
    folders: Sequence[Path], target: Path, evaluations: Sequence[dict] = (), description: str = ""
) -> Path:
    """Fill a weights folder: best.pt of the last training, and training.json with what led to it.

    Args:
        folders: results folders in the order in which one started from the other.
        target: the weights folder.
        evaluations: Evaluation.as_dict() of the shipped weights.
        description: one line for the checkpoint.

    Returns:
        The checkpoint.
    """
    best = target / "best.pt"
    facts = pack(folders[-1] / "weights" / "best.pt", best, description)
    stages = []
    for folder in folders:
        path = folder / "settings.json"
        settings = json.loads(path.read_text("utf-8")) if path.exists() else {}
        for key in ("data", "val"):
            settings[key] = [_last_part(text) for text in settings.get(key, [])]
        settings["weights"] = _last_part(str(settings.get("weights", "")))
        stages.append({"settings": settings, "epochs": read_curves(folder / "results.csv")})
    content = {**facts, "stages": stages, "evaluations": list(evaluations)}
    (target / "training.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return best


def _last_part(text: str) -> str:
    """The name of a path without its folders, a weight kept."""
    return text.rstrip("/").rsplit("/", 1)[-1]
