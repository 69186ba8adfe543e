"""Ultralytics' detection trainer with what the custom layers ask of the optimizer."""

from typing import Any

import torch
from torch import nn
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils import LOGGER, RANK
from ultralytics.utils.torch_utils import unwrap_model

from custom_layers.model import detection_model
from custom_layers.smpconv import clip_radii


def move_ruled_parameters(optimizer: torch.optim.Optimizer, model: nn.Module) -> int:
    """Give the parameters that a layer's ``optimizer_rules`` name groups of their own.

    Those groups have no weight decay, no Muon update, and the layer's factor on the learning rate.

    Args:
        optimizer: fresh, as Ultralytics built it.
        model: the network whose parameters it has.

    Returns:
        The number of parameters moved.
    """
    factors: dict[torch.nn.Parameter, float] = {}
    for module in model.modules():
        for name, factor in getattr(module, "optimizer_rules", {}).items():
            parameter = getattr(module, name, None)
            if isinstance(parameter, nn.Parameter):
                factors[parameter] = factor
    moved: dict[tuple[int, float], list[nn.Parameter]] = {}
    groups = list(optimizer.param_groups)
    for index, group in enumerate(groups):
        for parameter in group["params"]:
            if parameter in factors:
                moved.setdefault((index, factors[parameter]), []).append(parameter)
        group["params"] = [p for p in group["params"] if p not in factors]
    for (index, factor), parameters in moved.items():
        like = {key: value for key, value in groups[index].items() if key not in ("params", "use_muon")}
        like |= {"lr": like["lr"] * factor, "weight_decay": 0.0, "param_group": "ruled"}
        optimizer.add_param_group({"params": parameters, **like})
    return sum(map(len, moved.values()))


class CustomDetectionTrainer(DetectionTrainer):
    """Builds CustomDetectionModel, and sets the optimizer up for the layers."""

    def get_model(
        self, cfg: str | dict[str, Any] | None = None, weights: nn.Module | None = None, verbose: bool = True
    ) -> DetectionModel:
        """Return the network of a YAML, with the tensors of ``weights`` that fit."""
        assert cfg is not None
        model = self.set_model_names_for_load(
            detection_model(cfg, self.data["channels"], self.data["nc"], verbose and RANK == -1)
        )
        if weights is not None:
            model.load(weights)
        return model

    def build_optimizer(self, model: nn.Module, *args: Any, **kwargs: Any) -> torch.optim.Optimizer:
        """Build Ultralytics' optimizer, move the layers' own parameters, and clip the radii after each step.

        The clip is a hook of the optimizer, so that it runs before the moving average looks at the weights.
        """
        optimizer = super().build_optimizer(model, *args, **kwargs)
        network = unwrap_model(model)
        moved = move_ruled_parameters(optimizer, network)
        optimizer.register_step_post_hook(lambda *_: clip_radii(network))
        if moved:
            LOGGER.info(f"optimizer: {moved} parameters of custom layers without weight decay and Muon")
        return optimizer
