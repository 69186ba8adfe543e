"""Small parts that several layers share: DropPath, a channels-first Linear, folding of BatchNorm."""

from contextvars import ContextVar

import torch
import torch.nn.functional as F
from torch import nn

# Set while Ultralytics sends a small zero picture through a new network to learn its strides.
PROBING_STRIDES: ContextVar[bool] = ContextVar("PROBING_STRIDES", default=False)


def is_exporting() -> bool:
    """Say whether a tracer or an exporter records, so that only plain operators may be used."""
    return torch.jit.is_tracing() or torch.compiler.is_compiling() or torch.onnx.is_in_onnx_export()


class SiLU(nn.Module):
    """``x * sigmoid(x)``, never in place.

    Ultralytics' loader sets ``inplace`` on every module that has it, nn.SiLU too, which would overwrite
    inputs that are used again.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map any shape to the same shape."""
        return F.silu(x)


class DropPath(nn.Module):
    """Stochastic depth: drops whole samples of a residual branch (Huang et al., arXiv 1603.09382).

    Args:
        drop_prob: probability that a sample's branch is zeroed in training; the rest is scaled by
            ``1 / (1 - drop_prob)``.
    """

    def __init__(self, drop_prob: float = 0.0):
        super().__init__()
        if not 0.0 <= drop_prob < 1.0:
            raise ValueError(f"DropPath needs 0 <= drop_prob < 1, got {drop_prob}.")
        self.drop_prob = drop_prob

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, ...) to the same shape."""
        if self.drop_prob == 0.0 or not self.training:
            return x
        keep = 1.0 - self.drop_prob
        return x * x.new_empty((x.shape[0],) + (1,) * (x.ndim - 1)).bernoulli_(keep).div_(keep)


def stochastic_depth(drop_prob: float) -> nn.Module:
    """Return a DropPath, or an Identity where nothing is ever dropped."""
    return DropPath(drop_prob) if drop_prob > 0.0 else nn.Identity()


class Linear2d(nn.Linear):
    """A Linear over the channels of (B, C, H, W): a 1x1 convolution with Linear's (out, in) weight.

    State dicts with a (out, in, 1, 1) convolution weight load too.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, in, H, W) to (B, out, H, W)."""
        return F.conv2d(x, self.weight[:, :, None, None], self.bias)

    def macs(self, x: torch.Tensor, y: torch.Tensor) -> int:
        """Count as a 1x1 convolution."""
        return y.numel() * self.in_features

    def _load_from_state_dict(self, state_dict, prefix, *args, **kwargs):
        weight = state_dict.get(prefix + "weight")
        if weight is not None and weight.ndim == 4 and weight.shape[2:] == (1, 1):
            state_dict[prefix + "weight"] = weight.flatten(1)
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)


class Foldable(nn.Module):
    """A module that can fold itself for inference; ``fuse()`` of the model calls ``fold()`` on each."""

    def is_folded(self) -> bool:
        """Say whether nothing is left to fold."""
        raise TypeError(f"{type(self).__name__} must say whether it is folded.")

    def fold(self) -> None:
        """Fold in place; afterwards the module computes the same in eval mode and cannot be trained."""
        raise TypeError(f"{type(self).__name__} must say how it folds.")


def bn_scale_shift(bn: nn.Module) -> tuple[torch.Tensor, torch.Tensor]:
    """Write a BatchNorm in eval mode as ``scale * x + shift``; both (C,)."""
    assert isinstance(bn, nn.modules.batchnorm._BatchNorm)
    if bn.running_mean is None or bn.running_var is None:
        raise ValueError("A BatchNorm without running statistics cannot be folded.")
    scale = (bn.running_var + bn.eps).rsqrt()
    if bn.weight is not None:
        scale = scale * bn.weight
    shift = -bn.running_mean * scale
    return scale.detach(), (shift if bn.bias is None else shift + bn.bias).detach()


@torch.no_grad()
def fold_conv_bn(conv: nn.Conv2d, bn: nn.Module) -> nn.Conv2d:
    """Return a new convolution with a bias that equals ``bn(conv(x))`` in eval mode."""
    scale, shift = bn_scale_shift(bn)
    weight = conv.weight * scale.reshape(-1, 1, 1, 1)
    bias = shift if conv.bias is None else shift + conv.bias * scale
    return conv_from(weight, bias, conv)


def conv_from(weight: torch.Tensor, bias: torch.Tensor, like: nn.Conv2d) -> nn.Conv2d:
    """Return a frozen nn.Conv2d with this weight (out, in/groups, k, k) and bias, otherwise as ``like``."""
    conv = nn.Conv2d(
        weight.shape[1] * like.groups,
        weight.shape[0],
        weight.shape[2:],  # type: ignore[arg-type]
        like.stride,  # type: ignore[arg-type]
        like.padding,  # type: ignore[arg-type]
        like.dilation,  # type: ignore[arg-type]
        like.groups,
        device=weight.device,
        dtype=weight.dtype,
    ).requires_grad_(False)
    conv.weight.copy_(weight)
    assert conv.bias is not None
    conv.bias.copy_(bias)
    return conv


def to_channels_last(model: nn.Module) -> None:
    """Store every weight of rank 4 as convolutions on channels-last pictures want it, in place.

    ``Module.to(memory_format=torch.channels_last)`` refuses networks with weights of rank 5, as KAGN's.
    """
    for part in (*model.parameters(), *model.buffers()):
        if part.dim() == 4:
            part.data = part.data.contiguous(memory_format=torch.channels_last)
