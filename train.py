"""Train the detector: `python train.py` alone generates thermal scenes and trains on them.

See docs/training.md for data, mixing, resuming, evaluation and comparison.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from inspection.errors import InspectionError


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument(
        "--data",
        nargs="+",
        default=[],
        metavar="PATH[=WEIGHT]",
        help="data.yaml, folder or ZIP; several are mixed",
    )
    p.add_argument(
        "--val", nargs="+", default=[], metavar="PATH", help="validate on the validation parts of these only"
    )
    p.add_argument(
        "--merge-misspelt", action="store_true", help='count "Compenenta" as "Componenta incalzita"'
    )
    p.add_argument("--check", action="store_true", help="check the data and stop")
    p.add_argument("--pictures", type=int, default=2400, help="scenes to generate without --data")
    p.add_argument(
        "--model", default="yolo11n-improved.yaml", help="network: a variant's name, a YAML or a checkpoint"
    )
    p.add_argument("--weights", default="", help="take over every tensor of this file that fits")
    p.add_argument("--device", default="auto", help="auto, cpu, 0, or 0,1 for two GPUs")
    p.add_argument("--epochs", type=int, default=30)
    p.add_argument(
        "--imgsz", type=int, default=0, help="network input in pixels (416 on a CPU, 640 on a GPU)"
    )
    p.add_argument("--batch", type=int, default=0, help="pictures a step (16 on a CPU, 32 per GPU)")
    p.add_argument(
        "--time", type=float, default=0.0, metavar="HOURS", help="time budget; sets the number of epochs"
    )
    p.add_argument("--patience", type=int, default=20, help="stop after this many epochs without improvement")
    p.add_argument("--lr", type=float, default=8e-4)
    p.add_argument("--mosaic", type=float, default=0.6)
    p.add_argument("--freeze", type=int, default=0, help="leave this many first layers as they are")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--seeds", type=int, nargs="+", default=[0], help="seeds of a comparison")
    p.add_argument("--out", type=Path, default=Path("runs/train"), help="results folder")
    p.add_argument("--resume", type=Path, metavar="FOLDER", help="go on with a stopped training")
    p.add_argument(
        "--evaluate", type=Path, metavar="WEIGHTS", help="score weights on the validation part of --data"
    )
    p.add_argument("--sizes", type=int, nargs="+", default=[416, 512, 640], help="image sizes of --evaluate")
    p.add_argument(
        "--average", nargs="+", metavar="FILE=WEIGHT", help="average checkpoints into --out/best.pt"
    )
    p.add_argument(
        "--compare",
        nargs="*",
        metavar="NAME",
        help="train these networks by one recipe; without names only make the tables of --out anew",
    )
    return p.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; 0 when all went well, 2 after a refusal with one sentence."""
    args = arguments(argv)
    try:
        _dispatch(args)
    except InspectionError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"\n{error.filename or args.out}: {error.strerror or error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped before the training began; nothing is lost.", file=sys.stderr)
        return 130
    return 0


def _dispatch(args: argparse.Namespace) -> None:
    from training import average, compare, run
    from training.settings import Settings

    if args.evaluate:
        _evaluate(args)
    elif args.average:
        print(f"Averaged: {average.average(average.parse_shares(args.average), args.out / 'best.pt')}")
    elif args.check:
        run.open_and_check(args.data or ["data.yaml"], args.out.parent / "unpacked")
    elif args.resume:
        changes = {k: v for k in ("batch", "imgsz") if (v := getattr(args, k))}
        if args.device != "auto":
            changes["device"] = args.device
        print(f"Best weights: {run.resume(args.resume, args.time, **changes)}")
    else:
        chosen = {k: v for k, v in vars(args).items() if k in Settings.__dataclass_fields__}
        settings = Settings(**chosen, hours=args.time)
        if args.compare is not None:
            print(compare.compare(args.compare, args.seeds, settings, args.out))
        else:
            print(f"Best weights: {run.train(settings, args.out)}")


def _evaluate(args: argparse.Namespace) -> None:
    from training.errors import DataError
    from training.evaluate import evaluate, markdown
    from training.run import open_and_check

    reports = open_and_check(args.data or ["data.yaml"], args.out.parent / "unpacked")
    # A data set without a validation part, such as generated scenes, is scored as a whole.
    split = "val" if any(p.split == "val" for r in reports for p in r.pictures) else "train"
    if not any(p.split == split for r in reports for p in r.pictures):
        raise DataError("There is no usable picture in the data.")
    results = [evaluate(args.evaluate, reports, size, split) for size in args.sizes]
    args.out.mkdir(parents=True, exist_ok=True)
    text = markdown(results)
    (args.out / "evaluation.md").write_text(text, "utf-8")
    (args.out / "evaluation.json").write_text(json.dumps([r.as_dict() for r in results], indent=1), "utf-8")
    print(text)


if __name__ == "__main__":
    sys.exit(main())
