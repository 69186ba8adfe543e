"""The project's YOLO: Ultralytics' class, extended through its task map."""

import contextlib
import pickle
from pathlib import Path
from typing import Any

import torch
from ultralytics import YOLO as UltralyticsYOLO
from ultralytics.engine.model import Model
from ultralytics.nn.tasks import guess_model_task
from ultralytics.utils import DEFAULT_CFG_DICT, RANK

from custom_layers.architecture import load_architecture
from custom_layers.model import as_module, detection_model
from custom_layers.trainer import CustomDetectionTrainer


class YOLO(UltralyticsYOLO):
    """YOLO whose architectures may use the registered layers; otherwise as Ultralytics' YOLO.

    Args:
        model: a checkpoint (``best.pt``), an exported model, or an architecture: ``yolo11n-smp.yaml``, a
            variant such as ``yolo11n+smp@backbone``, the path of a YAML.
        task: the task; taken from the model when None.
        verbose: log the layers of a new model.

    Raises:
        ArchitectureError: an architecture that does not exist or cannot be built.
    """

    def __init__(
        self, model: str | Path | Model = "yolo11n-improved.yaml", task: Any = None, verbose: bool = False
    ):
        if isinstance(model, str | Path) and "+" in Path(model).name and not Path(model).suffix:
            model = f"{model}.yaml"  # so that Ultralytics takes a variant's name for an architecture
        super().__init__(model, task=task, verbose=verbose)

    def _new(self, cfg: str, task: str | None = None, verbose: bool = False) -> None:
        architecture = load_architecture(cfg)
        self.cfg = self.model_name = cfg  # type: ignore[assignment]
        self.task = task or guess_model_task(architecture)
        network = self._smart_load("model")(architecture, verbose=verbose and RANK == -1)
        self.overrides |= {"model": cfg, "task": self.task}
        network.args = {**DEFAULT_CFG_DICT, **self.overrides}  # export reads it
        network.task = self.task
        self.model = network

    @property
    def task_map(self) -> dict[str, dict[str, Any]]:
        """Map each task to its classes; detection has ours."""
        tasks = super().task_map
        tasks["detect"] |= {"model": detection_model, "trainer": CustomDetectionTrainer}
        return tasks

    def load(self, weights: str | Path | dict | torch.nn.Module = "yolo11n.pt") -> "YOLO":
        """Take over the tensors that fit, and log how many.

        Args:
            weights: a checkpoint's path, a module, or a plain state dict or the path of one.
        """
        if isinstance(weights, str | Path) and Path(weights).is_file():
            # A full checkpoint is refused here, and goes through Ultralytics' restricted loader instead.
            with contextlib.suppress(pickle.UnpicklingError):
                content = torch.load(weights, map_location="cpu", weights_only=True)
                weights = content if as_module(content) is not content else weights
        return super().load(as_module(weights))  # type: ignore[return-value]
