"""The detection network with registered layers: built, folded and counted our way."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils import LOGGER

from custom_layers.architecture import load_architecture
from custom_layers.build import init_detection_model
from custom_layers.common import Foldable
from custom_layers.flops import gflops
from custom_layers.registry import LAYERS


class CustomDetectionModel(DetectionModel):
    """A detection network whose YAML rows may name registered layers.

    Args:
        cfg: whatever load_architecture takes.
        ch: channels of the picture.
        nc: classes; the YAML's when None.
        verbose: log a table of the layers and the summary.

    Raises:
        ArchitectureError: a YAML that cannot be built.
    """

    def __init__(
        self,
        cfg: str | dict[str, Any] = "yolo11n-improved.yaml",
        ch: int = 3,
        nc: int | None = None,
        verbose: bool = True,
    ):
        init_detection_model(self, load_architecture(cfg), ch, nc, verbose)

    def fuse(self, verbose: bool = True, imgsz: int | list[int] = 640) -> "CustomDetectionModel":
        """Fold all that folds: the layers' own parts, then Ultralytics' convolutions; idempotent."""
        for module in list(self.modules()):
            if isinstance(module, Foldable) and not module.is_folded():
                module.fold()
        super().fuse(verbose=verbose, imgsz=imgsz)
        return self

    def is_fused(self) -> bool:
        """Say whether nothing is left to fold."""
        return super().is_fused() and all(m.is_folded() for m in self.modules() if isinstance(m, Foldable))

    def info(
        self, detailed: bool = False, verbose: bool = True, imgsz: int | list[int] = 640
    ) -> tuple[int, int, int, float] | None:
        """Log and return layers, parameters, gradients and true GFLOPs; None when not ``verbose``."""
        if not verbose:
            return None
        leaves = [(name, module) for name, module in self.named_modules() if not module._modules]
        if detailed:
            for name, module in leaves:
                count = sum(p.numel() for p in module.parameters())
                LOGGER.info(f"{name:>40}{type(module).__name__:>20}{count:>12,}")
        parameters = sum(p.numel() for p in self.parameters())
        gradients = sum(p.numel() for p in self.parameters() if p.requires_grad)
        count = gflops(self, imgsz)
        architecture: dict[str, Any] = self.yaml  # type: ignore[assignment]
        name = Path(architecture.get("yaml_file", "")).stem.replace("yolo", "YOLO") or "Model"
        flops = f", {count:.1f} GFLOPs" if count else ""
        LOGGER.info(
            f"{name} summary{' (fused)' if self.is_fused() else ''}: {len(leaves):,} layers, "
            f"{parameters:,} parameters, {gradients:,} gradients{flops}"
        )
        return len(leaves), parameters, gradients, count

    def load(self, weights: Any, verbose: bool = True) -> None:
        """Take over the tensors that fit, and log how many.

        Args:
            weights: a module, a checkpoint dictionary, or a plain state dict.
            verbose: log the count.
        """
        super().load(as_module(weights), verbose)


class StateDictModule(nn.Module):
    """What DetectionModel.load needs to know of a plain state dict."""

    def __init__(self, tensors: Mapping[str, torch.Tensor]):
        super().__init__()
        self.tensors = SimpleNamespace(value=dict(tensors))

    def state_dict(self, *args: Any, **kwargs: Any) -> dict[str, torch.Tensor]:  # type: ignore[override]
        """Return the tensors as float32."""
        return {name: t.float() if t.is_floating_point() else t for name, t in self.tensors.value.items()}


def as_module(weights: Any) -> Any:
    """Wrap a plain state dict so that Ultralytics' ``load`` takes it; return anything else as it is."""
    plain = isinstance(weights, Mapping) and all(isinstance(t, torch.Tensor) for t in weights.values())
    return StateDictModule(weights) if plain else weights


def has_registered_layers(cfg: dict[str, Any]) -> bool:
    """Say whether any row names a registered layer."""
    return any(name in LAYERS for row in (*cfg["backbone"], *cfg["head"]) for name in row[2:3])


def detection_model(
    cfg: str | dict[str, Any], ch: int = 3, nc: int | None = None, verbose: bool = True
) -> DetectionModel:
    """Build a network: CustomDetectionModel, or Ultralytics' own class where no row needs ours.

    So a plain YOLO11 trained here stays a checkpoint that Ultralytics alone can load.
    """
    architecture = load_architecture(cfg)
    if has_registered_layers(architecture):
        return CustomDetectionModel(architecture, ch, nc, verbose)
    model = DetectionModel.__new__(DetectionModel)
    init_detection_model(model, architecture, ch, nc, verbose)  # for our messages about wrong rows
    return model
