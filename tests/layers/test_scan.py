"""The selective scan: fast path against plain loops, stability, CUDA calling conventions, reading orders."""

import itertools
from types import SimpleNamespace

import pytest
import torch

from custom_layers import scan_cuda, scan_fast, selective_scan
from custom_layers.selective_scan import (
    build_selective_scan_fn,
    cross_merge,
    cross_scan,
    selective_scan_ref,
    selective_scan_ref_v2,
)

from . import reference as ref

torch.set_num_threads(1)


def inputs(batch=2, channels=6, states=3, groups=2, length=37, complex_A=False, dtype=torch.float32, **flags):
    """Return all the tensors a scan can take, as leaves that need gradients."""
    torch.manual_seed(0)
    parts = 2 if complex_A else 1
    A = -0.5 * torch.rand(channels, states) - 0.1
    if complex_A:
        A = torch.complex(A, torch.randn(channels, states))
    shape = (batch, groups, states, length * parts) if groups else (batch, states, length * parts)
    constant = torch.complex if complex_A else lambda x, y: x
    fixed = (channels, states)
    made = {
        "u": torch.randn(batch, channels, length).to(dtype),
        "delta": (0.5 * torch.rand(batch, channels // flags.get("rows", 1), length)).to(dtype),
        "A": A,
        "B": constant(torch.randn(fixed), torch.randn(fixed))
        if flags.get("fixed_B")
        else torch.randn(shape).to(dtype),
        "C": torch.randn(shape).to(dtype),
        "D": torch.randn(channels),
        "z": torch.randn(batch, channels, length).to(dtype),
        "delta_bias": 0.5 * torch.rand(channels),
    }
    return {name: tensor.requires_grad_() for name, tensor in made.items()}


def compare(function, tensors, outputs=2e-6, gradients=5e-5, state_gradient=True, **options):
    results = []
    for f in (function, selective_scan_ref):
        out, state = f(**tensors, **options, return_last_state=True)
        loss = (out.float() * torch.linspace(-1, 1, out.numel()).view_as(out)).sum()
        if state_gradient:
            loss = loss + state.abs().sum()
        results.append((out, state, torch.autograd.grad(loss, list(tensors.values()))))
    (out, state, grads), (slow_out, slow_state, slow_grads) = results
    assert out.dtype == slow_out.dtype
    assert ref.relative(out, slow_out) < outputs
    assert ref.relative(state, slow_state) < outputs
    for a, b in zip(grads, slow_grads, strict=True):
        assert a.dtype == b.dtype
        assert ref.relative(a, b) < gradients


CASES = {
    "groups": {},
    "one group": {"groups": 1},
    "no group axis": {"groups": 0},
    "one state": {"states": 1, "length": 1},
    "long": {"states": 1, "length": 300},
    "constant B": {"fixed_B": True},
    "complex": {"complex_A": True},
    "complex constant B": {"complex_A": True, "fixed_B": True},
    "delta by groups of channels": {"rows": 3},
    "batch 1": {"batch": 1, "length": 64},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("path", [selective_scan.selective_scan, selective_scan_ref_v2])
def test_scan_equals_the_plain_loop_with_gradients_for_all_inputs(path, case):
    compare(path, inputs(**CASES[case]), delta_softplus=True)


def test_scan_without_the_optional_inputs():
    tensors = {k: v for k, v in inputs().items() if k in ["u", "delta", "A", "B", "C"]}
    compare(selective_scan.selective_scan, tensors)
    compare(selective_scan_ref_v2, tensors)
    with torch.no_grad():
        out = selective_scan.selective_scan(**tensors)
        assert ref.relative(out, selective_scan_ref(**tensors)) < 2e-6


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float16, (3e-3, 5e-3)), (torch.bfloat16, (3e-2, 5e-2))]
)
@pytest.mark.parametrize("length", [64, 372])
def test_half_precision_within_the_papers_tolerance(dtype, tolerance, length):
    tensors = inputs(dtype=dtype, length=length, channels=4, states=8)
    out = selective_scan.selective_scan(**tensors, delta_softplus=True)
    slow = selective_scan_ref(**{k: v.float() for k, v in tensors.items()}, delta_softplus=True)
    assert out.dtype == dtype
    assert torch.allclose(out.float(), slow, rtol=tolerance[0], atol=tolerance[1])


@pytest.mark.parametrize("mean_step", [0.02, 0.14, 0.72, 5.0])
def test_scan_is_finite_and_right_for_the_s4d_start(mean_step):
    """Sums of logarithms overflow here: A down to -16."""
    tensors = inputs(batch=1, channels=2, states=16, groups=1, length=400)
    tensors["A"] = -torch.arange(1.0, 17).repeat(2, 1)
    tensors["delta"] = torch.full_like(tensors["delta"], mean_step)
    out = selective_scan.selective_scan(**tensors)
    assert torch.isfinite(out).all()
    assert ref.relative(out, selective_scan_ref(**tensors)) < 2e-6


def test_doubling_used_for_export_equals_the_chunks():
    tensors = inputs(length=45)
    fast = selective_scan.selective_scan(**tensors, return_last_state=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan_fast, "is_exporting", lambda: True)
        doubling = selective_scan.selective_scan(**tensors, return_last_state=True)
    for a, b in zip(doubling, fast, strict=True):
        assert ref.relative(a, b) < 2e-6


def test_a_traced_scan_is_right_at_other_lengths():
    def scan(u):
        A = -torch.ones(u.shape[1], 1)
        return selective_scan.selective_scan(u, u.sigmoid(), A, u[:, :1], u[:, 1:2])

    traced = torch.jit.trace(scan, torch.randn(1, 4, 100), check_trace=False)
    for length in (1, 7, 100, 900):
        u = torch.randn(1, 4, length)
        torch.testing.assert_close(traced(u), scan(u), rtol=1e-4, atol=1e-5)


def test_wrong_channels_are_named():
    tensors = inputs()
    tensors["A"] = tensors["A"][:5]
    with pytest.raises(ValueError, match="u has 6 channels, A 5 rows"):
        selective_scan.selective_scan(**tensors)


def stand_in(mode):
    """A package with the calling convention of ``mode`` that computes with the plain loop."""

    def scan(args, z, bias, softplus):
        u, delta, A, B, C, D = args
        if mode == "sscorendstate":
            assert A.ndim == 1 and B.ndim == 3
            A, B, C = A[:, None], B[:, :, None], C[:, :, None]
        assert B.ndim == 4 and (D is None or D.dtype == torch.float32)
        return selective_scan_ref(u, delta, A, B, C, D, z, bias, softplus, return_last_state=True)

    def fwd(u, delta, A, B, C, D, *rest):
        z, bias, softplus = rest[:3] if mode in ("mamba_ssm", "sstest") else (None, *rest[:2])
        extra = {"mamba_ssm": 3, "sscore": 3, "ssoflex": 4, "sstest": 4, "sscorendstate": 3}
        assert len(rest) == extra[mode]
        args = (u, delta, A, B, C, D)
        out, state = scan(args, None, bias, softplus)
        x = torch.zeros(*state.shape[:2], 1, 2 * state.shape[2])
        x[:, :, 0, 1::2] = state
        gated = () if z is None else (scan(args, z, bias, softplus)[0],)
        return (out.float() if mode == "ssoflex" else out, x, *gated)

    def bwd(u, delta, A, B, C, D, *rest):
        if mode in ("mamba_ssm", "sstest"):
            z, bias, dout, _, out, _, softplus, recompute, *rows = rest
            assert recompute is False and len(rows) == (mode == "sstest")
            assert (out is None) == (z is None)
        else:
            bias, dout, _, softplus, _ = rest
            z = None
        given = [t if t is None else t.detach().requires_grad_() for t in (u, delta, A, B, C, D, bias, z)]
        with torch.enable_grad():
            out, _ = scan(given[:6], given[7], given[6], softplus)
            loss = (out * dout).sum()
        grads = iter(torch.autograd.grad(loss, [t for t in given if t is not None]))
        return tuple(next(grads) if t is not None else None for t in given)

    return SimpleNamespace(fwd=fwd, bwd=bwd)


@pytest.mark.parametrize("groups", [0, 2])
@pytest.mark.parametrize("mode", scan_cuda.MODES)
def test_every_cuda_convention_gives_the_scan_and_its_gradients(mode, groups):
    function = build_selective_scan_fn(stand_in(mode), mode)
    states = 1 if mode == "sscorendstate" else 3
    tensors = inputs(states=states, groups=groups)
    compare(function, tensors, delta_softplus=True, state_gradient=False)
    plain = {k: v for k, v in tensors.items() if k in ["u", "delta", "A", "B", "C"]}
    compare(function, plain, state_gradient=False)
    assert mode in function.__name__


def test_parameters_in_half_precision_get_gradients_of_their_dtype():
    function = build_selective_scan_fn(stand_in("mamba_ssm"), "mamba_ssm")
    tensors = inputs()
    for name in ("D", "delta_bias"):
        tensors[name] = tensors[name].detach().half().requires_grad_()
    function(**tensors).sum().backward()
    assert tensors["D"].grad.dtype == tensors["delta_bias"].grad.dtype == torch.float16


def test_without_a_package_every_mode_uses_the_own_path_and_wrong_modes_are_refused():
    tensors = inputs(states=1)
    expected = selective_scan_ref(**tensors)
    for mode in scan_cuda.MODES:
        assert ref.relative(build_selective_scan_fn(mode=mode)(**tensors), expected) < 2e-6
    with pytest.raises(ValueError, match="modes are mamba_ssm"):
        build_selective_scan_fn(mode="cuda")
    with pytest.raises(ValueError, match="nrows must be"):
        build_selective_scan_fn(stand_in("sscore"), "sscore")(**tensors, nrows=5)
    wide = inputs(states=2)
    with pytest.raises(ValueError, match="one state"):
        build_selective_scan_fn(stand_in("sscorendstate"), "sscorendstate")(**wide)


def test_cross_scan_reads_rows_and_columns_both_ways_and_merge_undoes_it():
    x = torch.randn(2, 3, 4, 5, dtype=torch.float64, requires_grad=True)
    orders = [
        [(i, j) for i, j in itertools.product(range(4), range(5))],
        [(i, j) for j, i in itertools.product(range(5), range(4))],
    ]
    orders += [orders[0][::-1], orders[1][::-1]]
    xs = cross_scan(x)
    for k, order in enumerate(orders):
        assert torch.equal(xs[:, k], torch.stack([x[:, :, i, j] for i, j in order], -1))
    merged = cross_merge(xs.unflatten(3, (4, 5)))
    assert torch.allclose(merged, 4 * x.flatten(2))
    assert torch.autograd.gradcheck(lambda t: cross_merge(cross_scan(t).unflatten(3, (4, 5)) ** 2), x)


def test_vss_block_is_two_residuals_in_both_layouts():
    torch.manual_seed(0)
    block = selective_scan.VSSBlock(8, ssm_d_state=2, forward_type="v05")
    first = selective_scan.VSSBlock(8, ssm_d_state=2, forward_type="v05", channel_first=True)
    first.load_state_dict(block.state_dict())
    x = torch.randn(2, 5, 6, 8)

    def formula(b, t):
        t = t + ref.ss2d(b.op, b.norm(t))
        h = b.norm2(t) @ b.mlp.fc1.weight.t() + b.mlp.fc1.bias
        return t + ref.gelu(h) @ b.mlp.fc2.weight.t() + b.mlp.fc2.bias

    ref.compare(block, formula, x)
    other = first(x.detach().permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    assert ref.relative(other, block(x)) < 2e-6
    post = selective_scan.VSSBlock(8, ssm_ratio=0.0, post_norm=True)
    assert not any("op." in name for name, _ in post.named_parameters())
    assert post(x).shape == x.shape


def test_ss2d_starts_as_the_paper_says_and_refuses_unknown_forms():
    layer = selective_scan.SS2D(32, d_state=4)
    assert torch.allclose(layer.A_logs.exp()[0], torch.arange(1.0, 5))
    steps = torch.nn.functional.softplus(layer.dt_projs_bias)
    assert float(steps.min()) > 9e-4 and float(steps.max()) < 0.11
    assert layer.dt_rank == 2 and layer.d_inner == 64 and torch.equal(layer.Ds, torch.ones(256))
    assert torch.equal(selective_scan.SS2D(8, initialize="v2").A_logs, torch.zeros(64, 16))
    assert (
        selective_scan.SS2D(8, initialize="v1", dt_init="constant", d_conv=1)(torch.randn(1, 3, 4, 8))
        .isfinite()
        .all()
    )
    with pytest.raises(ValueError, match="forward_type='v9x'"):
        selective_scan.SS2D(8, forward_type="v9x")
