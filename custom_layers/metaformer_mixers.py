"""MetaFormer's token mixers; public through custom_layers.metaformer, where the sources are.

Every mixer can be built as ``mixer(dim=..., drop=...)`` and ignores what it does not need.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from custom_layers.common import PROBING_STRIDES
from custom_layers.metaformer_parts import StarReLU, linear


class MF_Attention(nn.Module):
    """Plain multi-head self-attention; heads of ``head_dim`` channels, also when that exceeds ``dim``.

    Args:
        dim: channels C.
        head_dim: channels of one head.
        num_heads: heads; ``max(dim // head_dim, 1)`` when None.
        qkv_bias: bias in the input projection.
        attn_drop: dropout on the attention matrix.
        proj_drop: dropout on the output.
        proj_bias: bias in the output projection.
        channels_first: work on (B, C, H, W).
        **kwargs: ignored, as the authors' mixers are all called with ``dim`` and ``drop``.
    """

    def __init__(
        self,
        dim: int,
        head_dim: int = 32,
        num_heads: int | None = None,
        qkv_bias: bool = False,
        attn_drop: float = 0.0,
        proj_drop: float = 0.0,
        proj_bias: bool = False,
        channels_first: bool = False,
        **kwargs,
    ):
        super().__init__()
        self.head_dim, self.scale = head_dim, head_dim**-0.5
        self.num_heads = num_heads or max(dim // head_dim, 1)
        self.attention_dim = self.num_heads * head_dim
        self.channels_first = channels_first
        self.qkv = nn.Linear(dim, self.attention_dim * 3, bias=qkv_bias)
        self.attn_drop = nn.Dropout(attn_drop)
        self.proj = nn.Linear(self.attention_dim, dim, bias=proj_bias)
        self.proj_drop = nn.Dropout(proj_drop)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) to the same shape."""
        if self.channels_first:
            x = x.permute(0, 2, 3, 1)
        b, h, w, _ = x.shape
        qkv = self.qkv(x).reshape(b, h * w, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4)
        drop = self.attn_drop.p if self.training else 0.0
        y = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], dropout_p=drop, scale=self.scale)
        y = self.proj_drop(self.proj(y.transpose(1, 2).reshape(b, h, w, self.attention_dim)))
        return y.permute(0, 3, 1, 2) if self.channels_first else y

    def macs(self, x: torch.Tensor, y: torch.Tensor) -> int:
        """Count the two products with the attention matrix; the Linear count themselves."""
        tokens = x.numel() // x.shape[0] // self.proj.out_features
        return 2 * x.shape[0] * tokens**2 * self.attention_dim


class RandomMixing(nn.Module):
    """Mix the tokens with a frozen random matrix: ``y_m = sum_n M[m, n] x_n``, rows of M a softmax.

    Args:
        num_tokens: H * W of every input; the matrix has no other size.
        channels_first: work on (B, C, H, W).
        **kwargs: ignored.
    """

    random_matrix: torch.Tensor

    def __init__(self, num_tokens: int = 196, channels_first: bool = False, **kwargs):
        super().__init__()
        self.num_tokens, self.channels_first = num_tokens, channels_first
        # A buffer under the authors' name: Ultralytics' trainer would unfreeze a frozen parameter.
        matrix = torch.softmax(torch.rand(num_tokens, num_tokens), dim=-1)
        self.register_buffer("random_matrix", matrix)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) with H * W == num_tokens to the same shape.

        Raises:
            ValueError: another number of tokens.
        """
        height, width = x.shape[2:] if self.channels_first else x.shape[1:3]
        if height * width != self.num_tokens and PROBING_STRIDES.get():
            return x  # only the shape matters there
        if height * width != self.num_tokens:
            raise ValueError(
                f"RandomMixing was made for {self.num_tokens} tokens, got {height}x{width}. A model with it "
                f"takes one image size only (640x640 in the ready YAMLs): use imgsz=640 and rect=False."
            )
        matrix = self.random_matrix.to(x.dtype)
        if self.channels_first:
            return (x.flatten(2) @ matrix.t()).view_as(x)
        return (matrix @ x.flatten(1, 2)).view_as(x)

    def macs(self, x: torch.Tensor, y: torch.Tensor) -> int:
        """Count the product with the matrix."""
        return x.numel() * self.num_tokens


class SepConv(nn.Module):
    """Inverted separable convolution: Linear, activation, depth-wise 7x7, activation, Linear.

    Args:
        dim: channels C.
        expansion_ratio: hidden channels over ``dim``.
        act1_layer: activation after the first Linear.
        act2_layer: activation after the depth-wise convolution.
        bias: bias in all three.
        kernel_size: of the depth-wise convolution.
        padding: of the depth-wise convolution.
        channels_first: work on (B, C, H, W).
        **kwargs: ignored.
    """

    def __init__(
        self,
        dim: int,
        expansion_ratio: float = 2,
        act1_layer: Callable[[], nn.Module] = StarReLU,
        act2_layer: Callable[[], nn.Module] = nn.Identity,
        bias: bool = False,
        kernel_size: int = 7,
        padding: int = 3,
        channels_first: bool = False,
        **kwargs,
    ):
        super().__init__()
        hidden = int(expansion_ratio * dim)
        self.channels_first = channels_first
        self.pwconv1 = linear(channels_first)(dim, hidden, bias=bias)
        self.act1 = act1_layer()
        self.dwconv = nn.Conv2d(hidden, hidden, kernel_size, padding=padding, groups=hidden, bias=bias)
        self.act2 = act2_layer()
        self.pwconv2 = linear(channels_first)(hidden, dim, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) to the same shape."""
        x = self.act1(self.pwconv1(x))
        x = self.dwconv(x if self.channels_first else x.permute(0, 3, 1, 2))
        return self.pwconv2(self.act2(x if self.channels_first else x.permute(0, 2, 3, 1)))


class Pooling(nn.Module):
    """PoolFormer's mixer (arXiv 2111.11418): mean of the neighbours inside the image, minus the input.

    Args:
        pool_size: odd side of the window.
        channels_first: work on (B, C, H, W).
        **kwargs: ignored.
    """

    ones: torch.Tensor

    def __init__(self, pool_size: int = 3, channels_first: bool = False, **kwargs):
        super().__init__()
        self.pool_size, self.channels_first = pool_size, channels_first
        self.register_buffer("ones", torch.ones(1, 1, pool_size, pool_size), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, H, W, C) to the same shape."""
        if not self.channels_first:
            return self._mix(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return self._mix(x)

    def macs(self, x: torch.Tensor, y: torch.Tensor) -> int:
        """Count the convolution with ones."""
        return x.numel() * self.pool_size**2

    def _mix(self, x: torch.Tensor) -> torch.Tensor:
        """Pool (B, C, H, W) as a sum by a depth-wise convolution times one over the count.

        nn.AvgPool2d is five to seven times slower than that on CPU in NCHW.
        """
        ones, pad = self.ones.to(x.dtype), self.pool_size // 2
        share = F.conv2d(torch.ones_like(x[:1, :1]), ones, padding=pad).reciprocal()
        total = F.conv2d(x, ones.expand(x.shape[1], 1, -1, -1), padding=pad, groups=x.shape[1])
        return total * share - x
