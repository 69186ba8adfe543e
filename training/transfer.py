"""Start from other weights: every tensor that fits is taken over, and counted."""

from __future__ import annotations

import re
from pathlib import Path

import torch

from inspection.errors import WeightsError

_LAST_CLASS_LAYER = re.compile(r"cv3\.\d+\.2\.")


def read_state(path: Path) -> tuple[dict[str, torch.Tensor], tuple[str, ...] | None]:
    """State dict and class names of a checkpoint, or of a plain state dict; no code of the file is run.

    Raises:
        WeightsError: the file is missing, damaged or neither of the two.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if (
            isinstance(content, dict)
            and content
            and all(isinstance(v, torch.Tensor) for v in content.values())
        ):
            return content, None
    except FileNotFoundError as error:
        raise WeightsError(f"There is no weights file {path}.") from error
    except Exception:  # a whole model is no plain state dict; Ultralytics' safe loading reads it
        content = None
    from ultralytics.nn.tasks import load_checkpoint

    try:
        model, _ = load_checkpoint(path)
    except Exception as error:
        raise WeightsError(
            f"{path.name} cannot be read as weights (a checkpoint or a state dict)."
        ) from error
    names = model.names
    return model.float().state_dict(), tuple(names.values()) if isinstance(names, dict) else tuple(names)


def take_over(model: torch.nn.Module, path: Path, names: tuple[str, ...]) -> tuple[int, int]:
    """Copy every tensor whose name and shape fit.

    The last layers of the class branch are left out when the file's classes are others.

    Returns:
        How many tensors were taken over, and how many the model has.

    Raises:
        WeightsError: see read_state; or nothing fits.
    """
    state, theirs = read_state(path)
    own = model.state_dict()
    fit = {k: v.float() for k, v in state.items() if k in own and own[k].shape == v.shape}
    if theirs is not None and theirs != names:
        fit = {k: v for k, v in fit.items() if not _LAST_CLASS_LAYER.search(k)}
    if not fit:
        raise WeightsError(f"No tensor of {path.name} fits this model.")
    model.load_state_dict(fit, strict=False)
    return len(fit), len(own)
