"""Small YOLO data sets drawn for the tests."""

from pathlib import Path

import cv2
import numpy as np
import yaml

from inspection.classes import CLASS_NAMES
from inspection.palettes import colourise


def draw(folder: Path, split: str, number: int, seed: int = 0, names: tuple[str, ...] = CLASS_NAMES) -> Path:
    """Hot rectangles on a cold ground, class 7 or 8, with labels; writes data.yaml too."""
    rng = np.random.default_rng(seed)
    images, labels = folder / split / "images", folder / split / "labels"
    images.mkdir(parents=True, exist_ok=True)
    labels.mkdir(parents=True, exist_ok=True)
    for i in range(number):
        level = rng.normal(0.2, 0.02, (64, 80)).astype(np.float32)
        x, y, w, h = 10 + 3 * (i % 10), 12, 24, 20
        level[y : y + h, x : x + w] += 0.6
        cv2.imwrite(str(images / f"drawn_{split}{seed}_{i}.png"), colourise(level, "ironbow"))
        box = ((x + w / 2) / 80, (y + h / 2) / 64, w / 80, h / 64)
        text = f"{7 + i % 2} " + " ".join(f"{v:.5f}" for v in box) + "\n"
        (labels / f"drawn_{split}{seed}_{i}.txt").write_text(text, "utf-8")
    content = {"path": ".", "train": "train/images", "val": "val/images", "names": list(names)}
    (folder / "data.yaml").write_text(yaml.safe_dump(content), "utf-8")
    return folder


def two_splits(folder: Path, train: int = 8, val: int = 4) -> Path:
    """A data set with both parts, no picture twice."""
    draw(folder, "train", train, seed=1)
    return draw(folder, "val", val, seed=2)
