"""Thresholds act on kept candidates exactly as Ultralytics' NMS acts on the network's output."""

from __future__ import annotations

import numpy as np
import pytest

from inspection.candidates import FLOOR, Candidates, decode
from inspection.classes import CLASS_NAMES
from inspection.letterbox import Fit
from inspection.nms import nms, nms_ref

FIT = Fit((640, 480), (1.0, 1.0), (0, 0))


def proposals(n: int, clusters: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centre, size = rng.uniform(0, 640, (clusters, 2)), rng.uniform(10, 200, (clusters, 2))
    which = rng.integers(0, clusters, n)
    c, s = centre[which] + rng.normal(0, 6, (n, 2)), size[which] * rng.uniform(0.8, 1.2, (n, 2))
    boxes = np.concatenate([c - s / 2, c + s / 2], axis=1).astype(np.float32)
    return boxes, rng.uniform(0.01, 1, n).astype(np.float32), rng.integers(0, 10, n)


@pytest.mark.parametrize(("n", "clusters"), [(0, 1), (1, 1), (300, 3), (1500, 40), (1500, 1500)])
@pytest.mark.parametrize("iou", [0.0, 0.45, 0.7, 1.0])
def test_fast_nms_equals_the_textbook_loop(n: int, clusters: int, iou: float) -> None:
    boxes, scores, groups = proposals(n, clusters, seed=n)
    assert np.array_equal(nms(boxes, scores, groups, iou), nms_ref(boxes, scores, groups, iou))


def candidates(rows: list[tuple[float, float, float, float, float, int]]) -> Candidates:
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Candidates(table[:, :4], table[:, 4], table[:, 5].astype(np.int64), CLASS_NAMES, FIT)


def test_confidence_classes_and_order() -> None:
    seen = candidates([(0, 0, 10, 10, 0.3, 4), (50, 50, 80, 80, 0.9, 7), (200, 0, 240, 40, 0.6, 8)])
    assert seen.select(0.25, 0.7).confidence.tolist() == pytest.approx([0.9, 0.6, 0.3])
    assert [seen.select(0.5, 0.7).name(i) for i in range(2)] == ["motor", "persoana"]
    assert len(seen.select(0.25, 0.7, [4])) == 1
    assert len(seen.select(0.25, 0.7, [])) == 0
    assert len(seen.select(1.0, 0.7)) == 0


def test_iou_decides_what_counts_as_one_thing() -> None:
    seen = candidates([(0, 0, 100, 100, 0.9, 4), (0, 0, 100, 80, 0.8, 4), (0, 0, 100, 80, 0.7, 7)])
    assert len(seen.select(0.25, 0.7)) == 2  # the second joint goes, the motor stays
    assert len(seen.select(0.25, 0.9)) == 3


def test_boxes_are_clipped_to_the_picture() -> None:
    seen = candidates([(-20, -5, 700, 500, 0.9, 4)])
    assert seen.select(0.25, 0.7).xyxy.tolist() == [[0, 0, 640, 480]]


def test_decode_keeps_everything_above_the_floor_and_nothing_below() -> None:
    output = np.zeros((14, 3), np.float32)
    output[:4] = [[100, 10, 5], [50, 10, 5], [20, 4, 2], [10, 4, 2]]
    output[4 + 6, 0], output[4 + 5, 0] = 0.8, 0.7
    output[4 + 1, 1] = FLOOR / 2
    output[4 + 1, 2] = FLOOR * 2
    seen = decode(output, CLASS_NAMES, FIT)
    assert seen.class_id.tolist() == [6, 1]
    assert seen.xyxy[0].tolist() == [90, 45, 110, 55]
