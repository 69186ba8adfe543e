"""Train several networks by one recipe and put their figures into one table, mean and spread over seeds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from inspection.classes import display_name
from training.evaluate import Evaluation, evaluate
from training.run import open_and_check, train
from training.settings import Settings, ultralytics_arguments


def compare(names: Sequence[str], seeds: Sequence[int], settings: Settings, folder: Path) -> str:
    """Train every network with every seed and score it on the validation part.

    A run that is complete already is not repeated, so a stopped comparison goes on where it was.

    Returns:
        The table as Markdown; also written to comparison.md and comparison.json of the folder.

    Raises:
        TrainingError, WeightsError: see train.
    """
    imgsz = int(ultralytics_arguments(settings)["imgsz"])
    results: dict[str, list[Evaluation]] = {}
    facts: dict[str, dict] = {}
    for name in names:
        for seed in seeds:
            place = folder / f"{Path(name).stem}-seed{seed}"
            if not (place / "result.json").exists():
                shutil.rmtree(place, ignore_errors=True)
                train(replace(settings, model=name, seed=seed), place)
            reports = open_and_check([str(place / "data" / "data.yaml")], folder)
            best = place / "weights" / "best.pt"
            results.setdefault(name, []).append(evaluate(best, reports, imgsz))
            facts[name] = _facts(best, imgsz)
    content = {
        n: {**facts[n], "seeds": list(seeds), "runs": [r.as_dict() for r in rs]} for n, rs in results.items()
    }
    (folder / "comparison.json").write_text(json.dumps(content, indent=1), "utf-8")
    text = table(results, facts)
    (folder / "comparison.md").write_text(text, "utf-8")
    return text


def _facts(weights: Path, imgsz: int) -> dict:
    from custom_layers import YOLO
    from custom_layers.flops import gflops

    from ultralytics.utils.torch_utils import get_num_params  # isort: skip  (after custom_layers)

    model: Any = YOLO(str(weights)).model
    return {"parameters": int(get_num_params(model)), "gflops": round(gflops(model, imgsz), 2)}


def table(results: dict[str, list[Evaluation]], facts: dict[str, dict]) -> str:
    """One row a network; scores are mean ± spread over seeds, box counts in the head."""
    first = next(iter(results.values()))[0]
    classes = [n for n, s in first.classes.items() if s.boxes]
    head = ["network", "parameters", "GFLOPs", "ms"]
    head += [f"hot AP50 ({first.hot.boxes})", "mean AP50", "mean AP50-95"]
    head += [f"{display_name(n)} AP50 ({first.classes[n].boxes})" for n in classes]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for name, runs in results.items():
        cells = [name, f"{facts[name]['parameters']:,}", f"{facts[name]['gflops']:.1f}"]
        cells.append(f"{np.mean([r.milliseconds for r in runs]):.0f}")
        cells.append(_spread([r.hot.ap50 for r in runs]))
        cells.append(_spread([float(np.mean([r.classes[n].ap50 for n in classes])) for r in runs]))
        cells.append(_spread([float(np.mean([r.classes[n].ap for n in classes])) for r in runs]))
        cells += [_spread([r.classes[n].ap50 for r in runs]) for n in classes]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _spread(values: Sequence[float]) -> str:
    mean = f"{np.mean(values):.3f}"
    return f"{mean} ± {np.std(values, ddof=1):.3f}" if len(values) > 1 else mean
