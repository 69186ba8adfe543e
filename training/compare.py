"""Train several networks by one recipe and put their figures side by side, mean and spread over seeds.

Each run lies in NAME-seedS of the comparison's folder. Every complete run that is there counts, whichever
command made it, so finalists can get more seeds later, and a stopped comparison goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from training.compare_tables import tables
from training.errors import TrainingError
from training.evaluate import Evaluation, evaluate
from training.run import network_name, open_and_check, train_or_go_on
from training.settings import Settings, ultralytics_arguments
from training.timing import milliseconds

_RUN_FOLDER = re.compile(r"^(.+)-seed(\d+)$")


@dataclass
class Compared:
    """One network of a comparison.

    Attributes:
        name: of the network, as its YAML without the ending.
        parameters: trained numbers.
        gflops: at the comparison's image size.
        milliseconds: for one picture as the app runs it.
        runs: seed -> its scores on the validation part.
    """

    name: str
    parameters: int = 0
    gflops: float = 0.0
    milliseconds: float = 0.0
    runs: dict[int, Evaluation] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "name": self.name, "parameters": self.parameters, "gflops": self.gflops,
            "milliseconds": self.milliseconds, "seeds": sorted(self.runs),
            "runs": [self.runs[seed].as_dict() for seed in sorted(self.runs)],
        }  # fmt: skip


def compare(names: Sequence[str], seeds: Sequence[int], settings: Settings, folder: Path) -> str:
    """Train every network with every seed, then make the tables of all complete runs in the folder.

    Args:
        names: networks to train; none only makes the tables anew.
        seeds: of each of them.
        settings: the recipe.
        folder: of the comparison.

    Returns:
        The tables as Markdown; also written to comparison.md and, with all figures, comparison.json.

    Raises:
        TrainingError, WeightsError: see train; or there is no complete run.
    """
    for seed in seeds:  # all networks once before any twice, so that a stop leaves a fair table
        for name in names:
            place = folder / f"{Path(network_name(name)).stem}-seed{seed}"
            train_or_go_on(replace(settings, model=name, seed=seed), place)
    compared = collect(folder)
    text = tables(compared)
    content = {"networks": [c.as_dict() for c in compared]}
    (folder / "comparison.json").write_text(json.dumps(content, indent=1), "utf-8")
    (folder / "comparison.md").write_text(text, "utf-8")
    return text


def complete_runs(folder: Path) -> dict[str, dict[int, Path]]:
    """Network -> seed -> folder of every complete run, in the order of their names."""
    found: dict[str, dict[int, Path]] = {}
    for place in sorted(folder.glob("*-seed*")):
        match = _RUN_FOLDER.match(place.name)
        if match and (place / "result.json").exists() and (place / "weights" / "best.pt").exists():
            found.setdefault(match[1], {})[int(match[2])] = place
    return found


def collect(folder: Path) -> list[Compared]:
    """Scores and sizes of all complete runs; what was measured before is not measured again.

    Raises:
        TrainingError: there is none, or they were trained at different image sizes.
    """
    runs = complete_runs(folder)
    if not runs:
        raise TrainingError(
            f"{folder} holds no complete run yet; name the networks to train after --compare."
        )
    recipes = {n: {s: Settings.load(p / "settings.json") for s, p in r.items()} for n, r in runs.items()}
    sizes = {int(ultralytics_arguments(x)["imgsz"]) for r in recipes.values() for x in r.values()}
    if len(sizes) > 1:
        raise TrainingError(f"The runs in {folder} were trained at different image sizes: {sorted(sizes)}.")
    imgsz = sizes.pop()
    compared = []
    for name, places in runs.items():
        entry = Compared(name, runs={seed: _scores(place, imgsz) for seed, place in places.items()})
        first = next(iter(places.values()))
        facts = _facts(first / "weights" / "best.pt", imgsz)
        entry.parameters, entry.gflops = facts["parameters"], facts["gflops"]
        compared.append(entry)
    first_weights = {n: next(iter(p.values())) / "weights" / "best.pt" for n, p in runs.items()}
    times = milliseconds(first_weights, imgsz)
    for entry in compared:
        entry.milliseconds = times[entry.name]
    return compared


def _scores(place: Path, imgsz: int) -> Evaluation:
    """The scores of a run on its validation part, kept beside it."""
    best, kept = place / "weights" / "best.pt", place / "evaluation.json"
    data = (place / "data" / "val.txt").read_bytes() if (place / "data" / "val.txt").exists() else b""
    stamp = hashlib.sha256(best.read_bytes() + data + str(imgsz).encode()).hexdigest()
    try:
        content = json.loads(kept.read_text("utf-8"))
        if content["stamp"] == stamp:
            return Evaluation.from_dict(content["evaluation"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    reports = open_and_check([str(place / "data" / "data.yaml")], place)
    result = evaluate(best, reports, imgsz)
    kept.write_text(json.dumps({"stamp": stamp, "evaluation": result.as_dict()}, indent=1), "utf-8")
    return result


def _facts(weights: Path, imgsz: int) -> dict[str, Any]:
    from custom_layers import YOLO
    from custom_layers.flops import gflops

    from ultralytics.utils.torch_utils import get_num_params  # isort: skip  (after custom_layers)

    model: Any = YOLO(str(weights)).model
    return {"parameters": int(get_num_params(model)), "gflops": round(gflops(model, imgsz), 2)}
