"""People: a skeleton with a pose, clothes, face and hands, as warm as the air around them lets them be."""

from __future__ import annotations

import numpy as np

from thermal_scenes.figures import Figure
from thermal_scenes.noise import chance, pick

POSES = ("stand", "walk", "run", "sit", "crouch", "arms up", "talk", "lie")


def person(
    rng: np.random.Generator,
    air: float,
    pose: str | None = None,
    phase: float | None = None,
    detail: bool = False,
) -> tuple[Figure, dict]:
    """A person.

    Args:
        rng: build, clothes and pose.
        air: °C around; clothes settle between it and the skin.
        pose: one of POSES, or None for any.
        phase: of the step, radians; None for any.
        detail: True adds eyes, glasses, beard and hair for close views.

    Returns:
        The figure, and notes for the truth file.
    """
    pose = pose or pick(rng, POSES, (5, 6, 1, 2, 1, 0.5, 2, 0.3))
    phase = float(rng.uniform(0, 2 * np.pi)) if phase is None else phase
    tall, wide = float(rng.uniform(1.5, 1.92)), float(rng.uniform(0.9, 1.25))
    skin = float(np.clip(33.5 + 0.10 * (air - 22) + rng.normal(0, 0.7), 28, 36.5))
    passed = float(rng.uniform(0.3, 0.75))
    coat = air + passed * (skin - air)
    legs = air + float(np.clip(passed + rng.normal(0, 0.12), 0.2, 0.9)) * (skin - air)
    if air > skin - 3:
        coat, legs = air + rng.normal(0, 1.5), air + rng.normal(0, 1.5)
    figure = Figure(
        uneven=float(rng.uniform(0.03, 0.11)) * abs(skin - air) + 0.25, shade=float(rng.uniform(0.1, 0.9))
    )
    hip, shoulder = _trunk(rng, figure, pose, tall, wide, coat, skin)
    _legs(rng, figure, pose, phase, tall, wide, hip, legs, air)
    _arms(rng, figure, pose, phase, tall, wide, shoulder, coat, skin)
    _head(rng, figure, tall, shoulder, skin, air, detail)
    if chance(rng, 0.15):
        bag = air + float(rng.uniform(0, 0.3)) * (skin - air)
        figure.limb([(0, 0.16, shoulder[2] - 0.1), (0, 0.16, hip[2] + 0.1)], [0.13, 0.15], bag)
    return figure, {"skin_celsius": round(skin, 2), "clothes_celsius": round(coat, 2), "pose": pose}


def _trunk(
    rng: np.random.Generator, figure: Figure, pose: str, tall: float, wide: float, coat: float, skin: float
) -> tuple[np.ndarray, np.ndarray]:
    lower = {"sit": 0.27, "crouch": 0.2, "lie": 0.07}.get(pose, 0.52) * tall
    lean = {"run": 0.2, "crouch": 0.3, "walk": 0.05}.get(pose, float(rng.normal(0, 0.05)))
    hip = np.array([0.0, 0.0, lower])
    up = np.array([0.0, -np.sin(lean), np.cos(lean)]) * 0.3 * tall
    if pose == "lie":
        up = np.array([0.3 * tall, 0.0, 0.02])
    shoulder = hip + up
    figure.limb([hip + 0.15 * up, shoulder - 0.03 * up], [0.07 * tall, 0.065 * tall], coat)
    for side in (-1, 1):
        off = np.array([side * 0.055 * tall * wide, 0, 0]) if pose != "lie" else np.array([0, side * 0.08, 0])
        figure.limb(
            [hip + off * 0.9, hip + 0.45 * up + off * 0.8, shoulder + off * 1.25],
            [0.068 * tall * wide, 0.062 * tall * wide, 0.048 * tall],
            [coat - 0.5, coat, coat + 0.12 * (skin - coat)],
        )
    return hip, shoulder


def _legs(
    rng: np.random.Generator, figure: Figure, pose: str, phase: float, tall: float, wide: float,
    hip: np.ndarray, warm: float, air: float,
) -> None:  # fmt: skip
    thigh, shin = 0.25 * tall, 0.24 * tall
    stride = {"walk": 0.42, "run": 0.8}.get(pose, float(rng.uniform(0, 0.12)))
    for side in (-1, 1):
        start = hip + np.array([side * 0.05 * tall * wide, 0, 0])
        swing = side * stride * np.sin(phase)
        bend = max(0.0, -side * np.cos(phase)) * stride * 1.2
        first, second = swing, swing - bend
        if pose == "sit":
            first, second = 1.45, 0.1
        elif pose == "crouch":
            first, second = 1.7, -0.6
        down = np.array([[0, -np.sin(a), -np.cos(a)] for a in (first, second)])
        if pose == "lie":
            down = np.array([[-1, side * 0.1, 0], [-1, 0, 0]])
        knee = start + down[0] * thigh
        ankle = knee + down[1] * shin
        figure.limb(
            [start, knee, ankle], [0.052 * tall * wide, 0.036 * tall, 0.026 * tall],
            [warm, warm - 0.4, warm - 0.12 * (warm - air)],
        )  # fmt: skip
        toe = ankle + np.array([0.02 * side, -0.09 * tall, -0.02])
        figure.limb([ankle, toe], [0.026 * tall, 0.02 * tall], air + 0.3 * (warm - air))


def _arms(
    rng: np.random.Generator, figure: Figure, pose: str, phase: float, tall: float, wide: float,
    shoulder: np.ndarray, coat: float, skin: float,
) -> None:  # fmt: skip
    upper, fore = 0.17 * tall, 0.155 * tall
    bare = chance(rng, 0.35)
    hand = skin - float(rng.uniform(-0.5, 6))
    for side in (-1, 1):
        start = shoulder + np.array([side * 0.105 * tall * wide, 0, -0.01])
        swing = -side * {"walk": 0.45, "run": 0.9}.get(pose, 0.1) * np.sin(phase)
        out = float(rng.uniform(0.02, 0.25))
        elbow_bend = {"run": 1.5, "walk": 0.3}.get(pose, float(rng.uniform(0.05, 0.6)))
        if pose == "arms up":
            swing, elbow_bend = 2.6, 0.3
        elif pose in ("talk", "sit", "crouch") and chance(rng, 0.7):
            swing, elbow_bend = float(rng.uniform(0.1, 0.8)), float(rng.uniform(0.8, 1.9))
        one = np.array([side * np.sin(out), -np.sin(swing), -np.cos(swing)])
        two = np.array([-side * out * 0.5, -np.sin(swing + elbow_bend), -np.cos(swing + elbow_bend)])
        if pose == "lie":
            one = two = np.array([-0.9, side * 0.3, 0.0])
        elbow = start + one / np.linalg.norm(one) * upper
        wrist = elbow + two / np.linalg.norm(two) * fore
        sleeve = skin - 1.0 if bare else coat - 0.3
        figure.limb([start, elbow, wrist], [0.034 * tall, 0.026 * tall, 0.02 * tall], [coat, sleeve, sleeve])
        figure.limb([wrist, wrist + two * 0.07 * tall], [0.021 * tall, 0.018 * tall], [hand, hand])


def _head(
    rng: np.random.Generator,
    figure: Figure,
    tall: float,
    shoulder: np.ndarray,
    skin: float,
    air: float,
    detail: bool,
) -> None:
    hair = skin - float(rng.uniform(0.15, 0.5)) * max(skin - air, 3)
    up = np.array([0, -0.02, 1.0]) if shoulder[2] > 0.3 else np.array([1.0, 0, 0.1])
    neck, head = shoulder + up * 0.03 * tall, shoulder + up * 0.105 * tall
    chin, top = head - up * 0.025 * tall, head + up * 0.028 * tall
    figure.limb([neck - up * 0.02, head], [0.038 * tall, 0.036 * tall], [skin, skin])
    figure.limb([chin, top], [0.046 * tall, 0.058 * tall], [skin - 0.5, hair])
    front = np.array([0, -0.028 * tall, 0])
    if shoulder[2] > 0.3:
        figure.limb(
            [chin + front * 0.9, head + front * 1.05], [0.034 * tall, 0.043 * tall], [skin - 0.4, skin + 0.4]
        )
        if chance(rng, 0.25):
            hat = air + 0.35 * (skin - air)
            figure.limb(
                [head + up * 0.03 * tall, top + up * 0.012], [0.06 * tall, 0.055 * tall], hat, lift=0.02
            )
    if detail:
        _face(rng, figure, tall, head, skin, air)


def _face(
    rng: np.random.Generator, figure: Figure, tall: float, head: np.ndarray, skin: float, air: float
) -> None:
    out = np.array([0, -0.07 * tall, 0])
    glasses = chance(rng, 0.4)
    for side in (-1, 1):
        eye = head + out + np.array([side * 0.02 * tall, 0, 0.006 * tall])
        if glasses:
            a, b = eye - np.array([0.011 * tall, 0, 0]), eye + np.array([0.011 * tall, 0, 0])
            figure.limb([a, b], [0.009 * tall, 0.009 * tall], air + 0.25 * (skin - air), lift=0.1)
        else:
            figure.ball(eye - np.array([side * 0.006 * tall, 0, 0]), 0.008 * tall, skin + 1.3, lift=0.1)
        figure.ball(
            head + np.array([side * 0.058 * tall, 0.0, -0.004 * tall]), 0.014 * tall, skin - 2.0, lift=0.02
        )
    nose = skin - float(rng.uniform(0.5, 4))
    figure.limb(
        [head + out * 1.02, head + out * 1.1 - [0, 0, 0.016 * tall]], [0.007 * tall, 0.011 * tall], nose, 0.12
    )
    if chance(rng, 0.35):
        beard = skin - float(rng.uniform(1.5, 4))
        jaw = head + out * 0.95 - np.array([0, 0, 0.04 * tall])
        figure.limb(
            [jaw - np.array([0.02 * tall, 0, 0]), jaw + np.array([0.02 * tall, 0, 0])],
            [0.019 * tall, 0.019 * tall],
            beard,
            0.09,
        )
    mouth = head + out - np.array([0, 0, 0.032 * tall])
    figure.limb(
        [mouth - np.array([0.013 * tall, 0, 0]), mouth + np.array([0.013 * tall, 0, 0])],
        [0.005 * tall, 0.005 * tall],
        skin + 0.8,
        0.12,
    )
