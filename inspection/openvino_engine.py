"""The OpenVINO engine: the network on the CPU, compiled once for every picture size.

One compiled network with open input sizes serves all pictures. Compared with one network per size it costs
neither a compilation nor a copy of the weights when a picture of another shape comes.
Many pictures in a row, such as the frames of a video, get a second one of their size, made when they first
come: it works on several pictures at once, each on cores of its own, which takes a fifth less processor time
than all cores on one picture after the other, and knows its sizes beforehand, which takes a sixteenth less.
Boxes are computed where the scores say that something may be, see `inspection.box_tiles`.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import logging
import queue
import struct
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inspection import cache
from inspection.box_tiles import AT_ONCE, TILE, TiledBoxes, cut
from inspection.engine import ModelInfo, Precision, cores
from inspection.texts import text_n

if TYPE_CHECKING:
    import openvino as ov

_RUNTIME_CACHE = 1000
"""Kernels kept for input sizes seen before (about 100 a size), the oldest dropped first. OpenVINO's own 5000
let the memory of an app that sees pictures of every shape grow without need."""

_CUT = 1
"""Raised whenever `cut` gives other parts than before, so that compiled ones in the cache are left alone."""

_MOST_STREAMS = 4
"""Pictures of a row that are worked on at once at most; each needs memory for all that is between layers."""

log = logging.getLogger(__name__)


class OpenVINOEngine:
    """A converted network on the CPU; holds no thresholds and may be called from any thread."""

    def __init__(
        self,
        model: ov.Model | Path,
        info: ModelInfo,
        precision: Precision = "f32",
        threads: int | None = None,
        everywhere: bool = False,
    ) -> None:
        """Compile a network.

        Args:
            model: the network in memory, or model.xml with model.bin beside it; takes uint8 (B, h, w, 3) BGR.
            info: of the checkpoint it was made from.
            precision: to compute in; "int8" says that the network is quantised.
            threads: cores to use; None takes all that this process may use.
            everywhere: compute all boxes in one go, as the network was made to: the slow reference.

        Raises:
            ImportError: OpenVINO is not installed.
            RuntimeError: OpenVINO cannot read or compile the network.
        """
        import openvino as ov

        self.info = info
        self._model = model
        threads = threads or cores()
        self._options: dict[str, Any] = {
            "INFERENCE_NUM_THREADS": threads,
            # Decoding, encoding and other visitors share the cores: threads tied to a busy core wait.
            "ENABLE_CPU_PINNING": False,
            "CPU_RUNTIME_CACHE_CAPACITY": str(_RUNTIME_CACHE),
        }
        # What int8 leaves in floating point: few layers between others, which bf16 would only slow down by
        # turning numbers into it and back, and the box branches, which gain.
        wanted: list[Precision] = ["f32", "bf16"] if precision == "int8" else [precision, precision]
        self._hints = [hint if computes(hint) else "f32" for hint in wanted]
        self._whole = everywhere or info.head != "anchors"
        latency = {"PERFORMANCE_HINT": "LATENCY"}
        self._compiled, *self._branches = self._compile(latency)
        self._streams = min(threads, _MOST_STREAMS)
        self._for_many: weakref.WeakValueDictionary[tuple[int, ...], ov.CompiledModel]
        self._for_many = weakref.WeakValueDictionary()
        self._making = threading.Lock()
        version = ov.get_version().split("-")[0]
        given: str = self._compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        self.precision = "int8" if precision == "int8" else given
        self.description: str = text_n(
            "OpenVINO {version} (CPU, {precision}, {n} core)",
            "OpenVINO {version} (CPU, {precision}, {n} cores)",
            threads, version=version, precision=self.precision,
        )  # fmt: skip
        # As many requests as can be under way: one runs while the next one's input is being copied.
        self._requests: queue.LifoQueue[tuple[ov.InferRequest, TiledBoxes]] = queue.LifoQueue()
        for _ in range(2):
            self._requests.put((self._compiled.create_infer_request(), TiledBoxes(self._branches)))

    def infer(self, batch: NDArray[np.uint8], floor: float = 0.0) -> NDArray[np.float32]:
        """Run the network; see `inspection.engine.Engine.infer`."""
        request, boxes = self._requests.get()
        try:
            request.infer([batch], share_inputs=True, share_outputs=True)
            return self._output(request, boxes, batch.shape[1], floor)
        finally:
            self._requests.put((request, boxes))

    def _output(
        self, request: ov.InferRequest, boxes: TiledBoxes, height: int, floor: float
    ) -> NDArray[np.float32]:
        """The caller's own copy of what a request has computed, which the next run writes over."""
        first, *maps = [request.get_output_tensor(i).data for i in range(1 + len(self._branches))]
        return boxes.complete(first, maps, height, floor) if maps else first.copy()

    def infer_many(
        self, batches: Iterable[NDArray[np.uint8]], floor: float = 0.0
    ) -> Iterator[NDArray[np.float32]]:
        """Run the network on many inputs at once; see `inspection.engine.Engine.infer_many`.

        Inputs of other sizes than the first one's are worked on one at a time.
        """
        batches = iter(batches)
        first = next(batches, None)
        if first is None:
            return
        compiled = self._compiled_for_many(first.shape)
        # One more than are worked on, so that a finished one waits for its turn without idle cores.
        idle = [compiled.create_infer_request() for _ in range(self._streams + 1)]
        boxes = TiledBoxes(self._branches)
        running: deque[tuple[ov.InferRequest, NDArray[np.uint8]]] = deque()

        def finish() -> NDArray[np.float32]:
            request, batch = running.popleft()
            request.wait()
            output = self._output(request, boxes, batch.shape[1], floor)
            idle.append(request)
            return output

        for batch in itertools.chain([first], batches):
            if batch.shape != first.shape:
                while running:
                    yield finish()
                yield self.infer(batch, floor)
                continue
            if not idle:
                yield finish()
            request = idle.pop()
            request.start_async([batch], share_inputs=True)
            running.append((request, batch))  # the shared input has to live until the run ends
        while running:
            yield finish()

    def _compiled_for_many(self, shape: tuple[int, ...]) -> ov.CompiledModel:
        """The compiled network that works on several inputs of one shape at once.

        It takes some 100 MB, so it goes when the last row of pictures that uses it is through.
        """
        if self._streams == 1:
            return self._compiled
        with self._making:
            compiled = self._for_many.get(shape)
            if compiled is None:
                streams = {"NUM_STREAMS": str(self._streams)}
                try:
                    compiled, *_ = self._compile(streams, shape)
                except RuntimeError:  # a network from elsewhere may not take to a fixed size
                    log.info("no network of size %s", shape, exc_info=True)
                    compiled, *_ = self._compile(streams)
                self._for_many[shape] = compiled
            return compiled

    def _compile(self, more: dict[str, str], shape: tuple[int, ...] | None = None) -> list[ov.CompiledModel]:
        """The compiled network and its box branches, from the cache where they are there.

        Args:
            more: options beside the engine's.
            shape: of its input, (B, h, w, 3); None leaves it open. With one, the branches are left out.

        Raises:
            RuntimeError: OpenVINO cannot read it, compile it or give it this shape.
        """
        import openvino as ov

        options = self._options | more
        for_trunk, for_boxes = ({**options, "INFERENCE_PRECISION_HINT": hint} for hint in self._hints)

        def each(make: Callable[..., ov.CompiledModel], parts: Iterable[Any]) -> list[ov.CompiledModel]:
            return [make(part, "CPU", for_boxes if i else for_trunk) for i, part in enumerate(parts)]

        if isinstance(self._model, ov.Model):
            return each(_core().compile_model, self._parts(shape))
        processor = _core().get_property("CPU", "FULL_DEVICE_NAME")
        abilities = _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        how = (ov.get_version(), processor, abilities, sorted(options.items()), self._hints, shape)
        boxes = "everywhere" if self._whole else (_CUT, TILE, AT_ONCE)
        key = repr((_digest(self._model), _digest(self._model.with_suffix(".bin")), *how, boxes))
        name = hashlib.sha256(key.encode()).hexdigest() + ".blob"
        blob = cache.read_blob(name)
        if blob is not None:
            try:
                return each(_core().import_model, _unpack(blob))
            except (RuntimeError, struct.error):
                log.info("a compiled network in the cache cannot be used", exc_info=True)
        compiled = each(_core().compile_model, self._parts(shape))
        cache.write_blob(name, _pack([part.export_model().getvalue() for part in compiled]))
        return compiled

    def _parts(self, shape: tuple[int, ...] | None) -> list[ov.Model]:
        """What is to be compiled, see `_compile`."""
        import openvino as ov

        given = self._model
        model = given.clone() if isinstance(given, ov.Model) else _core().read_model(given)
        parts = None if self._whole else cut(model)
        trunk, branches = (parts.trunk, parts.branches) if parts else (model, ())
        if shape is None:
            return [trunk, *branches]
        trunk.reshape(list(shape))
        return [trunk]


def _pack(parts: Sequence[bytes]) -> bytes:
    """Several parts in one, each after its length."""
    return b"".join(struct.pack("<Q", len(part)) + part for part in parts)


def _unpack(data: bytes) -> Iterator[bytes]:
    """What went into `_pack`."""
    start = 0
    while start < len(data):
        (length,) = struct.unpack_from("<Q", data, start)
        start += 8
        yield data[start : start + length]
        start += length


def computes(precision: Precision) -> bool:
    """Whether this processor has an arithmetic; elsewhere OpenVINO would emulate it.

    int8 needs VNNI (processors with AMX have it too): older instructions add pairs of products in 16 bits,
    where large ones are cut off, and the shipped network lost more than it may by that. OpenVINO does not
    tell the two apart.
    """
    if precision == "int8" and not _adds_in_32_bits():
        return False
    names = {"f32": "FP32", "f16": "FP16", "bf16": "BF16", "int8": "INT8"}
    return names[precision] in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


@functools.cache
def _adds_in_32_bits() -> bool:
    """Whether Linux names a VNNI (avx512_vnni, avx_vnni) of this processor; not known elsewhere, so no."""
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False


@functools.cache
def _core() -> ov.Core:
    import openvino as ov

    return ov.Core()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
