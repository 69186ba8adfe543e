"""Every layer against its formula: outputs, gradients, train and eval, half precision, memory."""

import copy
import gc
from functools import partial

import psutil
import pytest
import torch
from torch import nn

from custom_layers import cloatt, kagn_conv, metaformer, selective_scan, smpconv

from . import reference as ref

torch.set_num_threads(1)

NCHW = {
    "SMPConv": (lambda: smpconv.SMPConv(6, 7), ref.smp_conv, 6),
    "SMPConv average": (lambda: smpconv.SMPConv(6, 5, average=True), ref.smp_conv, 6),
    "SMPCNN": (lambda: smpconv.SMPCNN(6, 6, 7, 1, 6), ref.smp_cnn, 6),
    "SMPBlock": (lambda: smpconv.SMPBlock(6, 8, 7), ref.smp_block, 6),
    "SMPCNN_ConvFFN": (lambda: smpconv.SMPCNN_ConvFFN(6, 24, 6), ref.smp_ffn, 6),
    "EfficientAttention": (
        lambda: cloatt.EfficientAttention(16, 8, [3, 2, 3], [3, 5], 4),
        ref.efficient_attention,
        16,
    ),
    "EfficientAttention local": (
        lambda: cloatt.EfficientAttention(8, 4, [4, 0], [3], 4),
        ref.efficient_attention,
        8,
    ),
    "EfficientBlock": (
        lambda: cloatt.EfficientBlock(8, 8, 4, [2, 2], [3], 2, 5, 4, 1),
        ref.efficient_block,
        8,
    ),
    "EfficientBlock stride 2": (
        lambda: cloatt.EfficientBlock(8, 12, 4, [2, 2], [5], 4, 3, 4, 2),
        ref.efficient_block,
        8,
    ),
    "ConvFFN": (lambda: cloatt.ConvFFN(6, 12, 5, 2, 8), ref.clo_ffn, 6),
    "ConvolutionalGLU": (lambda: metaformer.ConvolutionalGLU(6, 12, 10), ref.glu, 6),
    "KAGN": (lambda: kagn_conv.KAGNConv2DLayer(6, 8, 3, padding=1), ref.kagn, 6),
    "KAGN groups stride": (
        lambda: kagn_conv.KAGNConv2DLayer(6, 4, 3, groups=2, degree=4, padding=2, stride=2, dilation=2),
        ref.kagn,
        6,
    ),
    "KAGN degree 0": (lambda: kagn_conv.KAGNConv2DLayer(6, 4, 3, degree=0, padding=1), ref.kagn, 6),
    "KAGN gram": (lambda: kagn_conv.KAGNConv2DLayer(6, 4, 3, padding=1, basis="gram"), ref.kagn, 6),
}
NHWC = {
    "MF_Attention": (lambda: metaformer.MF_Attention(12, head_dim=4), ref.attention),
    "MF_Attention wide head": (lambda: metaformer.MF_Attention(12), ref.attention),
    "SepConv": (lambda: metaformer.SepConv(12), ref.sep_conv),
    "Pooling": (metaformer.Pooling, ref.pooling),
    "Mlp": (lambda: metaformer.Mlp(12), ref.mlp),
    "LayerNormGeneral sample": (
        lambda: metaformer.LayerNormGeneral(12, (1, 2, 3), bias=False, eps=1e-6),
        ref.layer_norm_general,
    ),
    "LayerNormGeneral channel": (lambda: metaformer.LayerNormGeneral(12), ref.layer_norm_general),
    "LayerNormWithoutBias": (
        lambda: metaformer.LayerNormWithoutBias(12, eps=1e-6),
        ref.layer_norm_without_bias,
    ),
    "SS2D": (lambda: selective_scan.SS2D(12, d_state=3, forward_type="v0"), ref.ss2d),
    "SS2D no gate": (lambda: selective_scan.SS2D(12, 1, 1.0, forward_type="v05_noz"), ref.ss2d),
    "SS2D plain gate": (lambda: selective_scan.SS2D(12, 2, 1.0, forward_type="v3nozact"), ref.ss2d),
}
# The papers' tolerances for half precision: (relative, absolute).
HALF = {torch.float16: (3e-3, 5e-3), torch.bfloat16: (3e-2, 5e-2)}


def build(make, training):
    torch.manual_seed(0)
    return ref.randomize(make()).train(training)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", NCHW)
def test_channels_first_layers_equal_their_formula(name, training):
    make, reference, channels = NCHW[name]
    for batch, height, width in ref.SHAPES:
        layer = build(make, training)
        ref.compare(layer, reference, torch.randn(batch, channels, height, width))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", NHWC)
def test_channels_last_layers_equal_their_formula(name, training):
    make, reference = NHWC[name]
    for batch, height, width in ref.SHAPES:
        layer = build(make, training)
        ref.compare(layer, reference, torch.randn(batch, height, width, 12))


@pytest.mark.parametrize("name", [*NCHW, *NHWC])
def test_layers_compute_the_same_without_gradients(name):
    """Prediction may take other, faster paths than training."""
    layer = build((NCHW | NHWC)[name][0], False)
    x = torch.randn((2, 9, 14, 12) if name in NHWC else (2, NCHW[name][2], 9, 14))
    expected = layer(x.clone())
    with torch.no_grad():
        assert ref.relative(layer(x), expected) < 2e-6
    with torch.inference_mode():
        assert ref.relative(layer(x), expected) < 2e-6


def test_random_mixing_equals_its_formula_and_refuses_other_sizes():
    layer = metaformer.RandomMixing(6 * 9)
    ref.compare(layer, ref.random_mixing, torch.randn(2, 6, 9, 5))
    with pytest.raises(ValueError, match=r"54 tokens, got 5x9.*rect=False"):
        layer(torch.randn(1, 5, 9, 4))


MIXERS = {
    "identity": nn.Identity,
    "pooling": metaformer.Pooling,
    "sepconv": metaformer.SepConv,
    "attention": partial(metaformer.MF_Attention, head_dim=4),
    "random": partial(metaformer.RandomMixing, num_tokens=9 * 14),
}
NORMS = {
    "sample": partial(metaformer.LayerNormGeneral, normalized_dim=(1, 2, 3), bias=False, eps=1e-6),
    "channel": partial(metaformer.LayerNormGeneral, eps=1e-6),
    "without bias": partial(metaformer.LayerNormWithoutBias, eps=1e-6),
}


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("mixer", MIXERS)
@pytest.mark.parametrize("block", [metaformer.MetaFormerBlock, metaformer.MetaFormerCGLUBlock])
def test_block_is_the_papers_two_residuals_in_both_layouts(block, mixer, norm):
    options = {"norm_layer": NORMS[norm], "layer_scale_init_value": 0.3, "res_scale_init_value": 0.9}
    torch.manual_seed(0)
    layer = ref.randomize(block(12, MIXERS[mixer], **options))
    first = block(12, MIXERS[mixer], **options, channels_first=True)
    first.load_state_dict(layer.state_dict())
    x = torch.randn(2, 9, 14, 12)

    def formula(b, t):
        t = b.res_scale1.scale * t + b.layer_scale1.scale * b.token_mixer(b.norm1(t))
        return b.res_scale2.scale * t + b.layer_scale2.scale * b.mlp(b.norm2(t))

    ref.compare(layer, formula, x)
    other = first(x.detach().permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    assert ref.relative(other, layer(x)) < 2e-6
    with torch.no_grad():
        quick = first(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    assert ref.relative(quick, other) < 2e-6


def test_block_with_zero_branches_is_the_identity():
    block = metaformer.MetaFormerBlock(8, metaformer.SepConv)
    nn.init.zeros_(block.token_mixer.pwconv2.weight)
    nn.init.zeros_(block.mlp.fc2.weight)
    x = torch.randn(2, 5, 6, 8)
    assert torch.equal(block(x), x)


def test_glu_takes_the_authors_tokens():
    layer = metaformer.ConvolutionalGLU(6)
    x = torch.randn(2, 6, 5, 7)
    tokens = layer(x.flatten(2).transpose(1, 2), 5, 7)
    assert ref.relative(tokens.transpose(1, 2).view_as(x), layer(x)) < 2e-6
    assert layer.fc1.weight.shape == (8, 6)
    assert layer.dwconv.dwconv.weight.shape == (4, 1, 3, 3)


def test_activations_and_scale():
    x = torch.randn(3, 4)
    assert torch.equal(metaformer.SquaredReLU()(x), x.clamp(min=0) ** 2)
    star = metaformer.StarReLU(0.8944, -0.4472)
    assert torch.allclose(star(x), 0.8944 * x.clamp(min=0) ** 2 - 0.4472, atol=1e-6)
    assert torch.equal(metaformer.Scale(4, 0.5)(x), x * 0.5)
    assert not metaformer.Scale(4, trainable=False).scale.requires_grad


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("name", [*NCHW, *NHWC])
def test_half_precision_stays_within_the_papers_tolerance(name, dtype):
    shape = (2, 9, 14, 12)
    if name in NCHW:
        shape = (2, NCHW[name][2], 9, 14)
    layer = build((NCHW | NHWC)[name][0], False)
    x = torch.randn(shape)
    low = copy.deepcopy(layer).to(dtype)
    # The comparison starts from the same rounded numbers, as the papers' tests do.
    layer.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in low.state_dict().items()})
    relative, absolute = HALF[dtype]
    y = layer(x.to(dtype).float())
    difference = (low(x.to(dtype)).float() - y).abs()
    assert float((difference - relative * y.abs()).max()) < absolute * max(1.0, float(y.abs().max()))


@pytest.mark.parametrize("name", [*NCHW, *NHWC])
def test_memory_does_not_grow_over_200_forwards(name):
    shape = (1, 4, 5, 12) if name in NHWC else (1, NCHW[name][2], 5, 4)
    layer, x = build((NCHW | NHWC)[name][0], False), torch.randn(shape)

    def run(times):
        for _ in range(times):
            layer(x)
        gc.collect()
        return sum(type(o) is torch.Tensor for o in gc.get_objects()), psutil.Process().memory_info().rss

    tensors, size = run(200)  # as many before, so that what the first ones set up does not count
    later_tensors, later_size = run(200)
    assert later_tensors <= tensors
    assert later_size - size < 4e6
