"""The layers' formulas written out slowly, from the papers; what the fast layers are compared with.

Each takes the layer only for its parameters. Nothing here is shared with the layers' own code.
"""

import math

import torch
import torch.nn.functional as F

SHAPES = [(1, 12, 16), (2, 9, 14), (2, 15, 7)]  # batch, H, W


def smp_kernels(layer):
    """K[c, a, b] = sum_i w[c, i] relu(1 - (|y_i + t_a| + |x_i - t_b|) / r_i), cell by cell."""
    k = layer.kernel_size
    t = torch.linspace(-1, 1, k)
    x, y = layer.weight_coord[0, :, 0], layer.weight_coord[0, :, 1]
    rows = []
    for a in range(k):
        for b in range(k):
            g = torch.relu(1 - ((y + t[a]).abs() + (x - t[b]).abs()) / layer.radius[0, :, 0, 0])
            if layer.average:
                g = g / ((g != 0).sum() + 1e-6)
            rows.append((layer.weights[0] * g).sum(1))
    return torch.stack(rows, 1).view(-1, k, k)


def depthwise(x, kernels, bias=None):
    """Cross-correlation, tap by tap."""
    k = kernels.shape[-1]
    h, w = x.shape[2:]
    padded = F.pad(x, [k // 2] * 4)
    y = torch.zeros_like(x)
    for a in range(k):
        for b in range(k):
            y = y + padded[:, :, a : a + h, b : b + w] * kernels[:, a, b].view(-1, 1, 1)
    return y if bias is None else y + bias.view(-1, 1, 1)


def batch_norm(x, bn):
    """BatchNorm by its definition, in the mode that ``bn`` is in; running statistics untouched."""
    dims = [0, *range(2, x.ndim)]
    mean = x.mean(dims) if bn.training else bn.running_mean
    var = x.var(dims, unbiased=False) if bn.training else bn.running_var
    shape = (1, -1, *[1] * (x.ndim - 2))
    x = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + bn.eps)
    return x * bn.weight.view(shape) + bn.bias.view(shape)


def pointwise(x, weight, bias=None):
    """1x1 convolution of (B, C, H, W) as an einsum."""
    y = torch.einsum("bchw,oc->bohw", x, weight.flatten(1))
    return y if bias is None else y + bias.view(-1, 1, 1)


def smp_conv(layer, x):
    return depthwise(x, smp_kernels(layer))


def smp_cnn(layer, x):
    large = batch_norm(depthwise(x, smp_kernels(layer.smp.conv)), layer.smp.bn)
    return large + batch_norm(depthwise(x, layer.small_conv.conv.weight[:, 0]), layer.small_conv.bn)


def conv_bn(block, x):
    return batch_norm(pointwise(x, block.conv.weight), block.bn)


def smp_block(layer, x):
    h = torch.relu(conv_bn(layer.pw1, batch_norm(x, layer.prelkb_bn)))
    return x + conv_bn(layer.pw2, torch.relu(smp_cnn(layer.large_kernel, h)))


def smp_ffn(layer, x):
    h = conv_bn(layer.pw1, batch_norm(x, layer.preffn_bn))
    h = h * 0.5 * (1 + torch.erf(h / math.sqrt(2)))
    return x + conv_bn(layer.pw2, h)


def gelu(x):
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def silu(x):
    return x / (1 + torch.exp(-x))


def efficient_attention(layer, x):
    """CloAtt with the global group's softmax written out; window means by slicing."""
    _, _, h, w = x.shape
    d, parts = layer.dim_head, []
    for conv, act, qkv in zip(layer.convs, layer.act_blocks, layer.qkvs, strict=True):
        z = depthwise(pointwise(x, qkv.weight, qkv.bias), conv.weight[:, 0], conv.bias)
        q, k, v = z.chunk(3, 1)
        first, _, second = act.act_block
        a = pointwise(silu(pointwise(q * k, first.weight, first.bias)), second.weight, second.bias)
        parts.append(torch.tanh(a / math.sqrt(d)) * v)
    heads = layer.group_split[-1]
    if heads:
        q = pointwise(x, layer.global_q.weight, layer.global_q.bias)
        s = layer.window_size
        rows = [
            torch.stack([x[:, :, i : i + s, j : j + s].mean((2, 3)) for j in range(0, w, s)], 2)
            for i in range(0, h, s)
        ]
        k, v = pointwise(torch.stack(rows, 2), layer.global_kv.weight, layer.global_kv.bias).chunk(2, 1)
        for m in range(heads):
            qm, km, vm = (t[:, m * d : (m + 1) * d].flatten(2) for t in (q, k, v))
            weights = torch.exp(torch.einsum("bdn,bdm->bnm", qm, km) / math.sqrt(d))
            weights = weights / weights.sum(-1, keepdim=True)
            parts.append(torch.einsum("bnm,bdm->bdn", weights, vm).unflatten(2, (h, w)))
    return pointwise(torch.cat(parts, 1), layer.proj.weight, layer.proj.bias)


def group_norm(x, norm):
    mean, var = x.mean((1, 2, 3), keepdim=True), x.var((1, 2, 3), unbiased=False, keepdim=True)
    return (x - mean) / torch.sqrt(var + norm.eps) * norm.weight.view(-1, 1, 1) + norm.bias.view(-1, 1, 1)


def clo_ffn(layer, x):
    h = gelu(pointwise(x, layer.fc1.weight, layer.fc1.bias))
    h = F.conv2d(
        h,
        layer.dwconv.weight,
        layer.dwconv.bias,
        layer.dwconv.stride,
        layer.dwconv.padding,
        groups=layer.dwconv.groups,
    )
    return pointwise(h, layer.fc2.weight, layer.fc2.bias)


def efficient_block(layer, x):
    x = x + efficient_attention(layer.attn, group_norm(x, layer.norm1))
    down = x
    if layer.stride == 2:
        conv, bn, last = layer.downsample
        down = F.conv2d(x, conv.weight, conv.bias, 2, conv.padding)
        down = pointwise(batch_norm(down, bn), last.weight, last.bias)
    return down + clo_ffn(layer.mlp, group_norm(x, layer.norm2))


def star_relu(act, x):
    return act.scale * torch.relu(x) ** 2 + act.bias


def attention(layer, x):
    """MF_Attention on (B, H, W, C), head by head."""
    b, h, w, _ = x.shape
    q, k, v = (x.flatten(1, 2) @ layer.qkv.weight.t()).chunk(3, -1)
    out = []
    for m in range(layer.num_heads):
        qm, km, vm = (t[..., m * layer.head_dim : (m + 1) * layer.head_dim] for t in (q, k, v))
        weights = torch.exp(qm @ km.transpose(1, 2) / math.sqrt(layer.head_dim))
        out.append(weights / weights.sum(-1, keepdim=True) @ vm)
    return (torch.cat(out, -1) @ layer.proj.weight.t()).view(b, h, w, -1)


def sep_conv(layer, x):
    h = star_relu(layer.act1, x @ layer.pwconv1.weight.t())
    h = depthwise(h.permute(0, 3, 1, 2), layer.dwconv.weight[:, 0]).permute(0, 2, 3, 1)
    return h @ layer.pwconv2.weight.t()


def pooling(layer, x):
    _, h, w, _ = x.shape
    rows = []
    for i in range(h):
        for j in range(w):
            around = x[:, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2]
            rows.append(around.mean((1, 2)) - x[:, i, j])
    return torch.stack(rows, 1).view_as(x)


def random_mixing(layer, x):
    tokens = x.flatten(1, 2)
    mixed = [(layer.random_matrix[m][:, None] * tokens).sum(1) for m in range(layer.num_tokens)]
    return torch.stack(mixed, 1).view_as(x)


def mlp(layer, x):
    return star_relu(layer.act, x @ layer.fc1.weight.t()) @ layer.fc2.weight.t()


def glu(layer, x):
    """ConvolutionalGLU on (B, C, H, W)."""
    a, v = pointwise(x, layer.fc1.weight, layer.fc1.bias).chunk(2, 1)
    a = depthwise(a, layer.dwconv.dwconv.weight[:, 0], layer.dwconv.dwconv.bias)
    return pointwise(gelu(a) * v, layer.fc2.weight, layer.fc2.bias)


def layer_norm_general(layer, x):
    mean = x.mean(layer.normalized_dim, keepdim=True)
    var = ((x - mean) ** 2).mean(layer.normalized_dim, keepdim=True)
    x = (x - mean) / torch.sqrt(var + layer.eps)
    x = x if layer.weight is None else x * layer.weight
    return x if layer.bias is None else x + layer.bias


def layer_norm_without_bias(layer, x):
    mean, var = x.mean(-1, keepdim=True), x.var(-1, unbiased=False, keepdim=True)
    return (x - mean) / torch.sqrt(var + layer.eps) * layer.weight


def kagn(layer, x):
    """Group by group, with the whole basis and one convolution each."""
    conv = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[layer.ndim]
    where = {"stride": layer.stride, "padding": layer.padding, "dilation": layer.dilation}
    out = []
    for group, part in enumerate(x.chunk(layer.groups, 1)):
        t = torch.tanh(part)
        basis = [torch.ones_like(t), t][: layer.degree + 1]
        for n in range(1, layer.degree):
            constant = (2 * n + 1) * n**2 * (4 * n**2 - 1) / (n + 1) ** 2
            if layer.basis == "gram":
                m = layer.gram_points
                constant = n**2 * (m**2 - n**2) / (m**2 * (4 * n**2 - 1))
            basis.append(t * basis[n] - constant * layer.beta_weights[n] * basis[n - 1])
        z = conv(silu(part), layer.base_conv[group].weight, **where)
        z = z + conv(silu(torch.cat(basis, 1)), layer.poly_weights[group], **where)
        out.append(silu(batch_norm(z, layer.layer_norm[group])))
    return torch.cat(out, 1)


def ss2d(layer, x):
    """SS2D on (B, H, W, C): each direction's order written out, and the scan in plain loops."""
    b, h, w, _ = x.shape
    x = x @ layer.in_proj.weight.t()
    z = None
    if layer.gated:
        x, z = x.chunk(2, -1)
    x = silu(depthwise(x.permute(0, 3, 1, 2), layer.conv2d.weight[:, 0], layer.conv2d.bias))
    rows = [(i, j) for i in range(h) for j in range(w)]
    columns = [(i, j) for j in range(w) for i in range(h)]
    total = torch.zeros_like(x)
    d, n, rank = layer.d_inner, layer.d_state, layer.dt_rank
    for k, order in enumerate((rows, columns, rows[::-1], columns[::-1])):
        i, j = torch.tensor(order).t()
        u = x[:, :, i, j]
        dt, B, C = (layer.x_proj_weight[k] @ u).split([rank, n, n], 1)
        bias = layer.dt_projs_bias[k][:, None]
        dt = torch.log1p(torch.exp(layer.dt_projs_weight[k] @ dt + bias))
        A = -torch.exp(layer.A_logs.view(4, d, n)[k])
        state, ys = torch.zeros(b, d, n), []
        for s in range(h * w):
            state = torch.exp(dt[:, :, s, None] * A) * state + (dt * u)[:, :, s, None] * B[:, None, :, s]
            ys.append((state * C[:, None, :, s]).sum(-1))
        y = torch.stack(ys, -1) + u * layer.Ds.view(4, d)[k][:, None]
        back = torch.zeros_like(x)
        back[:, :, i, j] = y
        total = total + back
    y = F.layer_norm(total.permute(0, 2, 3, 1), (d,), layer.out_norm.weight, layer.out_norm.bias)
    y = y if z is None else y * (silu(z) if layer.gate_activated else z)
    return y @ layer.out_proj.weight.t()


def relative(a, b):
    """Largest difference over the largest value of the reference b."""
    return float((a - b).detach().abs().max() / b.detach().abs().max().clamp(min=1e-12))


def compare(layer, reference, x, outputs=2e-6, gradients=5e-5):
    """Compare output and the gradients of the input and of every parameter."""
    x = x.requires_grad_()
    parameters = [p for p in layer.parameters() if p.requires_grad]
    results = []
    for function in (layer, lambda t: reference(layer, t)):
        y = function(x)
        direction = torch.linspace(-1, 1, y.numel()).view_as(y).roll(7)
        grads = torch.autograd.grad((y * direction).sum(), [x, *parameters], allow_unused=True)
        results.append((y.detach(), grads))
    (fast, fast_grads), (slow, slow_grads) = results
    assert fast.shape == slow.shape
    assert relative(fast, slow) < outputs
    largest = max(float(g.abs().max()) for g in slow_grads if g is not None)
    for a, b in zip(fast_grads, slow_grads, strict=True):
        if a is not None and b is not None:
            # A bias before a BatchNorm has gradient 0 in theory and rounding noise in practice.
            scale = max(float(b.abs().max()), 1e-2 * largest)
            assert float((a - b).abs().max()) < gradients * scale, f"gradient of shape {tuple(a.shape)}"


def randomize(layer, seed=0):
    """Move every parameter and statistic away from its start, so that nothing is tested at 0 or 1 only."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, p in layer.named_parameters():
            if "radius" in name:
                p.uniform_(0.2, 0.8)
            elif p.ndim == 1:
                p.add_(torch.randn_like(p) * 0.2)
        for module in layer.modules():
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm) and module.running_mean is not None:
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
    return layer
