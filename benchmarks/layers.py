"""Speed of the improved YOLO11 against plain YOLO11, and of the scan against its plain loop.

    python -m benchmarks.layers                 the table of the documentation, 640x640, scale n, one thread
    python -m benchmarks.layers --only smp kagn  some of it
    python -m benchmarks.layers --scan           the selective scan only
    python -m benchmarks.layers --train          a training step (forward and backward) instead

Candidate and baseline run in turn, so that what else the machine does hits both; the ratio is of the fastest
runs, and the ratio of the medians is printed beside it. With one thread the time is the process's own (CPU)
time, which other work on the machine disturbs least.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import torch

from benchmarks.machine import describe
from custom_layers import YOLO, ready_yamls
from custom_layers.flops import gflops
from custom_layers.selective_scan import selective_scan, selective_scan_ref

# The bounds that the project sets itself, as ratios to plain YOLO11 (fused, as in use).
BOUNDS = {
    "smp": 1.05,
    "smp merged": 1.00,
    "cloatt": 1.12,
    "clores": 1.12,
    "poolingformer": 1.12,
    "convformer": 1.25,
    "kagn": 1.12,
    "ss2d": 1.25,
}
SCAN_BOUNDS = {1: (4, 20), 16: (2, 15)}  # states: (forward, forward and backward)


def interleave(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Run both in turn; return the ratio of the fastest runs and of the medians (first over second)."""
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + 1):
        for run, spent in zip((first, second), times, strict=True):
            start = clock()
            run()
            spent.append(clock() - start)
    (a, b) = (spent[1:] for spent in times)  # the first round warms up
    return min(a) / min(b), statistics.median(a) / statistics.median(b)


def network(name: str, fuse: bool) -> torch.nn.Module:
    """Return an architecture in eval mode, fused or as trained."""
    torch.manual_seed(0)
    model = YOLO(name).model.eval()  # type: ignore[union-attr]
    if fuse:
        model.fuse(verbose=False)
    return model


def forward(model: torch.nn.Module, picture: torch.Tensor) -> Callable[[], object]:
    """Return a call that predicts."""

    def run() -> object:
        with torch.inference_mode():
            return model(picture)

    return run


def step(model: torch.nn.Module, picture: torch.Tensor) -> Callable[[], object]:
    """Return a call that does a training step's forward and backward."""
    model.train()

    def run() -> None:
        model.zero_grad()
        sum(out.square().mean() for out in model(picture)["feats"]).backward()

    return run


def models(names: list[str], scale: str, size: int, rounds: int, train: bool) -> None:
    """Print the table of whole models."""
    picture = torch.rand(1, 3, size, size)
    print(
        f"{'model':<18}{'parameters':>12}{'GFLOPs':>8}{'ratio':>8}{'median':>8}{'as trained':>12}{'bound':>8}"
    )
    for name in names:
        candidate, base = (f"yolo11{scale}{part}.yaml" for part in (f"-{name}", ""))
        plain = network(candidate, False)
        parameters, flops = sum(p.numel() for p in plain.parameters()), gflops(plain, size)
        if train:
            pair = (step(plain, picture), step(network(base, False), picture))
            fastest, median = interleave(*pair, rounds)
            print(f"{name:<18}{parameters:>12,}{flops:>8.2f}{fastest:>8.2f}{median:>8.2f}  (training step)")
            continue
        base_run = forward(network(base, True), picture)
        fastest, median = interleave(forward(network(candidate, True), picture), base_run, rounds)
        unfused = forward(plain, picture)
        as_trained, _ = interleave(unfused, forward(network(base, False), picture), rounds)
        bound = BOUNDS.get(f"{name} merged", BOUNDS.get(name))
        print(
            f"{name:<18}{parameters:>12,}{flops:>8.2f}{fastest:>8.2f}{median:>8.2f}{as_trained:>12.2f}"
            f"{bound if bound else '':>8}",
            flush=True,
        )


def plain_loop(u, delta, A, B, C):
    """Do what the published selective_scan_ref does: index step by step, factors made at once."""
    delta = torch.nn.functional.softplus(delta)
    B, C = (m.repeat_interleave(u.shape[1] // m.shape[1], 1) for m in (B, C))
    decay = torch.exp(torch.einsum("bdl,dn->bdln", delta, A))
    drive = torch.einsum("bdl,bdnl,bdl->bdln", delta, B, u)
    state, outputs = u.new_zeros(u.shape[0], *A.shape), []
    for t in range(u.shape[2]):
        state = decay[:, :, t] * state + drive[:, :, t]
        outputs.append(torch.einsum("bdn,bdn->bd", state, C[:, :, :, t]))
    return torch.stack(outputs, 2)


def scan(rounds: int) -> None:
    """Print the scan at 40x40, 128 channels in four directions."""
    print(f"{'scan at 40x40':<18}{'forward':>10}{'fwd+bwd':>10}   bounds")
    for states, bounds in SCAN_BOUNDS.items():
        torch.manual_seed(0)
        u, delta = torch.randn(2, 1, 512, 1600).requires_grad_().unbind(0)
        A = (-torch.arange(1.0, states + 1).repeat(512, 1)).requires_grad_()
        B, C = torch.randn(2, 1, 4, states, 1600).requires_grad_().unbind(0)
        tensors = (u, delta, A, B, C)
        expected = selective_scan_ref(u, delta, A, B, C, delta_softplus=True)
        assert isinstance(expected, torch.Tensor)
        assert torch.allclose(plain_loop(*tensors), expected, atol=1e-3)

        def fast() -> torch.Tensor:
            out = selective_scan(*tensors, delta_softplus=True)  # noqa: B023 (called within this round)
            assert isinstance(out, torch.Tensor)
            return out

        def slow() -> torch.Tensor:
            return plain_loop(*tensors)  # noqa: B023 (called within this round)

        with torch.no_grad():
            ahead, _ = interleave(slow, fast, rounds)
        both, _ = interleave(
            lambda: slow().sum().backward(retain_graph=True),
            lambda: fast().sum().backward(retain_graph=True),
            max(1, rounds // 10),
        )
        print(f"{f'{states} states':<18}{ahead:>9.1f}x{both:>9.1f}x   {bounds[0]}x, {bounds[1]}x", flush=True)


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ready = [name.removeprefix("yolo11-").removesuffix(".yaml") for name in ready_yamls() if "-" in name]
    parser.add_argument("--only", nargs="*", default=ready, choices=ready)
    parser.add_argument("--scale", default="n", choices=list("nsmlx"))
    parser.add_argument("--size", type=int, default=640)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--scan", action="store_true", help="the selective scan only")
    parser.add_argument("--train", action="store_true", help="a training step instead of a prediction")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(describe(), f"{options.threads} thread(s)", sep="\n", end="\n\n")
    if not options.scan:
        models(options.only, options.scale, options.size, options.rounds, options.train)
    if options.scan or options.only == ready:
        scan(options.rounds)


if __name__ == "__main__":
    main()
