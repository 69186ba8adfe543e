"""YOLO11's blocks with the custom layers inside, under the names people know from YAML files.

A ``C3k2_X`` row takes what a C3k2 row takes, then its own options: (c1, c2, n, c3k, e, options..., g,
shortcut); c3k stays at index 3, where Ultralytics sets it for the scales m, l and x. Tensors are (B, C, H,
W).
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import nn
from ultralytics.nn.modules.block import C2PSA, C3, Bottleneck, C2f, PSABlock

from custom_layers.cloatt import EfficientAttention
from custom_layers.common import stochastic_depth
from custom_layers.kagn_conv import KAGNConv2DLayer
from custom_layers.metaformer import ConvolutionalGLU, Scale
from custom_layers.registry import register_layer
from custom_layers.selective_scan import VSSBlock
from custom_layers.smpconv import SMPBlock, SMPConv

Block = Callable[[int], nn.Module]  # makes the inner block for c channels


class C3kOf(C3):
    """Ultralytics' C3k around any inner blocks: two 1x1 branches, the blocks on one, 1x1 over both."""

    def __init__(self, c: int, block: Block, n: int, shortcut: bool, g: int):
        super().__init__(c, c, 0, shortcut, g)
        self.m = nn.Sequential(*(block(c // 2) for _ in range(n)))


class C3k2Of(C2f):
    """Ultralytics' C3k2 around any inner blocks, which are wrapped in C3kOf when ``c3k`` is set.

    Args:
        c1: channels in.
        c2: channels out.
        n: inner blocks.
        c3k: wrap each in C3kOf.
        e: hidden channels over ``c2``.
        block: makes an inner block.
        g: groups of the Bottleneck that C2f knows.
        shortcut: residual of the Bottleneck that C2f knows.
        inner: blocks inside each C3kOf.
    """

    def __init__(
        self,
        c1: int,
        c2: int,
        n: int,
        c3k: bool,
        e: float,
        block: Block,
        g: int = 1,
        shortcut: bool = True,
        inner: int = 2,
    ):
        if not isinstance(c3k, bool):
            raise ValueError(f"c3k (after the channels in the row) must be True or False, got {c3k!r}.")
        super().__init__(c1, c2, 0, shortcut, g, e)
        self.cv2 = type(self.cv2)((2 + n) * self.c, c2, 1)
        made = (C3kOf(self.c, block, inner, shortcut, g) if c3k else block(self.c) for _ in range(n))
        self.m = nn.ModuleList(made)


class SMPCGLU(nn.Module):
    """``h = SiLU(SMPConv(x))``, ``x + DropPath(h + CGLU(h))``.

    The inner ``h +`` is the community block's (its GLU had a residual of its own); ours is written here,
    and the GLU is the paper's.
    """

    def __init__(self, c: int, kernel_size: int = 13, n_points: int | None = None, drop_path: float = 0.1):
        super().__init__()
        self.smp = SMPConv(c, kernel_size, n_points)
        self.act = nn.SiLU()
        self.mlp = ConvolutionalGLU(c)
        self.drop_path = stochastic_depth(drop_path)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        h = self.act(self.smp(x))
        return x + self.drop_path(h + self.mlp(h))


@register_layer(like="C3k2", paper="arXiv 2304.02330", changes="large moving-point kernel + gated MLP")
class C3k2_SMPCGLU(C3k2Of):
    """C3k2 of SMPCGLU blocks; options ``kernel_size`` (odd, 5 to 13 stays fast on CPU) and ``n_points``."""

    def __init__(self, c1, c2, n=1, c3k=False, e=0.5, kernel_size=13, n_points=None, g=1, shortcut=True):
        block = partial(SMPCGLU, kernel_size=kernel_size, n_points=n_points)
        super().__init__(c1, c2, n, c3k, e, block, g, shortcut)


@register_layer(like="C3k2", paper="arXiv 2304.02330", changes="moving-point kernel, merges to one conv")
class C3k2_SMP(C3k2Of):
    """C3k2 of SMPBlock; options ``kernel_size`` and ``n_points``."""

    def __init__(self, c1, c2, n=1, c3k=False, e=0.5, kernel_size=13, n_points=None, g=1, shortcut=True):
        def block(c: int) -> nn.Module:
            return SMPBlock(c, c, kernel_size, n_points=n_points)

        super().__init__(c1, c2, n, c3k, e, block, g, shortcut)


class BottleneckCloAtt(Bottleneck):
    """Bottleneck with CloAtt after its second convolution: ``x + CloAtt(cv2(cv1(x)))``."""

    def __init__(self, c: int, num_heads: int, group_split: Sequence[int], kernel_sizes, window_size: int):
        super().__init__(c, c, e=1.0)
        self.attention = EfficientAttention(c, num_heads, group_split, kernel_sizes, window_size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        y = self.attention(self.cv2(self.cv1(x)))
        return x + y if self.add else y


@register_layer(like="C3k2", paper="arXiv 2303.17803", changes="CloFormer's local and pooled attention")
class C3k2_CloAtt(C3k2Of):
    """C3k2 of BottleneckCloAtt; options ``window_size``, ``num_heads``, ``group_split``, ``kernel_sizes``."""

    bottleneck: type[BottleneckCloAtt] = BottleneckCloAtt

    def __init__(
        self,
        c1,
        c2,
        n=1,
        c3k=False,
        e=0.5,
        window_size=4,
        num_heads=8,
        group_split=(4, 4),
        kernel_sizes=(5,),
        g=1,
        shortcut=True,
    ):
        def block(c: int) -> nn.Module:
            return self.bottleneck(c, num_heads, group_split, kernel_sizes, window_size)

        super().__init__(c1, c2, n, c3k, e, block, g, shortcut)


class BottleneckCloResidual(BottleneckCloAtt):
    """Bottleneck with CloAtt beside its convolutions: ``x + s * h + CloAtt(h)`` with ``h = cv2(cv1(x))``.

    The attention's last projection starts at zero and the scale s (C,) at one, so a new block computes what
    Ultralytics' Bottleneck with the same weights does and learns its attention from there, as in Bachlechner
    et al., "ReZero is All You Need" (arXiv 2003.04887). With s = 0 it is BottleneckCloAtt.
    """

    def __init__(self, c: int, num_heads: int, group_split: Sequence[int], kernel_sizes, window_size: int):
        super().__init__(c, num_heads, group_split, kernel_sizes, window_size)
        nn.init.zeros_(self.attention.proj.weight)
        if self.attention.proj.bias is not None:
            nn.init.zeros_(self.attention.proj.bias)
        self.scale = Scale(c, channels_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        h = self.cv2(self.cv1(x))
        y = self.scale(h) + self.attention(h)
        return x + y if self.add else y


@register_layer(like="C3k2", paper="arXiv 2303.17803", changes="CloAtt that starts as the plain C3k2")
class C3k2_CloResidual(C3k2_CloAtt):
    """C3k2 of BottleneckCloResidual; options as C3k2_CloAtt's."""

    bottleneck = BottleneckCloResidual


KAN_LAYERS = {"KAGNConv2DLayer": KAGNConv2DLayer}


class BottleneckKAN(nn.Module):
    """Bottleneck whose two convolutions are KAN convolutions."""

    def __init__(self, c: int, kan: str, degree: int, shortcut: bool, e: float):
        super().__init__()
        if kan not in KAN_LAYERS:
            raise ValueError(f"Unknown KAN layer {kan!r}; there is {', '.join(KAN_LAYERS)}.")
        self.cv1 = KAN_LAYERS[kan](c, int(c * e), 3, degree=degree, padding=1)
        self.cv2 = KAN_LAYERS[kan](int(c * e), c, 3, degree=degree, padding=1)
        self.add = shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        y = self.cv2(self.cv1(x))
        return x + y if self.add else y


@register_layer(like="C3k2", paper="arXiv 2407.01092", changes="Gram polynomial KAN convolutions")
class C3k2_KAN(C3k2Of):
    """C3k2 of BottleneckKAN; options ``kan`` (``"KAGNConv2DLayer"``) and ``degree``."""

    def __init__(self, c1, c2, n=1, c3k=False, e=0.5, kan="KAGNConv2DLayer", degree=3, g=1, shortcut=True):
        def block(c: int) -> nn.Module:
            return BottleneckKAN(c, kan, degree, shortcut, 1.0 if c3k else 0.5)

        super().__init__(c1, c2, n, c3k, e, block, g, shortcut)


def _vss(c: int, d_state: int, ssm_ratio: float) -> VSSBlock:
    """Return VMamba's final setting for a CPU: no gate and no MLP."""
    return VSSBlock(
        c,
        drop_path=0.2,
        channel_first=True,
        ssm_d_state=d_state,
        ssm_ratio=ssm_ratio,
        forward_type="v05_noz",
        mlp_ratio=0.0,
    )


class BottleneckVSS(Bottleneck):
    """Bottleneck whose second convolution is a VSS block."""

    def __init__(self, c: int, d_state: int, ssm_ratio: float):
        super().__init__(c, c, e=1.0)
        self.cv2 = _vss(c, d_state, ssm_ratio)  # type: ignore[assignment]


@register_layer(like="C3k2", paper="arXiv 2401.10166", changes="a selective scan after each convolution")
class C3k2_VSS(C3k2Of):
    """C3k2 of BottleneckVSS; options ``d_state`` and ``ssm_ratio`` (1 and 1 are the ones for a CPU)."""

    def __init__(self, c1, c2, n=1, c3k=False, e=0.5, d_state=1, ssm_ratio=1.0, g=1, shortcut=True):
        block = partial(BottleneckVSS, d_state=d_state, ssm_ratio=ssm_ratio)
        super().__init__(c1, c2, n, c3k, e, block, g, shortcut)


@register_layer(like="C3k2", paper="arXiv 2401.10166", changes="selective scans instead of convolutions")
class C3k2_LVMB(C3k2Of):
    """C3k2 of VSS blocks; options ``d_state`` and ``ssm_ratio``."""

    def __init__(self, c1, c2, n=1, c3k=False, e=0.5, d_state=1, ssm_ratio=1.0, g=1, shortcut=True):
        block = partial(_vss, d_state=d_state, ssm_ratio=ssm_ratio)
        super().__init__(c1, c2, n, c3k, e, block, g, shortcut)


class PSABlockCGLU(PSABlock):
    """PSABlock whose feed-forward part is the ConvolutionalGLU."""

    def __init__(self, c: int, num_heads: int):
        super().__init__(c, attn_ratio=0.5, num_heads=num_heads)
        self.ffn = ConvolutionalGLU(c, 2 * c, c)  # type: ignore[assignment]


@register_layer(like="C2PSA", paper="arXiv 2311.17132", changes="gated MLP in the attention block")
class C2PSA_CGLU(C2PSA):
    """C2PSA of PSABlockCGLU."""

    def __init__(self, c1: int, c2: int, n: int = 1, e: float = 0.5):
        if c1 != c2:
            raise ValueError(f"C2PSA_CGLU keeps the channels, got {c1} in and {c2} out.")
        super().__init__(c1, c2, 0, e)
        heads = max(self.c // 64, 1)
        self.m = nn.Sequential(*(PSABlockCGLU(self.c, heads) for _ in range(n)))


for _cls, _like, _paper in (
    (EfficientAttention, "Same", "arXiv 2303.17803"),
    (SMPConv, "Same", "arXiv 2304.02330"),
    (KAGNConv2DLayer, "Conv", "arXiv 2407.01092"),
):
    register_layer(like=_like, paper=_paper, changes="the layer itself as a row")(_cls)
