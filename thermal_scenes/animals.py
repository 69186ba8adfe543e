"""Dogs, cats and other animals. Ears, legs and tail tell them apart; eyes are warm and muzzles cold."""

from __future__ import annotations

import numpy as np

from thermal_scenes.figures import Figure
from thermal_scenes.noise import chance, pick

DOG_POSES = ("stand", "walk", "sit", "lie", "sniff")
CAT_POSES = ("walk", "sit", "loaf", "lie", "arched")


def dog(
    rng: np.random.Generator, air: float, pose: str | None = None, phase: float | None = None
) -> tuple[Figure, dict]:
    """A dog that looks along +x.

    Args:
        rng: build, coat and pose.
        air: °C around.
        pose: one of DOG_POSES, or None for any.
        phase: of the step, radians; None for any.

    Returns:
        The figure, and notes for the truth file.
    """
    pose = pose or pick(rng, DOG_POSES, (3, 3, 3, 1, 1.5))
    high = float(rng.uniform(0.28, 0.68))
    build = float(rng.uniform(0.8, 1.25))
    coat, skin = _coat(rng, air)
    f = Figure(
        soft=0.03 * high,
        uneven=float(rng.uniform(0.05, 0.15)) * abs(skin - air) + 0.3,
        shade=float(rng.uniform(0.1, 0.9)),
    )
    chest, rump, drop = _body(f, pose, high, build, coat, skin)
    _four_legs(rng, f, pose, phase, chest, rump, high, 0.075 * build, coat, drop)
    neck_up = {"sniff": -0.25, "lie": 0.25}.get(pose, float(rng.uniform(0.18, 0.52)))
    head = chest + np.array([high * 0.36, 0, high * neck_up])
    f.limb(
        [chest + np.array([0.05 * high, 0, 0.1 * high]), head],
        [0.165 * high * build, 0.105 * high],
        [coat, skin],
    )
    down = -0.12 if pose != "sniff" else -0.3
    muzzle = head + np.array([high * float(rng.uniform(0.28, 0.42)), 0, down * high])
    f.limb([head, head + (muzzle - head) * 0.35], [0.175 * high, 0.13 * high], [skin - 0.5, skin])
    f.limb([head, muzzle], [0.115 * high, 0.075 * high], [skin, skin - 2.5], lift=0.01)
    f.ball(muzzle, 0.035 * high, air + 0.35 * (skin - air), lift=0.03)
    hanging = chance(rng, 0.6)
    for side in (-1, 1):
        root = head + np.array([-0.03 * high, side * 0.11 * high, 0.08 * high])
        tip = (
            root
            + (np.array([0.0, side * 0.05, -0.24]) if hanging else np.array([-0.05, side * 0.04, 0.2])) * high
        )
        f.limb([root, tip], [0.05 * high, 0.045 * high if hanging else 0.008], [skin, skin - 1.5], lift=0.02)
        eye = head + np.array([0.11 * high, side * 0.07 * high, 0.055 * high])
        f.ball(eye, 0.026 * high, skin + 1.8, lift=0.05)
    raised = float(rng.uniform(-0.3, 1.1))
    tail = rump + np.array([-0.12 * high, 0, 0.06 * high])
    bend = tail + np.array([-0.3 * high, 0.02, 0.22 * high * raised])
    f.limb(
        [tail, bend, bend + np.array([-0.15 * high, 0.03, 0.25 * high * raised])],
        [0.05 * high, 0.035 * high, 0.02 * high],
        coat - 0.5,
    )
    return f, {"skin_celsius": round(skin, 2), "coat_celsius": round(coat, 2), "pose": pose}


def cat(
    rng: np.random.Generator, air: float, pose: str | None = None, phase: float | None = None
) -> tuple[Figure, dict]:
    """A cat that looks along +x; arguments and result as for dog."""
    pose = pose or pick(rng, CAT_POSES, (3, 3, 2, 2, 0.7))
    high = float(rng.uniform(0.23, 0.3))
    coat, skin = _coat(rng, air)
    coat = coat - 0.12 * (skin - air)
    f = Figure(soft=0.035 * high, uneven=0.06 * abs(skin - air) + 0.2, shade=float(rng.uniform(0.1, 0.9)))
    chest, rump, drop = _body(f, pose, high, 0.95, coat, skin)
    if pose == "sit":
        haunch = rump + np.array([0.1 * high, 0, 0.03 * high])
        f.limb([haunch, (haunch + chest) / 2], [0.29 * high, 0.22 * high], coat - 0.3)
    if pose not in ("loaf", "lie"):
        _four_legs(rng, f, pose, phase, chest, rump, high, 0.06, coat, drop)
    else:
        for side in (-1, 1):
            paw = chest + np.array([0.2 * high, side * 0.1 * high, -0.2 * high])
            f.limb([chest - [0, 0, 0.1 * high], paw], [0.09 * high, 0.06 * high], coat - 1)
    lift = 0.25 if pose in ("loaf", "lie", "sit") else float(rng.uniform(0.3, 0.5))
    head = chest + np.array([0.24 * high, 0, lift * high])
    f.limb([chest, head], [0.19 * high, 0.15 * high], [coat, skin - 1])
    f.limb(
        [head - np.array([0, 0.05 * high, 0]), head + np.array([0, 0.05 * high, 0])],
        [0.165 * high, 0.165 * high],
        skin - 1.2,
    )
    f.limb(
        [head + np.array([0.08 * high, 0, -0.05 * high]), head + np.array([0.17 * high, 0, -0.06 * high])],
        [0.09 * high, 0.06 * high],
        [skin, skin - 2],
    )
    f.ball(head + np.array([0.23 * high, 0, -0.05 * high]), 0.025 * high, skin - 6, lift=0.02)
    for side in (-1, 1):
        ear = head + np.array([-0.02 * high, side * 0.1 * high, 0.12 * high])
        f.limb(
            [ear, ear + np.array([0.0, side * 0.05 * high, 0.17 * high])],
            [0.07 * high, 0.006],
            [skin + 0.5, skin - 0.5],
            lift=0.01,
        )
        f.ball(
            head + np.array([0.14 * high, side * 0.075 * high, 0.03 * high]),
            0.033 * high,
            skin + 2.0,
            lift=0.03,
        )
    _cat_tail(rng, f, pose, rump, high, coat)
    return f, {"skin_celsius": round(skin, 2), "coat_celsius": round(coat, 2), "pose": pose}


def other_animal(rng: np.random.Generator, air: float) -> Figure:
    """A bird, a horse or a hedgehog: warm, alive and not of any class."""
    kind = pick(rng, ("bird", "horse", "hedgehog"))
    coat, skin = _coat(rng, air)
    f = Figure(uneven=0.5)
    if kind == "bird":
        f.limb([(-0.12, 0, 0.2), (0.1, 0, 0.26)], [0.05, 0.1], coat)
        f.limb([(0.1, 0, 0.28), (0.16, 0, 0.42), (0.2, 0, 0.44)], [0.05, 0.04, 0.035], [coat, skin, skin])
        f.limb([(0.22, 0, 0.44), (0.3, 0, 0.42)], [0.02, 0.006], skin - 2)
        for side in (-1, 1):
            f.limb([(0, side * 0.03, 0.2), (0.01, side * 0.03, 0.0)], [0.012, 0.01], skin - 6)
    elif kind == "hedgehog":
        f.limb([(-0.08, 0, 0.07), (0.06, 0, 0.07)], [0.08, 0.07], air + 0.2 * (skin - air))
        f.limb([(0.1, 0, 0.05), (0.17, 0, 0.04)], [0.04, 0.015], skin)
    else:
        chest, rump, drop = _body(f, "stand", 1.5, 0.85, coat, skin)
        _four_legs(rng, f, "stand", None, chest, rump, 1.5, 0.05, coat, drop)
        head = chest + np.array([0.75, 0, 0.75])
        f.limb([chest, head, head + np.array([0.35, 0, -0.4])], [0.27, 0.16, 0.09], [coat, coat, skin - 2])
        f.limb([rump, rump + np.array([-0.2, 0, -0.6])], [0.06, 0.08], air + 1)
    return f


def _coat(rng: np.random.Generator, air: float) -> tuple[float, float]:
    """Temperatures of coat and skin, °C."""
    skin = float(np.clip(35 + 0.08 * (air - 22) + rng.normal(0, 0.8), 30, 38))
    return air + float(rng.uniform(0.3, 0.7)) * (skin - air), skin


def _body(
    f: Figure, pose: str, high: float, build: float, coat: float, skin: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """Trunk; gives the points of chest and rump and the height of the belly's drop."""
    long = high * 1.0
    chest, rump, drop = np.array([0.45 * long, 0, 0.78 * high]), np.array([-0.45 * long, 0, 0.76 * high]), 0.0
    if pose == "sit":
        chest, rump = np.array([0.18 * long, 0, 0.78 * high]), np.array([-0.28 * long, 0, 0.25 * high])
    elif pose in ("lie", "loaf"):
        chest, rump, drop = (
            np.array([0.42 * long, 0, 0.3 * high]),
            np.array([-0.42 * long, 0, 0.27 * high]),
            0.5,
        )
    elif pose == "sniff":
        chest = np.array([0.45 * long, 0, 0.68 * high])
    middle = (chest + rump) / 2 + [0, 0, 0.16 * high if pose == "arched" else 0.0]
    f.limb(
        [chest, middle, rump], [0.25 * high * build, 0.185 * high * build, 0.2 * high * build],
        [coat + 0.25 * (skin - coat), coat, coat + 0.1 * (skin - coat)],
    )  # fmt: skip
    return chest, rump, drop


def _four_legs(
    rng: np.random.Generator, f: Figure, pose: str, phase: float | None, chest: np.ndarray, rump: np.ndarray,
    high: float, thick: float, coat: float, drop: float,
) -> None:  # fmt: skip
    phase = float(rng.uniform(0, 2 * np.pi)) if phase is None else phase
    stride = 0.45 if pose in ("walk", "sniff") else 0.08
    for end, start in enumerate((chest, rump)):
        for side in (-1, 1):
            root = start + np.array([0, side * 0.12 * high, -0.08 * high])
            swing = stride * np.sin(phase + np.pi * ((end + (side > 0)) % 2))
            foot = np.array([root[0] + swing * high * 0.7, root[1], 0.02])
            knee = (root + foot) / 2 + np.array([(-0.06 if end == 0 else 0.10) * high, 0, 0])
            if pose == "sit" and end == 1:
                knee, foot = (
                    root + np.array([0.3, 0, 0.0]) * high,
                    root + np.array([0.32 * high, 0, 0.02 - root[2]]),
                )
            elif drop:
                foot = root + np.array([0.35 * high, 0, 0.02 - root[2]])
                knee = (root + foot) / 2
            top = 0.16 * high if end else 0.11 * high
            f.limb(
                [root, knee, foot],
                [top, thick * high * 1.25, thick * high * 0.8],
                [coat + 0.4, coat - 0.5, coat - 2],
            )
            f.limb([foot, foot + np.array([0.08 * high, 0, 0])], [thick * high, thick * high * 0.8], coat - 2)


def _cat_tail(
    rng: np.random.Generator, f: Figure, pose: str, rump: np.ndarray, high: float, coat: float
) -> None:
    t = np.linspace(0, 1, 8)
    if pose in ("sit", "loaf", "lie"):
        around = 1.3 * t
        x, y, z = rump[0] - 0.2 * high * np.cos(around), 0.5 * high * np.sin(around), 0.06 * high + 0 * t
    else:
        lift = float(rng.uniform(-0.4, 1.0))
        x = rump[0] - (0.15 + 0.5 * t) * high
        z = rump[2] + high * (lift * t + 0.25 * np.sin(3.0 * t) * t)
        y = 0.15 * high * np.sin(4 * t)
    points = np.stack([x, y, z], 1)
    f.limb(points, np.linspace(0.05, 0.03, 8) * high, list(coat - np.linspace(0.5, 3, 8)))
