"""MetaFormer's scales, activations and norms; public through custom_layers.metaformer (sources there)."""

import torch
import torch.nn.functional as F
from torch import nn

from custom_layers.common import Linear2d, is_exporting


def linear(channels_first: bool) -> type[nn.Linear]:
    """Return the Linear for the layout."""
    return Linear2d if channels_first else nn.Linear


def _per_channel(vector: torch.Tensor, channels_first: bool) -> torch.Tensor:
    """Shape (C,) so that it broadcasts over the layout."""
    return vector.reshape(-1, 1, 1) if channels_first else vector


class Scale(nn.Module):
    """Multiply each channel by a learnable factor (C,)."""

    def __init__(
        self, dim: int, init_value: float = 1.0, trainable: bool = True, channels_first: bool = False
    ):
        super().__init__()
        self.channels_first = channels_first
        self.optimizer_rules = {"scale": 1.0}  # no weight decay
        self.scale = nn.Parameter(init_value * torch.ones(dim), requires_grad=trainable)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) to the same shape."""
        return x * _per_channel(self.scale, self.channels_first)


class SquaredReLU(nn.Module):
    """``relu(x) ** 2`` (So et al., arXiv 2109.08668); any shape.

    Args:
        inplace: unused, kept for the authors' signature.
    """

    def __init__(self, inplace: bool = False):
        super().__init__()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map any shape to the same shape."""
        if torch.is_grad_enabled() or is_exporting():
            return torch.square(F.relu(x))
        return F.relu(x).square_()


class StarReLU(nn.Module):
    """``scale * relu(x) ** 2 + bias`` with two learnable scalars; any shape.

    Args:
        scale_value: initial scale; the paper's fixed value is 0.8944.
        bias_value: initial bias; the paper's fixed value is -0.4472.
        scale_learnable: train the scale.
        bias_learnable: train the bias.
        mode: unused, kept for the authors' signature.
        inplace: likewise.
    """

    def __init__(
        self,
        scale_value: float = 1.0,
        bias_value: float = 0.0,
        scale_learnable: bool = True,
        bias_learnable: bool = True,
        mode: object = None,
        inplace: bool = False,
    ):
        super().__init__()
        self.optimizer_rules = {"scale": 1.0}  # no weight decay
        self.scale = nn.Parameter(scale_value * torch.ones(1), requires_grad=scale_learnable)
        self.bias = nn.Parameter(bias_value * torch.ones(1), requires_grad=bias_learnable)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map any shape to the same shape."""
        if torch.is_grad_enabled() or is_exporting():
            return F.relu(x).square() * self.scale + self.bias
        # In place, one pass after the other: less than half the time of the expression on CPU.
        return F.relu(x).square_().mul_(self.scale).add_(self.bias)


class LayerNormGeneral(nn.Module):
    """LayerNorm over chosen axes: ``(x - mean) / sqrt(var + eps) * weight + bias``.

    Args:
        affine_shape: shape of weight and bias, usually C.
        normalized_dim: axes of (B, H, W, C) to normalise over; (1, 2, 3) is GroupNorm with one group.
        scale: have a weight.
        bias: have a bias.
        eps: added to the variance.
        channels_first: the input is (B, C, H, W); only for ``normalized_dim`` (1, 2, 3) or (-1,).
    """

    def __init__(
        self,
        affine_shape: int | tuple[int, ...],
        normalized_dim: tuple[int, ...] = (-1,),
        scale: bool = True,
        bias: bool = True,
        eps: float = 1e-5,
        channels_first: bool = False,
    ):
        super().__init__()
        self.normalized_dim = tuple(normalized_dim)
        self.over_sample = self.normalized_dim in ((1, 2, 3), (-3, -2, -1))
        if channels_first and not self.over_sample and self.normalized_dim not in ((-1,), (3,)):
            raise ValueError(f"LayerNormGeneral cannot normalise {normalized_dim} of channels-first tensors.")
        self.use_scale, self.use_bias, self.eps = scale, bias, eps
        self.optimizer_rules = {"weight": 1.0}  # no weight decay, as Ultralytics gives its own norms
        self.channels_first = channels_first
        self.weight = nn.Parameter(torch.ones(affine_shape)) if scale else None
        self.bias = nn.Parameter(torch.zeros(affine_shape)) if bias else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) to the same shape."""
        if self.channels_first and self.over_sample:
            return F.group_norm(x, 1, self.weight, self.bias, self.eps)
        dims = (1,) if self.channels_first else self.normalized_dim
        x = x - x.mean(dims, keepdim=True)
        x = x * torch.rsqrt(x.square().mean(dims, keepdim=True) + self.eps)
        if self.weight is not None:
            x = x * _per_channel(self.weight, self.channels_first)
        return x if self.bias is None else x + _per_channel(self.bias, self.channels_first)


class LayerNormWithoutBias(nn.Module):
    """LayerNorm over channels with a weight and no bias."""

    bias: None

    def __init__(self, normalized_shape: int, eps: float = 1e-5, channels_first: bool = False, **kwargs):
        super().__init__()
        self.eps, self.channels_first = eps, channels_first
        self.bias = None
        self.optimizer_rules = {"weight": 1.0}  # no weight decay, as Ultralytics gives its own norms
        self.weight = nn.Parameter(torch.ones(normalized_shape))
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) to the same shape."""
        if not self.channels_first:
            return F.layer_norm(x, self.normalized_shape, self.weight, None, self.eps)
        if torch.is_grad_enabled() or is_exporting() or x.dtype != torch.float32:
            y = F.layer_norm(x.permute(0, 2, 3, 1), self.normalized_shape, self.weight, None, self.eps)
            return y.permute(0, 3, 1, 2)
        # Without the two transpositions, and without a second large buffer for the squares.
        x = x - x.mean(1, keepdim=True)
        variance = torch.zeros_like(x[:, :1])
        for channel in x.split(1, 1):
            variance.addcmul_(channel, channel)
        return x.mul_(variance.div_(x.shape[1]).add_(self.eps).rsqrt_()).mul_(self.weight.view(-1, 1, 1))
