"""The stand-in for torchvision's operators, in a fresh process because it acts before any import."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(code: str, **env: str) -> str:
    clean = {k: v for k, v in os.environ.items() if k not in ("ULTRALYTICS_SAFE_LOAD", "YOLO_AUTOINSTALL")}
    done = subprocess.run(  # noqa: PLW1510 (the assert below shows stderr)
        [sys.executable, "-c", code], cwd=ROOT, env=clean | env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_torchvision_nms_works_after_importing_custom_layers():
    code = """
import custom_layers, torch, torchvision
boxes = torch.tensor([[0, 0, 10, 10], [1, 1, 10, 10], [20, 20, 30, 30.]])
keep = torchvision.ops.nms(boxes, torch.tensor([0.5, 0.9, 0.3]), 0.5)
assert keep.dtype == torch.int64 and keep.tolist() == [1, 2]
assert torchvision.ops.nms(boxes[:0], torch.zeros(0), 0.5).numel() == 0
first = custom_layers.ensure_torchvision()
assert custom_layers.ensure_torchvision() is first
from ultralytics.utils import AUTOINSTALL, SAFE_LOAD
print(SAFE_LOAD, AUTOINSTALL)
"""
    assert run(code) == "True False"


def test_switches_that_the_user_set_are_left_alone():
    code = "import custom_layers; from ultralytics import utils as u; print(u.SAFE_LOAD, u.AUTOINSTALL)"
    assert run(code, ULTRALYTICS_SAFE_LOAD="false", YOLO_AUTOINSTALL="true") == "False True"
