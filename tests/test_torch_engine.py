"""The torch engine finds what Ultralytics finds, and refuses what it must not load."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspection.detector import Detector
from inspection.errors import WeightsError
from inspection.torch_engine import TorchEngine
from tests.conftest import SHARED, blobs, save_tiny_model

SIZES = [(160, 120), (120, 160), (200, 50), (31, 77), (640, 480), (1, 1)]


@pytest.fixture(scope="module")
def detector(tiny_weights: Path) -> Detector:
    return Detector(TorchEngine(tiny_weights))


def assert_same(
    detector: Detector, weights: Path, picture: np.ndarray, imgsz: int, conf: float, iou: float
) -> int:
    """Compare with Ultralytics' own predict on the same pixels; returns how many boxes there were."""
    from custom_layers import YOLO

    box = (
        YOLO(str(weights))
        .predict(picture, imgsz=imgsz, conf=conf, iou=iou, verbose=False, device="cpu")[0]
        .boxes
    )
    ours = detector.detect(picture, conf, iou, imgsz=imgsz)
    assert len(ours) == len(box)
    # Equal confidences may come in another order: every box needs a partner of its own.
    far = np.abs(ours.xyxy[:, None] - box.xyxy.numpy()[None]).max(axis=2)
    close = (far < 1) & (np.abs(ours.confidence[:, None] - box.conf.numpy()) < 0.01)
    partners = close & (ours.class_id[:, None] == box.cls.numpy())
    assert partners.any(axis=1).all() and partners.any(axis=0).all()
    return len(ours)


@pytest.mark.parametrize("size", SIZES)
def test_same_detections_as_ultralytics(
    detector: Detector, tiny_weights: Path, size: tuple[int, int]
) -> None:
    counts = [
        assert_same(detector, tiny_weights, blobs(*size, seed=seed), 320, conf, iou)
        for seed, (conf, iou) in enumerate([(0.25, 0.7), (0.4, 0.3)])
    ]
    assert size == (1, 1) or max(counts) > 3  # the comparison compared something


@pytest.mark.skipif(not (SHARED / "data" / "val").is_dir(), reason="needs the real pictures")
def test_same_detections_on_real_pictures_with_the_shipped_weights() -> None:
    weights = Path("weights/best.pt")
    detector = Detector(TorchEngine(weights))
    files = sorted((SHARED / "data" / "val" / "images").iterdir())[::12]
    total = sum(assert_same(detector, weights, cv2.imread(str(file)), 640, 0.25, 0.7) for file in files)
    assert total > 10


@pytest.mark.parametrize(
    ("yaml", "nms_free"),
    [("yolov8n.yaml", False), ("yolo26n.yaml", False), ("yolo26n.yaml", True)],
)
def test_other_generations_of_yolo_work_too(yaml: str, nms_free: bool, tmp_path: Path) -> None:
    weights = save_tiny_model(tmp_path / "other.pt", {0: "a", 1: "b"}, yaml, nms_free=nms_free)
    detector = Detector(TorchEngine(weights))
    assert detector.info.head == ("final" if nms_free else "anchors")
    for seed in range(2):
        assert_same(detector, weights, blobs(160, 120, seed), 320, 0.3, 0.7)


def test_weights_of_rank_five_are_run(tmp_path: Path) -> None:
    from custom_layers import YOLO

    model = YOLO("yolo11n-kagn.yaml")
    assert any(part.dim() == 5 for part in model.model.parameters())
    model.save(tmp_path / "kagn.pt")
    output = TorchEngine(tmp_path / "kagn.pt").infer(blobs(64, 64)[None])
    assert np.isfinite(output).all()


def test_what_is_known_of_a_model(detector: Detector, tiny_weights: Path) -> None:
    info = detector.info
    assert info.class_names[4] == "Legatura" and len(info.class_names) == 10
    assert info.size_bytes == tiny_weights.stat().st_size and len(info.sha256) == 64
    assert info.architecture.startswith("yolo11") and info.imgsz == 320 and info.parameters > 10_000


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"echo ran > {self.proof}",)


def test_a_checkpoint_that_would_run_code_is_refused_and_does_not_run_it(tmp_path: Path) -> None:
    import torch

    proof, weights = tmp_path / "proof", tmp_path / "evil.pt"
    torch.save({"model": Bomb(proof)}, weights)
    with pytest.raises(WeightsError, match="could run code"):
        TorchEngine(weights)
    weights.write_bytes(pickle.dumps(Bomb(proof)))
    with pytest.raises(WeightsError):
        TorchEngine(weights)
    assert not proof.exists()


def test_files_that_are_no_checkpoint(tmp_path: Path, tiny_weights: Path) -> None:
    whole = tiny_weights.read_bytes()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("notes.txt", "hello")
    cases = {
        b"": "empty",
        b"not a model": "not a PyTorch checkpoint",
        archive.getvalue(): "ZIP archive but not",
        whole[: len(whole) // 2]: "incomplete or damaged",
        whole[:-100]: "incomplete or damaged",
    }
    for number, (data, words) in enumerate(cases.items()):
        path = tmp_path / f"case{number}.pt"
        path.write_bytes(data)
        with pytest.raises(WeightsError, match=words) as caught:
            TorchEngine(path)
        assert "\n" not in str(caught.value)


def test_damaged_bytes_never_escape_as_another_error(tmp_path: Path, tiny_weights: Path) -> None:
    whole = bytearray(tiny_weights.read_bytes())
    rng = np.random.default_rng(0)
    path = tmp_path / "flipped.pt"
    with zipfile.ZipFile(tiny_weights) as archive:
        entry = next(e for e in archive.infolist() if e.filename.endswith("data.pkl"))
    for _ in range(15):
        broken = bytearray(whole)
        for place in rng.integers(entry.header_offset, entry.header_offset + entry.file_size, 4):
            broken[place] ^= int(rng.integers(1, 256))
        path.write_bytes(broken)
        try:
            TorchEngine(path)
        except WeightsError:
            continue


@pytest.mark.parametrize(
    ("yaml", "task"), [("yolo11n-seg.yaml", "segment"), ("yolo11n-cls.yaml", "classify")]
)
def test_models_of_other_tasks_are_refused(yaml: str, task: str, tmp_path: Path) -> None:
    import torch
    from ultralytics.nn import tasks

    kind = {"segment": tasks.SegmentationModel, "classify": tasks.ClassificationModel}[task]
    path = tmp_path / "other.pt"
    model = kind(yaml, verbose=False)
    model.task = task
    torch.save({"model": model.half(), "train_args": {"task": task}}, path)
    with pytest.raises(WeightsError, match="another task"):
        TorchEngine(path)


def test_weights_without_their_network_are_refused(tmp_path: Path, tiny_weights: Path) -> None:
    import torch

    path = tmp_path / "state.pt"
    torch.save({"model.0.conv.weight": torch.zeros(3)}, path)
    with pytest.raises(WeightsError, match="no network"):
        TorchEngine(path)
