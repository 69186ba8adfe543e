"""Small weights and pictures that the tests make for themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

# Two processes share the cores (see pyproject.toml), so each takes one thread.
os.environ.setdefault("OMP_NUM_THREADS", "1" if "PYTEST_XDIST_WORKER" in os.environ else "2")
# Read when ultralytics is first imported, so they stand before any test does.
os.environ["ULTRALYTICS_SAFE_LOAD"] = "true"
os.environ["YOLO_AUTOINSTALL"] = "false"
os.environ["OVERHEAT_DATA"] = ""  # nothing is saved but where a test names a folder

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def blobs(width: int = 160, height: int = 120, seed: int = 0) -> np.ndarray:
    """A picture with warm blobs on a cool, noisy ground: uint8 (H, W, 3) BGR."""
    from inspection.palettes import colourise

    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    heat = 0.15 + 0.03 * rng.standard_normal((height, width))
    for _ in range(4):
        cx, cy, s = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(5, 20)
        heat += 0.7 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * s * s))
    return colourise(heat.astype(np.float32))


def encoded(picture: np.ndarray, extension: str = ".png") -> bytes:
    """The bytes of a picture file."""
    done, data = cv2.imencode(extension, picture)
    assert done
    return data.tobytes()


def save_tiny_model(
    path: Path, names: dict[int, str], yaml: str = "yolo11n.yaml", seed: int = 0, nms_free: bool = False
) -> Path:
    """A YOLO of a tenth of the usual width with random weights that proposes many boxes.

    With nms_free only the end-to-end head of a model that has two is kept.
    """
    import torch
    from ultralytics.nn.tasks import DetectionModel, yaml_model_load

    torch.manual_seed(seed)
    config = yaml_model_load(yaml)
    config["scales"] = {"n": [0.33, 0.1, 256]}
    config["scale"] = "n"
    model: Any = DetectionModel(config, nc=len(names), verbose=False)
    model.names = names
    _calibrate(model, torch)
    if nms_free:
        model.end2end = True
        model.fuse(verbose=False)
    model.args = {"task": "detect", "imgsz": 320}
    model.task = "detect"
    torch.save({"model": model.half(), "train_args": {"task": "detect", "imgsz": 320}, "epoch": -1}, path)
    return path


def _calibrate(model: Any, torch: Any) -> None:
    """Make a random network answer to what it sees: statistics from pictures, and scores that vary."""
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None  # a plain average over the pictures
    pictures = np.stack([blobs(96, 96, seed) for seed in range(8)])
    model.train()
    with torch.no_grad():
        model(torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255)
    model.eval()
    head = model.model[-1]
    for branches in (head.cv3, getattr(head, "one2one_cv3", None) or []):
        for branch in branches:
            torch.nn.init.normal_(branch[-1].weight, std=2.5 / branch[-1].in_channels ** 0.5)
            torch.nn.init.normal_(branch[-1].bias, mean=-3.0, std=0.5)
    for branches in (head.cv2, getattr(head, "one2one_cv2", None) or []):
        for branch in branches:
            torch.nn.init.normal_(branch[-1].weight, std=0.3)


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint with the ten classes."""
    from inspection.classes import CLASS_NAMES

    folder = tmp_path_factory.mktemp("weights")
    return save_tiny_model(folder / "tiny.pt", dict(enumerate(CLASS_NAMES)))


@pytest.fixture(scope="session")
def foreign_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of somebody else's model, with classes of its own."""
    folder = tmp_path_factory.mktemp("weights")
    return save_tiny_model(
        folder / "foreign.pt", {0: "изолятор", 1: "=SUM(A1)", 2: "hot <b>spot</b>"}, seed=1
    )


@pytest.fixture
def tiny_model(monkeypatch: pytest.MonkeyPatch, tiny_weights: Path, tmp_path: Path) -> None:
    """Pages use the tiny model, which proposes many boxes in any picture, instead of the shipped one."""
    import ui.analysis
    import ui.weights
    from inspection.detector import DEFAULT_WEIGHTS

    folder = tmp_path / "weights"
    folder.mkdir()
    shipped = folder / DEFAULT_WEIGHTS.name
    shipped.write_bytes(tiny_weights.read_bytes())
    monkeypatch.setattr(ui.weights, "DEFAULT_WEIGHTS", shipped)
    ui.analysis._seen.clear()  # what another test has looked at counts as new
