"""The tables of weights/MODEL_CARD.md, written between marks; the words around them are by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inspection.classes import LIVING, display_name
from training.compare_tables import markdown_table
from training.evaluate import WHOLE_OBJECTS, Evaluation
from training.scoring import Score

_MARK = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
SYNTHETIC_ONLY = "synthetic only, not validated"


def fill(card: Path, tables: Mapping[str, str]) -> list[str]:
    """Replace what stands between `<!-- table: NAME -->` and `<!-- end -->`.

    Args:
        card: the Markdown file.
        tables: by name; a mark without a table here is left as it is.

    Returns:
        Names of tables that the card has no mark for.
    """
    text = card.read_text("utf-8") if card.exists() else ""
    found: list[str] = []

    def put(match: re.Match[str]) -> str:
        found.append(match[2])
        body = tables.get(match[2])
        return match[0] if body is None else f"{match[1]}\n{body.strip()}\n\n{match[3]}"

    new = _MARK.sub(put, text)
    if new != text:
        card.write_text(new, "utf-8")
    return [name for name in tables if name not in found]


def facts_table(record: Mapping[str, Any]) -> str:
    """What the file is."""
    rows = [
        ("architecture", str(record["architecture"])),
        ("parameters", f"{record['parameters']:,}"),
        ("size", f"{record['bytes'] / 1e6:.1f} MB, float16"),
        ("classes", ", ".join(record["classes"])),
        ("sha256", f"`{record['sha256']}`"),
    ]
    if mean_of := record.get("mean_of"):
        total = sum(mean_of.values())
        shares = ", ".join(f"{file} {share / total:.0%}" for file, share in mean_of.items())
        rows.insert(1, ("mean of the checkpoints", shares))
    return markdown_table(("what", "value"), rows)


def classes_table(evaluations: Sequence[Evaluation], trained_on: Mapping[str, int] | None) -> str:
    """AP per class at every size; classes without a real training box are marked.

    Args:
        evaluations: one a size.
        trained_on: class name -> real boxes in training; None leaves that column off.
    """
    first = evaluations[0]
    head = ["class", *(["real boxes in training"] if trained_on is not None else []), "boxes"]
    for result in evaluations:
        head += [f"AP50 {result.imgsz}", f"AP50-95 {result.imgsz}"]
    lines = []
    for name, score in first.classes.items():
        if not score.boxes and not (trained_on or {}).get(name):
            continue
        label, real = display_name(name), (trained_on or {}).get(name, 0)
        if trained_on is not None and real < 2:
            label += f" ({SYNTHETIC_ONLY})"
        counts = [str(real)] if trained_on is not None else []
        lines.append([label, *counts, str(score.boxes), *_scores([r.classes[name] for r in evaluations])])
    if first.hot.boxes:
        hot = sum(n for name, n in (trained_on or {}).items() if name not in LIVING | WHOLE_OBJECTS)
        counts = [str(hot)] if trained_on is not None else []
        scores = _scores([r.hot for r in evaluations])
        lines.append(["**hot equipment, any class**", *counts, str(first.hot.boxes), *scores])
    return markdown_table(head, lines)


def sources_table(evaluations: Sequence[Evaluation]) -> str:
    """AP per source and class at every size."""
    first = evaluations[0]
    head = ["source", "class", "boxes"]
    for result in evaluations:
        head += [f"AP50 {result.imgsz}", f"AP50-95 {result.imgsz}"]
    lines = []
    for source, scores in first.sources.items():
        for name, score in scores.items():
            cells = _scores([r.sources[source][name] for r in evaluations])
            lines.append([source, display_name(name), str(score.boxes), *cells])
        if source in first.hot_sources:
            cells = _scores([r.hot_sources[source] for r in evaluations])
            lines.append([source, "hot equipment", str(first.hot_sources[source].boxes), *cells])
    return markdown_table(head, lines)


def confidence_table(evaluations: Sequence[Evaluation]) -> str:
    """Precision, recall and alarms of hot equipment by confidence at every size."""
    head = ["confidence"]
    for r in evaluations:
        clean = r.curve[0].clean
        head += [
            f"precision {r.imgsz}",
            f"recall {r.imgsz}",
            f"F1 {r.imgsz}",
            f"alarms {r.imgsz} (of {clean})",
        ]
    lines = []
    for points in zip(*(r.curve for r in evaluations), strict=True):
        cells = [f"{points[0].confidence:.2f}"]
        for p in points:
            cells += [f"{p.precision:.2f}", f"{p.recall:.2f}", f"{p.f1:.2f}", str(p.false_alarms)]
        lines.append(cells)
    return markdown_table(head, lines)


def recommended_table(record: Mapping[str, Any]) -> str:
    """What the app starts with."""
    entry = record["recommended"]
    rows = [("image size", f"{entry['imgsz']} px"), ("confidence", f"{entry['conf']:.2f}")]
    rows += [(f"confidence, {display_name(n)}", f"{v:.2f}") for n, v in entry["class_conf"].items()]
    return markdown_table(("what", "recommended"), rows)


def _scores(scores: Sequence[Score]) -> list[str]:
    cells = []
    for score in scores:
        cells += [f"{score.ap50:.2f}", f"{score.ap:.2f}"] if score.boxes else ["-", "-"]
    return cells
