"""A folder on Ray clusters of one and of two machines, and of two of which one dies in the middle.

Run from the repository root, with requirements-cluster.txt installed; it takes about three minutes:

    python -m benchmarks.scaling [--pictures 240]

The machines are Ray nodes of this machine, on its loopback address, each with one core for the work; the head
node does none. The folder is made of the shipped pictures. In the third run one node is killed, without a
word to the others, once a third of the results are there. Every run must end with every picture in the
results once and an annotated picture for each; in the fourth the third is started again and must find nothing
left to do, in the fifth some results are taken away and only they are made again.
"""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import describe
from benchmarks.memory import samples
from benchmarks.serving import renamed
from inspection.cluster.folder import results
from inspection.cluster.run import detect
from inspection.cluster.work import Job
from inspection.opening import ThermalOptions
from inspection.results import Measuring
from inspection.settings import RunSettings

_SHARE = 8


def make_folder(folder: Path, count: int) -> list[str]:
    """So many different files of the shipped pictures."""
    pictures = samples()
    for i in range(count):
        (folder / f"{i:06}.jpg").write_bytes(renamed(pictures[i % len(pictures)], i))
    return [str(folder / f"{i:06}.jpg") for i in range(count)]


def check(files: list[str], out: Path) -> str:
    """Whether every file is there once, with its picture."""
    rows = list(results(str(out), ("file", "picture", "error")))
    counts = Counter(row["file"] for row in rows)
    missing = sum(not counts[file] for file in files)
    twice = sum(count > 1 for count in counts.values())
    pictures = sum((out / row["picture"]).is_file() for row in rows if row["picture"])
    return f"{len(counts)} of {len(files)} files, {missing} missing, {twice} twice, {pictures} pictures"


def on_cluster(machines: int, work: Callable[[Callable[[], None]], int]) -> tuple[int, float]:
    """Do work on a new cluster; returns its result and the seconds it took.

    The work is given a function that kills one of the machines.
    """
    import ray
    from ray.cluster_utils import Cluster

    # Ray takes 127.0.0.1 for "any address of this machine".
    loopback = {"node_ip_address": "127.0.0.2", "include_dashboard": False}
    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **loopback})
    try:
        nodes = [cluster.add_node(num_cpus=1, **loopback) for _ in range(machines)]
        environment = {"env_vars": {"OVERHEAT_CORES": "1", "PYTHONPATH": str(Path(__file__).parents[1])}}
        ray.init(cluster.address, runtime_env=environment, log_to_driver=False, logging_level=logging.ERROR)
        start = time.perf_counter()
        done = work(lambda: cluster.remove_node(nodes[0], allow_graceful=False))
        return done, time.perf_counter() - start
    finally:
        ray.shutdown()
        cluster.shutdown()


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pictures", type=int, default=240)
    options = parser.parse_args()
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "180")
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        (root / "in").mkdir()
        files = make_folder(root / "in", options.pictures)

        def run(name: str, kill_after: int | None = None) -> Callable[[Callable[[], None]], int]:
            job = Job(
                str(root / name), "weights/best.pt", RunSettings(imgsz=416), ThermalOptions(), Measuring()
            )

            def work(kill: Callable[[], None]) -> int:
                done: list[str] = []
                killed = threading.Event()

                def step(file: str) -> None:
                    done.append(file)
                    if kill_after is not None and len(done) >= kill_after and not killed.is_set():
                        killed.set()
                        kill()

                return detect(files, job, None, step, _SHARE)

            return work

        print(f"{describe()}\n{options.pictures} pictures at 416 px, shares of {_SHARE}\n")
        print("| machines | s | pictures a s | analysed | in the results |\n|---|---|---|---|---|")

        def show(words: str, machines: int, name: str, kill_after: int | None = None) -> None:
            count, seconds = on_cluster(machines, run(name, kill_after))
            rate = f"{count / seconds:.1f}" if count else ""
            print(f"| {words} | {seconds:.1f} | {rate} | {count} | {check(files, root / name)} |", flush=True)

        show("1", 1, "one")
        show("2", 2, "two")
        show("2, one killed after a third", 2, "killed", options.pictures // 3)
        show("1, the same again", 1, "killed")
        for part in sorted((root / "killed" / "results").iterdir())[::5]:
            part.unlink()
        show("1, after every fifth part was lost", 1, "killed")


if __name__ == "__main__":
    main()
