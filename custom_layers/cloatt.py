"""CloFormer's attention: local convolution with context-aware weights beside pooled global attention.

Fan et al., "Rethinking Local Perception in Lightweight Vision Transformer" (arXiv 2303.17803),
https://github.com/qhfan/CloFormer. Tensors are (B, C, H, W), any H and W.
"""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import nn

from custom_layers.common import DropPath, Foldable, fold_conv_bn


class AttnMap(nn.Module):
    """1x1, SiLU, 1x1: makes the local attention map from ``Q * K``."""

    def __init__(self, dim: int):
        super().__init__()
        self.act_block = nn.Sequential(nn.Conv2d(dim, dim, 1), nn.SiLU(), nn.Conv2d(dim, dim, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        return self.act_block(x)


def window_means(x: torch.Tensor, window: int) -> torch.Tensor:
    """Mean of each window x window square of (B, C, H, W), the last ones of what is left of the map.

    The result is that of ``nn.AvgPool2d(window, ceil_mode=True, count_include_pad=False)``. OpenVINO refuses
    that one on maps smaller than the window (pictures far wider than high have such maps), so the map gets
    zeros at its end, as many for every size, and the sums are divided by the share that is map.

    Returns:
        (B, C, H / window, W / window), rounded up.
    """
    if window == 1:
        return x
    means = F.avg_pool2d(F.pad(x, (0, window - 1, 0, window - 1)), window)
    rows, columns = (_sizes(n, window, x) for n in x.shape[-2:])
    share = (rows[:, None] * columns / window**2).reshape(1, 1, -1)
    # Flat, since OpenVINO cannot compile a pooling and a division by a known map as one step in bfloat16.
    return (means.flatten(2) / share).reshape(means.shape)


def _sizes(length: int, window: int, like: torch.Tensor) -> torch.Tensor:
    """How many of a side's places are in each window, (length / window,) rounded up."""
    starts = torch.arange(0, length, window, device=like.device)
    return (length - starts).clamp(max=window).to(like.dtype)


class EfficientAttention(nn.Module):
    """CloAtt: some heads look at their neighbourhood, the others at a pooled map of the whole image.

    A local head group: Q, K, V from a 1x1 and one depth-wise convolution over all three; its output is
    ``tanh(d ** -0.5 * AttnMap(Q * K)) * V``. The global group: softmax attention to keys and values of the
    average-pooled map. Where H or W is no multiple of the window, the last window holds what is left of the
    map (the authors' code fails there); otherwise the result is theirs.

    Args:
        dim: channels C.
        num_heads: heads; must divide ``dim``.
        group_split: heads of each local group, then of the global group; sums to ``num_heads``.
        kernel_sizes: depth-wise kernel of each local group.
        window_size: pooling window of the global group; in the paper 8, 4, 2, 1 from large maps to small.
        attn_drop: dropout on the attention.
        proj_drop: dropout on the output.
        qkv_bias: bias in the projections.

    Raises:
        ValueError: heads, groups and kernels that do not fit together.
    """

    def __init__(
        self,
        dim: int,
        num_heads: int,
        group_split: Sequence[int],
        kernel_sizes: Sequence[int],
        window_size: int = 7,
        attn_drop: float = 0.0,
        proj_drop: float = 0.0,
        qkv_bias: bool = True,
    ):
        super().__init__()
        if dim % num_heads or sum(group_split) != num_heads or len(kernel_sizes) + 1 != len(group_split):
            raise ValueError(
                f"EfficientAttention: num_heads={num_heads} must divide dim={dim}, group_split={group_split} "
                f"must sum to num_heads and have one entry more than kernel_sizes={kernel_sizes}."
            )
        if any(k % 2 == 0 for k in kernel_sizes):
            raise ValueError(f"EfficientAttention needs odd kernel_sizes, got {kernel_sizes}.")
        self.dim, self.num_heads, self.dim_head = dim, num_heads, dim // num_heads
        self.scalor = self.dim_head**-0.5
        self.kernel_sizes, self.window_size = list(kernel_sizes), window_size
        self.group_split = list(group_split)
        self.convs, self.act_blocks, self.qkvs = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for heads, k in zip(self.group_split, self.kernel_sizes, strict=False):
            if heads == 0:
                continue
            width = heads * self.dim_head
            self.convs.append(nn.Conv2d(3 * width, 3 * width, k, padding=k // 2, groups=3 * width))
            self.act_blocks.append(AttnMap(width))
            self.qkvs.append(nn.Conv2d(dim, 3 * width, 1, bias=qkv_bias))
        self.global_width = self.group_split[-1] * self.dim_head
        if self.global_width:
            self.global_q = nn.Conv2d(dim, self.global_width, 1, bias=qkv_bias)
            self.global_kv = nn.Conv2d(dim, 2 * self.global_width, 1, bias=qkv_bias)
        self.proj = nn.Conv2d(dim, dim, 1, bias=qkv_bias)
        self.attn_drop = nn.Dropout(attn_drop)
        self.proj_drop = nn.Dropout(proj_drop)

    def high_fre_attention(self, x: torch.Tensor, group: int) -> torch.Tensor:
        """Return the local group's output (B, m d, H, W)."""
        q, k, v = self.convs[group](self.qkvs[group](x)).chunk(3, dim=1)
        attn = torch.tanh(self.act_blocks[group](q * k) * self.scalor)
        return self.attn_drop(attn) * v

    def low_fre_attention(self, x: torch.Tensor) -> torch.Tensor:
        """Return the global group's output (B, m d, H, W)."""
        heads = (self.group_split[-1], self.dim_head)
        # Contiguous (B, m, tokens, d): on CPU the fused attention is slow on transposed views.
        q = self.global_q(x).flatten(2).unflatten(1, heads).transpose(2, 3).contiguous()
        pooled = window_means(x, self.window_size)
        kv = self.global_kv(pooled).flatten(2).unflatten(1, (2, *heads)).transpose(3, 4).contiguous()
        drop = self.attn_drop.p if self.training else 0.0
        y = F.scaled_dot_product_attention(q, kv[:, 0], kv[:, 1], dropout_p=drop, scale=self.scalor)
        return y.transpose(2, 3).flatten(1, 2).unflatten(2, x.shape[2:])

    def macs(self, x: torch.Tensor, y: torch.Tensor) -> int:
        """Count the two products with the global attention matrix; the convolutions count themselves."""
        height, width = x.shape[2:]
        keys = -(-height // self.window_size) * -(-width // self.window_size)
        return 2 * x.shape[0] * height * width * keys * self.global_width

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the same shape."""
        parts = [self.high_fre_attention(x, group) for group in range(len(self.convs))]
        if self.global_width:
            parts.append(self.low_fre_attention(x))
        return self.proj_drop(self.proj(torch.cat(parts, dim=1)))


CloAtt = EfficientAttention


class ConvFFN(nn.Module):
    """1x1, GELU, depth-wise k with stride, 1x1; dropout after the last two.

    Args:
        in_channels: channels in.
        hidden_channels: channels between.
        kernel_size: depth-wise kernel.
        stride: of the depth-wise convolution.
        out_channels: channels out.
        act_layer: activation.
        drop_out: dropout probability.
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: int,
        kernel_size: int,
        stride: int,
        out_channels: int,
        act_layer: Callable[[], nn.Module] = nn.GELU,
        drop_out: float = 0.0,
    ):
        super().__init__()
        self.fc1 = nn.Conv2d(in_channels, hidden_channels, 1)
        self.act = act_layer()
        self.dwconv = nn.Conv2d(
            hidden_channels, hidden_channels, kernel_size, stride, kernel_size // 2, groups=hidden_channels
        )
        self.fc2 = nn.Conv2d(hidden_channels, out_channels, 1)
        self.drop = nn.Dropout(drop_out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, in_channels, H, W) to (B, out_channels, H / stride, W / stride), rounded up."""
        return self.drop(self.fc2(self.drop(self.dwconv(self.act(self.fc1(x))))))


class EfficientBlock(Foldable):
    """Clo block: ``x = x + DP(attn(GN(x)))``, then ``x = down(x) + DP(ffn(GN(x)))``.

    Args:
        dim: channels in.
        out_dim: channels out; with stride 1 it must equal ``dim``.
        num_heads: see EfficientAttention.
        group_split: see EfficientAttention.
        kernel_sizes: see EfficientAttention.
        window_size: see EfficientAttention.
        mlp_kernel_size: depth-wise kernel of the ConvFFN and of the downsampling.
        mlp_ratio: hidden channels of the ConvFFN over ``dim``.
        stride: 1 or 2.
        attn_drop: dropout on the attention.
        mlp_drop: dropout in projections and ConvFFN.
        qkv_bias: bias in the projections.
        drop_path: probability of dropping a branch.
    """

    def __init__(
        self,
        dim: int,
        out_dim: int,
        num_heads: int,
        group_split: Sequence[int],
        kernel_sizes: Sequence[int],
        window_size: int,
        mlp_kernel_size: int,
        mlp_ratio: float,
        stride: int,
        attn_drop: float = 0.0,
        mlp_drop: float = 0.0,
        qkv_bias: bool = True,
        drop_path: float = 0.0,
    ):
        super().__init__()
        if stride not in (1, 2) or (stride == 1 and out_dim != dim):
            raise ValueError(
                f"EfficientBlock: stride 1 keeps dim={dim} (got out_dim={out_dim}), or stride 2."
            )
        self.norm1 = nn.GroupNorm(1, dim)
        self.attn = EfficientAttention(
            dim, num_heads, group_split, kernel_sizes, window_size, attn_drop, mlp_drop, qkv_bias
        )
        self.drop_path = DropPath(drop_path)
        self.norm2 = nn.GroupNorm(1, dim)
        self.stride = stride
        self.downsample: nn.Module = nn.Identity()
        if stride == 2:
            # BatchNorm2d where the authors have SyncBatchNorm, which runs on CUDA only; same parameters.
            self.downsample = nn.Sequential(
                nn.Conv2d(dim, dim, mlp_kernel_size, 2, mlp_kernel_size // 2),
                nn.BatchNorm2d(dim),
                nn.Conv2d(dim, out_dim, 1),
            )
        self.mlp = ConvFFN(dim, int(dim * mlp_ratio), mlp_kernel_size, stride, out_dim, drop_out=mlp_drop)

    def is_folded(self) -> bool:
        """Say whether the downsampling's BN is folded."""
        return not isinstance(self.downsample, nn.Sequential) or isinstance(self.downsample[1], nn.Identity)

    def fold(self) -> None:
        """Fold the downsampling's BN into the convolution before it; idempotent."""
        if isinstance(self.downsample, nn.Sequential) and not self.is_folded():
            conv, bn, last = self.downsample
            assert isinstance(conv, nn.Conv2d)
            self.downsample = nn.Sequential(fold_conv_bn(conv, bn), nn.Identity(), last)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, dim, H, W) to (B, out_dim, H / stride, W / stride), rounded up."""
        x = x + self.drop_path(self.attn(self.norm1(x)))
        return self.downsample(x) + self.drop_path(self.mlp(self.norm2(x)))
