"""``python -m inspection detect FOLDER --ray [ADDRESS] --parquet OUT``: a folder on a Ray cluster.

Ray Data does what is hard: it hands shares of the files to the cores of all machines, starts a share again
elsewhere when a machine dies, and takes machines in that come later. What is here makes that harmless, and a
run that was interrupted cheap to go on with: see `inspection.cluster.folder`.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from inspection.cluster.folder import part_name, pictures_under, results
from inspection.cluster.work import Job, do_share
from inspection.errors import InspectionError
from inspection.progress import Progress
from inspection.texts import text

log = logging.getLogger(__name__)

SHARE = 64
"""Files in a share: seconds of work for one core, lost at most when a machine dies."""

ROOT = Path(__file__).resolve().parent.parent.parent
_NOT_NEEDED = (
    ".git",
    "build",
    "docs",
    "samples",
    "tests",
    "thermal_scenes",
    "training",
    "benchmarks",
    "*.png",
)
_LOOPBACK = "127.0.0.2" if sys.platform == "linux" else None
"""A cluster for this run alone listens to this machine alone; Ray takes 127.0.0.1 for "any address"."""
_ELSEWHERE = ("json", "excel", "labels", "pictures", "pdf", "word")


def run(options: argparse.Namespace, make_job: Callable[[str, str], Job]) -> int:
    """Do the command; returns its exit code.

    Args:
        options: of the command.
        make_job: gives the job for an output folder and weights.
    """
    try:
        _check(options)
        weights = options.weights.resolve()
        inside = weights.is_relative_to(ROOT)
        job = make_job(options.parquet.rstrip("/"), str(weights.relative_to(ROOT) if inside else weights))
        files = [file for path in options.paths for file in pictures_under(path)]
        files = list(dict.fromkeys(files))
        with Progress(len(files)) as progress:
            todo = detect(files, job, None if options.ray == "local" else options.ray, progress.step)
    except InspectionError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where it stopped.", file=sys.stderr)
        return 1
    return _report(files, todo, job)


def detect(
    files: Sequence[str], job: Job, address: str | None, done: Callable[[str], None], share: int = SHARE
) -> int:
    """Analyse what has no result yet; returns how many files that was.

    Args:
        files: paths or URLs.
        job: what to do.
        address: of the cluster, "auto" for the one of this machine, or None for a cluster for this run only.
        done: called once a file.
        share: files in a share.
    """
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "180")  # a busy machine is no broken one
    import ray

    there = {row["file"] for row in results(job.out)}
    todo = [file for file in files if file not in there]
    for file in files:
        if file in there:
            done(file)
    if not todo:
        return 0
    shares = [todo[i : i + share] for i in range(0, len(todo), share)]
    ours = not ray.is_initialized()
    if ours:
        _connect(ray, address)
    try:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        items = [{"name": part_name(part), "files": part} for part in shares]
        # One share a block, so that one is lost at most; every core takes one at a time.
        data = ray.data.from_items(items, override_num_blocks=len(items))
        for row in data.map(functools.partial(do_share, job=job), num_cpus=1).iter_rows():
            for _ in range(row["files"]):
                done("")
    finally:
        if ours:
            ray.shutdown()
    return len(todo)


def _connect(ray: Any, address: str | None) -> None:
    """Join the cluster; the package travels along, so machines need the requirements only."""
    environment = {
        "working_dir": str(ROOT),
        "excludes": list(_NOT_NEEDED),
        "env_vars": {"OVERHEAT_CORES": "1"},  # Ray runs one share a core
    }
    try:
        ray.init(
            address, runtime_env=environment, logging_level=logging.ERROR, log_to_driver=False,
            include_dashboard=False if address is None else None,
            _node_ip_address=_LOOPBACK if address is None else None,
        )  # fmt: skip
    except ConnectionError as error:
        raise InspectionError(text("There is no Ray cluster at {address}.", address=address)) from error
    except Exception as error:  # a bare one, where the parts of a cluster do not come up within 15 seconds
        log.warning("Ray did not start", exc_info=True)
        raise InspectionError(
            text("Ray did not start; this machine may be too busy: {why}", why=error)
        ) from error


def _check(options: argparse.Namespace) -> None:
    for package in ("ray", "pyarrow", "fsspec"):
        if importlib.util.find_spec(package) is None:
            raise InspectionError(
                text("{package} is not installed: pip install -r requirements-cluster.txt", package=package)
            )
    if options.parquet is None:
        raise InspectionError(text("--ray needs --parquet OUT, the folder for the results."))
    if any(getattr(options, name, None) for name in _ELSEWHERE):
        raise InspectionError(text("With --ray all results go to the folder of --parquet."))


def _report(files: Sequence[str], todo: int, job: Job) -> int:
    """Read the results back and say whether every file is there, once."""
    counts: Counter[str] = Counter()
    failed, findings = [], 0
    for row in results(job.out, ("file", "error", "detections")):
        counts[row["file"]] += 1
        findings += len(row["detections"] or ())
        if row["error"]:
            failed.append(row)
    missing = [file for file in files if not counts[file]]
    twice = [file for file, count in counts.items() if count > 1]
    print(f"{findings} findings in {len(counts) - len(failed)} pictures; {todo} were analysed now.")
    for words, some in (("are missing", missing), ("are there twice", twice)):
        if some:
            print(f"{len(some)} files {words}, such as {some[0]}.", file=sys.stderr)
    if failed:
        print(f"{len(failed)} files could not be analysed:", file=sys.stderr)
        for row in failed[:1000]:
            print(f"  {row['file']}: {row['error']}", file=sys.stderr)
    return 1 if missing or twice or failed or not files else 0
