"""Depth-wise convolution with large kernels, fast on a CPU in prediction and in training."""

import torch
import torch.nn.functional as F

from custom_layers.common import is_exporting

# oneDNN's depth-wise convolution falls off a cliff above this kernel size in NCHW; channels_last does not.
CLIFF_KERNEL = 13
FFT_KERNEL = 9  # from here on the FFT makes the gradient of the kernels faster than channels_last does


def _correlate(x: torch.Tensor, kernels: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
    """Do depthwise_conv in the memory layout that is fast for the kernel size."""
    k = kernels.shape[-1]
    learning = torch.is_grad_enabled() and (x.requires_grad or kernels.requires_grad)
    channels_last = x.device.type == "cpu" and (k > CLIFF_KERNEL or learning)
    x = x.contiguous(memory_format=torch.channels_last) if channels_last else x
    y = F.conv2d(x, kernels[:, None], bias, padding=k // 2, groups=kernels.shape[0])
    return y.contiguous() if channels_last else y


class DepthwiseOnCPU(torch.autograd.Function):
    """depthwise_conv with the gradients that are fast on a CPU.

    oneDNN spends nearly all of a training step on the gradient of the kernels. Here it is a
    cross-correlation by FFT, and the gradient of the input is the convolution with the turned kernels.
    """

    @staticmethod
    def forward(ctx, x: torch.Tensor, kernels: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) and (C, k, k) to (B, C, H, W)."""
        ctx.save_for_backward(x, kernels)
        return _correlate(x, kernels)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        """Return the gradients of input and kernels."""
        x, kernels = ctx.saved_tensors
        k = kernels.shape[-1]
        dx = _correlate(grad, kernels.flip(-2, -1)) if ctx.needs_input_grad[0] else None
        if not ctx.needs_input_grad[1]:
            return dx, None
        size = (x.shape[2] + k - 1, x.shape[3] + k - 1)
        spectrum = torch.fft.rfft2(F.pad(x, [k // 2] * 4)) * torch.fft.rfft2(grad, size).conj()
        return dx, torch.fft.irfft2(spectrum.sum(0), size)[:, :k, :k]


def depthwise_conv(x: torch.Tensor, kernels: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
    """Cross-correlate each channel of (B, C, H, W) with its own odd kernel (C, k, k); same size out."""
    learning = torch.is_grad_enabled() and (x.requires_grad or kernels.requires_grad)
    own = learning and bias is None and x.device.type == "cpu" and x.dtype == kernels.dtype == torch.float32
    large = kernels.shape[-1] >= FFT_KERNEL
    if own and large and not is_exporting() and not torch.is_autocast_enabled("cpu"):
        return DepthwiseOnCPU.apply(x, kernels)
    return _correlate(x, kernels, bias)
