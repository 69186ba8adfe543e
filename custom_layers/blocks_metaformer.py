"""C3k2 with MetaFormer blocks inside: five token mixers, each with the plain or the gated MLP.

As in the paper, Identity, RandomMixing and Pooling normalise over the whole sample, Conv and Ca (attention)
over the channels. With c3k the C3k holds n blocks.
"""

from collections.abc import Callable
from functools import partial

from torch import nn

from custom_layers.blocks import C3k2Of
from custom_layers.metaformer import (
    LayerNormGeneral,
    LayerNormWithoutBias,
    MetaFormerBlock,
    MetaFormerCGLUBlock,
    MF_Attention,
    Pooling,
    RandomMixing,
    SepConv,
)
from custom_layers.registry import register_layer

PAPER = "arXiv 2210.13452"
SampleNorm = partial(LayerNormGeneral, normalized_dim=(1, 2, 3), bias=False, eps=1e-6)
ChannelNorm = partial(LayerNormWithoutBias, eps=1e-6)


class Keep(nn.Identity):
    """The mixer that mixes nothing; takes and ignores a mixer's arguments."""


class C3k2MetaFormer(C3k2Of):
    """C3k2 of MetaFormer blocks; a subclass chooses mixer, norm and MLP."""

    mixer: Callable[..., nn.Module] = Keep
    norm: Callable[..., nn.Module] = SampleNorm
    block_class: type[MetaFormerBlock] = MetaFormerBlock

    def __init__(self, c1, c2, n=1, c3k=False, e=0.5, g=1, shortcut=True, **mixer_options):
        kind = type(self)
        mixer = partial(kind.mixer, **mixer_options)

        def block(c: int) -> nn.Module:
            return kind.block_class(c, mixer, norm_layer=kind.norm, channels_first=True)

        super().__init__(c1, c2, n, c3k, e, block, g, shortcut, inner=n)


@register_layer(like="C3k2", paper=PAPER, changes="no mixing at all, only MLPs")
class C3k2_IdentityFormer(C3k2MetaFormer):
    """C3k2 of IdentityFormer blocks."""


@register_layer(like="C3k2", paper=PAPER, changes="no mixing, gated MLP")
class C3k2_IdentityFormerCGLU(C3k2_IdentityFormer):
    """C3k2 of IdentityFormer blocks with the gated MLP."""

    block_class = MetaFormerCGLUBlock


@register_layer(like="C3k2", paper=PAPER, changes="3x3 pooling as mixer")
class C3k2_PoolingFormer(C3k2MetaFormer):
    """C3k2 of PoolFormerV2 blocks."""

    mixer = Pooling


@register_layer(like="C3k2", paper=PAPER, changes="3x3 pooling as mixer, gated MLP")
class C3k2_PoolingFormerCGLU(C3k2_PoolingFormer):
    """C3k2 of PoolFormerV2 blocks with the gated MLP."""

    block_class = MetaFormerCGLUBlock


@register_layer(like="C3k2", paper=PAPER, changes="7x7 separable convolution as mixer")
class C3k2_ConvFormer(C3k2MetaFormer):
    """C3k2 of ConvFormer blocks."""

    mixer = SepConv
    norm = ChannelNorm


@register_layer(like="C3k2", paper=PAPER, changes="7x7 separable convolution as mixer, gated MLP")
class C3k2_ConvFormerCGLU(C3k2_ConvFormer):
    """C3k2 of ConvFormer blocks with the gated MLP."""

    block_class = MetaFormerCGLUBlock


@register_layer(like="C3k2", paper=PAPER, changes="self-attention as mixer")
class C3k2_CaFormer(C3k2MetaFormer):
    """C3k2 of attention blocks; for the small maps of layers 6 and 8."""

    mixer = MF_Attention
    norm = ChannelNorm


@register_layer(like="C3k2", paper=PAPER, changes="self-attention as mixer, gated MLP")
class C3k2_CaFormerCGLU(C3k2_CaFormer):
    """C3k2 of attention blocks with the gated MLP."""

    block_class = MetaFormerCGLUBlock


@register_layer(
    ("C3k2_RandomMixing", "C3k2_RandomMixingFormer"),
    like="C3k2",
    paper=PAPER,
    changes="frozen random mixing; one image size only",
)
class C3k2_RandomMixing(C3k2MetaFormer):
    """C3k2 of RandFormer blocks; option ``num_tokens``: at 640x640 1600 in layer 6, 400 in layer 8."""

    mixer = RandomMixing

    def __init__(self, c1, c2, n=1, c3k=False, e=0.5, num_tokens=400, g=1, shortcut=True):
        super().__init__(c1, c2, n, c3k, e, g, shortcut, num_tokens=num_tokens)


@register_layer(
    ("C3k2_RandomMixingCGLU", "C3k2_RandomMixingFormerCGLU"),
    like="C3k2",
    paper=PAPER,
    changes="frozen random mixing, gated MLP; one image size only",
)
class C3k2_RandomMixingCGLU(C3k2_RandomMixing):
    """C3k2 of RandFormer blocks with the gated MLP."""

    block_class = MetaFormerCGLUBlock
