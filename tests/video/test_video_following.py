"""Objects keep their numbers through occlusion; alarms obey hold time and hysteresis."""

from __future__ import annotations

import numpy as np
import pytest

from inspection.detections import Detections
from inspection.errors import SettingsError
from inspection.video import kalman
from inspection.video.alarms import AlarmMonitor, AlarmSettings
from inspection.video.bytetrack import ByteTracker, iou
from inspection.video.records import Records
from inspection.video.tracks import tracked_objects
from tests.conftest import blobs  # noqa: F401  (sets the threads of the numeric libraries)

NAMES = ("joint", "Compenenta incalzita", "Componenta incalzita")


def detections(*rows: tuple[float, float, float]) -> Detections:
    """Boxes of 40 x 60 px at (x, y) with a confidence each."""
    table = np.array(rows, np.float32).reshape(-1, 3)
    x, y = table[:, 0], table[:, 1]
    boxes = np.stack([x, y, x + 40, y + 60], axis=1)
    return Detections(boxes, table[:, 2], np.zeros(len(table), np.int64), NAMES)


def numbers_at(tracked: Detections) -> dict[float, int]:
    assert tracked.track_id is not None
    return {round(float(x)): int(n) for x, n in zip(tracked.xyxy[:, 0], tracked.track_id, strict=True)}


def test_two_things_that_pass_each_other_keep_their_numbers() -> None:
    tracker = ByteTracker(0.25)
    for i in range(60):
        left, right = 10 + 8 * i, 490 - 8 * i  # they meet at frame 30, one 25 px above the other
        tracked = numbers_at(tracker.update(detections((left, 100, 0.9), (right, 125, 0.8))))
    assert tracked == {10 + 8 * 59: 1, 490 - 8 * 59: 2}


def test_a_number_outlives_an_occlusion() -> None:
    tracker = ByteTracker(0.25, longest_gap=30)
    for i in range(60):
        hidden = 20 <= i < 35
        tracked = tracker.update(detections() if hidden else detections((10 + 4 * i, 100, 0.9)))
        assert len(tracked) == (0 if hidden else 1)
    assert numbers_at(tracked) == {10 + 4 * 59: 1}


def test_after_too_long_it_is_another_object() -> None:
    tracker = ByteTracker(0.25, longest_gap=10)
    for i in range(40):
        tracked = tracker.update(detections((50, 50, 0.9)) if i < 10 or i >= 25 else detections())
    assert numbers_at(tracked) == {50: 2}


def test_weak_detections_go_on_with_an_object_and_never_start_one() -> None:
    tracker = ByteTracker(0.25)
    for i in range(20):
        confidence = 0.9 if i < 5 else 0.15
        tracked = tracker.update(detections((50 + i, 50, confidence), (300, 50, 0.2)))
    assert numbers_at(tracked) == {69: 1}


def test_what_flashes_up_once_is_no_object() -> None:
    tracker = ByteTracker(0.25)
    tracker.update(detections((50, 50, 0.9)))
    assert numbers_at(tracker.update(detections((50, 50, 0.9), (300, 50, 0.9)))) == {50: 1}
    assert numbers_at(tracker.update(detections((50, 50, 0.9)))) == {50: 1}
    tracker.update(detections((50, 50, 0.9), (400, 50, 0.9)))
    assert numbers_at(tracker.update(detections((50, 50, 0.9), (400, 50, 0.9)))) == {50: 1, 400: 2}


def test_a_crowd_on_random_walks_is_followed() -> None:
    rng = np.random.default_rng(4)
    places = np.stack([np.tile(np.arange(5) * 120, 3), np.repeat(np.arange(3) * 150, 5)], axis=1) + 20.0
    tracker, seen = ByteTracker(0.25), [set() for _ in range(15)]
    for _ in range(80):
        places += rng.normal(0, 1.5, places.shape)
        order = rng.permutation(15)
        tracked = tracker.update(detections(*[(*places[i], 0.9) for i in order]))
        assert tracked.track_id is not None and len(tracked) == 15
        for i, number in zip(order, tracked.track_id, strict=True):  # they come back in the order given
            seen[i].add(int(number))
    assert [len(numbers) for numbers in seen] == [1] * 15


def test_kalman_against_the_textbook_one_by_one() -> None:
    """The filter for all tracks at once does what the plain equations do for one."""
    rng = np.random.default_rng(0)
    boxes = rng.uniform(0, 100, (3, 5, 2, 2)).cumsum(axis=2).reshape(3, 5, 4)
    mean, covariance = kalman.start(kalman.to_measurement(boxes[0]))
    plain = [(m.copy(), c.copy()) for m, c in zip(mean, covariance, strict=True)]
    move, look = np.eye(8) + np.eye(8, k=4), np.eye(4, 8)
    for step in (1, 2):
        measured = kalman.to_measurement(boxes[step])
        mean, covariance = kalman.update(*kalman.predict(mean, covariance), measured)
        for i, (m, c) in enumerate(plain):
            h = m[3]
            q = np.array([h / 20, h / 20, 1e-2, h / 20, h / 160, h / 160, 1e-5, h / 160]) ** 2
            m, c = move @ m, move @ c @ move.T + np.diag(q)  # noqa: PLW2901
            r = np.array([m[3] / 20, m[3] / 20, 1e-1, m[3] / 20]) ** 2
            gain = c @ look.T @ np.linalg.inv(look @ c @ look.T + np.diag(r))
            plain[i] = (m + gain @ (measured[i] - look @ m), (np.eye(8) - gain @ look) @ c)
    for i, (m, c) in enumerate(plain):
        np.testing.assert_allclose(mean[i], m, rtol=1e-9)
        np.testing.assert_allclose(covariance[i], c, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(kalman.to_boxes(kalman.to_measurement(boxes[0])), boxes[0])


def test_iou() -> None:
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 20, 20]], float)
    np.testing.assert_allclose(iou(boxes, boxes)[0], [1, 1 / 3, 0])


def run_alarm(values: list[float], hold: float = 1.0, tolerance: float = 2.0, limit: float = 60.0):
    monitor = AlarmMonitor(AlarmSettings(limit, hold, tolerance))
    for i, celsius in enumerate(values):
        monitor.update(7, i * 0.5, celsius)
    return monitor.events()


def test_an_alarm_has_a_hold_time() -> None:
    assert run_alarm([50, 61, 62, 50, 61, 62, 50]) == ()  # 0.5 s each: too short
    (event,) = run_alarm([50, 61, 65, 63, 50])
    assert (event.above_from, event.raised, event.cleared) == (0.5, 1.5, 2.0)
    assert (event.number, event.peak_celsius, event.peak_seconds) == (7, 65, 1.0)


def test_an_alarm_has_hysteresis() -> None:
    noisy = [50, 61, 61, 61, 59, 61, 58.5, 61, 59, 57.9, 59, 50]
    (event,) = run_alarm(noisy)
    assert event.cleared == 4.5  # below 58, not at the first dip below 60
    assert len(run_alarm([70, 70, 70, 57, 70, 70, 70, 70, 57])) == 2


def test_an_alarm_that_never_clears_stays_open() -> None:
    (event,) = run_alarm([61] * 6, hold=0)
    assert event.raised == 0 and event.cleared is None


@pytest.mark.parametrize("bad", [(float("nan"), 1, 1), (5000, 1, 1), (60, -1, 1), (60, 1, -1)])
def test_alarm_settings_are_checked(bad: tuple[float, float, float]) -> None:
    with pytest.raises(SettingsError, match="must be from"):
        AlarmSettings(*bad)


def test_objects_vote_for_their_class_and_keep_their_extremes() -> None:
    from inspection.finding import Finding

    records = Records()
    story = [(0, 0.9, 40.0, "none"), (1, 0.5, 70.0, "watch"), (2, 0.5, 65.0, None), (0, 0.3, None, None)]
    for i, (class_id, confidence, celsius, severity) in enumerate(story):
        finding = Finding(
            5, class_id, NAMES[class_id], confidence, (0, 0, 10, 10), 64, 48, track_id=5, max_celsius=celsius,
            severity=severity, temperature_source="scale",
        )  # fmt: skip
        records.add(i * 0.5, [finding])
    (thing,) = tracked_objects(records.frames, records.observations, NAMES)
    assert (thing.number, thing.class_name, thing.first, thing.last) == (5, "joint", 0.0, 1.5)
    assert thing.seconds == pytest.approx(2.0) and thing.frames == 4
    assert thing.best_confidence == pytest.approx(0.9)
    assert thing.hottest_celsius == pytest.approx(70) and thing.hottest_seconds == 0.5
    assert thing.best_seconds == 0.5 and thing.severity == "watch"
