"""The selective scan, fast on any device in plain torch, and traceable for export.

The sequence is cut into m chunks of T steps. All chunks advance together, T vectorised steps; then m steps
carry the state from chunk to chunk. Only products of factors exp(delta A) <= 1 occur, never a division by
one, so it is safe for the S4D start A = -1 ... -16, where sums of logarithms overflow. While exporting,
doubling steps (Hillis and Steele) take over: fewer nodes, and no autograd.Function.
"""

import math

import torch
import torch.nn.functional as F

from custom_layers.common import is_exporting
from custom_layers.scan_reference import as_complex, compute_dtype, finish, positive_delta

LONGEST_EXPORTED = 2**15
"""Tokens that an exported scan reaches over: a picture of 1280 x 1280 has 25,600 at stride 8."""


def _shift_chunks(x: torch.Tensor, by: int) -> torch.Tensor:
    """Move the last axis by +1 or -1 chunk, zeros coming in."""
    return F.pad(x[..., :-1], (1, 0)) if by > 0 else F.pad(x[..., 1:], (0, 1))


def _carry(product: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
    """Return the state that enters each chunk, from each chunk's product and last local state (..., m)."""
    products = product.movedim(-1, 0).contiguous().unbind(0)
    lasts = last.movedim(-1, 0).contiguous().unbind(0)
    state = torch.zeros_like(lasts[0])
    entering = [state]
    for p, h in zip(products[:-1], lasts[:-1], strict=True):
        state = torch.addcmul(h, p, state)
        entering.append(state)
    return torch.stack(entering, -1)


def recurrence_(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Solve ``h_t = a_t h_{t-1} + b_t`` in place; step t of chunk j is at [..., t, j].

    Args:
        a: factors (..., T, m); overwritten.
        b: inputs (..., T, m); overwritten with the states.

    Returns:
        ``b``.
    """
    steps_a, steps_b = a.unbind(-2), b.unbind(-2)
    for t in range(1, len(steps_a)):
        steps_b[t].addcmul_(steps_a[t], steps_b[t - 1])
        steps_a[t].mul_(steps_a[t - 1])
    if b.shape[-1] > 1:
        b.addcmul_(a, _carry(steps_a[-1], steps_b[-1])[..., None, :])
    return b


class Recurrence(torch.autograd.Function):
    """``h_t = a_t h_{t-1} + b_t``; its gradient is the same recurrence backwards in time."""

    @staticmethod
    def forward(ctx, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Return the states (..., T, m) of factors and inputs (..., T, m)."""
        h = recurrence_(a.clone(), b.clone())
        ctx.save_for_backward(a, h)
        return h

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the gradients of factors and inputs."""
        a, h = ctx.saved_tensors
        # Backwards, the factor of step t is the one of the step after it.
        following = torch.cat((a[..., 1:, :], _shift_chunks(a[..., :1, :], -1)), -2).conj()
        g = recurrence_(following.flip(-2, -1), grad.flip(-2, -1)).flip(-2, -1)
        before = torch.cat((_shift_chunks(h[..., -1:, :], +1), h[..., :-1, :]), -2)
        return g * before.conj(), g


def _doubling(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Solve the recurrence along the last axis in log2(L) steps of plain operators.

    A tracer records the steps of the one length that it sees, so there are as many as the longest sequence
    needs, whatever this one's length; a step that spans more than the sequence changes nothing.
    """
    length, span = a.shape[-1], 1
    while span < LONGEST_EXPORTED:
        b = b + a * F.pad(b, (span, 0))[..., :length]
        a = a * F.pad(a, (span, 0), value=1.0)[..., :length]
        span *= 2
    return b


def _grouped(
    x: torch.Tensor, groups: int, channels: int, is_complex: bool, dtype: torch.dtype
) -> torch.Tensor:
    """Shape B or C as (B or 1, G, D / G or 1, N, L or 1)."""
    if x.ndim == 2:
        return x.reshape(1, groups, channels // groups, -1, 1)
    x = as_complex(x.to(dtype)) if is_complex else x.to(dtype)
    x = x[:, None] if x.ndim == 3 else x
    return x.repeat_interleave(groups // x.shape[1], 1)[:, :, None]


def _check(u: torch.Tensor, A: torch.Tensor, B: torch.Tensor, C: torch.Tensor) -> int:
    """Return the number of groups, or raise ValueError."""
    groups = max(m.shape[1] if m.ndim == 4 else 1 for m in (B, C))
    sizes = [m.shape[1] if m.ndim == 4 else 1 for m in (B, C)]
    if u.shape[1] != A.shape[0] or u.shape[1] % groups or any(groups % size for size in sizes):
        raise ValueError(
            f"selective_scan: u has {u.shape[1]} channels, A {A.shape[0]} rows; the groups {sizes} of B and "
            f"C must divide the channels and each other."
        )
    return groups


def selective_scan(
    u: torch.Tensor,
    delta: torch.Tensor,
    A: torch.Tensor,
    B: torch.Tensor,
    C: torch.Tensor,
    D: torch.Tensor | None = None,
    z: torch.Tensor | None = None,
    delta_bias: torch.Tensor | None = None,
    delta_softplus: bool = False,
    return_last_state: bool = False,
) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
    """Scan in chunks; arguments and result as selective_scan_ref.

    Raises:
        ValueError: channels and groups that do not fit together.
    """
    groups, dtype = _check(u, A, B, C), compute_dtype(u)
    split = (groups, u.shape[1] // groups)
    dt = positive_delta(u, delta, delta_bias, delta_softplus)
    du = (dt * u.to(dtype)).unflatten(1, split)
    B5, C5 = (_grouped(m, groups, u.shape[1], A.is_complex(), dtype) for m in (B, C))
    states = zip(A.unflatten(0, split).unbind(-1), B5.unbind(3), C5.unbind(3), strict=True)
    solve = _scan_doubling if is_exporting() else _scan_chunked
    y, last = solve(dt.unflatten(1, split), du, list(states))
    out = finish((2 * y.real if A.is_complex() else y).flatten(1, 2), u, D, z, u.dtype)
    return (out, torch.stack(last, -1).flatten(1, 2)) if return_last_state else out


States = list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]


def _scan_doubling(
    dt: torch.Tensor, du: torch.Tensor, states: States
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Return y (B, G, D / G, L) and the last states, one (B, G, D / G) per state."""
    y: torch.Tensor | float = 0.0
    last = []
    for A, B, C in states:
        h = _doubling(torch.exp(dt * A[..., None]), du * B)
        y = y + h * C
        last.append(h[..., -1])
    assert isinstance(y, torch.Tensor)
    return y, last


def _scan_chunked(
    dt: torch.Tensor, du: torch.Tensor, states: States
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """As _scan_doubling; one state after the other, so that the working set stays in the cache."""
    length = dt.shape[-1]
    steps = max(1, math.isqrt(length))
    chunks = -(-length // steps)

    def fold(x: torch.Tensor) -> torch.Tensor:
        """Reorder (..., L) to (..., T, m); the padding leaves the last state alone, as delta is 0 there."""
        if x.shape[-1] == 1:
            return x[..., None]
        return (
            F.pad(x, (0, chunks * steps - length))
            .unflatten(-1, (chunks, steps))
            .transpose(-1, -2)
            .contiguous()
        )

    dt, du = fold(dt), fold(du)
    learning = torch.is_grad_enabled() and any(x.requires_grad for x in (dt, du, *states[0]))
    dtype = torch.promote_types(dt.dtype, states[0][0].dtype)
    y = torch.zeros_like(dt, dtype=dtype)
    # Without gradients one pair of buffers serves all states: fresh memory costs more than the arithmetic.
    a, b = (None, None) if learning else (torch.empty_like(y), torch.empty_like(y))
    last = []
    for A, B, C in states:
        a = torch.mul(dt, A[..., None, None], out=a)
        b = torch.mul(du, fold(B), out=b)
        if learning:
            h = Recurrence.apply(torch.exp(a), b)
            y, a, b = torch.addcmul(y, h, fold(C)), None, None
        else:
            h = recurrence_(a.exp_(), b)
            y.addcmul_(h, fold(C))
        last.append(h[..., -1, -1].clone())
    return y.transpose(-1, -2).flatten(-2)[..., :length], last
