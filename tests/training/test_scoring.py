"""Scores against slow references and against cases worked out by hand."""

import numpy as np
import pytest

from inspection.detections import Detections
from training.scoring import Truth, average_precision, curve, iou_matrix, match, score, suppress

NAMES = ("a", "b")


def detections(rows: list[tuple[float, ...]]) -> Detections:
    array = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(array[:, :4], array[:, 4], array[:, 5].astype(np.int64), NAMES)


def slow_average_precision(right: np.ndarray, confidence: np.ndarray, boxes: int) -> float:
    order = sorted(range(len(right)), key=lambda i: -confidence[i])
    points = []
    for n in range(1, len(order) + 1):
        hits = sum(bool(right[i]) for i in order[:n])
        points.append((hits / boxes, hits / n))
    return float(
        np.mean([max([p for r, p in points if r >= t], default=0.0) for t in np.linspace(0, 1, 101)])
    )


@pytest.mark.parametrize("seed", range(6))
def test_average_precision_equals_the_slow_reference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    right, confidence = rng.random(40) < 0.4, rng.permutation(40) / 40
    boxes = int(right.sum()) + seed
    assert average_precision(right, confidence, boxes) == pytest.approx(
        slow_average_precision(right, confidence, boxes)
    )


def test_average_precision_at_the_ends() -> None:
    assert np.isnan(average_precision(np.zeros(0, bool), np.zeros(0), 0))
    assert average_precision(np.zeros(0, bool), np.zeros(0), 3) == 0
    assert average_precision(np.ones(3, bool), np.arange(3.0), 3) == 1


def test_iou_and_matching_by_hand() -> None:
    boxes = np.array([[0, 0, 10, 10], [100, 100, 110, 110]], float)
    found = np.array([[0, 0, 10, 5], [0, 0, 10, 10], [0, 0, 10, 9]], float)
    assert iou_matrix(found, boxes)[:, 0].tolist() == pytest.approx([0.5, 1.0, 0.9])
    assert match(found[[1, 2, 0]], boxes, 0.5).tolist() == [True, False, False]
    assert match(found[:1], boxes, 0.55).tolist() == [False]


def test_classes_taken_as_one_count_a_double_box_once() -> None:
    found = [detections([(0, 0, 10, 10, 0.9, 0), (0, 0, 10, 10, 0.8, 1)])]
    truth = [Truth(np.array([1]), np.array([[0, 0, 10, 10]], float))]
    assert score(found, truth, frozenset({0, 1})).ap50 == 1
    assert score(found, truth, frozenset({1})).ap50 == 1
    assert score(found, truth, frozenset({0})).boxes == 0
    assert len(suppress(found[0])) == 1


def test_curve_counts_alarms_on_clean_pictures_only() -> None:
    found = [detections([(0, 0, 10, 10, 0.9, 0)]), detections([(0, 0, 5, 5, 0.4, 0)]), detections([])]
    truth = [Truth(np.array([0]), np.array([[0, 0, 10, 10]], float))] + [
        Truth(np.zeros(0, int), np.zeros((0, 4)))
    ] * 2
    low, high = curve(found, truth, frozenset({0}), (0.3, 0.5))
    assert (low.false_alarms, low.clean, low.precision, low.recall) == (1, 2, 0.5, 1.0)
    assert (high.false_alarms, high.precision, high.f1) == (0, 1.0, 1.0)
