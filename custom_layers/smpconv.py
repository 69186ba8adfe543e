"""SMPConv: self-moving point representations for continuous convolution (CVPR 2023, arXiv 2304.02330).

Kim and Park, https://github.com/sangnekim/SMPConv. A few points that move draw a large depth-wise kernel:
point i at (x_i, y_i) with radius r_i adds ``w[c, i] * relu(1 - (|y_i + t_a| + |x_i - t_b|) / r_i)`` to cell
(a, b) of channel c's kernel, t = linspace(-1, 1, k); a counts rows downwards, y points upwards. Tensors are
(B, C, H, W).
"""

import torch
import torch.nn.functional as F
from torch import nn

from custom_layers.common import Foldable, bn_scale_shift, conv_from, fold_conv_bn, stochastic_depth
from custom_layers.depthwise import depthwise_conv

MIN_RADIUS, MAX_RADIUS = 1e-3, 1.0
SMALL_KERNEL = 5


class SMPConv(Foldable):
    """Depth-wise convolution whose kernel is drawn by self-moving points.

    Args:
        planes: channels C, in and out.
        kernel_size: odd, at least 5.
        n_points: points P shared by all channels; ``kernel_size ** 2 // 4`` when None.
        stride: only 1.
        padding: only ``kernel_size // 2`` (None means that).
        groups: only ``planes`` (None means that).
        average: divide each cell by the number of points that cover it, as the authors' CIFAR code does;
            their ImageNet code (the default) does not.

    Raises:
        ValueError: a kernel size, stride, padding or groups that the layer cannot do.
    """

    kernel_coord: torch.Tensor

    def __init__(
        self,
        planes: int,
        kernel_size: int,
        n_points: int | None = None,
        stride: int = 1,
        padding: int | None = None,
        groups: int | None = None,
        average: bool = False,
    ):
        super().__init__()
        if isinstance(kernel_size, bool) or kernel_size < 5 or kernel_size % 2 == 0:
            raise ValueError(f"SMPConv needs an odd kernel_size of at least 5, got {kernel_size}.")
        if stride != 1 or padding not in (None, kernel_size // 2) or groups not in (None, planes):
            raise ValueError(
                f"SMPConv is depth-wise with stride 1 and padding kernel_size // 2; got stride={stride}, "
                f"padding={padding}, groups={groups} for {planes} channels. Downsample with a Conv before it."
            )
        n_points = kernel_size**2 // 4 if n_points is None else n_points
        if n_points < 1:
            raise ValueError(f"SMPConv needs at least one point, got n_points={n_points}.")
        self.planes, self.kernel_size, self.n_points, self.average = planes, kernel_size, n_points, average
        self.init_radius = 4.0 / kernel_size
        self.optimizer_rules = {"radius": 0.1}  # no weight decay, a tenth of the learning rate
        t = torch.linspace(-1, 1, kernel_size)
        self.register_buffer("kernel_coord", torch.stack(torch.meshgrid(t, t, indexing="ij"))[None])
        self.weight_coord = nn.Parameter(torch.empty(1, n_points, 2))
        self.radius = nn.Parameter(torch.full((1, n_points, 1, 1), self.init_radius))
        self.weights = nn.Parameter(torch.empty(1, planes, n_points))
        nn.init.trunc_normal_(self.weight_coord, std=0.2, a=-1.0, b=1.0)
        nn.init.trunc_normal_(self.weights, std=0.02)

    def make_kernels(self) -> torch.Tensor:
        """Return the kernels (C, k, k), differentiable in points, radii and weights."""
        if self.is_folded():
            return self.merged.weight[:, 0]
        t = self.kernel_coord[0, 0, :, 0]
        x, y = self.weight_coord[0].unbind(-1)
        row = (y[:, None] + t).abs()
        column = (x[:, None] - t).abs()
        g = F.relu(1 - (row[:, :, None] + column[:, None, :]) / self.radius[0])
        if self.average:
            g = g / ((g != 0).sum(0, keepdim=True).to(g.dtype) + 1e-6)
        return (self.weights[0] @ g.flatten(1)).unflatten(1, (self.kernel_size, self.kernel_size))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        return depthwise_conv(x, self.make_kernels().to(x.dtype))

    @torch.no_grad()
    def fold(self) -> None:
        """Draw the kernels once and for all; idempotent."""
        if not self.is_folded():
            shape = (self.planes, self.planes, self.kernel_size, 1, self.kernel_size // 2)
            merged = nn.Conv2d(*shape, groups=self.planes, bias=False).to(self.weights).requires_grad_(False)
            merged.weight.copy_(self.make_kernels()[:, None])
            self.merged = merged
            del self.weight_coord, self.radius, self.weights, self.kernel_coord

    def is_folded(self) -> bool:
        """Say whether the kernels are drawn."""
        return "merged" in self._modules

    def macs(self, x: torch.Tensor, y: torch.Tensor) -> int:
        """Count the convolution and, while it is drawn at every call, the kernel."""
        k2 = self.kernel_size**2
        return y.numel() * k2 + (0 if self.is_folded() else self.n_points * k2 * self.planes)

    @torch.no_grad()
    def radius_clip(self, min_radius: float = MIN_RADIUS, max_radius: float = MAX_RADIUS) -> None:
        """Clamp the radii in place; belongs after every optimizer step.

        A negative radius makes the kernel grow with distance; a tiny one covers no cell and stops learning.
        """
        if not self.is_folded():
            self.radius.clamp_(min_radius, max_radius)


def clip_radii(model: nn.Module) -> None:
    """Clamp the radii of every SMPConv inside ``model``."""
    for module in model.modules():
        if isinstance(module, SMPConv):
            module.radius_clip()


def conv_bn(
    in_channels: int, out_channels: int, kernel_size: int = 1, groups: int = 1, relu: bool = False
) -> nn.Sequential:
    """Return the authors' ``conv``, ``bn`` and optional ``nonlinear``: stride 1, same size, no bias."""
    block = nn.Sequential()
    block.add_module(
        "conv",
        nn.Conv2d(in_channels, out_channels, kernel_size, 1, kernel_size // 2, groups=groups, bias=False),
    )
    block.add_module("bn", nn.BatchNorm2d(out_channels))
    if relu:
        block.add_module("nonlinear", nn.ReLU())
    return block


class SMPCNN(Foldable):
    """``BN(SMPConv(x)) + BN(depth-wise 5x5(x))``; ``merge()`` makes one depth-wise convolution of it.

    Args:
        in_channels: channels C; must equal ``out_channels`` and ``groups``.
        out_channels: see ``in_channels``.
        kernel_size: of the SMPConv, odd, at least 5.
        stride: only 1.
        groups: see ``in_channels`` (None means that).
        n_points: points of the SMPConv; ``kernel_size ** 2 // n_points_divide`` when None.
        n_points_divide: see ``n_points``.

    Raises:
        ValueError: channels, groups or a stride that the layer cannot do (the authors' code silently builds a
            dense convolution there).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        groups: int | None = None,
        n_points: int | None = None,
        n_points_divide: int = 4,
    ):
        super().__init__()
        if in_channels != out_channels or groups not in (None, in_channels):
            raise ValueError(
                f"SMPCNN is depth-wise: in_channels, out_channels and groups must be equal, got "
                f"{in_channels}, {out_channels}, {groups}. Change the channels with a 1x1 Conv before it."
            )
        self.kernel_size, self.small_kernel = kernel_size, SMALL_KERNEL
        n_points = kernel_size**2 // n_points_divide if n_points is None else n_points
        self.smp = nn.Sequential()
        self.smp.add_module("conv", SMPConv(in_channels, kernel_size, n_points, stride))
        self.smp.add_module("bn", nn.BatchNorm2d(out_channels))
        self.small_conv = conv_bn(in_channels, out_channels, SMALL_KERNEL, in_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        if self.is_folded():
            return depthwise_conv(x, self.merged.weight[:, 0], self.merged.bias)
        # Not self.small_conv(x): on CPU the 5x5, too, trains faster through depthwise_conv.
        small = self.small_conv.conv.weight[:, 0]  # type: ignore[union-attr, index]
        return self.smp(x) + self.small_conv.bn(depthwise_conv(x, small))  # type: ignore[operator]

    @torch.no_grad()
    def merge(self) -> None:
        """Fold both branches and their BN into one depth-wise convolution, ``self.merged``; idempotent."""
        if self.is_folded():
            return
        smp: SMPConv = self.smp.conv  # type: ignore[assignment]
        small: nn.Conv2d = self.small_conv.conv  # type: ignore[assignment]
        scale, shift = bn_scale_shift(self.smp.bn)  # type: ignore[arg-type]
        small_scale, small_shift = bn_scale_shift(self.small_conv.bn)  # type: ignore[arg-type]
        border = (self.kernel_size - SMALL_KERNEL) // 2
        kernels = smp.make_kernels()[:, None] * scale.reshape(-1, 1, 1, 1)
        kernels = kernels + F.pad(small.weight * small_scale.reshape(-1, 1, 1, 1), [border] * 4)
        like = nn.Conv2d(
            smp.planes, smp.planes, self.kernel_size, 1, self.kernel_size // 2, groups=smp.planes
        )
        self.merged = conv_from(kernels, shift + small_shift, like)
        del self.smp, self.small_conv

    def is_folded(self) -> bool:
        """Say whether the branches are merged."""
        return "merged" in self._modules

    fold = merge

    def macs(self, x: torch.Tensor, y: torch.Tensor) -> int:
        """Count the small or the merged convolution; the SMPConv counts itself."""
        return y.numel() * (self.kernel_size if self.is_folded() else self.small_kernel) ** 2


class SMPCNN_ConvFFN(Foldable):
    """The authors' ConvFFN: ``x + DropPath(BN(1x1(gelu(BN(1x1(BN(x)))))))``.

    Args:
        in_channels: channels C of the input.
        internal_channels: hidden channels, 4 C in the paper.
        out_channels: must equal ``in_channels`` because of the residual.
        drop_path: probability of dropping the branch.
    """

    def __init__(self, in_channels: int, internal_channels: int, out_channels: int, drop_path: float = 0.0):
        super().__init__()
        self.drop_path = stochastic_depth(drop_path)
        self.preffn_bn: nn.Module = nn.BatchNorm2d(in_channels)
        self.pw1 = conv_bn(in_channels, internal_channels)
        self.pw2 = conv_bn(internal_channels, out_channels)
        self.nonlinear = nn.GELU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        return x + self.drop_path(self.pw2(self.nonlinear(self.pw1(self.preffn_bn(x)))))

    def is_folded(self) -> bool:
        """Say whether the three BN are folded."""
        return isinstance(self.preffn_bn, nn.Identity)

    def fold(self) -> None:
        """Fold all BN into the two 1x1 convolutions; idempotent."""
        if not self.is_folded():
            self.preffn_bn = fold_pointwise(self.preffn_bn, self.pw1)
            fold_pointwise(None, self.pw2)


class SMPBlock(Foldable):
    """``x + DropPath(BN(1x1(relu(SMPCNN(relu(BN(1x1(BN(x)))))))))``.

    Args:
        in_channels: channels C, in and out.
        dw_channels: channels of the SMPCNN inside.
        lk_size: its kernel size, odd, at least 5.
        drop_path: probability of dropping the branch.
        n_points: points of the SMPConv; ``lk_size ** 2 // n_points_divide`` when None.
        n_points_divide: see ``n_points``.
    """

    def __init__(
        self,
        in_channels: int,
        dw_channels: int,
        lk_size: int,
        drop_path: float = 0.0,
        n_points: int | None = None,
        n_points_divide: int = 4,
    ):
        super().__init__()
        self.pw1 = conv_bn(in_channels, dw_channels, relu=True)
        self.pw2 = conv_bn(dw_channels, in_channels)
        self.large_kernel = SMPCNN(
            dw_channels, dw_channels, lk_size, 1, dw_channels, n_points, n_points_divide
        )
        self.lk_nonlinear = nn.ReLU()
        self.prelkb_bn: nn.Module = nn.BatchNorm2d(in_channels)
        self.drop_path = stochastic_depth(drop_path)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        out = self.lk_nonlinear(self.large_kernel(self.pw1(self.prelkb_bn(x))))
        return x + self.drop_path(self.pw2(out))

    def is_folded(self) -> bool:
        """Say whether the BN around the SMPCNN are folded (the SMPCNN folds itself)."""
        return isinstance(self.prelkb_bn, nn.Identity)

    def fold(self) -> None:
        """Fold the BN before and after the 1x1 convolutions into them; idempotent."""
        if not self.is_folded():
            self.prelkb_bn = fold_pointwise(self.prelkb_bn, self.pw1)
            fold_pointwise(None, self.pw2)


@torch.no_grad()
def fold_pointwise(pre_bn: nn.Module | None, block: nn.Sequential) -> nn.Module:
    """Fold the BN inside a 1x1 ``conv_bn`` block, and one before it, into its convolution.

    Returns:
        What stands in for ``pre_bn`` afterwards.
    """
    conv = fold_conv_bn(block.conv, block.bn)  # type: ignore[arg-type]
    if pre_bn is not None:
        scale, shift = bn_scale_shift(pre_bn)
        assert conv.bias is not None
        conv.bias += conv.weight[:, :, 0, 0] @ shift
        conv.weight *= scale.reshape(1, -1, 1, 1)
    block.conv, block.bn = conv, nn.Identity()
    return nn.Identity()
