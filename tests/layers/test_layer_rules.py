"""What layers refuse, fold and start with; the points and polynomials that the papers fix."""

import copy

import pytest
import torch
from torch import nn

from custom_layers import cloatt, kagn_conv, metaformer, smpconv
from custom_layers.common import DropPath, Linear2d, stochastic_depth

from . import reference as ref

torch.set_num_threads(1)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((8, 4), "odd"),
        ((8, 3), "at least 5"),
        ((8, 13, 42, 2), "stride=2"),
        ((8, 13, 42, 1, 0), "padding=0"),
        ((8, 13, 42, 1, 6, 1), "groups=1"),
        ((8, 13, 0), "one point"),
    ],
)
def test_smpconv_refuses_what_it_cannot_do(arguments, word):
    with pytest.raises(ValueError, match=word):
        smpconv.SMPConv(*arguments)


def test_smpcnn_refuses_a_dense_convolution():
    with pytest.raises(ValueError, match="depth-wise"):
        smpconv.SMPCNN(8, 16, 7)
    with pytest.raises(ValueError, match="stride=2"):
        smpconv.SMPCNN(8, 8, 7, 2, 8)


def test_points_lie_where_the_authors_put_them():
    layer = smpconv.SMPConv(1, 5, n_points=1)
    with torch.no_grad():
        layer.weights.fill_(1.0)
        layer.radius.fill_(0.4)
        layer.weight_coord.copy_(torch.tensor([[[1.0, 0.0]]]))
        assert layer.make_kernels()[0].argmax() == 2 * 5 + 4
        layer.weight_coord.copy_(torch.tensor([[[0.0, 1.0]]]))
        assert layer.make_kernels()[0].argmax() == 0 * 5 + 2


def test_smpconv_starts_as_the_authors_do():
    layer = smpconv.SMPConv(16, 13)
    assert layer.n_points == 13 * 13 // 4
    shapes = {name: tuple(t.shape) for name, t in layer.state_dict().items()}
    assert shapes == {
        "kernel_coord": (1, 2, 13, 13),
        "weight_coord": (1, 42, 2),
        "radius": (1, 42, 1, 1),
        "weights": (1, 16, 42),
    }
    assert torch.allclose(layer.radius, torch.tensor(4 / 13))
    assert (layer.make_kernels() != 0).float().mean() > 0.2
    with torch.no_grad():
        layer.radius[0, :2, 0, 0] = torch.tensor([-1.0, 7.0])
    layer.radius_clip()
    assert layer.radius.min().item() == pytest.approx(1e-3)
    assert layer.radius.max().item() == 1.0


def check_fold(layer, x, tolerance=1e-5):
    ref.randomize(layer).eval()
    before = layer(x)
    for module in list(layer.modules()):
        if hasattr(module, "fold"):
            module.fold()
    once = layer(x)
    for module in list(layer.modules()):
        if hasattr(module, "fold"):
            assert module.is_folded()
            module.fold()
    assert torch.equal(layer(x), once)
    assert ref.relative(once, before) < tolerance
    return layer


@pytest.mark.parametrize("kernel", [5, 9, 13, 31])
def test_smp_layers_fold_to_the_same(kernel):
    x = torch.randn(2, 6, 12, 16)
    for layer in (smpconv.SMPConv(6, kernel), smpconv.SMPBlock(6, 8, kernel)):
        check_fold(layer, x)
    block = check_fold(smpconv.SMPCNN(6, 6, kernel, 1, 6), x)
    assert [type(m) for m in block.children()] == [nn.Conv2d]
    check_fold(smpconv.SMPCNN_ConvFFN(6, 24, 6), x)


def test_clo_block_and_mlp_fold_to_the_same():
    check_fold(cloatt.EfficientBlock(8, 12, 4, [2, 2], [5], 4, 3, 4, 2), torch.randn(2, 8, 9, 14))
    assert cloatt.EfficientBlock(8, 8, 4, [2, 2], [5], 4, 3, 4, 1).is_folded()
    for layout, shape in ((False, (2, 9, 14, 8)), (True, (2, 8, 9, 14))):
        check_fold(metaformer.Mlp(8, channels_first=layout), torch.randn(shape))
        check_fold(metaformer.Mlp(8, bias=True, channels_first=layout), torch.randn(shape))


def test_merge_keeps_the_bn_eps_that_ultralytics_sets():
    layer = smpconv.SMPCNN(6, 6, 7, 1, 6)
    for bn in (layer.smp.bn, layer.small_conv.bn):
        bn.eps = 1e-1
    check_fold(layer, torch.randn(1, 6, 9, 8))


@pytest.mark.parametrize("options", [{}, {"groups": 2}, {"degree": 0}, {"padding": 1}, {"stride": 2}])
def test_kagn_folds_its_batch_norm(options):
    layer = check_fold(kagn_conv.KAGNConv2DLayer(4, 6, 3, **options), torch.randn(2, 4, 9, 8))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in layer.modules())


def test_kagn_with_the_authors_norm_has_nothing_to_fold():
    layer = kagn_conv.KAGNConv2DLayer(4, 6, 3, norm_layer=nn.InstanceNorm2d, affine=True)
    assert layer.is_folded()
    x = torch.randn(1, 4, 9, 8)
    y = layer(x)
    layer.fold()
    assert torch.equal(layer(x), y)


@pytest.mark.parametrize("ndim", [1, 3])
def test_kagn_in_one_and_three_dimensions(ndim):
    make = {1: kagn_conv.KAGNConv1DLayer, 3: kagn_conv.KAGNConv3DLayer}[ndim]
    layer = ref.randomize(make(4, 6, 3, degree=2, groups=2, padding=1))
    ref.compare(layer, ref.kagn, torch.randn(2, 4, *range(5, 5 + ndim)))
    check_fold(layer, torch.randn(2, 4, *range(5, 5 + ndim)))


def test_kagn_has_the_authors_names_and_shapes():
    layer = kagn_conv.KAGNConv2DLayer(4, 6, 3, groups=2)
    shapes = {name: tuple(p.shape) for name, p in layer.named_parameters()}
    assert shapes["base_conv.1.weight"] == (3, 2, 3, 3)
    assert shapes["poly_weights"] == (2, 3, 2 * 4, 3, 3)
    assert shapes["beta_weights"] == (4,)
    assert shapes["layer_norm.0.weight"] == (3,)


def test_kagn_refuses_what_it_cannot_do():
    for options in ({"groups": 3}, {"groups": 0}, {"degree": -1}, {"basis": "legendre"}, {"gram_points": 1}):
        with pytest.raises(ValueError, match="KAGN"):
            kagn_conv.KAGNConv2DLayer(4, 6, 3, **options)
    with pytest.raises(ValueError, match="ndim"):
        kagn_conv.KAGNConvNDLayer(nn.Conv2d, nn.BatchNorm2d, nn.functional.conv1d, 4, 6, 3, 3)


def test_gram_polynomials_are_orthogonal_on_their_points():
    m = 9
    layer = kagn_conv.KAGNConv1DLayer(1, 1, 1, degree=5, basis="gram", gram_points=m)
    t = -1 + (2 * torch.arange(m, dtype=torch.float64) + 1) / m
    basis = torch.stack([torch.ones_like(t), *layer.double().gram_poly(t)])
    basis = basis / basis.norm(dim=1, keepdim=True)
    assert torch.allclose(basis @ basis.t(), torch.eye(6, dtype=torch.float64), atol=1e-12)


def test_official_beta_constants():
    constants = [kagn_conv.beta_constant(n, "official", 0) for n in range(1, 5)]
    assert constants == pytest.approx([2.25, 33.3333, 137.8125, 362.88], rel=1e-3)


def test_kagn_dropout_drops_whole_channels_of_t():
    layer = kagn_conv.KAGNConv2DLayer(4, 6, 3, dropout=0.5)
    assert isinstance(layer.dropout, nn.Dropout2d)
    x = torch.randn(2, 4, 6, 6)
    assert not torch.equal(layer(x), layer(x))


def test_kagn_keeps_nothing_alive_and_follows_its_weights():
    layer = kagn_conv.KAGNConv2DLayer(4, 6, 3).eval()
    x = torch.randn(1, 4, 6, 6)
    before = layer(x)
    with torch.no_grad():
        layer.beta_weights.add_(0.5)
    assert not torch.allclose(layer(x), before)


def test_efficient_attention_refuses_what_does_not_fit():
    for arguments in ((10, 4, [2, 2], [3]), (8, 4, [2, 1], [3]), (8, 4, [2, 2], [3, 5]), (8, 4, [2, 2], [4])):
        with pytest.raises(ValueError, match="EfficientAttention"):
            cloatt.EfficientAttention(*arguments)
    with pytest.raises(ValueError, match="EfficientBlock"):
        cloatt.EfficientBlock(8, 16, 4, [2, 2], [3], 4, 3, 4, 1)
    assert cloatt.CloAtt is cloatt.EfficientAttention


def test_efficient_attention_has_the_authors_names():
    names = {
        n.rsplit(".", 1)[0] for n, _ in cloatt.EfficientAttention(16, 8, [3, 2, 3], [3, 5]).named_parameters()
    }
    assert names == {
        *(f"{group}.{i}" for group in ("convs", "qkvs") for i in (0, 1)),
        *(f"act_blocks.{i}.act_block.{j}" for i in (0, 1) for j in (0, 2)),
        "global_q",
        "global_kv",
        "proj",
    }


def test_drop_path_drops_whole_samples_and_keeps_the_mean():
    torch.manual_seed(0)
    layer, x = DropPath(0.25), torch.ones(4000, 2, 3)
    y = layer(x)
    assert sorted(y.flatten(1).mean(1).unique().tolist()) == pytest.approx([0, 4 / 3])
    assert set(y.unique().tolist()) == {0.0, y.max().item()}
    assert float(y.mean()) == pytest.approx(1, abs=0.05)
    assert layer.eval()(x) is x
    assert isinstance(stochastic_depth(0.0), nn.Identity)
    with pytest.raises(ValueError, match="drop_prob"):
        DropPath(1.0)


def test_linear2d_loads_both_shapes():
    layer, conv = Linear2d(3, 5), nn.Conv2d(3, 5, 1)
    layer.load_state_dict(copy.deepcopy(conv.state_dict()))
    x = torch.randn(2, 3, 4, 6)
    assert ref.relative(layer(x), conv(x)) < 2e-6


@pytest.mark.parametrize("kernel", [5, 9, 13, 15])
def test_training_gradients_of_every_path_equal_the_formula(kernel):
    for batch, height, width in ref.SHAPES:
        layer = ref.randomize(smpconv.SMPConv(6, kernel))
        ref.compare(layer, ref.smp_conv, torch.randn(batch, 6, height, width))


def test_training_a_large_kernel_stays_off_the_depthwise_cliff():
    """In the usual layout and with the usual gradients this ratio is beyond ten on CPU."""
    import time

    def step(kernel):
        layer, x = smpconv.SMPConv(32, kernel), torch.randn(1, 32, 48, 48, requires_grad=True)
        times = []
        for _ in range(4):
            start = time.perf_counter()
            layer(x).sum().backward()
            times.append(time.perf_counter() - start)
        return min(times)

    assert step(21) < 8 * step(13)
