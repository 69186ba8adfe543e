"""Pseudo-colour pictures whose scale is known: colours back to temperatures, always an estimate."""

from inspection.pseudocolour.bar import find_colour_bar, palette_from_bar
from inspection.pseudocolour.convert import FROM_BAR, PseudoColour, to_celsius
from inspection.pseudocolour.overlay import propose_overlays
from inspection.pseudocolour.propose import LARGEST_PROPOSED_DISTANCE, propose_palette

__all__ = [
    "FROM_BAR",
    "LARGEST_PROPOSED_DISTANCE",
    "PseudoColour",
    "find_colour_bar",
    "palette_from_bar",
    "propose_overlays",
    "propose_palette",
    "to_celsius",
]
