"""Scenes with people, dogs and cats: rooms, portraits, yards, streets and drone views."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thermal_scenes.aerial import from_above
from thermal_scenes.animals import cat, dog, other_animal
from thermal_scenes.canvas import Canvas, Point
from thermal_scenes.figures import draw_figure
from thermal_scenes.noise import chance, pick
from thermal_scenes.people import person
from thermal_scenes.surroundings import car, open_air, room

DOG, PERSON, CAT = 1, 8, 9


def put(
    canvas: Canvas, rng: np.random.Generator, class_id: int, feet: Point, metre: float,
    turn: float | None = None, elevation: float = 0.1, pose: str | None = None, detail: bool = False,
) -> None:  # fmt: skip
    """Paint one labelled person, dog or cat.

    Args:
        canvas: to paint on.
        rng: looks and pose.
        class_id: 1 dog, 8 person, 9 cat.
        feet: pixel it stands on.
        metre: pixels.
        turn: about the vertical, radians; None for any.
        elevation: of the camera, radians.
        pose: see people and animals; None for any.
        detail: faces for close views.
    """
    make = {DOG: dog, CAT: cat}.get(class_id)
    figure, notes = make(rng, canvas.air, pose) if make else person(rng, canvas.air, pose, detail=detail)
    if turn is None:
        turn = float(rng.uniform(0, 2 * np.pi))
        if make and chance(rng, 0.6):
            turn = float(rng.choice([0, np.pi])) + float(rng.normal(0, 0.35))
    with canvas.item(class_id, False, **notes):
        draw_figure(canvas, figure, feet, metre, turn, elevation, rng, float(rng.normal(0, 0.05)))


def _who(rng: np.random.Generator, wanted: Sequence[int], weights: Sequence[float]) -> int:
    """A class among those wanted."""
    classes = [c for c in (PERSON, DOG, CAT) if c in wanted] or [PERSON]
    return pick(rng, classes, [weights[(PERSON, DOG, CAT).index(c)] for c in classes])


HEIGHT = {PERSON: 1.75, DOG: 0.75, CAT: 0.42}


def indoors(canvas: Canvas, rng: np.random.Generator, clean: bool, wanted: Sequence[int]) -> None:
    """A room with somebody in it, a portrait, or nobody."""
    h = canvas.height
    line = room(canvas, rng)
    if clean:
        return
    if PERSON in wanted and chance(rng, 0.22):
        metre = h * rng.uniform(1.0, 2.6)
        feet = (canvas.width * rng.uniform(0.3, 0.7), h * rng.uniform(0.4, 0.6) + 1.62 * metre)
        put(
            canvas,
            rng,
            PERSON,
            feet,
            metre,
            float(rng.normal(0, 0.5)),
            0.0,
            pick(rng, ("stand", "talk")),
            True,
        )
        return
    for _ in range(pick(rng, (1, 2, 3), (6, 3, 1))):
        who = _who(rng, wanted, (3, 2.5, 3.5))
        metre = h * float(rng.uniform(0.35, 0.95)) / HEIGHT[who]
        metre = min(metre, h * 1.3)
        feet = (canvas.width * rng.uniform(0.12, 0.88), min(h * 1.05, line + h * rng.uniform(0.02, 0.5)))
        put(canvas, rng, who, feet, metre, elevation=float(rng.uniform(0, 0.7)), detail=metre * 0.2 > 40)
    if chance(rng, 0.2):
        x = canvas.width * rng.uniform(0, 0.8)
        canvas.rectangle(
            x,
            h * rng.uniform(0.6, 0.85),
            x + canvas.width * rng.uniform(0.15, 0.4),
            h + 5,
            canvas.air,
            shade=0.5,
        )


def outdoors(
    canvas: Canvas, rng: np.random.Generator, clean: bool, wanted: Sequence[int], town: bool
) -> None:
    """A yard or a street, by day or night; the size follows the place on the ground."""
    h, w = canvas.height, canvas.width
    day = chance(rng, 0.45)
    horizon = open_air(canvas, rng, day, town)
    if chance(rng, 0.7):
        canvas.span = living_span(rng, canvas, int(horizon))
    eye = float(rng.uniform(1.4, 4.0))
    elevation = float(rng.uniform(0.0, 0.3))
    things: list[tuple[float, str]] = []
    if not clean:
        count = pick(rng, (1, 2, 4, 8), (4, 4, 3, 1.5 if town else 0.4))
        things += [(float(rng.uniform(0.0, 1.0)), "living") for _ in range(count)]
    things += [
        (float(rng.uniform(0.02, 0.7)), "car")
        for _ in range(int(rng.integers(0, 4)) if town else int(chance(rng, 0.25)))
    ]
    if chance(rng, 0.08):
        things.append((float(rng.uniform(0.1, 0.8)), "animal"))
    for near, kind in sorted(things):
        foot = horizon + (h - horizon) * (0.04 + 1.0 * near**1.5)
        metre = max((foot - horizon) / eye, h * 0.012)
        x = w * rng.uniform(0.04, 0.96)
        if kind == "car":
            car(canvas, rng, x, foot, 4.3 * metre, canvas.air, day)
        elif kind == "animal":
            way = float(rng.choice([0, np.pi]))
            draw_figure(canvas, other_animal(rng, canvas.air), (x, foot), metre, way, elevation, rng)
        else:
            who = _who(rng, wanted, (6 if town else 3, 1.2 if town else 3, 0.5 if town else 1.5))
            metre = max(metre, {PERSON: 10, DOG: 32, CAT: 80}[who])
            put(canvas, rng, who, (x, foot), metre, elevation=elevation, detail=metre > 200)
    if not clean and chance(rng, 0.15 if town else 0.45):
        _near(canvas, rng, wanted, town)


def _near(canvas: Canvas, rng: np.random.Generator, wanted: Sequence[int], town: bool) -> None:
    """One or two large subjects in front of everything else."""
    h, w = canvas.height, canvas.width
    metre = 0.0
    for _ in range(pick(rng, (1, 2), (4, 1))):
        who = _who(rng, wanted, (8, 1, 0.2) if town else (2, 5, 2))
        # A second subject stands at about the same distance as the first.
        if metre:
            metre *= float(rng.uniform(0.85, 1.15))
        else:
            metre = min(h * float(rng.uniform(0.45, 1.0)) / HEIGHT[who], (0.65 if who == PERSON else 1.1) * w)
        feet = (w * rng.uniform(0.25, 0.75), h * rng.uniform(0.88, 1.12))
        put(canvas, rng, who, feet, metre, elevation=float(rng.uniform(0, 0.45)), detail=metre > 200)


def living_span(rng: np.random.Generator, canvas: Canvas, horizon: int) -> tuple[float, float]:
    """Span that leaves the cold sky black and shows ground and bodies; call it before bodies are painted."""
    low, high = (float(v) for v in np.percentile(canvas.base[horizon::4, ::4], (3, 95)))
    warmest = max(high, canvas.air + 0.6 * (34 - canvas.air)) if chance(rng, 0.8) else high + 3
    low = min(low, canvas.air) - float(rng.uniform(0, 0.6)) * max(warmest - low, 4)
    return low, max(warmest, low + 4) + float(rng.uniform(-0.5, 3))


def drone(canvas: Canvas, rng: np.random.Generator, clean: bool, wanted: Sequence[int]) -> None:
    """People seen from a drone at 20 to 80 m."""
    h, w = canvas.height, canvas.width
    metre = float(np.exp(rng.uniform(np.log(7), np.log(26)))) * w / 640
    day = chance(rng, 0.4)
    from_above(canvas, rng, metre, day)
    if chance(rng, 0.6):
        canvas.span = living_span(rng, canvas, 0)
    if clean:
        return
    elevation = float(rng.uniform(0.6, 1.5))
    groups = int(rng.integers(1, 6))
    for _ in range(groups):
        centre = rng.uniform(0.03, 0.97, 2) * (w, h)
        for _ in range(pick(rng, (1, 2, 5), (5, 3, 1.5))):
            who = _who(rng, wanted, (12, 0.6, 0.0))
            put(canvas, rng, who, centre + rng.normal(0, 1.6 * metre, 2), metre, elevation=elevation)


def hand_or_object(canvas: Canvas, rng: np.random.Generator) -> None:
    """A hand or a hot cup before the camera: warm, near, and of no class."""
    h, w = canvas.height, canvas.width
    at = np.array([rng.uniform(0.2, 0.8) * w, rng.uniform(0.4, 0.8) * h])
    if chance(rng, 0.5):
        s, skin = h * rng.uniform(0.1, 0.25), float(rng.uniform(28, 35))
        canvas.ellipse(at, (s * 0.55, s * 0.6), skin - 0.5, shade=0.7)
        for k, angle in enumerate(np.linspace(-2.3, -0.85, 4)):
            tip = at + s * (1.25 + 0.1 * (k in (1, 2))) * np.array([np.cos(angle), np.sin(angle)])
            canvas.stroke(np.array([at, tip]), s * 0.2, skin, 0.0, 0.98, 0.7)
        canvas.stroke(np.array([at, at + np.array([0, h])]), s * 0.7, skin - 1, 0.0, 0.98, 0.7)
    else:
        r, warm = h * rng.uniform(0.05, 0.15), canvas.air + float(rng.uniform(10, 45))
        canvas.rectangle(at[0] - r, at[1] - r, at[0] + r, at[1] + 1.2 * r, warm, shade=0.8)
        canvas.ellipse(at - [0, r], (r, 0.3 * r), warm + 4, shade=0.9)
