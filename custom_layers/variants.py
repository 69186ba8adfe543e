"""Composes architectures by name: layer x slot x options, such as ``yolo11n+smp-k9@p5+cglu@psa``.

A name is ``yolo11``, a scale, and one or more ``+layer[-option]@slot``. Every name here can be given to
YOLO().
"""

import fnmatch
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from custom_layers.architecture import CFG, split_scale
from custom_layers.registry import ArchitectureError, nearest

BASE = "yolo11"
# Where a C3k2 of YOLO11 stands; p2 to p5 are the backbone's stages.
SLOTS = {
    "p2": (2,),
    "p3": (4,),
    "p4": (6,),
    "p5": (8,),
    "deep": (6, 8),
    "backbone": (2, 4, 6, 8),
    "neck": (13, 16, 19, 22),
    "all": (2, 4, 6, 8, 13, 16, 19, 22),
}
PSA_ROW = 10
KERNELS = {2: 13, 4: 13, 6: 11, 8: 9}  # of SMPConv by row; 13 in the neck
TOKENS = {6: 1600, 8: 400}  # of a 640x640 picture by row
METAFORMERS = {
    "identity": "C3k2_IdentityFormer",
    "pool": "C3k2_PoolingFormer",
    "conv": "C3k2_ConvFormer",
    "ca": "C3k2_CaFormer",
}
# Short name -> (block, values of its one option by letter and value, slots).
Part = tuple[str, dict[str, Any], tuple[str, ...]]
EVERYWHERE = tuple(SLOTS)


def _options(letter: str, *values: float) -> dict[str, float]:
    """Return ``{"k9": 9, ...}``."""
    return {f"{letter}{value:g}": value for value in values}


PARTS: dict[str, Part] = {
    "smp": ("C3k2_SMP", _options("k", 5, 7, 9, 11, 13), EVERYWHERE),
    "smpcglu": ("C3k2_SMPCGLU", _options("k", 5, 9, 13), EVERYWHERE),
    "cloatt": ("C3k2_CloAtt", _options("w", 2, 8), EVERYWHERE),
    "clores": ("C3k2_CloResidual", _options("w", 2, 8), EVERYWHERE),
    "kagn": ("C3k2_KAN", _options("d", 1, 2), EVERYWHERE),
    "vss": ("C3k2_VSS", _options("n", 4), EVERYWHERE),
    "lvmb": ("C3k2_LVMB", _options("n", 4), EVERYWHERE),
    **{short: (block, {}, EVERYWHERE) for short, block in METAFORMERS.items()},
    **{f"{short}glu": (f"{block}CGLU", {}, EVERYWHERE) for short, block in METAFORMERS.items()},
    "random": ("C3k2_RandomMixing", {}, ("p4", "p5", "deep")),
    "randomglu": ("C3k2_RandomMixingCGLU", {}, ("p4", "p5", "deep")),
}
PSA_PART = "cglu@psa"


def _differs(short: str, option: str, slot: str) -> bool:
    """Say whether an option changes anything in a slot (k9 is SMPConv's own choice in p5)."""
    return any(
        _arguments(short, row, [0, False], option) != _arguments(short, row, [0, False], "")
        for row in SLOTS[slot]
    )


@cache
def _names() -> tuple[str, ...]:
    """Return all names without a scale."""
    singles = [
        f"{short}{'-' * bool(option)}{option}@{slot}"
        for short, (_, options, slots) in PARTS.items()
        for option in ("", *options)
        for slot in slots
        if not option or _differs(short, option, slot)
    ]
    plain = [single for single in singles if "-" not in single]
    return (PSA_PART, *singles, *(f"{single}+{PSA_PART}" for single in plain))


def list_variants(pattern: str = "*", scale: str = "n") -> list[str]:
    """Return the names of the variants that match a shell pattern, such as ``"*smp*"``.

    Args:
        pattern: shell pattern on the whole name.
        scale: n, s, m, l or x.
    """
    return fnmatch.filter((f"{BASE}{scale}+{name}" for name in _names()), pattern)


def variants(pattern: str = "*", scale: str = "n") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (name, YAML dictionary) of the variants that match a shell pattern; see list_variants."""
    for name in list_variants(pattern, scale):
        yield name, variant_yaml(name)


@cache
def _base() -> dict[str, Any]:
    return yaml.safe_load((CFG / f"{BASE}.yaml").read_text(encoding="utf-8"))


def _arguments(short: str, row: int, plain: list[Any], option: str) -> list[Any]:
    """Return the row's arguments: C3k2's, then the layer's options."""
    _, options, _ = PARTS[short]
    c2, c3k, e = (*plain, 0.5)[:3]
    if short in ("smp", "smpcglu"):
        return [c2, c3k, e, options.get(option, KERNELS.get(row, 13))]
    if short in ("cloatt", "clores"):
        return [c2, c3k, e, options.get(option, 2 if row in (8, 22) else 4)]
    if short == "kagn":
        return [c2, c3k, e, "KAGNConv2DLayer", options.get(option, 3)]
    if short in ("vss", "lvmb"):
        return [c2, c3k, e, options.get(option, 1)]
    if short in ("random", "randomglu"):
        return [c2, c3k, e, TOKENS[row]]
    return [c2, c3k, e]


def _apply(rows: list[list[Any]], part: str, name: str) -> None:
    """Put one ``layer[-option]@slot`` into the rows."""
    if part == PSA_PART:
        rows[PSA_ROW][2] = "C2PSA_CGLU"
        return
    layer, _, slot = part.partition("@")
    short, _, option = layer.partition("-")
    if short not in PARTS:
        raise ArchitectureError(f"{name!r}: there is no layer {short!r}. {nearest(short, (*PARTS, 'cglu'))}")
    block, options, slots = PARTS[short]
    if slot not in slots:
        raise ArchitectureError(f"{name!r}: {short} goes into {', '.join(slots)}, not into {slot!r}.")
    if option and option not in options:
        given = ", ".join(options) or "none"
        raise ArchitectureError(f"{name!r}: {short} has no option {option!r}; its options: {given}.")
    for row in SLOTS[slot]:
        if rows[row][2] != "C3k2":
            raise ArchitectureError(f"{name!r}: two layers want row {row}; give each its own slot.")
        rows[row][2:] = [block, _arguments(short, row, rows[row][3], option)]


def variant_yaml(name: str) -> dict[str, Any]:
    """Return the YAML dictionary of a variant's name.

    Raises:
        ArchitectureError: a name with an unknown base, layer, option or slot, or two layers in one slot.
    """
    base, *parts = name.split("+")
    stem, scale = split_scale(base)
    if stem != BASE or not parts:
        raise ArchitectureError(
            f"{name!r} is no variant; a name is {BASE}, a scale and parts, such as "
            f"{BASE}n+smp@backbone+{PSA_PART}."
        )
    found = deepcopy(_base())
    rows = found["backbone"] + found["head"]
    for part in parts:
        _apply(rows, part, name)
    split = len(found["backbone"])
    return {
        **found,
        "backbone": rows[:split],
        "head": rows[split:],
        "scale": scale,
        "yaml_file": f"{name}.yaml",
    }


def write_variant(name: str, path: str | Path) -> Path:
    """Write a variant as a YAML file that YOLO() and Ultralytics' tools read.

    Args:
        name: as in list_variants.
        path: the file, or a folder for ``<name>.yaml``.

    Returns:
        The file.
    """
    content = variant_yaml(name)
    path = Path(path)
    path = path / f"{name}.yaml" if path.is_dir() else path
    rows = {key: content.pop(key) for key in ("backbone", "head")}
    text = f"# {name}\n\n" + yaml.safe_dump(content, sort_keys=False)
    for key, group in rows.items():
        lines = (yaml.safe_dump(row, default_flow_style=True, width=200).strip() for row in group)
        text += f"{key}:\n" + "".join(f"  - {line}\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path
