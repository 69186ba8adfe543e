"""The custom layers: one sentence, a diagram and the paper of each."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from inspection.texts import text
from ui.language import t, tr


@dataclass(frozen=True)
class Family:
    """One family of layers: name, what it does in a sentence, its drawing in DOT, and its paper."""

    name: str
    sentence: str
    edges: str
    paper: str
    arxiv: str

    def dot(self) -> str:
        """The drawing in the visitor's language, in grays that can be read on light and on dark."""
        edges = re.sub('"([^"]+)"', lambda name: f'"{tr(name[1])}"', self.edges)
        colour = '"#868E96"'
        node = 'shape=box, style="rounded", fontname="sans-serif", fontsize=11, height=0.3, margin="0.1,0.04"'
        return (
            f"digraph {{ rankdir=LR; bgcolor=transparent; nodesep=0.18; ranksep=0.28; "
            f"node [{node}, color={colour}, fontcolor={colour}]; "
            f"edge [color={colour}, arrowsize=0.6]; {edges} }}"
        )


NODES = (
    text("input"), text("output"), text("add"), text("add 1"), text("add 2"), text("norm"), text("norm 1"),
    text("norm 2"), text("kernel 13x13"), text("points that move"), text("mix places"), text("mix channels"),
    text("Gram polynomials"), text("convolution"), text("convolution 2"), text("right"), text("left"),
    text("down"), text("up"), text("sum"), text("gate"), text("near: convolutions"), text("weights"),
    text("far: pooled attention"), text("join"), text("multiply"),
)  # fmt: skip
"""What stands in the drawings and is no name or formula."""

FAMILIES: tuple[Family, ...] = (
    Family(
        "SMPConv",
        text(
            "A large kernel is drawn by a few points that wander while it is trained; after that it is "
            "one ordinary convolution."
        ),
        '"input" -> "kernel 13x13"; "points that move" -> "kernel 13x13" [style=dashed]; '
        '"kernel 13x13" -> "1x1" -> "add"; "input" -> "add"; "add" -> "output"',
        "Kim and Park, SMPConv: Self-moving Point Representations for Continuous Convolution, CVPR 2023",
        "2304.02330",
    ),
    Family(
        "MetaFormer",
        text(
            "First places are mixed, then channels; what mixes the places may be pooling, convolution, "
            "attention, chance or nothing at all."
        ),
        '"input" -> "norm 1" -> "mix places" -> "add 1"; "input" -> "add 1"; '
        '"add 1" -> "norm 2" -> "mix channels" -> "add 2"; "add 1" -> "add 2"; "add 2" -> "output"',
        "Yu et al., MetaFormer Baselines for Vision, TPAMI 2024",
        "2210.13452",
    ),
    Family(
        "KAGN",
        text(
            "Instead of one fixed activation, each channel learns its own curve, put together from "
            "Gram polynomials."
        ),
        '"input" -> "Gram polynomials" -> "convolution" -> "add"; '
        '"input" -> "SiLU" -> "convolution 2" -> "add"; '
        '"add" -> "norm" -> "output"',
        "Drokin, Kolmogorov-Arnold Convolutions: Design Principles and Empirical Studies, 2024",
        "2407.01092",
    ),
    Family(
        "SS2D",
        text(
            "The picture is read along four paths, with a memory that decides at each place what to "
            "keep and what to forget."
        ),
        '"input" -> "right" -> "sum"; "input" -> "left" -> "sum"; "input" -> "down" -> "sum"; '
        '"input" -> "up" -> "sum"; "sum" -> "gate" -> "output"',
        "Liu et al., VMamba: Visual State Space Model, NeurIPS 2024",
        "2401.10166",
    ),
    Family(
        "CloAtt",
        text(
            "One branch weighs each place by its neighbours, the other lets every place look at a "
            "reduced picture of the whole."
        ),
        '"input" -> "near: convolutions" -> "weights" -> "join"; '
        '"input" -> "far: pooled attention" -> "join"; '
        '"join" -> "1x1" -> "output"',
        "Fan et al., Rethinking Local Perception in Lightweight Vision Transformer (CloFormer), 2023",
        "2303.17803",
    ),
    Family(
        "Convolutional GLU",
        text(
            "Half of the channels, seen through a small convolution, opens or closes the gate for the "
            "other half."
        ),
        '"input" -> "1x1 a" -> "3x3" -> "GELU" -> "multiply"; "input" -> "1x1 b" -> "multiply"; '
        '"multiply" -> "1x1 c" -> "output"',
        "Shi, TransNeXt: Robust Foveal Visual Perception for Vision Transformers, CVPR 2024",
        "2311.17132",
    ),
)  # fmt: skip


def show_layers() -> None:
    """All families, one in a row: words beside the drawing."""
    for family in FAMILIES:
        words, drawing = st.container(border=True).columns([2, 3], vertical_alignment="center")
        words.markdown(f"**{family.name}**")
        words.markdown(tr(family.sentence))
        words.caption(f"{family.paper}. [arXiv {family.arxiv}](https://arxiv.org/abs/{family.arxiv})")
        drawing.graphviz_chart(family.dot(), width="stretch")
    st.caption(t("Any of them can stand in any place of YOLO11; docs/layers.md says how."))
