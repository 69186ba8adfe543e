"""MetaFormer baselines (TPAMI 2024, arXiv 2210.13452) and TransNeXt's gated MLP (CVPR 2024, 2311.17132).

Yu et al., https://github.com/sail-sg/metaformer; Shi, https://github.com/DaiShiResearch/TransNeXt. The
authors' tensors are (B, H, W, C), and so are these layers' by default; with ``channels_first=True`` the same
parameters (Linear weights stay (out, in)) work on (B, C, H, W), which is what YOLO's blocks use.
ConvolutionalGLU is the exception: (B, C, H, W) by default, and the authors' tokens (B, N, C) when H and W are
given.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from custom_layers.common import Foldable, Linear2d, stochastic_depth
from custom_layers.metaformer_mixers import MF_Attention, Pooling, RandomMixing, SepConv
from custom_layers.metaformer_parts import (
    LayerNormGeneral,
    LayerNormWithoutBias,
    Scale,
    SquaredReLU,
    StarReLU,
    linear,
)

__all__ = [
    "ConvolutionalGLU",
    "LayerNormGeneral",
    "LayerNormWithoutBias",
    "MF_Attention",
    "MetaFormerBlock",
    "MetaFormerCGLUBlock",
    "Mlp",
    "Pooling",
    "RandomMixing",
    "Scale",
    "SepConv",
    "SquaredReLU",
    "StarReLU",
]


class Mlp(Foldable):
    """Two Linear with StarReLU between; ``mlp_ratio * dim`` hidden channels.

    Args:
        dim: channels in.
        mlp_ratio: hidden channels over ``dim``.
        out_features: channels out; ``dim`` when None.
        act_layer: activation.
        drop: dropout after the activation and after the output, one number or a pair.
        bias: bias in both.
        channels_first: work on (B, C, H, W).
        **kwargs: ignored.
    """

    def __init__(
        self,
        dim: int,
        mlp_ratio: float = 4,
        out_features: int | None = None,
        act_layer: Callable[[], nn.Module] = StarReLU,
        drop: float | tuple[float, float] = 0.0,
        bias: bool = False,
        channels_first: bool = False,
        **kwargs,
    ):
        super().__init__()
        drops = drop if isinstance(drop, tuple) else (drop, drop)
        hidden = int(mlp_ratio * dim)
        self.fc1 = linear(channels_first)(dim, hidden, bias=bias)
        self.act = act_layer()
        self.drop1 = nn.Dropout(drops[0])
        self.fc2 = linear(channels_first)(hidden, out_features or dim, bias=bias)
        self.drop2 = nn.Dropout(drops[1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) to (B, H, W, out_features)."""
        return self.drop2(self.fc2(self.drop1(self.act(self.fc1(x)))))

    def is_folded(self) -> bool:
        """Say whether the activation's scalars are in the second Linear."""
        return not isinstance(self.act, StarReLU)

    @torch.no_grad()
    def fold(self) -> None:
        """Move StarReLU's scale and bias into the second Linear; idempotent."""
        if not isinstance(self.act, StarReLU):
            return
        bias = self.fc2.weight.sum(1) * self.act.bias
        bias = bias if self.fc2.bias is None else bias + self.fc2.bias
        self.fc2.weight.requires_grad_(False).mul_(self.act.scale)
        self.fc2.bias = nn.Parameter(bias, requires_grad=False)
        self.act = SquaredReLU()


class DWConv(nn.Module):
    """Depth-wise 3x3 with bias on (B, C, H, W); its own module so that TransNeXt's parameter names fit."""

    def __init__(self, dim: int = 768):
        super().__init__()
        self.dwconv = nn.Conv2d(dim, dim, 3, padding=1, groups=dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        return self.dwconv(x)


class ConvolutionalGLU(nn.Module):
    """TransNeXt's gated MLP: ``fc2(act(dw3x3(a)) * v)`` with ``a, v = fc1(x)``; no residual of its own.

    Args:
        in_features: channels in.
        hidden_features: the hidden width is ``int(2 * hidden_features / 3)``; ``in_features`` when None.
        out_features: channels out; ``in_features`` when None.
        act_layer: activation of the gate.
        drop: dropout before and after the last projection.
        channels_first: 4-D inputs are (B, C, H, W); otherwise (B, H, W, C).
    """

    def __init__(
        self,
        in_features: int,
        hidden_features: int | None = None,
        out_features: int | None = None,
        act_layer: Callable[[], nn.Module] = nn.GELU,
        drop: float = 0.0,
        channels_first: bool = True,
    ):
        super().__init__()
        hidden = int(2 * (hidden_features or in_features) / 3)
        self.channels_first = channels_first
        self.fc1 = Linear2d(in_features, hidden * 2)
        self.dwconv = DWConv(hidden)
        self.act = act_layer()
        self.fc2 = Linear2d(hidden, out_features or in_features)
        self.drop = nn.Dropout(drop)

    def forward(self, x: torch.Tensor, H: int | None = None, W: int | None = None) -> torch.Tensor:
        """Map (B, in, H, W) to (B, out, H, W), or tokens (B, H * W, in) when H and W are given."""
        if H is not None and W is not None:
            return self._gate(x.transpose(1, 2).unflatten(2, (H, W))).flatten(2).transpose(1, 2)
        if not self.channels_first:
            return self._gate(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return self._gate(x)

    def _gate(self, x: torch.Tensor) -> torch.Tensor:
        a, v = self.fc1(x).chunk(2, dim=1)
        return self.drop(self.fc2(self.drop(self.act(self.dwconv(a)) * v)))


class MetaFormerBlock(nn.Module):
    """``x = res(x) + scale(DropPath(mixer(norm(x))))``, then the same with the MLP.

    Args:
        dim: channels C.
        token_mixer: called as ``token_mixer(dim=dim, drop=drop)``.
        mlp: called as ``mlp(dim, drop=drop)``.
        norm_layer: called as ``norm_layer(dim)``.
        drop: dropout inside mixer and MLP.
        drop_path: probability of dropping a branch.
        layer_scale_init_value: start of the scales on the branches; none when falsy.
        res_scale_init_value: start of the scales on the residuals; none when falsy.
        scale_trainable: train the first pair of scales (the second is always trained, as the authors').
        channels_first: work on (B, C, H, W); then mixer, MLP and norm also get ``channels_first=True``.
    """

    def __init__(
        self,
        dim: int,
        token_mixer: Callable[..., nn.Module] = nn.Identity,
        mlp: Callable[..., nn.Module] = Mlp,
        norm_layer: Callable[..., nn.Module] = nn.LayerNorm,
        drop: float = 0.0,
        drop_path: float = 0.0,
        layer_scale_init_value: float | None = None,
        res_scale_init_value: float | None = None,
        scale_trainable: bool = True,
        channels_first: bool = False,
    ):
        super().__init__()
        layout = {"channels_first": True} if channels_first else {}

        def scale(init_value: float | None, trainable: bool = True) -> nn.Module:
            return Scale(dim, init_value, trainable, channels_first) if init_value else nn.Identity()

        self.norm1 = norm_layer(dim, **layout)
        self.token_mixer = token_mixer(dim=dim, drop=drop, **layout)
        self.drop_path1 = stochastic_depth(drop_path)
        self.layer_scale1 = scale(layer_scale_init_value, scale_trainable)
        self.res_scale1 = scale(res_scale_init_value, scale_trainable)
        self.norm2 = norm_layer(dim, **layout)
        self.mlp = mlp(dim, drop=drop, **layout)
        self.drop_path2 = stochastic_depth(drop_path)
        self.layer_scale2 = scale(layer_scale_init_value)
        self.res_scale2 = scale(res_scale_init_value)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) to the same shape."""
        x = self.res_scale1(x) + self.layer_scale1(self.drop_path1(self.token_mixer(self.norm1(x))))
        return self.res_scale2(x) + self.layer_scale2(self.drop_path2(self.mlp(self.norm2(x))))


class MetaFormerCGLUBlock(MetaFormerBlock):
    """A MetaFormerBlock whose MLP is the ConvolutionalGLU; same arguments."""

    def __init__(self, dim: int, token_mixer: Callable[..., nn.Module] = nn.Identity, mlp=None, **kwargs):
        layout = kwargs.get("channels_first", False)
        mlp = mlp or partial(ConvolutionalGLU, channels_first=layout)
        super().__init__(dim, token_mixer, mlp, **kwargs)
