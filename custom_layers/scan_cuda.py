"""One selective scan function over the published CUDA packages, or over our own path where none imports.

Calling conventions of mamba_ssm's ``selective_scan_cuda`` (https://github.com/state-spaces/mamba) and of
VMamba's packages (https://github.com/MzeroMiko/VMamba, kernels/selective_scan). Not tried on a GPU here:
the tests check every convention against a stand-in package that computes with selective_scan_ref.
"""

import importlib
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from custom_layers.scan_fast import selective_scan

MODES = {
    "mamba_ssm": "selective_scan_cuda",
    "sscore": "selective_scan_cuda_core",
    "ssoflex": "selective_scan_cuda_oflex",
    "sstest": "selective_scan_cuda_test",
    "sscorendstate": "selective_scan_cuda_core_ndstate",
}
GATED = ("mamba_ssm", "sstest")  # whose kernels take z themselves


def _rows(x: torch.Tensor | None) -> torch.Tensor | None:
    """Return x with a contiguous last axis, as the kernels ask."""
    return x if x is None or x.stride(-1) == 1 else x.contiguous()


def _forward(cuda: Any, mode: str, args: tuple, z, bias, softplus: bool, nrows: int):
    """Call the package's ``fwd`` in the way of its mode; returns (out, x, *rest)."""
    if mode == "mamba_ssm":
        return cuda.fwd(*args, z, bias, softplus)
    if mode == "sstest":
        return cuda.fwd(*args, z, bias, softplus, nrows)
    if mode == "ssoflex":
        return cuda.fwd(*args, bias, softplus, nrows, True)
    return cuda.fwd(*args, bias, softplus, nrows)


def _backward(cuda: Any, mode: str, ctx, args: tuple, z, bias, dout, x, out):
    """Call the package's ``bwd`` in the way of its mode; returns (du, ..., ddelta_bias, *rest)."""
    if mode == "mamba_ssm":
        return cuda.bwd(*args, z, bias, dout, x, out, None, ctx.delta_softplus, False)
    if mode == "sstest":
        return cuda.bwd(*args, z, bias, dout, x, out, None, ctx.delta_softplus, False, ctx.backnrows)
    return cuda.bwd(*args, bias, dout, x, ctx.delta_softplus, ctx.backnrows)


def _one_state(args: tuple) -> tuple:
    """Drop the state axis, as sscorendstate's kernels ask."""
    u, delta, A, B, C, D = args
    if A.shape[-1] != 1:
        raise ValueError(f"sscorendstate takes one state, got A of shape {tuple(A.shape)}.")
    return u, delta, A.view(-1), B.squeeze(2), C.squeeze(2), D


def _make_function(cuda: Any, mode: str) -> type[torch.autograd.Function]:
    """Return the autograd.Function of one package and mode: 12 inputs, 12 gradients."""

    class SelectiveScanFn(torch.autograd.Function):
        @staticmethod
        def forward(
            ctx,
            u,
            delta,
            A,
            B,
            C,
            D=None,
            z=None,
            delta_bias=None,
            delta_softplus=False,
            return_last_state=False,
            nrows=1,
            backnrows=-1,
        ):
            ctx.delta_softplus, ctx.has_z = delta_softplus, z is not None
            ctx.squeeze_B, ctx.squeeze_C = B.ndim == 3, C.ndim == 3
            ctx._d_dtype = None if D is None else D.dtype
            ctx._delta_bias_dtype = None if delta_bias is None else delta_bias.dtype
            ctx.backnrows = backnrows if backnrows > 0 else nrows
            B, C = (m[:, None] if m.ndim == 3 else m for m in (B, C))
            D = None if D is None else D.float().contiguous()
            delta_bias = None if delta_bias is None else delta_bias.float()
            args = (_rows(u), _rows(delta), A, _rows(B), _rows(C), D)
            if mode == "sscorendstate":
                args = _one_state(args)
            out, x, *rest = _forward(cuda, mode, args, _rows(z), delta_bias, delta_softplus, nrows)
            saved = (z, out) if ctx.has_z else (None, None)
            ctx.save_for_backward(*args, delta_bias, x, *saved)
            result = rest[0] if ctx.has_z else out
            if not return_last_state:
                return result
            last_state = x[:, :, -1, 1::2]  # (B, D, N); the kernels have no gradient for it
            ctx.mark_non_differentiable(last_state)
            return result, last_state

        @staticmethod
        def backward(ctx, dout, *_):
            *args, bias, x, z, out = ctx.saved_tensors
            given = _backward(cuda, mode, ctx, tuple(args), z, bias, _rows(dout), x, out)
            du, ddelta, dA, dB, dC, dD, dbias, *rest = given
            if mode == "sscorendstate":
                dA, dB, dC = dA.unsqueeze(1), dB.unsqueeze(2), dC.unsqueeze(2)
            dB = dB.squeeze(1) if ctx.squeeze_B else dB
            dC = dC.squeeze(1) if ctx.squeeze_C else dC
            dD = None if ctx._d_dtype is None else dD.to(ctx._d_dtype)
            dbias = None if ctx._delta_bias_dtype is None else dbias.to(ctx._delta_bias_dtype)
            dz = rest[0] if ctx.has_z else None
            return du, ddelta, dA, dB, dC, dD, dz, dbias, None, None, None, None

    return SelectiveScanFn


def build_selective_scan_fn(
    selective_scan_cuda: object = None, mode: str = "mamba_ssm", tag: str | None = None
) -> Callable[..., Any]:
    """Build ``selective_scan_fn(u, delta, A, B, C, D, z, delta_bias, delta_softplus, ...)``.

    Args:
        selective_scan_cuda: the package with ``fwd`` and ``bwd``; when None, the one that belongs to the
            mode is imported, and where that fails, selective_scan in plain torch does the work.
        mode: calling convention: mamba_ssm, sscore, ssoflex, sstest or sscorendstate.
        tag: a word for the function's name.

    Returns:
        A function with the arguments of selective_scan_ref, then ``nrows`` (1 to 4) and ``backnrows``.
        Through a CUDA package the last state has no gradient.

    Raises:
        ValueError: an unknown mode.
    """
    if mode not in MODES:
        raise ValueError(f"Unknown selective scan mode {mode!r}; the modes are {', '.join(MODES)}.")
    if selective_scan_cuda is None:
        try:
            selective_scan_cuda = importlib.import_module(MODES[mode])
        except ImportError:
            selective_scan_cuda = None
    function = None if selective_scan_cuda is None else _make_function(selective_scan_cuda, mode)

    def selective_scan_fn(
        u,
        delta,
        A,
        B,
        C,
        D=None,
        z=None,
        delta_bias=None,
        delta_softplus=False,
        return_last_state=False,
        nrows=1,
        backnrows=-1,
    ):
        """Scan; see build_selective_scan_fn."""
        if function is None:
            return selective_scan(u, delta, A, B, C, D, z, delta_bias, delta_softplus, return_last_state)
        if nrows not in (1, 2, 3, 4) or u.shape[1] % nrows:
            raise ValueError(f"nrows must be 1 to 4 and divide the {u.shape[1]} channels, got {nrows}.")
        inner_z = z if mode in GATED else None
        switches = (delta_softplus, return_last_state, nrows, backnrows)
        result = function.apply(u, delta, A, B, C, D, inner_z, delta_bias, *switches)
        out, *last = result if return_last_state else (result,)
        if z is not None and mode not in GATED:
            out = out * F.silu(z)
        out = out.to(u.dtype) if mode == "ssoflex" else out
        return (out, *last) if return_last_state else out

    selective_scan_fn.__name__ = f"selective_scan_fn_{mode}" + (f"_{tag}" if tag else "")
    return selective_scan_fn
