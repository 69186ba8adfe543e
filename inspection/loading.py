"""Which engine runs a checkpoint: its OpenVINO form on the CPU where there is one or can be, else torch."""

from __future__ import annotations

import importlib.util
import logging
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Literal

from inspection import cache, model_folder
from inspection.checkpoint import check_file
from inspection.convert import ConversionError, Progress, shipped_folder
from inspection.convert_apart import convert_apart
from inspection.engine import Engine, ModelInfo, Precision
from inspection.errors import WeightsError
from inspection.openvino_engine import OpenVINOEngine, computes
from inspection.texts import text

EngineChoice = Literal["auto", "openvino", "torch"]

_converting = threading.Lock()

log = logging.getLogger(__name__)


def load_engine(
    path: Path, choice: EngineChoice = "auto", progress: Progress | None = None, precision: Precision = "f32"
) -> Engine:
    """The engine for a checkpoint.

    Torch is imported only for a GPU and for what OpenVINO refuses; a checkpoint seen for the first time is
    converted in a process of its own.

    Args:
        path: of the checkpoint.
        choice: "auto" takes torch on a GPU and OpenVINO otherwise, torch again where OpenVINO refuses.
        progress: called with a short sentence when a conversion starts and at each of its steps.
        precision: OpenVINO computes in, where it can; see Precision.

    Raises:
        WeightsError: the file cannot be used, or not by the engine asked for.
    """
    if choice == "torch" or (choice == "auto" and _has_gpu()):
        return _torch(path)
    sha256, _ = check_file(path)
    try:
        engine = _openvino_ready(path, sha256, precision)
        if engine is None:
            # One conversion at a time: a second session that waits here finds the first one's result.
            with _converting:
                engine = _openvino_ready(path, sha256, precision) or _openvino_made(
                    path, sha256, precision, progress
                )
        return engine
    except ConversionError as error:
        reason: str = error.sentence
    except ImportError:
        log.info("OpenVINO cannot be imported", exc_info=True)
        reason = text("OpenVINO is not installed")
    except RuntimeError:
        log.warning("OpenVINO cannot run %s", path.name, exc_info=True)
        reason = text("OpenVINO cannot run it on this processor")
    if choice == "openvino":
        raise WeightsError(
            text("{name} cannot be used with OpenVINO: {reason}.", name=path.name, reason=reason)
        )
    return _torch(path, reason)


def _openvino_ready(path: Path, sha256: str, precision: Precision) -> Engine | None:
    """The engine from the form shipped beside the checkpoint or from the cache; None without either."""
    folders = [shipped_folder(path)]
    if models := cache.models():
        folders.append(models / sha256)
    for folder in folders:
        if info := model_folder.read_info(folder, sha256):
            try:
                engine = _compiled(folder, info, precision)
            except RuntimeError:
                log.warning("OpenVINO cannot use %s", folder, exc_info=True)
                continue
            cache.touch(folder)
            return engine
    return None


def _openvino_made(path: Path, sha256: str, precision: Precision, progress: Progress | None) -> Engine:
    """The engine from a form made now: kept in the cache, or made for this run only where that fails."""
    models = cache.models()
    if models:
        try:
            info = convert_apart(path, models / sha256, sha256, progress)
            cache.prune()
            return _compiled(models / sha256, info, precision)
        except OSError as error:
            log.info("no converted model kept: %s", error)
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
            info = convert_apart(path, Path(place) / sha256, sha256, progress)
            return _compiled(Path(place) / sha256, info, precision)
    except OSError as error:
        raise ConversionError(text("there is no room on the disk for its converted form")) from error


def _compiled(folder: Path, info: ModelInfo, precision: Precision) -> Engine:
    """The engine of a folder, in the first arithmetic that works: the one asked for, bf16 for int8, f32.

    A setting or a virtual machine may keep a processor from instructions that it says it has.

    Raises:
        RuntimeError: none works.
    """
    form = model_folder.int8_form(folder) if precision == "int8" and computes("int8") else None
    ways: list[tuple[Path, Precision]] = [(form, "int8")] if form else []
    if precision != "f32":
        ways.append((folder / "model.xml", "bf16" if precision == "int8" else precision))
    for path, arithmetic in ways:
        try:
            return OpenVINOEngine(path, info, arithmetic)
        except RuntimeError:
            log.info("OpenVINO cannot compute %s in %s", path, arithmetic, exc_info=True)
    return OpenVINOEngine(folder / "model.xml", info, "f32")


def _torch(path: Path, because: str = "") -> Engine:
    from inspection.torch_engine import TorchEngine

    return TorchEngine(path, because)


def _has_gpu() -> bool:
    """Whether torch would find an NVIDIA GPU; asked of torch only where a driver is installed."""
    driver = Path("/dev/nvidia0").exists() or shutil.which("nvidia-smi")
    if not driver or not importlib.util.find_spec("torch"):
        return False
    import torch

    return torch.cuda.is_available()
