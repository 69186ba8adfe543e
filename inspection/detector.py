"""One object that finds things in pictures, whatever engine runs underneath."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspection.candidates import FLOOR, Candidates, decode, decode_final, decode_queries, lowest
from inspection.convert import Progress
from inspection.detections import Detections
from inspection.engine import Engine, ModelInfo, Precision
from inspection.letterbox import Fit, letterbox
from inspection.loading import EngineChoice, load_engine

DEFAULT_WEIGHTS = Path(__file__).resolve().parent.parent / "weights" / "best.pt"


class Detector:
    """Shared by all sessions: it holds no thresholds, and its engine may be called from any thread."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def load(
        cls,
        path: Path | str = DEFAULT_WEIGHTS,
        engine: EngineChoice = "auto",
        progress: Progress | None = None,
        precision: Precision = "f32",
    ) -> Detector:
        """Load weights; see `inspection.loading.load_engine`.

        Raises:
            WeightsError: with one sentence, when the file cannot be used.
        """
        return cls(load_engine(Path(path), engine, progress, precision))

    @property
    def info(self) -> ModelInfo:
        """What is known of the model."""
        return self.engine.info

    def candidates(
        self,
        picture: NDArray[np.uint8],
        imgsz: int = 640,
        size: tuple[int, int] | None = None,
        floor: float = FLOOR,
    ) -> Candidates:
        """Run the network once on a picture, uint8 (H, W, 3) BGR, and keep what it proposes above a floor.

        With a size, the picture is a smaller copy of one of (width, height) pixels, to which boxes refer.
        The higher the floor, the fewer boxes are to be computed; no lower confidence can be selected later.
        """
        batch, fit = self._prepare(picture, imgsz, size)
        return self._decode(self.engine.infer(batch, floor)[0], fit, floor)

    def candidates_many(
        self, pictures: Iterable[NDArray[np.uint8]], imgsz: int = 640, floor: float = FLOOR
    ) -> Iterator[Candidates]:
        """As `candidates` for many pictures in turn, the next being prepared while the network runs."""
        fits: deque[Fit] = deque()

        def prepared() -> Iterator[NDArray[np.uint8]]:
            for picture in pictures:
                batch, fit = self._prepare(picture, imgsz)
                fits.append(fit)
                yield batch

        for output in self.engine.infer_many(prepared(), floor):
            yield self._decode(output[0], fits.popleft(), floor)

    def detect(
        self,
        picture: NDArray[np.uint8],
        conf: float | NDArray[np.float32] = 0.25,
        iou: float = 0.7,
        classes: Collection[int] | None = None,
        imgsz: int = 640,
        size: tuple[int, int] | None = None,
    ) -> Detections:
        """Detections in one picture at the given thresholds; see `candidates` and `Candidates.select`."""
        return self.candidates(picture, imgsz, size, lowest(conf)).select(conf, iou, classes)

    def _prepare(
        self, picture: NDArray[np.uint8], imgsz: int, size: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.uint8], Fit]:
        return letterbox(picture, imgsz, self.info.stride, self.info.head == "queries", size)

    def _decode(self, output: NDArray[np.float32], fit: Fit, floor: float) -> Candidates:
        decoders = {"anchors": decode, "final": decode_final, "queries": decode_queries}
        return decoders[self.info.head](output, self.info.class_names, fit, floor)
