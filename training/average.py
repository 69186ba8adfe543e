"""Average checkpoints of one network: between a start and what was trained from it often carries further.

Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022, https://arxiv.org/abs/2109.01903.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from training.errors import TrainingError


def average(shares: Sequence[tuple[Path, float]], target: Path) -> Path:
    """Write the weighted mean of checkpoints, batch-norm statistics included.

    Args:
        shares: checkpoints of the same network and classes with their weights, scaled to a sum of 1.
        target: file to write, a checkpoint as `pack` makes it.

    Raises:
        TrainingError: fewer than two, weights that are not positive, or networks or classes that differ.
    """
    from custom_layers import YOLO
    from training.pack import write_checkpoint

    total = sum(weight for _, weight in shares)
    if len(shares) < 2 or min(weight for _, weight in shares) <= 0:
        raise TrainingError("Averaging needs two checkpoints or more, each with a weight above 0 (FILE=0.7).")
    models: list[Any] = []
    for path, _ in shares:
        if not path.is_file():
            raise TrainingError(f"There is no weights file {path}.")
        models.append(YOLO(str(path)))
    states = [m.model.float().state_dict() for m in models]
    shapes = [{k: tuple(v.shape) for k, v in s.items()} for s in states]
    if any(s != shapes[0] for s in shapes) or any(m.names != models[0].names for m in models):
        raise TrainingError("Only checkpoints of the same network with the same classes can be averaged.")
    mean = {}
    for key, value in states[0].items():
        parts = [state[key].float() * (w / total) for state, (_, w) in zip(states, shares, strict=True)]
        mean[key] = torch.stack(parts).sum(0).to(value.dtype) if value.is_floating_point() else value
    models[-1].model.load_state_dict(mean)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_checkpoint(models[-1], target)
    return target


def parse_shares(texts: Sequence[str]) -> list[tuple[Path, float]]:
    """Read FILE=WEIGHT; without a weight it is 1.

    Raises:
        TrainingError: the weight is no number.
    """
    shares = []
    for text in texts:
        name, sep, weight = text.rpartition("=")
        try:
            shares.append((Path(name), float(weight)) if sep else (Path(text), 1.0))
        except ValueError as error:
            raise TrainingError(f"{text} should read FILE=WEIGHT, for example best.pt=0.7.") from error
    return shares
