"""Two-dimensional selective scan: SS2D and the VSS block (VMamba, NeurIPS 2024, arXiv 2401.10166).

Liu et al., https://github.com/MzeroMiko/VMamba. The image is read along rows and columns, forwards and
backwards; each of the four sequences goes through a selective scan, and the results are summed. Tensors are
(B, H, W, C) as the authors' by default, (B, C, H, W) with ``channel_first=True``; parameter shapes are the
same in both.

The scan itself is in scan_fast (used here), scan_reference (plain loops) and scan_cuda (CUDA packages); their
functions are public through this module.
"""

import math
import re
from collections.abc import Callable

import torch
from torch import nn

from custom_layers.common import Linear2d, SiLU, stochastic_depth
from custom_layers.scan_cuda import build_selective_scan_fn
from custom_layers.scan_fast import selective_scan
from custom_layers.scan_reference import selective_scan_ref, selective_scan_ref_v2

__all__ = [
    "SS2D",
    "LayerNorm2d",
    "Mlp",
    "VSSBlock",
    "build_selective_scan_fn",
    "cross_merge",
    "cross_scan",
    "selective_scan",
    "selective_scan_ref",
    "selective_scan_ref_v2",
]

DIRECTIONS = 4


def cross_scan(x: torch.Tensor) -> torch.Tensor:
    """Read (B, C, H, W) as (B, 4, C, H * W): by rows, by columns, and both backwards.

    Plain operators on purpose: as an autograd.Function this exports to ONNX silently wrong.
    """
    xs = torch.stack((x.flatten(2), x.transpose(-1, -2).flatten(2)), 1)
    return torch.cat((xs, xs.flip(-1)), 1)


def cross_merge(ys: torch.Tensor) -> torch.Tensor:
    """Undo cross_scan's reading of (B, 4, C, H, W) and sum the four to (B, C, H * W)."""
    height, width = ys.shape[3:]
    ys = ys.flatten(3)
    ys = ys[:, :2] + ys[:, 2:].flip(-1)
    return ys[:, 0] + ys[:, 1].unflatten(2, (width, height)).transpose(-1, -2).flatten(2)


class LayerNorm2d(nn.LayerNorm):
    """LayerNorm over the channels of (B, C, H, W)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Mlp(nn.Module):
    """VMamba's MLP: Linear, activation, Linear, with dropout after each.

    Args:
        in_features: channels in.
        hidden_features: channels between; ``in_features`` when None.
        out_features: channels out; ``in_features`` when None.
        act_layer: activation.
        drop: dropout probability.
        channels_first: work on (B, C, H, W).
    """

    def __init__(
        self,
        in_features: int,
        hidden_features: int | None = None,
        out_features: int | None = None,
        act_layer: Callable[[], nn.Module] = nn.GELU,
        drop: float = 0.0,
        channels_first: bool = False,
    ):
        super().__init__()
        linear = Linear2d if channels_first else nn.Linear
        self.fc1 = linear(in_features, hidden_features or in_features)
        self.act = act_layer()
        self.fc2 = linear(hidden_features or in_features, out_features or in_features)
        self.drop = nn.Dropout(drop)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, in_features) to (B, H, W, out_features)."""
        return self.drop(self.fc2(self.drop(self.act(self.fc1(x)))))


class SS2D(nn.Module):
    """Selective scan over an image in four directions.

    Args:
        d_model: channels C.
        d_state: states N of each channel; on a CPU one state (with ``ssm_ratio=1`` and ``"v05_noz"``) is the
            sensible setting.
        ssm_ratio: inner channels over ``d_model``.
        dt_rank: rank of the step sizes; ``ceil(d_model / 16)`` when ``"auto"``.
        act_layer: activation after the convolution and of the gate.
        d_conv: side of the depth-wise convolution; none when below 2.
        conv_bias: its bias.
        dropout: dropout on the output.
        bias: bias of the projections in and out.
        dt_min: smallest initial step size.
        dt_max: largest initial step size.
        dt_init: ``"random"`` or ``"constant"`` start of the step-size projection.
        dt_scale: scale of that start.
        dt_init_floor: lower bound of the initial step sizes.
        initialize: ``"v0"`` (S4D: A = -1 ... -N), ``"v1"`` (random) or ``"v2"`` (A = -1).
        forward_type: the authors' name of the variant; all versions compute the same here. The suffix ``noz``
            drops the gate, ``nozact`` its activation.
        channel_first: work on (B, C, H, W).
        **kwargs: ignored, for the authors' older arguments.

    Raises:
        ValueError: an unknown ``forward_type``, ``initialize`` or ``dt_init``.
    """

    def __init__(
        self,
        d_model: int = 96,
        d_state: int = 16,
        ssm_ratio: float = 2.0,
        dt_rank: int | str = "auto",
        act_layer: Callable[[], nn.Module] = nn.SiLU,
        d_conv: int = 3,
        conv_bias: bool = True,
        dropout: float = 0.0,
        bias: bool = False,
        dt_min: float = 0.001,
        dt_max: float = 0.1,
        dt_init: str = "random",
        dt_scale: float = 1.0,
        dt_init_floor: float = 1e-4,
        initialize: str = "v0",
        forward_type: str = "v2",
        channel_first: bool = False,
        **kwargs,
    ):
        super().__init__()
        variant = re.fullmatch(r"v\d+((?:_?(?:no32|noz|nozact))*)", forward_type)
        if not variant or initialize not in ("v0", "v1", "v2") or dt_init not in ("random", "constant"):
            raise ValueError(
                f"SS2D: unknown forward_type={forward_type!r}, initialize={initialize!r} or "
                f"dt_init={dt_init!r}; use for instance 'v05_noz', 'v0' and 'random'."
            )
        d_inner = int(ssm_ratio * d_model)
        rank = math.ceil(d_model / 16) if dt_rank == "auto" else int(dt_rank)
        self.d_state, self.dt_rank, self.d_inner, self.channel_first = d_state, rank, d_inner, channel_first
        suffixes = re.findall(r"no32|nozact|noz", variant[1])
        self.gated, self.gate_activated = "noz" not in suffixes, "nozact" not in suffixes
        linear = Linear2d if channel_first else nn.Linear
        self.in_proj = linear(d_model, d_inner * (2 if self.gated else 1), bias=bias)
        self.act = SiLU() if act_layer is nn.SiLU else act_layer()
        self.conv2d: nn.Module = nn.Identity()
        if d_conv > 1:
            self.conv2d = nn.Conv2d(
                d_inner, d_inner, d_conv, padding=(d_conv - 1) // 2, groups=d_inner, bias=conv_bias
            )
        self.out_norm = (LayerNorm2d if channel_first else nn.LayerNorm)(d_inner)
        self.out_proj = linear(d_inner, d_model, bias=bias)
        self.dropout = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        # The projections of the four directions; the first start is nn.Linear's, as the authors'.
        width = rank + 2 * d_state
        projections = [nn.Linear(d_inner, width, bias=False).weight.detach() for _ in range(DIRECTIONS)]
        self.x_proj_weight = nn.Parameter(torch.stack(projections))
        self.dt_projs_weight = nn.Parameter(torch.empty(DIRECTIONS, d_inner, rank))
        self.dt_projs_bias = nn.Parameter(torch.empty(DIRECTIONS, d_inner))
        self.A_logs = nn.Parameter(torch.empty(DIRECTIONS * d_inner, d_state))
        self.Ds = nn.Parameter(torch.ones(DIRECTIONS * d_inner))
        self.optimizer_rules = {"A_logs": 1.0, "Ds": 1.0}  # no weight decay, as the authors
        self._start(initialize, dt_init, rank**-0.5 * dt_scale, (dt_min, dt_max), dt_init_floor)

    @torch.no_grad()
    def _start(
        self, initialize: str, dt_init: str, dt_std: float, dt_range: tuple[float, float], floor: float
    ):
        """Fill the scan's parameters."""
        if initialize == "v1":
            for parameter in (self.A_logs, self.dt_projs_weight, self.dt_projs_bias):
                parameter.normal_()
            return
        if initialize == "v2":
            self.A_logs.zero_()
            self.dt_projs_weight.uniform_(0, 0.1)
            self.dt_projs_bias.uniform_(0, 0.1)
            return
        self.A_logs.copy_(torch.arange(1, self.d_state + 1).log())
        self.dt_projs_weight.uniform_(-dt_std, dt_std)
        if dt_init == "constant":
            self.dt_projs_weight.fill_(dt_std)
        low, high = math.log(dt_range[0]), math.log(dt_range[1])
        dt = torch.empty_like(self.dt_projs_bias).uniform_(low, high).exp().clamp(min=floor)
        self.dt_projs_bias.copy_(dt + torch.log(-torch.expm1(-dt)))  # the inverse of softplus

    def forward_core(self, x: torch.Tensor) -> torch.Tensor:
        """Scan (B, d_inner, H, W) in four directions and sum; same shape."""
        xs = cross_scan(x)
        sizes = [self.dt_rank, self.d_state, self.d_state]
        dts, Bs, Cs = torch.matmul(self.x_proj_weight, xs).split(sizes, dim=2)
        dts = torch.matmul(self.dt_projs_weight, dts)
        ys = selective_scan(
            xs.flatten(1, 2),
            dts.flatten(1, 2),
            -torch.exp(self.A_logs.float()),
            Bs,
            Cs,
            self.Ds,
            delta_bias=self.dt_projs_bias.flatten(),
            delta_softplus=True,
        )
        assert isinstance(ys, torch.Tensor)
        return cross_merge(ys.unflatten(1, (DIRECTIONS, -1)).unflatten(3, x.shape[2:])).view_as(x)

    def macs(self, x: torch.Tensor, y: torch.Tensor) -> int:
        """Count the scan as 9 N FLOPs a step (mamba#110) and the four projections; the rest counts itself."""
        steps = DIRECTIONS * self.d_inner * (x.numel() // self.out_proj.out_features)
        projections = self.dt_rank + 2 * self.d_state + self.dt_rank
        return steps * projections + steps * 9 * self.d_state // 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) to the same shape."""
        x = self.in_proj(x)
        z = None
        if self.gated:
            x, z = x.chunk(2, dim=1 if self.channel_first else -1)
            z = self.act(z) if self.gate_activated else z
        x = x if self.channel_first else x.permute(0, 3, 1, 2)
        y = self.forward_core(self.act(self.conv2d(x)).contiguous())
        y = self.out_norm(y if self.channel_first else y.permute(0, 2, 3, 1))
        return self.dropout(self.out_proj(y if z is None else y * z))


class VSSBlock(nn.Module):
    """``x + DP(SS2D(LN x))``, then ``x + DP(MLP(LN x))``; either branch can be left out.

    Args:
        hidden_dim: channels C.
        drop_path: probability of dropping a branch.
        norm_layer: norm of a branch; LayerNorm for the layout when None.
        channel_first: work on (B, C, H, W).
        ssm_d_state: see SS2D.
        ssm_ratio: see SS2D; no scan branch when 0.
        ssm_dt_rank: see SS2D.
        ssm_act_layer: see SS2D.
        ssm_conv: see SS2D.
        ssm_conv_bias: see SS2D.
        ssm_drop_rate: see SS2D.
        ssm_init: see SS2D.
        forward_type: see SS2D.
        mlp_ratio: hidden channels of the MLP over C; no MLP branch when 0.
        mlp_act_layer: activation of the MLP.
        mlp_drop_rate: dropout of the MLP.
        post_norm: norm after each branch instead of before.
    """

    def __init__(
        self,
        hidden_dim: int,
        drop_path: float = 0.0,
        norm_layer: Callable[[int], nn.Module] | None = None,
        channel_first: bool = False,
        ssm_d_state: int = 16,
        ssm_ratio: float = 2.0,
        ssm_dt_rank: int | str = "auto",
        ssm_act_layer: Callable[[], nn.Module] = nn.SiLU,
        ssm_conv: int = 3,
        ssm_conv_bias: bool = True,
        ssm_drop_rate: float = 0.0,
        ssm_init: str = "v0",
        forward_type: str = "v2",
        mlp_ratio: float = 4.0,
        mlp_act_layer: Callable[[], nn.Module] = nn.GELU,
        mlp_drop_rate: float = 0.0,
        post_norm: bool = False,
    ):
        super().__init__()
        norm = norm_layer or (LayerNorm2d if channel_first else nn.LayerNorm)
        self.ssm_branch, self.mlp_branch, self.post_norm = ssm_ratio > 0, mlp_ratio > 0, post_norm
        self.drop_path = stochastic_depth(drop_path)
        if self.ssm_branch:
            self.norm = norm(hidden_dim)
            self.op = SS2D(
                hidden_dim,
                ssm_d_state,
                ssm_ratio,
                ssm_dt_rank,
                ssm_act_layer,
                ssm_conv,
                ssm_conv_bias,
                ssm_drop_rate,
                initialize=ssm_init,
                forward_type=forward_type,
                channel_first=channel_first,
            )
        if self.mlp_branch:
            self.norm2 = norm(hidden_dim)
            hidden = int(hidden_dim * mlp_ratio)
            self.mlp = Mlp(hidden_dim, hidden, None, mlp_act_layer, mlp_drop_rate, channel_first)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) to the same shape."""
        if self.ssm_branch:
            x = x + self.drop_path(self.norm(self.op(x)) if self.post_norm else self.op(self.norm(x)))
        if self.mlp_branch:
            x = x + self.drop_path(self.norm2(self.mlp(x)) if self.post_norm else self.mlp(self.norm2(x)))
        return x
