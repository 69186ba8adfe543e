"""The torch engine: loads any Ultralytics detection checkpoint without running code from it.

A checkpoint is a pickle, and a pickle can call anything. Ultralytics' safe loading rebuilds known classes
only; the checks here come on top: a size limit on what the file unpacks to and on what its tensors would
occupy, and one trial run before the model replaces another.
"""

from __future__ import annotations

import copy
import logging
import os
import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspection.checkpoint import check_file
from inspection.engine import HeadOutput, ModelInfo, cores
from inspection.errors import WeightsError
from inspection.texts import text

MAX_PARAMETERS = 200_000_000
_MAX_CLASSES = 10_000
_MOST_AT_ONCE = 4

log = logging.getLogger(__name__)


class TorchEngine:
    """A detection network in torch, on the GPU in half precision where there is one, else on the CPU."""

    def __init__(self, path: Path, because: str = "") -> None:
        """Load a checkpoint.

        Args:
            path: of the checkpoint.
            because: why torch runs it, for the description.

        Raises:
            WeightsError: the file is no checkpoint, is damaged, would run code, or is no detection model.
        """
        model, self.info = load_network(path)
        import torch

        from custom_layers.common import to_channels_last

        self._torch = torch
        self._lock = threading.Lock()
        self._copies = threading.local()
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._half = self._device.type == "cuda"
        # Pictures come as rows of pixels: the layout that convolutions on GPU and CPU are fastest in.
        self._model = model.to(self._device)
        to_channels_last(self._model)
        if self._half:
            self._model = self._model.half()
        where = text("GPU, half precision") if self._half else "CPU"
        self.description: str = text(
            "PyTorch {version} ({where})", version=torch.__version__.split("+")[0], where=where
        )
        if because:
            self.description = text("{engine} because {reason}", engine=self.description, reason=because)
        self._try_out(path.name)

    def infer(self, batch: NDArray[np.uint8], floor: float = 0.0) -> NDArray[np.float32]:
        """Run the network; see `inspection.engine.Engine.infer`. All boxes are computed."""
        # Ultralytics' heads keep the anchors of the last input shape inside the module: one run at a time.
        with self._lock:
            return self._run(self._model, batch)

    def infer_many(
        self, batches: Iterable[NDArray[np.uint8]], floor: float = 0.0
    ) -> Iterator[NDArray[np.float32]]:
        """Run the network on many inputs; see `inspection.engine.Engine.infer_many`.

        On a CPU, several are worked on at once, each on one core. All cores on one input wait for each other
        between layers, and for Python.
        """
        workers = 1 if self._half else min(cores(), _MOST_AT_ONCE)
        if workers == 1:
            yield from map(self.infer, batches)
            return
        waiting: deque[Future[NDArray[np.float32]]] = deque()
        with self._pool(workers) as pool:
            try:
                for batch in batches:
                    waiting.append(pool.submit(self._run_copy, batch))
                    if len(waiting) > workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _pool(self, workers: int) -> ThreadPoolExecutor:
        """Threads of one core each that have a copy of the network, with the same weights, to themselves."""
        torch = self._torch
        shared = {id(part): part for part in (*self._model.parameters(), *self._model.buffers())}
        models: queue.SimpleQueue[Any] = queue.SimpleQueue()
        with self._lock:
            for _ in range(workers):
                models.put(copy.deepcopy(self._model, dict(shared)))
        threads, ready = torch.get_num_threads(), threading.Barrier(workers + 1)

        def prepare() -> None:
            torch.get_num_threads()  # torch sets a thread's number up when it is asked first
            torch.set_num_threads(1)
            self._copies.model = models.get()
            ready.wait()

        pool = ThreadPoolExecutor(workers, "torch", prepare)
        for _ in range(workers):
            pool.submit(int)  # makes a thread, as none is idle yet
        ready.wait()
        torch.set_num_threads(threads)  # what threads that are yet to come start with
        return pool

    def _run_copy(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        return self._run(self._copies.model, batch)

    def _run(self, model: Any, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        torch = self._torch
        # uint8 NHWC permuted is channels_last already.
        pixels = torch.from_numpy(batch).to(self._device).flip(-1).permute(0, 3, 1, 2)
        with torch.inference_mode():
            output = model((pixels.half() if self._half else pixels.float()) / 255)
        return first_tensor(output).float().cpu().numpy()

    def _try_out(self, name: str) -> None:
        """Run once on an empty picture, so that a model that cannot run is refused before it is used."""
        side = 640 if self.info.head == "queries" else max(64, self.info.stride * 2)
        try:
            output = self.infer(np.zeros((1, side, side, 3), np.uint8))
        except Exception as error:
            log.info("trial run of %s failed", name, exc_info=True)
            raise WeightsError(
                text("{name} loads, but its network does not run on a picture.", name=name)
            ) from error
        classes = len(self.info.class_names)
        channels = {"anchors": (1, 4 + classes), "queries": (2, 4 + classes), "final": (2, 6)}
        axis, expected = channels[self.info.head]
        if output.ndim != 3 or output.shape[axis] != expected:
            raise WeightsError(
                text("{name} does not put out boxes and classes as a detection model does.", name=name)
            )


def first_tensor(output: Any) -> Any:
    """The predictions among what a network returns: (predictions, raw) in Ultralytics, nested at times."""
    while isinstance(output, (list, tuple)):
        output = output[0]
    return output


def load_network(path: Path, fuse: bool = True) -> tuple[Any, ModelInfo]:
    """The network of a checkpoint in evaluation mode, float32, and what is known of it.

    Args:
        path: of the checkpoint.
        fuse: fold batch norms into convolutions, as torch runs it fastest.

    Raises:
        WeightsError: the file is no checkpoint, is damaged, would run code, or is no detection model.
    """
    sha256, size = check_file(path)
    # Read when ultralytics is imported: refuse unknown classes, never pip-install what a checkpoint names.
    os.environ["ULTRALYTICS_SAFE_LOAD"] = "true"
    os.environ["YOLO_AUTOINSTALL"] = "false"
    from torch import nn
    from ultralytics.nn.tasks import torch_safe_load

    import custom_layers  # noqa: F401  (puts the project's own layers on the allow-list of safe loading)

    name = path.name
    refused = WeightsError(
        text(
            "{name} holds something other than a plain Ultralytics model and was refused, "
            "because loading it could run code.",
            name=name,
        )
    )
    try:
        checkpoint, _ = torch_safe_load(str(path), safe_only=True)
    except (TypeError, ImportError, AttributeError, SyntaxError) as error:
        log.info("safe loading refused %s", name, exc_info=True)
        damaged = "truncated or corrupted" in str(error)
        raise (
            WeightsError(text("{name} is incomplete or damaged; copy or export it again.", name=name))
            if damaged
            else refused
        ) from error
    except Exception as error:
        log.info("%s cannot be loaded", name, exc_info=True)
        raise WeightsError(text("{name} cannot be loaded as a PyTorch checkpoint.", name=name)) from error
    model: Any = checkpoint.get("ema") or checkpoint.get("model") if isinstance(checkpoint, dict) else None
    if not isinstance(model, nn.Module):
        raise WeightsError(
            text("{name} holds no network (weights alone cannot be used; save the whole model).", name=name)
        )
    info = _describe(model, checkpoint, name, sha256, size)
    try:
        model = model.float().eval()
        info = replace(info, gflops=_gflops(model))
        if fuse:
            model.fuse(verbose=False)
    except Exception as error:
        log.info("%s cannot be prepared", name, exc_info=True)
        raise WeightsError(
            text("{name} loads, but its network cannot be prepared for use.", name=name)
        ) from error
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model, info


def _describe(model: Any, checkpoint: dict[str, Any], name: str, sha256: str, size: int) -> ModelInfo:
    """Check that this is a detection model of a sensible size and say what it is."""
    args = checkpoint.get("train_args") or {}
    task = getattr(model, "task", None) or args.get("task")
    head, kind = _head(model)
    if head is None or task not in (None, "detect"):
        task = task if isinstance(task, str) and task != "detect" else kind.lower()
        raise WeightsError(
            text(
                "{name} is a model for another task ({task}); a detection model is needed.",
                name=name,
                task=task,
            )
        )
    parameters = sum(p.numel() for p in model.parameters())
    if parameters > MAX_PARAMETERS:
        raise WeightsError(
            text(
                "{name} has {millions:.0f} million parameters, more than fit here.",
                name=name,
                millions=parameters / 1e6,
            )
        )
    names = getattr(model, "names", None) or {}
    names = tuple(str(v) for v in (names.values() if isinstance(names, dict) else names))
    if not 0 < len(names) <= _MAX_CLASSES or getattr(model.model[-1], "nc", len(names)) != len(names):
        raise WeightsError(text("{name} does not say what its classes are called.", name=name))
    architecture = Path(str((getattr(model, "yaml", None) or {}).get("yaml_file", ""))).stem
    stride = getattr(model, "stride", None)
    imgsz = args.get("imgsz", 640)
    return ModelInfo(
        name=name,
        sha256=sha256,
        size_bytes=size,
        class_names=names,
        parameters=parameters,
        layers=sum(1 for m in model.modules() if not any(m.children())),
        architecture=architecture,
        stride=max(int(stride.max()), 32) if stride is not None else 32,
        imgsz=imgsz if isinstance(imgsz, int) and 32 <= imgsz <= 4096 else 640,
        head=head,
        curves=_curves(checkpoint.get("train_results")),
    )


_CURVES = (
    "metrics/mAP50(B)", "metrics/mAP50-95(B)", "train/box_loss", "train/cls_loss", "val/box_loss",
    "val/cls_loss",
)  # fmt: skip
_MOST_EPOCHS = 2000


def _curves(results: Any) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """What a checkpoint keeps of its training by epoch; whatever does not look like it is left out."""
    found = []
    for column in _CURVES if isinstance(results, dict) else ():
        values = results.get(column)
        if isinstance(values, list) and 0 < len(values) <= _MOST_EPOCHS:
            numbers = [float(v) for v in values if isinstance(v, int | float)]
            if len(numbers) == len(values) and np.isfinite(numbers).all():
                found.append((column, tuple(round(v, 5) for v in numbers)))
    return tuple(found)


def _gflops(model: Any) -> float:
    from custom_layers.flops import gflops

    try:
        return round(float(gflops(model)), 2)
    except Exception:  # layers from elsewhere raise many kinds; the network runs without being counted
        log.info("a network cannot be counted", exc_info=True)
        return 0.0


def _head(model: Any) -> tuple[HeadOutput | None, str]:
    """What the last module puts out, None for heads of other tasks, and the head's class name."""
    from ultralytics.nn.modules import Detect, RTDETRDecoder
    from ultralytics.nn.tasks import DetectionModel

    last: Any = model.model[-1] if isinstance(model, DetectionModel) else model  # type: ignore[index]
    kind = type(last).__name__
    if isinstance(last, RTDETRDecoder):
        return "queries", kind
    # Segment, Pose, OBB and the open-vocabulary heads derive from Detect and put out other things.
    if isinstance(last, Detect) and kind in ("Detect", "v10Detect"):
        return ("final" if last.end2end else "anchors"), kind
    return None, kind
