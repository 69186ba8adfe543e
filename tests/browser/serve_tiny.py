"""Serve the app with a tiny model in place of the shipped one, and print a line each time a network runs.

The tiny model proposes many boxes in any picture, so what the pages do with findings can be tested whatever
the shipped weights have learnt. Everything else is the app as it is shipped.

    python -m tests.browser.serve_tiny WEIGHTS [options of streamlit run]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

RAN = "the network ran"

SLOW_SIZE = (72, 96)
"""Height and width of pictures that take a quarter of a second, so that a browser sees the work going on."""


def _replace_weights_and_count(weights: Path) -> None:
    import inspection.detector
    from inspection.detector import Detector

    inspection.detector.DEFAULT_WEIGHTS = weights
    original = Detector.candidates

    def counted(self: Detector, picture: Any, imgsz: int = 640, *others: Any, **named: Any) -> Any:
        print(RAN, flush=True)
        if picture.shape[:2] == SLOW_SIZE:
            time.sleep(0.25)
        return original(self, picture, imgsz, *others, **named)

    Detector.candidates = counted  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    from streamlit.web import cli

    _replace_weights_and_count(Path(sys.argv[1]))
    sys.argv[:] = ["streamlit", "run", "streamlit_app.py", *sys.argv[2:]]
    cli.main()
