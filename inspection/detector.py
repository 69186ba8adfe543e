"""One object that finds things in pictures, whatever engine runs underneath."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspection.candidates import Candidates, decode, decode_final, decode_queries
from inspection.detections import Detections
from inspection.engine import Engine, ModelInfo
from inspection.letterbox import Fit, letterbox

DEFAULT_WEIGHTS = Path(__file__).resolve().parent.parent / "weights" / "best.pt"


class Detector:
    """Shared by all sessions: it holds no thresholds, and its engine runs one picture at a time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def load(cls, path: Path | str = DEFAULT_WEIGHTS) -> Detector:
        """Load weights.

        Raises:
            WeightsError: with one sentence, when the file cannot be used.
        """
        from inspection.torch_engine import TorchEngine

        return cls(TorchEngine(Path(path)))

    @property
    def info(self) -> ModelInfo:
        """What is known of the model."""
        return self.engine.info

    def candidates(self, picture: NDArray[np.uint8], imgsz: int = 640) -> Candidates:
        """Run the network once on a picture, uint8 (H, W, 3) BGR, and keep everything it proposes."""
        head = self.info.head
        tensor, fit = letterbox(picture, imgsz, self.info.stride, stretch=head == "queries")
        return self._decode(self.engine.infer(tensor)[0], fit)

    def detect(
        self,
        picture: NDArray[np.uint8],
        conf: float = 0.25,
        iou: float = 0.7,
        classes: Collection[int] | None = None,
        imgsz: int = 640,
    ) -> Detections:
        """Detections in one picture at the given thresholds; see `Candidates.select`."""
        return self.candidates(picture, imgsz).select(conf, iou, classes)

    def _decode(self, output: NDArray[np.float32], fit: Fit) -> Candidates:
        decoders = {"anchors": decode, "final": decode_final, "queries": decode_queries}
        return decoders[self.info.head](output, self.info.class_names, fit)
