"""Own letterbox, decoding and NMS over OpenVINO find what Ultralytics' predict finds in torch, in float32."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import pytest

from inspection.candidates import Candidates
from inspection.detections import Detections
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.nms import iou_matrix
from tests.conftest import SHARED, blobs

pytestmark = pytest.mark.skipif(not DEFAULT_WEIGHTS.exists(), reason="needs the trained weights")

VAL = SHARED / "data" / "val" / "images"
IOU = 0.7
HAIR = 2e-4


def without_partner(boxes: Any, found: Detections) -> tuple[np.ndarray, np.ndarray]:
    """Confidence of theirs that ours lack, and of ours that theirs lack.

    Partners have IoU >= 0.99, confidence within 0.01 and the same class.
    """
    xyxy, confidence = boxes.xyxy.numpy(), boxes.conf.numpy()
    same = (
        (iou_matrix(xyxy, found.xyxy) >= 0.99)
        & (np.abs(confidence[:, None] - found.confidence) <= 0.01)
        & (boxes.cls.numpy()[:, None] == found.class_id)
    )
    return confidence[~same.any(axis=1)], found.confidence[~same.any(axis=0)]


def assert_same(candidates: Candidates, boxes: Any, conf: float, name: str) -> int:
    """Every box of one has its partner in the other.

    A box at a threshold, of confidence or of NMS, may be on either side of it in the last bit, and what an
    NMS keeps decides on others: all must agree at the threshold or at a hair's breadth beside it.
    """
    lonely = [
        np.concatenate(without_partner(boxes, candidates.select(conf, IOU + hair)))
        for hair in (0.0, HAIR, -HAIR)
    ]
    assert any((one < conf + 1e-3).all() for one in lonely), f"{name}: {lonely}"
    return len(boxes)


def compare(pictures: Iterable[tuple[str, np.ndarray]], conf: float, imgsz: int) -> int:
    from custom_layers import YOLO

    detector = Detector.load(DEFAULT_WEIGHTS, "openvino", precision="f32")
    model = YOLO(str(DEFAULT_WEIGHTS))
    total = 0
    for name, picture in pictures:
        theirs = model.predict(picture, imgsz=imgsz, conf=conf, iou=IOU, verbose=False, device="cpu")[0].boxes
        total += assert_same(detector.candidates(picture, imgsz), theirs, conf, name)
    return total


def random_pictures(count: int) -> Iterable[tuple[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    for i in range(count):
        height, width = (int(side) for side in rng.integers(8, 260, 2))
        noise = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        yield f"random {i}", (noise if i % 5 == 0 else blobs(width, height, seed=i))


def test_500_random_pictures() -> None:
    assert compare(random_pictures(500), 0.01, 320) > 1000


@pytest.mark.skipif(not VAL.is_dir(), reason="needs the real pictures")
def test_every_real_validation_picture() -> None:
    pictures = ((file.name, cv2.imread(str(file))) for file in sorted(VAL.iterdir()))
    assert compare(pictures, 0.25, 640) > 100
