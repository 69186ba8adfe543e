"""Tiny pictures, tiny networks and exports for the tests of whole models."""

import cv2
import numpy as np
import torch

from custom_layers.architecture import load_architecture
from custom_layers.model import CustomDetectionModel

TINY = [0.5, 0.125, 1024]  # depth, width, most channels: an eighth of the width


def tiny(name, nc=3, seed=0):
    """Build an architecture at an eighth of its width; batch statistics are made plausible."""
    cfg = load_architecture(name)
    cfg["scales"], cfg["scale"] = {"t": TINY}, "t"
    torch.manual_seed(seed)
    model = CustomDetectionModel(cfg, nc=nc, verbose=False)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return model


def sizes(name):
    """Return the picture sizes (H, W) that an architecture takes in the tests."""
    return [(640, 640)] if "random" in name else [(96, 128), (64, 64)]


def batch(size, images=2, classes=3):
    """Return a training batch: bright rectangles on noise, one box each."""
    generator = torch.Generator().manual_seed(0)
    img = 0.2 * torch.rand(images, 3, *size, generator=generator)
    h, w = size
    boxes = []
    for i in range(images):
        y, x = h // 8 * (i % 3 + 1), w // 8 * (i % 4 + 1)
        img[i, :, y : y + h // 3, x : x + w // 3] = 0.9
        boxes.append([(x + w / 6) / w, (y + h / 6) / h, 1 / 3, 1 / 3])
    return {
        "img": img,
        "cls": torch.arange(images).remainder(classes).float()[:, None],
        "bboxes": torch.tensor(boxes),
        "batch_idx": torch.arange(images).float(),
    }


class Boxes(torch.nn.Module):
    """The network's prediction (B, 4 + classes, anchors) only, as exports have it."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.eval()  # exporters put a module back into the mode it was in

    def forward(self, x):
        return self.model(x)[0]


def write_data_set(folder, images=8):
    """Write a YOLO data set of bright rectangles and return its data.yaml."""
    rng = np.random.default_rng(0)
    for split in ("train", "val"):
        for kind in ("images", "labels"):
            (folder / kind / split).mkdir(parents=True)
        for i in range(images):
            picture = rng.integers(0, 60, (96, 128, 3), dtype=np.uint8)
            x, y = rng.integers(10, 60, 2)
            picture[y : y + 30, x : x + 40] = 230
            cv2.imwrite(str(folder / "images" / split / f"{i}.png"), picture)
            label = f"0 {(x + 20) / 128} {(y + 15) / 96} {40 / 128} {30 / 96}\n"
            (folder / "labels" / split / f"{i}.txt").write_text(label)
    data = folder / "data.yaml"
    data.write_text(f"path: {folder}\ntrain: images/train\nval: images/val\nnames:\n  0: hot\n")
    return data
