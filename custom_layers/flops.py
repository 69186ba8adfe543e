"""True GFLOPs of a model: thop's rules for standard layers, the layers' own ``macs()`` for the rest.

thop alone does not see convolutions with computed weights, attention inside fused kernels, or scans.
"""

import torch
from torch import nn


def gflops(model: nn.Module, imgsz: int | list[int] | tuple[int, int] = 640) -> float:
    """Count the floating point operations of one picture, in units of 1e9 (a multiply-add counts twice).

    Args:
        model: a network on (1, channels, H, W).
        imgsz: side of the picture, or (height, width).

    Returns:
        The count, or 0.0 where thop is not installed or the model does not take this size.
    """
    try:
        from thop import profile
    except ImportError:
        return 0.0

    def count(module: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        module.total_ops += module.macs(inputs[0], output)  # type: ignore[operator, assignment]

    rules = {type(module): count for module in model.modules() if callable(getattr(module, "macs", None))}
    size = [imgsz, imgsz] if isinstance(imgsz, int) else list(imgsz)
    first = next(model.parameters())
    picture = torch.zeros(1, first.shape[1], *size, device=first.device, dtype=first.dtype)
    try:
        return 2 * profile(model, inputs=[picture], custom_ops=rules, verbose=False)[0] / 1e9
    except (ValueError, RuntimeError):
        return 0.0
