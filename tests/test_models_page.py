"""The models page's parts: curves, variants, speed; the page itself is in test_pages."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from inspection.engine import ModelInfo
from ui.models_layers import FAMILIES, NODES
from ui.models_speed import SpeedRun, speed_table
from ui.models_training import curves_of
from ui.models_variants import classes_frame, variants_frame

INFO = ModelInfo("best.pt", "ab" * 32, 1, ("a",), 1, 1, "yolo11n-smp", 32, 416, "anchors")


def network(name: str, hot: list[float]) -> dict[str, Any]:
    scores = {"ap50": hot, "ap": [v / 2 for v in hot]}
    return {
        "name": name, "parameters": 2_500_000, "gflops": 6.5, "milliseconds": 20.0,
        "seeds": list(range(3 if len(hot) > 1 else 1)), "mean": scores, "hot": scores,
        "classes": {"motor": scores},
    }  # fmt: skip


RECORD = {
    "sha256": INFO.sha256,
    "architecture": "yolo11n-smp",
    "comparison": {
        "imgsz": 416, "pictures": 9, "hot_boxes": 5, "boxes": {"motor": 4},
        "networks": [network("yolo11n", [0.2]), network("yolo11n-smp", [0.3, 0.01])],
    },
    "stages": [{"epochs": [{"epoch": 1.0, "metrics/mAP50(B)": 0.1}]}, {"epochs": [{"epoch": 1.0}]}],
}  # fmt: skip


def test_variants_are_ranked_and_the_shipped_one_is_known() -> None:
    frame = variants_frame(RECORD)
    assert frame["name"].tolist() == ["yolo11n-smp", "yolo11n"] and frame["shipped"].tolist() == [True, False]
    assert frame["hot_spread"][0] == 0.01 and frame["hot_spread"].isna()[1]
    assert classes_frame(RECORD)["yolo11n-smp"].tolist() == ["0.30 / 0.15"]


def test_curves_come_from_the_record_or_else_from_the_file() -> None:
    assert curves_of(INFO, RECORD)["epoch"].tolist() == [1, 2]
    own = replace(INFO, sha256="cd" * 32, curves=(("metrics/mAP50(B)", (0.1, 0.2, 0.3)),))
    assert curves_of(own, RECORD)["metrics/mAP50(B)"].tolist() == [0.1, 0.2, 0.3]
    assert curves_of(replace(own, curves=()), RECORD).empty


class FakeDetector:
    def __init__(self, fails_at: int = 0) -> None:
        self.info, self.fails_at, self.sizes = INFO, fails_at, list[int]()

    def detect(self, picture: Any, imgsz: int = 640) -> None:
        self.sizes.append(imgsz)
        time.sleep(0.002)
        if imgsz == self.fails_at:
            raise RuntimeError("no room")


def test_speed_is_measured_size_by_size_and_can_be_stopped() -> None:
    run = SpeedRun(FakeDetector(), (320, 416))  # type: ignore[arg-type]
    run.wait(20)
    assert run.share == 1.0 and list(run.times) == [320, 416] and not run.failed
    assert speed_table(run).shape == (2, 4)
    long = SpeedRun(FakeDetector(), (320,) * 1000)  # type: ignore[arg-type]
    behind = SpeedRun(FakeDetector(), (320,))  # type: ignore[arg-type]
    time.sleep(0.1)
    assert behind.waiting and not behind.times  # one measures at a time
    long.stop()
    behind.wait(20)
    assert not long.running and behind.share == 1.0 and threading.active_count() < 50


def test_a_size_that_does_not_run_is_said() -> None:
    run = SpeedRun(FakeDetector(fails_at=416), (320, 416, 640))  # type: ignore[arg-type]
    run.wait(20)
    assert run.failed and list(run.times) == [320]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_has_a_sentence_a_drawing_and_a_paper(family: Any) -> None:
    assert family.sentence.endswith(".") and len(family.sentence.split()) <= 30
    dot = family.dot()
    assert dot.count("{") == dot.count("}") == 1 and '"input"' in dot
    named = set(re.findall('"([^"]+)"', family.edges))
    assert {name for name in named if re.search("[a-z]{2}", name)} <= {"SiLU", *NODES}
    assert len(family.arxiv.split(".")) == 2 and family.paper
