"""One training from settings to a results folder, and its continuation after a stop."""

from __future__ import annotations

import errno
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from custom_layers import YOLO
from training.check import Report, across_sources, check
from training.errors import TrainingError
from training.mixing import mix
from training.scenes import make_scenes
from training.settings import Settings, ultralytics_arguments
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
        raise TrainingError(f"{folder} holds a training already; resume it or name another folder.")
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


def resume(folder: Path, hours: float = 0.0) -> Path:
    """Go on with a training that was stopped, from its last whole epoch.

    Raises:
        TrainingError: the folder holds no training that can go on.
    """
    last = folder / "weights" / "last.pt"
    Settings.load(folder / "settings.json")
    if not last.exists():
        raise TrainingError(f"{folder} holds no checkpoint yet; start the training again.")
    model = YOLO(str(last))
    if not model.ckpt or model.ckpt.get("epoch", -1) < 0 or model.ckpt.get("optimizer") is None:
        raise TrainingError(f"The training in {folder} is complete; there is nothing to resume.")
    return _run(model, folder, {"resume": str(last), **({"time": hours} if hours else {})})


def _open_model(name: str) -> YOLO:
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
        raise TrainingError(f"Stopped. Go on with: python train.py --resume {folder}") from error
    except (OSError, RuntimeError) as error:
        raise _as_training_error(error, folder) from error
    best = folder / "weights" / "best.pt"
    epochs = getattr(model.trainer, "epoch", -1) + 1
    (folder / "result.json").write_text(
        json.dumps({"seconds": round(time.time() - start), "epochs": epochs}, indent=2) + "\n",
        "utf-8",
    )
    for name in ("best.pt", "last.pt"):
        if (folder / "weights" / name).exists():
            shutil.copyfile(folder / "weights" / name, folder / name)
    return best


def _as_training_error(error: Exception, folder: Path) -> TrainingError:
    text = str(error)
    go_on = f"python train.py --resume {folder}"
    if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in text:
        return TrainingError(f"The disk is full; free some space, then: {go_on}")
    if "out of memory" in text.lower():
        return TrainingError(
            f"The GPU's memory is too small; choose a smaller --batch or --imgsz, then: {go_on}"
        )
    return TrainingError(
        f"The training stopped: {text.splitlines()[0] if text else type(error).__name__}. {go_on}"
    )
