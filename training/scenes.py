"""Pictures for a training without data: scenes made by thermal_scenes, once per number and seed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from training.errors import TrainingError

ROOT = Path(__file__).resolve().parent.parent


def make_scenes(folder: Path, pictures: int, seed: int) -> Path:
    """Generate labelled scenes, or use those that are there.

    Args:
        folder: parent folder of generated sets.
        pictures: how many.
        seed: of the generator.

    Returns:
        The folder of the set.

    Raises:
        TrainingError: the generator failed; its own message has been printed.
    """
    target = folder.resolve() / f"generated-{pictures}-{seed}"
    done = target.with_suffix(".done")
    if done.exists() and target.is_dir():
        return target
    command = [
        sys.executable,
        "-m",
        "thermal_scenes",
        str(target),
        "--pictures",
        str(pictures),
        "--seed",
        str(seed),
    ]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(command, check=True, cwd=ROOT)
    except (subprocess.CalledProcessError, OSError) as error:
        raise TrainingError(f"The scenes could not be made ({error}); is there room on the disk?") from error
    done.write_text("complete\n", "utf-8")
    return target
