"""The selective scan written out as plain loops: slow, and what the fast paths are compared with.

Gu and Dao, "Mamba" (arXiv 2312.00752), https://github.com/state-spaces/mamba; second form after VMamba
(arXiv 2401.10166), https://github.com/MzeroMiko/VMamba. With ``delta' = softplus(delta + delta_bias)`` (both
optional): ``h_t = exp(delta'_t A) h_{t-1} + delta'_t B_t u_t``, ``y_t = <C_t, h_t> + D u_t``,
``out = y * SiLU(z)``.
"""

import torch
import torch.nn.functional as F


def compute_dtype(u: torch.Tensor) -> torch.dtype:
    """Return the dtype of the recurrence: float32, or float64 for float64 inputs."""
    return torch.promote_types(u.dtype, torch.float32)


def positive_delta(
    u: torch.Tensor, delta: torch.Tensor, delta_bias: torch.Tensor | None, delta_softplus: bool
) -> torch.Tensor:
    """Return delta' (B, D, L); each row of a grouped delta (B, D / r, L) serves r channels."""
    delta = delta.to(compute_dtype(u))
    if delta_bias is not None and delta_bias.shape[0] == delta.shape[1]:
        delta = delta + delta_bias.to(delta.dtype)[:, None]
        delta_bias = None
    delta = (
        delta.repeat_interleave(u.shape[1] // delta.shape[1], 1) if delta.shape[1] != u.shape[1] else delta
    )
    if delta_bias is not None:
        delta = delta + delta_bias.to(delta.dtype)[:, None]
    return F.softplus(delta) if delta_softplus else delta


def as_complex(x: torch.Tensor) -> torch.Tensor:
    """Read (..., 2L) of interleaved real and imaginary parts as complex (..., L)."""
    return torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())


def finish(
    y: torch.Tensor, u: torch.Tensor, D: torch.Tensor | None, z: torch.Tensor | None, dtype: torch.dtype
) -> torch.Tensor:
    """Add ``D * u``, gate with ``SiLU(z)`` and return (B, D, L) in ``dtype``."""
    y = y if D is None else y + u.to(y.dtype) * D.to(y.dtype)[:, None]
    y = y if z is None else y * F.silu(z.to(y.dtype))
    return y.to(dtype)


def _per_channel(x: torch.Tensor, channels: int, is_complex: bool, dtype: torch.dtype) -> torch.Tensor:
    """Expand B or C to (B or 1, D, N, L or 1)."""
    if x.ndim == 2:
        return x[None, :, :, None]
    x = as_complex(x.to(dtype)) if is_complex else x.to(dtype)
    x = x[:, None] if x.ndim == 3 else x
    return x.repeat_interleave(channels // x.shape[1], 1)


def selective_scan_ref(
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
    """Scan one step after the other.

    Args:
        u: (B, D, L).
        delta: (B, D, L), or (B, D / r, L) where each row serves r channels.
        A: (D, N), negative real part; complex allowed.
        B: (D, N), (B, N, L) or (B, G, N, L), where channel d belongs to group d // (D / G); with complex A
            the last two have 2L interleaved real and imaginary parts.
        C: as B.
        D: (D,) or None.
        z: (B, D, L) or None.
        delta_bias: (D,) or None.
        delta_softplus: apply softplus to delta.
        return_last_state: also return the last state.

    Returns:
        (B, D, L) in u's dtype, and the last state (B, D, N) when asked for.
    """
    dtype, channels = compute_dtype(u), u.shape[1]
    dt, x = positive_delta(u, delta, delta_bias, delta_softplus), u.to(dtype)
    B4, C4 = (_per_channel(m, channels, A.is_complex(), dtype) for m in (B, C))
    length = u.shape[2]
    B4, C4 = (m.expand(-1, -1, -1, length) for m in (B4, C4))
    state = torch.zeros(u.shape[0], *A.shape, dtype=A.dtype if A.is_complex() else dtype, device=u.device)
    outputs = []
    for t in range(length):
        step = dt[:, :, t, None]
        state = torch.exp(step * A) * state + step * x[:, :, t, None] * B4[..., t]
        y = (state * C4[..., t]).sum(-1)
        outputs.append(2 * y.real if A.is_complex() else y)
    out = finish(torch.stack(outputs, 2), u, D, z, u.dtype)
    return (out, state) if return_last_state else out


def selective_scan_ref_v2(
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
    """Scan with all factors made before the loop; arguments and result as selective_scan_ref."""
    dtype, channels = compute_dtype(u), u.shape[1]
    dt = positive_delta(u, delta, delta_bias, delta_softplus)
    B4, C4 = (_per_channel(m, channels, A.is_complex(), dtype) for m in (B, C))
    decay = torch.exp(dt[:, :, None] * A[None, :, :, None])
    drive = (dt * u.to(dtype))[:, :, None] * B4
    states, state = [], torch.zeros_like(drive[..., 0])
    for a, b in zip(decay.unbind(-1), drive.unbind(-1), strict=True):
        state = a * state + b
        states.append(state)
    y = (torch.stack(states, -1) * C4).sum(2)
    out = finish(2 * y.real if A.is_complex() else y, u, D, z, u.dtype)
    return (out, state) if return_last_state else out
