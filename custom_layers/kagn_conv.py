"""KAGN convolution: Kolmogorov-Arnold convolution with Gram polynomials (arXiv 2407.01092).

Drokin, https://github.com/IvanDrokin/torch-conv-kan; the basis comes from
https://github.com/Khochawongwat/GRAMKAN. With t = tanh(x), P_0 = 1, P_1 = t and
P_{n+1} = t P_n - beta_n P_{n-1}:
``y = SiLU(norm(conv(SiLU(x), W_base) + conv(SiLU([P_0 | ... | P_d]), W_poly)))``, each group on its own.

Differences from the authors' code: BatchNorm instead of InstanceNorm by default (theirs by ``norm_layer``),
no cache of the basis (theirs kept every input alive), degree 0 works. Tensors are (B, C, *spatial).
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from custom_layers.common import Foldable, SiLU, bn_scale_shift

SILU_OF_ONE = 1 / (1 + 2.718281828459045**-1)  # SiLU(P_0)
_CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}  # looked up, not stored: a checkpoint holds no functions
_DROPOUT = {1: nn.Dropout1d, 2: nn.Dropout2d, 3: nn.Dropout3d}


def beta_constant(n: int, basis: str, points: int) -> float:
    """Return the constant that ``beta_weights[n]`` is multiplied by in the recurrence.

    Args:
        n: index, at least 1.
        basis: ``"official"`` for the authors' ``(2n+1) n^2 (4n^2-1) / (n+1)^2``, which is the published one
            with m = n + 1, times ``(4n^2-1)^2`` (a slip of precedence that checkpoints depend on), or
            ``"gram"`` for ``n^2 (m^2-n^2) / (m^2 (4n^2-1))``, with which the polynomials are orthogonal on m
            equidistant mid-points of [-1, 1].
        points: m of ``"gram"``.
    """
    if basis == "official":
        return (2 * n + 1) * n**2 * (4 * n**2 - 1) / (n + 1) ** 2
    return n**2 * (points**2 - n**2) / (points**2 * (4 * n**2 - 1))


class KAGNConvNDLayer(Foldable):
    """KAGN convolution in one, two or three dimensions; see KAGNConv2DLayer for everyday use.

    Args:
        conv_class: nn.Conv1d, nn.Conv2d or nn.Conv3d.
        norm_class: norm of each group's output, called as ``norm_class(channels, **norm_kwargs)``.
        conv_w_fun: F.conv1d, F.conv2d or F.conv3d, the one of ``ndim``.
        input_dim: channels in.
        output_dim: channels out.
        degree: of the polynomials, 0 or more.
        kernel_size: side of the kernel.
        groups: channel groups; must divide both channel counts.
        padding: as for a convolution.
        stride: as for a convolution.
        dilation: as for a convolution.
        dropout: probability of dropping a channel of t before the basis.
        ndim: 1, 2 or 3.
        basis: ``"official"`` or ``"gram"``, see ``beta_constant``; with ``"gram"`` beta_weights start at one.
        gram_points: m of ``"gram"``, more than ``degree - 1``; ``degree + 1`` when None.
        **norm_kwargs: for ``norm_class``.

    Raises:
        ValueError: groups, degree, dimension or basis that the layer cannot do.
    """

    def __init__(
        self,
        conv_class: type[nn.Module],
        norm_class: Callable[..., nn.Module],
        conv_w_fun: Callable[..., torch.Tensor],
        input_dim: int,
        output_dim: int,
        degree: int,
        kernel_size: int,
        groups: int = 1,
        padding: int = 0,
        stride: int = 1,
        dilation: int = 1,
        dropout: float = 0.0,
        ndim: int = 2,
        basis: str = "official",
        gram_points: int | None = None,
        **norm_kwargs: Any,
    ):
        super().__init__()
        if groups <= 0 or input_dim % groups or output_dim % groups:
            raise ValueError(
                f"KAGN: groups={groups} must be positive and divide input_dim={input_dim} and "
                f"output_dim={output_dim}."
            )
        points = degree + 1 if gram_points is None else gram_points
        if ndim not in _CONV or conv_w_fun is not _CONV[ndim]:
            raise ValueError(
                f"KAGN: ndim must be 1, 2 or 3 and conv_w_fun the convolution of it, got {ndim}."
            )
        if degree < 0 or basis not in ("official", "gram") or points < degree:
            raise ValueError(
                f"KAGN needs degree >= 0, basis 'official' or 'gram' and gram_points >= degree; "
                f"got {degree}, {basis!r}, {points}."
            )
        self.inputdim, self.outdim, self.degree, self.kernel_size = input_dim, output_dim, degree, kernel_size
        self.groups, self.padding, self.stride, self.dilation = groups, padding, stride, dilation
        self.ndim, self.basis, self.gram_points = ndim, basis, points
        self.optimizer_rules = {"beta_weights": 1.0}  # no weight decay
        self.base_activation = SiLU()
        self.dropout = _DROPOUT[ndim](dropout) if dropout > 0 else None
        c_in, c_out = input_dim // groups, output_dim // groups
        self.base_conv = nn.ModuleList(
            conv_class(c_in, c_out, kernel_size, stride, padding, dilation, groups=1, bias=False)
            for _ in range(groups)
        )
        self.layer_norm = nn.ModuleList(norm_class(c_out, **norm_kwargs) for _ in range(groups))
        self.poly_weights = nn.Parameter(
            torch.empty(groups, c_out, c_in * (degree + 1), *[kernel_size] * ndim)
        )
        self.beta_weights = nn.Parameter(torch.ones(degree + 1))
        self.folded = nn.ModuleList()
        for conv in self.base_conv:
            nn.init.kaiming_uniform_(conv.weight, nonlinearity="linear")  # type: ignore[arg-type]
        nn.init.kaiming_uniform_(self.poly_weights, nonlinearity="linear")
        if basis == "official":
            std = 1.0 / (kernel_size**ndim * input_dim * (degree + 1.0))
            nn.init.normal_(self.beta_weights, mean=0.0, std=std)

    def gram_poly(self, t: torch.Tensor) -> list[torch.Tensor]:
        """Return [P_1, ..., P_degree] of t in [-1, 1]; each has t's shape."""
        polynomials: list[torch.Tensor] = [t][: self.degree]
        for n in range(1, self.degree):
            beta = beta_constant(n, self.basis, self.gram_points) * self.beta_weights[n]
            before = polynomials[n - 2] if n > 1 else 1.0
            polynomials.append(t * polynomials[n - 1] - beta * before)
        return polynomials

    def group_weights(self, group: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the weights of [SiLU(x) | P_1 ... P_d] and of the constant P_0 map (out, 1, k..)."""
        poly, c_in = self.poly_weights[group], self.inputdim // self.groups
        constant = SILU_OF_ONE * poly[:, :c_in].sum(1, keepdim=True)
        base: torch.Tensor = self.base_conv[group].weight  # type: ignore[assignment]
        return torch.cat((base, poly[:, c_in:]), 1), constant

    def forward_kag(self, x: torch.Tensor, group: int) -> torch.Tensor:
        """Map one group (B, input_dim / groups, *spatial) to (B, output_dim / groups, *spatial')."""
        t = torch.tanh(x)
        t = t if self.dropout is None else self.dropout(t)
        features = torch.cat([self.base_activation(p) for p in (x, *self.gram_poly(t))], 1)
        one = x.new_ones(1, 1, *x.shape[2:])
        if len(self.folded):
            merged: FoldedGroup = self.folded[group]  # type: ignore[assignment]
            z = self._conv(features, merged.weight, merged.bias) + self._conv(one, merged.constant)
            return self.base_activation(z)
        weight, constant = self.group_weights(group)
        z = self._conv(features, weight) + self._conv(one, constant)
        return self.base_activation(self.layer_norm[group](z))

    def _conv(self, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
        return _CONV[self.ndim](x, weight, bias, self.stride, self.padding, self.dilation)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, input_dim, *spatial) to (B, output_dim, *spatial')."""
        parts = x.split(self.inputdim // self.groups, dim=1)
        outputs = [self.forward_kag(part, group) for group, part in enumerate(parts)]
        return outputs[0] if self.groups == 1 else torch.cat(outputs, 1)

    def macs(self, x: torch.Tensor, y: torch.Tensor) -> int:
        """Count both convolutions; P_0 is one channel."""
        channels = (self.degree + 1) * self.inputdim // self.groups + 1 / x.shape[0]
        return int(y.numel() * channels * self.kernel_size**self.ndim)

    def is_folded(self) -> bool:
        """Say whether BatchNorm is folded; a norm without running statistics has nothing to fold."""
        if len(self.folded):
            return True
        norm = self.layer_norm[0]
        return not isinstance(norm, nn.modules.batchnorm._BatchNorm) or norm.running_mean is None

    @torch.no_grad()
    def fold(self) -> None:
        """Fold each group's BatchNorm into its weights; idempotent."""
        if self.is_folded():
            return
        for group, norm in enumerate(self.layer_norm):
            scale, shift = bn_scale_shift(norm)
            factor = scale.reshape(-1, 1, *[1] * self.ndim)
            weight, constant = self.group_weights(group)
            self.folded.append(FoldedGroup(weight * factor, constant * factor, shift))
        del self.base_conv, self.layer_norm, self.poly_weights


class FoldedGroup(nn.Module):
    """The constants of one folded group: weight (out, in, k..), constant (out, 1, k..) and bias (out,)."""

    weight: torch.Tensor
    constant: torch.Tensor
    bias: torch.Tensor

    def __init__(self, weight: torch.Tensor, constant: torch.Tensor, bias: torch.Tensor):
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("constant", constant)
        self.register_buffer("bias", bias)


class KAGNConv1DLayer(KAGNConvNDLayer):
    """KAGN convolution of (B, C, L); arguments as KAGNConvNDLayer, BatchNorm1d by default."""

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        kernel_size: int,
        degree: int = 3,
        groups: int = 1,
        padding: int = 0,
        stride: int = 1,
        dilation: int = 1,
        dropout: float = 0.0,
        norm_layer: Callable[..., nn.Module] = nn.BatchNorm1d,
        **norm_kwargs: Any,
    ):
        shape = (input_dim, output_dim, degree, kernel_size, groups, padding, stride, dilation, dropout)
        super().__init__(nn.Conv1d, norm_layer, F.conv1d, *shape, ndim=1, **norm_kwargs)


class KAGNConv2DLayer(KAGNConvNDLayer):
    """KAGN convolution of (B, C, H, W); arguments as KAGNConvNDLayer, BatchNorm2d by default."""

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        kernel_size: int,
        degree: int = 3,
        groups: int = 1,
        padding: int = 0,
        stride: int = 1,
        dilation: int = 1,
        dropout: float = 0.0,
        norm_layer: Callable[..., nn.Module] = nn.BatchNorm2d,
        **norm_kwargs: Any,
    ):
        shape = (input_dim, output_dim, degree, kernel_size, groups, padding, stride, dilation, dropout)
        super().__init__(nn.Conv2d, norm_layer, F.conv2d, *shape, ndim=2, **norm_kwargs)


class KAGNConv3DLayer(KAGNConvNDLayer):
    """KAGN convolution of (B, C, T, H, W); arguments as KAGNConvNDLayer, BatchNorm3d by default."""

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        kernel_size: int,
        degree: int = 3,
        groups: int = 1,
        padding: int = 0,
        stride: int = 1,
        dilation: int = 1,
        dropout: float = 0.0,
        norm_layer: Callable[..., nn.Module] = nn.BatchNorm3d,
        **norm_kwargs: Any,
    ):
        shape = (input_dim, output_dim, degree, kernel_size, groups, padding, stride, dilation, dropout)
        super().__init__(nn.Conv3d, norm_layer, F.conv3d, *shape, ndim=3, **norm_kwargs)
