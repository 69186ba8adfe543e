"""Make what the app ships of a training: `python -m training.ship RUN --data REAL`.

Writes best.pt (float16, no optimiser, nothing of the machine it was made on), its OpenVINO form, the record
training.json that the app and the models page read, and the tables of MODEL_CARD.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inspection.classes import canonical_name
from inspection.errors import InspectionError
from inspection.recommended import RECORD
from training import card, compare_tables
from training.average import average, parse_shares
from training.check import Report
from training.compare import Compared
from training.errors import TrainingError
from training.evaluate import Evaluation, evaluate
from training.pack import pack
from training.recommend import recommend
from training.record import compact, stages_of, write_record
from training.run import open_and_check


def read_comparison(folder: Path | None) -> list[Compared]:
    """What `train.py --compare` wrote into a folder.

    Raises:
        TrainingError: nothing, or something else.
    """
    if folder is None:
        return []
    path = folder / "comparison.json"
    try:
        entries = json.loads(path.read_text("utf-8"))["networks"]
        return [
            Compared(
                e["name"], e["parameters"], e["gflops"], e["milliseconds"],
                {s: Evaluation.from_dict(r) for s, r in zip(e["seeds"], e["runs"], strict=True)},
            )
            for e in entries
        ]  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            f"{path} is missing or damaged; make it with: train.py --compare --out {folder}"
        ) from error


def ship(
    folders: Sequence[Path],
    target: Path,
    evaluations: Sequence[Evaluation] = (),
    compared: Sequence[Compared] = (),
    recommended: Mapping[str, Any] | None = None,
    description: str = "",
    earlier: Sequence[Mapping[str, Any]] = (),
    mean_of: Sequence[tuple[Path, float]] = (),
) -> dict[str, Any]:
    """Fill a weights folder: best.pt of the last training, or a mean, and the record of what led to it.

    Args:
        folders: results folders in the order in which one started from the other.
        target: the weights folder.
        evaluations: of the shipped weights on real pictures, one a size.
        compared: the comparison of networks.
        recommended: instead of what `recommend` chooses from the evaluations; None lets it choose.
        description: one line for the checkpoint.
        earlier: stages of the weights that the first training started from.
        mean_of: checkpoints and their shares, when their mean is shipped instead of the last training's best.

    Returns:
        The record.

    Raises:
        TrainingError: the weights cannot be read.
    """
    with tempfile.TemporaryDirectory() as place:
        facts = pack(_source(folders, mean_of, Path(place)), target / "best.pt", description)
    if recommended is None and evaluations:
        recommended = recommend(evaluations, facts["classes"])
    record = {
        **facts,
        **({"recommended": dict(recommended)} if recommended else {}),
        **({"mean_of": {_run_and_file(path): share for path, share in mean_of}} if mean_of else {}),
        "comparison": compact(compared),
        "stages": [*earlier, *stages_of(folders)],
        "evaluations": [e.as_dict() for e in evaluations],
    }
    write_record(target / RECORD, record)
    return record


def _source(folders: Sequence[Path], mean_of: Sequence[tuple[Path, float]], place: Path) -> Path:
    """The weights to ship: the last training's best, or the mean, made in a folder.

    Raises:
        TrainingError: there are none.
    """
    if mean_of:
        return average(mean_of, place / "best.pt")
    weights = folders[-1] / "weights" / "best.pt"
    if not weights.is_file():
        raise TrainingError(f"There is no weights file {weights}.")
    return weights


def _run_and_file(path: Path) -> str:
    """runs/second/weights/last.pt -> second/last.pt."""
    run = path.parent.parent if path.parent.name == "weights" else path.parent
    return f"{run.name}/{path.name}"


def card_tables(
    record: Mapping[str, Any],
    evaluations: Sequence[Evaluation],
    synthetic: Sequence[Evaluation],
    compared: Sequence[Compared],
    reports: Sequence[Report],
) -> dict[str, str]:
    """The model card's tables by the names of their marks."""
    tables = {"facts": card.facts_table(record)}
    if evaluations:
        trained: Counter[str] = Counter()
        for report in reports:
            for index, number in report.boxes("train").items():
                trained[canonical_name(report.source.names[index])] += number
        tables["classes"] = card.classes_table(evaluations, trained if reports else None)
        tables["sources"] = card.sources_table(evaluations)
        tables["confidence"] = card.confidence_table(evaluations)
    if "recommended" in record:
        tables["recommended"] = card.recommended_table(record)
    if synthetic:
        tables["synthetic"] = card.classes_table(synthetic, None)
    if compared:
        tables["comparison"] = compare_tables.tables(compared)
    return tables


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    p = argparse.ArgumentParser(prog="python -m training.ship", description=__doc__.splitlines()[0])
    p.add_argument(
        "folders", nargs="+", type=Path, metavar="RUN", help="results folders, the shipped one last"
    )
    p.add_argument(
        "--data", nargs="+", default=[], help="real pictures to score on, with their training part"
    )
    p.add_argument(
        "--sizes", type=int, nargs="+", default=[320, 416, 512, 640], help="image sizes to score at"
    )
    p.add_argument("--scores", type=Path, help="evaluation.json of train.py --evaluate, instead of scoring")
    p.add_argument(
        "--continues", type=Path, metavar="RECORD", help="training.json of the weights that RUN started from"
    )
    p.add_argument("--synthetic", type=Path, help="evaluation.json on generated scenes")
    p.add_argument("--comparison", type=Path, metavar="FOLDER", help="of train.py --compare")
    p.add_argument("--imgsz", type=int, help="recommend this size instead of the measured choice")
    p.add_argument("--conf", type=float, help="recommend this confidence instead of the measured choice")
    p.add_argument("--class-conf", nargs="*", metavar="CLASS=CONF", help="recommend these, and no others")
    p.add_argument(
        "--average", nargs="+", default=[], metavar="FILE=SHARE", help="ship the mean of these checkpoints"
    )
    p.add_argument("--description", default="", help="one line kept in the checkpoint")
    p.add_argument("--out", type=Path, default=Path("weights"), help="the weights folder")
    return p.parse_args(argv)


def _read_scores(path: Path | None) -> list[Evaluation]:
    if path is None:
        return []
    try:
        return [Evaluation.from_dict(entry) for entry in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} is no evaluation.json of train.py --evaluate.") from error


def _read_stages(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    try:
        return list(json.loads(path.read_text("utf-8"))["stages"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} is no record of shipped weights.") from error


def _chosen(
    args: argparse.Namespace, evaluations: Sequence[Evaluation], names: Sequence[str]
) -> dict[str, Any]:
    """The recommendation, with what the command line wants instead."""
    entry = recommend(evaluations, names) if evaluations else {"imgsz": 640, "conf": 0.25, "class_conf": {}}
    entry |= {k: v for k in ("imgsz", "conf") if (v := getattr(args, k)) is not None}
    if args.class_conf is not None:
        pairs = [text.rpartition("=") for text in args.class_conf]
        try:
            own = {name: float(value) for name, _, value in pairs}
        except ValueError as error:
            raise TrainingError("--class-conf takes CLASS=CONF, for example persoana=0.25.") from error
        entry["class_conf"] = own
        unknown = [name for name in own if name not in names]
        if unknown:
            raise TrainingError(f"There is no class {unknown[0]!r} in the weights.")
    return entry


def run(args: argparse.Namespace) -> None:
    """Everything the command does, see the module."""
    from custom_layers import YOLO
    from inspection.convert import convert_shipped

    reports = open_and_check(args.data, args.out.parent / "runs" / "unpacked") if args.data else []
    mean_of = parse_shares(args.average)
    evaluations = _read_scores(args.scores)
    with tempfile.TemporaryDirectory() as place:
        weights = _source(args.folders, mean_of, Path(place))
        if not evaluations and reports:
            evaluations = [evaluate(weights, reports, size) for size in args.sizes]
        names = list(YOLO(str(weights)).names.values())
    compared, synthetic = read_comparison(args.comparison), _read_scores(args.synthetic)
    chosen = _chosen(args, evaluations, names)
    args.out.mkdir(parents=True, exist_ok=True)
    earlier = _read_stages(args.continues)
    record = ship(args.folders, args.out, evaluations, compared, chosen, args.description, earlier, mean_of)
    print(f"{args.out / 'best.pt'}: {record['bytes'] / 1e6:.1f} MB; recommended: {chosen}")
    convert_shipped(args.out / "best.pt", print)
    tables = card_tables(record, evaluations, synthetic, compared, reports)
    for name in card.fill(args.out / "MODEL_CARD.md", tables):
        print(f"MODEL_CARD.md has no mark for the table {name}.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all went well, 2 after a refusal with one sentence."""
    try:
        run(_arguments(argv))
    except InspectionError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
