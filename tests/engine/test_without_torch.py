"""A start with the shipped form imports neither torch nor torchvision nor ultralytics."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, blobs, encoded

PROGRAM = """
import sys
from pathlib import Path
from inspection.annotate import annotate
from inspection.assess import assess
from inspection.detector import Detector
from inspection.reading import read_picture

thermogram = read_picture(Path(sys.argv[2]).read_bytes(), "picture.png")
detector = Detector.load(sys.argv[1], progress=lambda step: sys.exit(f"converts: {step}"))
found = detector.detect(thermogram.picture, 0.25, 0.7)
many = list(detector.candidates_many([thermogram.picture] * 3))
drawn = annotate(thermogram.picture, assess(found, thermogram))
heavy = {"torch", "torchvision", "ultralytics", "onnxruntime"} & set(sys.modules)
print(len(found), drawn.shape, len(many), sorted(heavy))
"""


def test_reading_detecting_and_drawing_do_not_import_torch(shipped: Path, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(encoded(blobs(160, 120)))
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(shipped), str(picture)],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip().endswith(", 3) 3 []") and not run.stdout.startswith("0 ")
