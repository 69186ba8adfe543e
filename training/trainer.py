"""Ultralytics' own detection trainer with thermal augmentation, a short average and whole checkpoints.

What differs is read from the data.yaml of the mix (key `training`), which DDP's child processes and a resumed
run read as well.
"""

from __future__ import annotations

import os
import time
from copy import copy
from math import cos, exp, pi
from pathlib import Path
from typing import Any

import numpy as np
import torch

from custom_layers import YOLO
from custom_layers.common import to_channels_last
from training.augment import ThermalAugment, ThermalSettings
from training.settings import has_fast_bfloat16
from training.transfer import take_over

from ultralytics.engine import trainer as engine  # isort: skip
from ultralytics.data.dataset import YOLODataset  # isort: skip  (only after custom_layers)
from ultralytics.models.yolo.detect import DetectionTrainer, DetectionValidator  # isort: skip
from ultralytics.utils import LOGGER, colorstr  # isort: skip
from ultralytics.utils.instance import Instances  # isort: skip

_WARM_STEPS = 60


def _base_trainer() -> type[DetectionTrainer]:
    """The trainer that this project's YOLO uses for detection; Ultralytics' own when it has none."""
    return YOLO("yolo11n.yaml", task="detect", verbose=False).task_map["detect"]["trainer"]


class ThermalDataset(YOLODataset):
    """Ultralytics' data set; every picture is changed as a thermal camera could have, before mosaic."""

    def __init__(self, *args: Any, thermal: ThermalSettings | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.thermal = ThermalAugment(thermal) if thermal and self.augment else None

    def get_image_and_label(self, index: int) -> dict[str, Any]:
        """The picture and its boxes, see Ultralytics; changed when this is the training part."""
        label = super().get_image_and_label(index)
        if self.thermal is None:
            return label
        instances = label["instances"]
        height, width = label["img"].shape[:2]
        instances.convert_bbox("xyxy")
        instances.denormalize(width, height)
        # NumPy's global generator is the one that Ultralytics seeds, also in its loader processes.
        rng = np.random.default_rng(np.random.randint(0, 2**31))
        label["img"], boxes, label["cls"] = self.thermal(label["img"], instances.bboxes, label["cls"], rng)
        label["instances"] = Instances(boxes, instances.segments, None, bbox_format="xyxy", normalized=False)
        return label


class WeightedValidator(DetectionValidator):
    """Best weights are chosen by a mean over classes that counts classes with many boxes more.

    With one to ten boxes in some classes, the plain mean over classes is mostly chance.
    """

    def get_stats(self) -> dict[str, Any]:
        """The usual figures, with the weighted fitness."""
        self.metrics.process(save_dir=self.save_dir, plot=self.args.plots, on_plot=self.on_plot)
        stats = self.metrics.results_dict
        box, index = self.metrics.box, np.array(self.metrics.ap_class_index, int)
        if len(index):
            counts = np.sqrt(np.asarray(self.metrics.nt_per_class)[index])
            scores = 0.5 * np.asarray(box.ap50) + 0.5 * np.asarray(box.ap)
            stats["fitness"] = float((counts * scores).sum() / max(counts.sum(), 1e-9))
        self.metrics.clear_stats()
        return stats


class ThermalTrainer(_base_trainer()):  # type: ignore[misc]
    """See the module."""

    model: Any  # a network; Ultralytics types it as nn.Module
    last: Path
    best: Path

    @property
    def _options(self) -> dict[str, Any]:
        return self.data.get("training") or {}

    def build_dataset(self, img_path: str, mode: str = "train", batch: int | None = None) -> YOLODataset:
        """The training part changes its pictures, the validation part is Ultralytics' own."""
        if mode != "train":
            return super().build_dataset(img_path, mode, batch)
        return ThermalDataset(
            img_path=img_path,
            imgsz=self.args.imgsz,
            batch_size=batch,
            augment=True,
            hyp=self.args,
            rect=False,
            cache=self.args.cache or None,
            stride=self.stride,
            prefix=colorstr("train: "),
            task=self.args.task,
            data=self.data,
            thermal=ThermalSettings(**self._options.get("thermal", {})),
        )

    def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = True) -> torch.nn.Module:
        """The model, with every tensor of --weights that fits."""
        model: Any = super().get_model(cfg, weights, verbose)
        start = self._options.get("start_weights")
        if start and not self.resume:
            fit, own = take_over(model, Path(start), tuple(self.data["names"].values()))
            LOGGER.info(f"Taken over from {Path(start).name}: {fit} of {own} tensors")
        return model

    def get_validator(self) -> DetectionValidator:
        """Validator with the weighted fitness."""
        original = super().get_validator()
        return WeightedValidator(
            self.test_loader, save_dir=self.save_dir, args=copy(original.args), _callbacks=self.callbacks
        )

    def _setup_train(self) -> None:
        super()._setup_train()
        if self.device.type == "cpu":
            # Together twice as fast as float32 in NCHW; Ultralytics offers both on GPUs only.
            to_channels_last(self.model)
            if has_fast_bfloat16("cpu"):
                self.model.forward = torch.autocast("cpu", torch.bfloat16)(self.model.forward)
        horizon = max(float(self._options.get("average_steps", 200)), 1.0)
        self.ema.decay = _Decay(1 - 1 / horizon, horizon / 2)

    def preprocess_batch(self, batch: dict) -> dict:
        """As Ultralytics does; channels last on a CPU."""
        batch = super().preprocess_batch(batch)
        if self.device.type == "cpu":
            batch["img"] = batch["img"].contiguous(memory_format=torch.channels_last)
        return batch

    def optimizer_step(self) -> None:
        """One step; under a time budget the learning rate follows the clock, not the number of epochs.

        A budget may end within an epoch, and epochs are long on a busy machine; the rate is small at the end.
        """
        if self.args.time:
            before = float(self._options.get("hours_spent", 0.0))
            hours = before + (time.time() - self.train_time_start) / 3600
            done = min(hours / (before + self.args.time), 1.0)
            share = self.args.lrf + (1 - self.args.lrf) * (1 + cos(pi * done)) / 2
            warm = min((self.ema.updates + 1) / _WARM_STEPS, 1.0)
            for group in self.optimizer.param_groups:
                group["lr"] = group["initial_lr"] * share * warm
        super().optimizer_step()
        if self.device.type == "cpu" and self.ema.updates % 10 == 0:
            _follow_load()

    def save_model(self) -> bool:
        """Write checkpoints aside and swap them in, so that a kill at any moment leaves whole files."""
        last, best = self.last, self.best
        try:
            self.last, self.best = last.with_suffix(".part"), best.with_suffix(".part")
            saved = super().save_model()
        finally:
            written, self.last, self.best = (self.last, self.best), last, best
        for part, final in zip(written, (last, best), strict=True):
            if part.exists():
                os.replace(part, final)
        return saved

    def final_eval(self) -> None:
        """As Ultralytics does; what it strips of checkpoints is written aside and swapped in as well."""
        original = engine.strip_optimizer

        def aside(f: str | Path, s: str = "", updates: dict[str, Any] | None = None) -> dict[str, Any]:
            part = Path(f).with_suffix(".part")
            content = original(f, s or str(part), updates)
            if not s and part.exists():
                os.replace(part, f)
            return content

        engine.strip_optimizer = aside  # type: ignore[assignment]
        try:
            super().final_eval()
        finally:
            engine.strip_optimizer = original


def _follow_load() -> None:
    """One thread on a busy machine, all cores (at most OMP_NUM_THREADS) on a free one.

    Threads of one step wait for each other, so where others work, one thread gets further than two.
    """
    cores = os.cpu_count() or 1
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdigit() and int(wanted) > 0:
        cores = min(cores, int(wanted))
    busy = hasattr(os, "getloadavg") and os.getloadavg()[0] > 1.5 * cores + 1
    torch.set_num_threads(1 if busy else cores)


class _Decay:
    """Decay of the exponential average: short at first, then `top`, a memory of about 1/(1-top) steps."""

    def __init__(self, top: float, ramp: float) -> None:
        self.top, self.ramp = top, ramp

    def __call__(self, updates: int) -> float:
        return self.top * (1 - exp(-updates / self.ramp))
