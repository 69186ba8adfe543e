"""All settings of a training, with defaults for two CPU cores and for a GPU."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from training.augment import ThermalSettings
from training.errors import TrainingError


@dataclass
class Settings:
    """What the user may choose.

    Attributes:
        data: sources, each a path with an optional "=weight"; empty means generated scenes.
        val: sources whose validation parts alone are used; empty takes those of `data`.
        model: name or YAML of the network, or a checkpoint.
        weights: file whose fitting tensors are taken over, or "".
        device: "auto", "cpu", "0", "0,1", ...
        epochs: passes over the mix.
        imgsz: side of the network input, pixels; 0 takes the device's default.
        batch: pictures a step; 0 takes the device's default.
        hours: time budget; 0 is none.
        patience: epochs without improvement before stopping.
        lr: first learning rate (AdamW).
        mosaic: share of pictures put together from four.
        freeze: number of first layers left as they are.
        seed: of all chance.
        pictures: number of scenes to generate without data.
        merge_misspelt: count the misspelt class as the right one.
        thermal: augmentation.
    """

    data: list[str] = field(default_factory=list)
    val: list[str] = field(default_factory=list)
    model: str = "yolo11n-improved.yaml"
    weights: str = ""
    device: str = "auto"
    epochs: int = 30
    imgsz: int = 0
    batch: int = 0
    hours: float = 0.0
    patience: int = 20
    lr: float = 8e-4
    mosaic: float = 0.6
    freeze: int = 0
    seed: int = 0
    pictures: int = 2400
    merge_misspelt: bool = False
    thermal: ThermalSettings = field(default_factory=ThermalSettings)

    def __post_init__(self) -> None:
        """Refuse what no training can be run with.

        Raises:
            TrainingError: a number is out of range.
        """
        ranges = {
            "epochs": (1, 10_000), "imgsz": (0, 4096), "batch": (0, 4096), "hours": (0, 10_000),
            "patience": (0, 10_000), "lr": (1e-7, 1), "mosaic": (0, 1), "freeze": (0, 1000),
            "seed": (0, 2**31), "pictures": (20, 1_000_000),
        }  # fmt: skip
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if not low <= value <= high:  # also refuses NaN
                option = "time" if name == "hours" else name
                raise TrainingError(f"--{option} must be between {low:g} and {high:g}, not {value:g}.")
        if 0 < self.imgsz < 32:
            raise TrainingError(f"--imgsz must be 32 pixels or more, not {self.imgsz}.")

    def save(self, path: Path, **more: Any) -> None:
        """Write the settings, and more facts, as JSON."""
        path.write_text(json.dumps({**asdict(self), **more}, indent=2, ensure_ascii=False) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read what save wrote.

        Raises:
            TrainingError: the file is missing or not of this kind.
        """
        try:
            content = json.loads(path.read_text("utf-8"))
            content["thermal"] = ThermalSettings(**content["thermal"])
            return cls(**{k: v for k, v in content.items() if k in cls.__dataclass_fields__})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingError(f"{path} is missing or damaged; this folder cannot be resumed.") from error


def pick_device(wanted: str) -> str:
    """Ultralytics' name of the device: all GPUs for "auto" where there are any, else the CPU."""
    if wanted != "auto":
        return wanted
    return ",".join(str(i) for i in range(torch.cuda.device_count())) or "cpu"


def check_device(wanted: str) -> None:
    """Refuse a GPU that is not there.

    Raises:
        TrainingError: with what there is.
    """
    if wanted in {"auto", "cpu", "mps"}:
        return
    numbers = wanted.split(",")
    here = torch.cuda.device_count()
    if not all(n.strip().isdigit() for n in numbers):
        raise TrainingError(f"--device {wanted} is not known; give auto, cpu, 0, or 0,1 for two GPUs.")
    if any(int(n) >= here for n in numbers):
        found = f"{here} GPU{'s' * (here > 1)}" if here else "no GPU"
        raise TrainingError(f"--device {wanted} names a GPU that is not here: this machine has {found}.")


def has_fast_bfloat16(device: str) -> bool:
    """Whether bfloat16 is done by the hardware; without it, it is slower than float32 on a CPU."""
    if device != "cpu":
        return torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    checks = [getattr(torch.cpu, n, None) for n in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")]
    return any(bool(check()) for check in checks if check)


def ultralytics_arguments(settings: Settings) -> dict[str, Any]:
    """Arguments of Ultralytics' trainer; colour jitter is off, thermal augmentation takes its place."""
    device = pick_device(settings.device)
    gpus = 0 if device == "cpu" else len(device.split(","))
    arguments: dict[str, Any] = {
        "device": device,
        "epochs": settings.epochs,
        "imgsz": settings.imgsz or (640 if gpus else 416),
        "batch": settings.batch or 32 * gpus or 16,
        "workers": min(8, torch.get_num_threads()) if gpus else 0,
        "amp": "bf16" if gpus and has_fast_bfloat16(device) else bool(gpus),
        "optimizer": "AdamW",
        "lr0": settings.lr,
        "lrf": 0.03,
        "cos_lr": True,
        "weight_decay": 0.0005,
        "warmup_epochs": 0.5,
        "warmup_bias_lr": 0.0,
        "patience": settings.patience,
        "seed": settings.seed,
        "mosaic": settings.mosaic,
        "close_mosaic": max(1, settings.epochs // 6),
        "freeze": settings.freeze or None,
        "scale": 0.5,
        "translate": 0.1,
        "degrees": 6.0,
        "fliplr": 0.5,
        "hsv_h": 0.0,
        "hsv_s": 0.0,
        "hsv_v": 0.0,
        "deterministic": True,
    }
    # One step per batch: a small budget is better spent on more steps than on larger ones.
    arguments["nbs"] = arguments["batch"]
    if settings.hours:
        arguments["time"] = settings.hours
    return arguments
