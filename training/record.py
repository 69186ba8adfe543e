"""training.json: what led to the shipped weights, for the app, the models page and whoever asks."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.compare import Compared
from training.compare_tables import mean_over_classes
from training.progress_file import read_curves


def stages_of(folders: Sequence[Path]) -> list[dict[str, Any]]:
    """Settings and curves of trainings, without the paths of this machine."""
    stages = []
    for folder in folders:
        path = folder / "settings.json"
        settings = json.loads(path.read_text("utf-8")) if path.exists() else {}
        for key in ("data", "val"):
            settings[key] = [_last_part(text) for text in settings.get(key, [])]
        settings["weights"] = _last_part(str(settings.get("weights", "")))
        stages.append({"settings": settings, "epochs": read_curves(folder / "results.csv")})
    return stages


def compact(compared: Sequence[Compared]) -> dict[str, Any]:
    """A comparison for the record: mean and spread over seeds instead of every run."""
    if not compared:
        return {}
    first = next(iter(compared[0].runs.values()))
    networks = []
    for entry in compared:
        runs = list(entry.runs.values())
        networks.append({
            "name": entry.name, "parameters": entry.parameters, "gflops": entry.gflops,
            "milliseconds": entry.milliseconds, "seeds": sorted(entry.runs),
            "mean": {
                "ap50": _mean_and_spread([mean_over_classes(r, "ap50") for r in runs]),
                "ap": _mean_and_spread([mean_over_classes(r, "ap") for r in runs]),
            },
            "hot": _both([r.hot for r in runs]),
            "classes": {n: _both([r.classes[n] for r in runs]) for n, s in first.classes.items() if s.boxes},
        })  # fmt: skip
    return {
        "imgsz": first.imgsz, "pictures": first.pictures, "hot_boxes": first.hot.boxes,
        "boxes": {n: s.boxes for n, s in first.classes.items() if s.boxes}, "networks": networks,
    }  # fmt: skip


def _both(scores: Sequence[Any]) -> dict[str, list[float]]:
    return {key: _mean_and_spread([getattr(s, key) for s in scores]) for key in ("ap50", "ap")}


def _mean_and_spread(values: Sequence[float]) -> list[float]:
    spread = [float(np.std(values, ddof=1))] if len(values) > 1 else []
    return [float(np.mean(values)), *spread]


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """One line an entry, numbers with at most five digits."""
    lines = [f"{json.dumps(k)}: {json.dumps(_rounded(v), ensure_ascii=False)}" for k, v in record.items()]
    part = path.with_suffix(".part")
    part.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    os.replace(part, path)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}") if np.isfinite(value) else None
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    return [_rounded(v) for v in value] if isinstance(value, list | tuple) else value


def _last_part(text: str) -> str:
    """The name of a path without its folders, a weight kept."""
    return text.rstrip("/").rsplit("/", 1)[-1]
