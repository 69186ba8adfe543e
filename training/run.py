"""One training from settings to a results folder, and its continuation after a stop."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import yaml

from custom_layers import YOLO
from training.check import Report, across_sources, check
from training.errors import TrainingError
from training.mixing import mix
from training.progress_file import hours_spent, keep_epochs
from training.scenes import make_scenes
from training.settings import Settings, check_device, ultralytics_arguments
from training.sources import open_source

_PROBLEMS_SHOWN = 20


def open_and_check(texts: Sequence[str], unpack_to: Path, only: Sequence[str] = ()) -> list[Report]:
    """Open and check sources, and say what was found.

    Args:
        texts: sources, see open_source.
        unpack_to: folder for ZIPs.
        only: for each source the only split that counts, or "" for all; empty counts everything.

    Raises:
        DataError: see open_source.
    """
    reports = [check(open_source(text, unpack_to)) for text in texts]
    for report, split in zip(reports, only, strict=bool(only)):
        report.pictures = [p for p in report.pictures if split in {"", p.split}]
    problems = [p for r in reports for p in r.problems] + across_sources(reports)
    for problem in problems[:_PROBLEMS_SHOWN]:
        print(f"! {problem.file}: {problem.text}")
    if len(problems) > _PROBLEMS_SHOWN:
        print(
            f"! ... and {len(problems) - _PROBLEMS_SHOWN} more; all are in problems.txt of the results folder"
        )
    for report in reports:
        print(report.summary())
    return reports


def gather(settings: Settings, folder: Path) -> list[Report]:
    """Checked sources of a training; problems go to problems.txt.

    With `val`, only the validation parts of these count.
    """
    texts = settings.data or [str(make_scenes(folder.parent / "scenes", settings.pictures, settings.seed))]
    only = ["train"] * len(texts) + ["val"] * len(settings.val) if settings.val else []
    reports = open_and_check([*texts, *settings.val], folder.parent / "unpacked", only)
    lines = [f"{p.file}: {p.text}" for r in reports for p in r.problems]
    (folder / "problems.txt").write_text("\n".join([*lines, ""]), "utf-8")
    return reports


def train(settings: Settings, folder: Path) -> Path:
    """Train into a results folder.

    Args:
        settings: see Settings.
        folder: made when missing; must not hold another training.

    Returns:
        The best weights.

    Raises:
        TrainingError: with one sentence; what was trained so far stays, see resume.
        WeightsError: the start weights cannot be used.
    """
    if (folder / "weights" / "last.pt").exists():
        raise TrainingError(
            f"{folder} holds a training already. Go on with it: python train.py --resume {folder}; "
            "or name another folder with --out."
        )
    check_device(settings.device)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reports = gather(settings, folder)
        extra: dict[str, Any] = {"thermal": asdict(settings.thermal)}
        if settings.weights:
            extra["start_weights"] = str(Path(settings.weights).absolute())
            if not Path(settings.weights).is_file():
                raise TrainingError(f"There is no weights file {settings.weights}.")
        mixed = mix(reports, folder / "data", settings.seed, settings.merge_misspelt, {"training": extra})
    except OSError as error:
        raise _as_training_error(error, folder) from error
    print(f"Training on {mixed.train} pictures an epoch, validating on {mixed.val}; data {mixed.sha256[:12]}")
    facts = {"data_sha256": mixed.sha256, "train_pictures": mixed.train, "val_pictures": mixed.val}
    settings.save(folder / "settings.json", **facts, torch=str(torch.__version__))
    arguments = {"data": str(mixed.yaml_path), "pretrained": False, **ultralytics_arguments(settings)}
    return _run(_open_model(settings.model), folder, arguments)


def resume(folder: Path, hours: float = 0.0, **changes: Any) -> Path:
    """Go on with a training that was stopped, from its last whole epoch.

    Args:
        folder: of the training.
        hours: new time budget from now on; 0 keeps what is left of the old one, if it had one.
        changes: batch, imgsz or device other than before, for a machine with less memory.

    Returns:
        The best weights.

    Raises:
        TrainingError: the folder holds no training that can go on.
    """
    last = folder / "weights" / "last.pt"
    settings = Settings.load(folder / "settings.json")
    if not last.exists():
        raise TrainingError(f"{folder} holds no checkpoint yet; start the training again.")
    try:
        model = YOLO(str(last))
    except Exception as error:  # a file from elsewhere raises many kinds
        raise TrainingError(f"{last} cannot be read as a checkpoint.") from error
    epoch = int((model.ckpt or {}).get("epoch", -1))
    if not model.ckpt or epoch < 0 or model.ckpt.get("optimizer") is None:
        if (folder / "result.json").exists() or not (folder / "weights" / "best.pt").exists():
            raise TrainingError(f"The training in {folder} is complete; there is nothing to resume.")
        return _finish(folder, 0.0)
    # A row may have been written for an epoch whose checkpoint was not.
    keep_epochs(folder / "results.csv", epoch + 1)
    spent = hours_spent(folder / "results.csv")
    if settings.hours or hours:
        hours = hours or max(settings.hours - spent, 0.02)
        _note_hours(folder / "data" / "data.yaml", spent)
    check_device(changes.get("device", "auto"))
    return _run(model, folder, {"resume": str(last), **({"time": hours} if hours else {}), **changes})


def _note_hours(path: Path, hours: float) -> None:
    """Tell the trainer how long the training has run before, for the learning rate."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        content["training"] = {**(content.get("training") or {}), "hours_spent": round(hours, 4)}
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
        raise TrainingError(f"{path} is missing or damaged; this folder cannot be resumed.") from error


def train_or_go_on(settings: Settings, folder: Path) -> Path:
    """The best weights of a folder: complete already, gone on with, or trained from the start.

    Raises:
        TrainingError, WeightsError: see train.
    """
    best = folder / "weights" / "best.pt"
    if (folder / "result.json").exists() and best.exists():
        return best
    if (folder / "weights" / "last.pt").exists():
        return resume(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return train(settings, folder)


def network_name(text: str) -> str:
    """A variant's short name as YOLO() takes it: "smp" and "yolo11n-smp" become "yolo11n-smp.yaml"."""
    if "+" in text or Path(text).suffix in {".yaml", ".yml", ".pt"}:
        return text
    return f"{text}.yaml" if text.startswith("yolo") else f"yolo11n-{text}.yaml"


def _open_model(name: str) -> YOLO:
    name = network_name(name)
    if name.endswith(".pt") and not Path(name).is_file():
        raise TrainingError(f"There is no weights file {name}.")
    try:
        return YOLO(name)
    except (FileNotFoundError, KeyError, ValueError, TypeError) as error:
        raise TrainingError(f"{name} is no network that can be built ({error}).") from error


def _run(model: YOLO, folder: Path, arguments: dict[str, Any]) -> Path:
    from training.trainer import ThermalTrainer

    start = time.time()
    place = {"project": str(folder.absolute().parent), "name": folder.name, "exist_ok": True}
    try:
        model.train(trainer=ThermalTrainer, **place, **arguments)
    except KeyboardInterrupt as error:
        begun = (folder / "weights" / "last.pt").exists()
        advice = f"Go on with: python train.py --resume {folder}" if begun else "No epoch was complete yet."
        raise TrainingError(f"Stopped. {advice}") from error
    except (
        OSError, RuntimeError, ValueError, AssertionError, MemoryError, subprocess.SubprocessError,
    ) as error:  # fmt: skip
        if "nothing to resume" not in str(error):
            raise _as_training_error(error, folder) from error
    return _finish(folder, time.time() - start)


def _finish(folder: Path, seconds: float) -> Path:
    """What is written last: a folder with a result.json is complete."""
    weights = folder / "weights"
    try:
        for name in ("best.pt", "last.pt"):
            if (weights / name).exists():
                shutil.copyfile(weights / name, folder / name)
        facts = {"seconds": round(seconds), "epochs": keep_epochs(folder / "results.csv")}
        (folder / "result.json").write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise _as_training_error(error, folder) from error
    return weights / "best.pt"


def _as_training_error(error: Exception, folder: Path) -> TrainingError:
    text = str(error).strip()
    begun = (folder / "weights" / "last.pt").exists()
    go_on = f"python train.py --resume {folder}" if begun else "start it again; no epoch was complete yet"
    if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in text:
        return TrainingError(f"The disk is full; free some space, then: {go_on}")
    if isinstance(error, MemoryError) or "can't allocate memory" in text or "is killed by signal" in text:
        return TrainingError(f"The memory is too small; add a smaller --batch or --imgsz to: {go_on}")
    if "out of memory" in text.lower():
        return TrainingError(f"The GPU's memory is too small; add a smaller --batch or --imgsz to: {go_on}")
    if isinstance(error, subprocess.SubprocessError):
        text = "one of the processes (one a GPU) ended with an error, see above"
    line = text.splitlines()[0].rstrip(".") if text else type(error).__name__
    return TrainingError(f"The training stopped: {line}. To go on: {go_on}")
