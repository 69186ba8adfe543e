"""A conversion in a process of its own: what PyTorch takes of memory goes with it, and the app stays small.

`convert` imports torch and Ultralytics, some 300 MB that a process never gives back. Here a child does that
work and reports in lines of JSON on its standard output.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

from inspection.convert import ConversionError, Progress, convert
from inspection.engine import ModelInfo
from inspection.errors import WeightsError
from inspection.model_folder import read_info
from inspection.texts import Text, text

MOST_SECONDS = 900
"""After that a conversion is given up; on two cores YOLO11x takes about one minute."""

_ROOT = Path(__file__).resolve().parent.parent

log = logging.getLogger(__name__)


def convert_apart(checkpoint: Path, folder: Path, sha256: str, progress: Progress | None = None) -> ModelInfo:
    """Make the OpenVINO form of a checkpoint without importing torch here; see `inspection.convert.convert`.

    A process that has imported torch already does the work itself.

    Args:
        checkpoint: a detection model as Ultralytics saves it.
        folder: to make or replace, in one step.
        sha256: of the checkpoint.
        progress: called with a short sentence at each step.

    Raises:
        WeightsError, ConversionError, OSError: as `convert` does.
    """
    if "torch" in sys.modules:
        return convert(checkpoint, folder, progress)
    command = [
        sys.executable,
        "-m",
        "inspection.convert_apart",
        str(checkpoint.resolve()),
        str(folder.resolve()),
    ]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as child:
        watchdog = threading.Timer(MOST_SECONDS, child.kill)
        watchdog.start()
        try:
            _follow(child, progress or log.info)
        finally:
            watchdog.cancel()
            child.kill()  # nothing happens to one that has ended
    info = read_info(folder, sha256)
    if info is None:
        log.warning("the conversion of %s ended with %s", checkpoint.name, child.returncode)
        raise ConversionError(text("its conversion was ended early, perhaps for lack of memory"))
    return info


def _follow(child: subprocess.Popen[str], tell: Progress) -> None:
    """Pass on what a child says until it ends; what it raises is raised here."""
    assert child.stdout is not None
    raised: dict[str, type[Exception]] = {
        "weights": WeightsError,
        "conversion": ConversionError,
        "disk": OSError,
    }
    for line in child.stdout:
        try:
            kind, *how = json.loads(line)
            words = Text(*how) if how[1:] else how[0]
        except (ValueError, TypeError, IndexError):  # cut short when it was killed
            log.info("not understood: %s", line[:200])
            continue
        if kind in raised:
            raise raised[kind](words)
        tell(words)
    child.wait()


def main(arguments: list[str]) -> None:
    """Convert ARGUMENTS[0] into the folder ARGUMENTS[1] and report."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to the log

    def say(kind: str, words: str) -> None:
        """Send a sentence and, where it knows that, how it was made, so that it can still be translated."""
        how = (words.template, words.plural, dict(words.values)) if isinstance(words, Text) else ()
        print(json.dumps([kind, str(words), *how]), file=channel, flush=True)

    checkpoint, folder = (Path(argument) for argument in arguments)
    try:
        convert(checkpoint, folder, lambda words: say("progress", words))
    except WeightsError as error:
        say("weights", error.sentence)
    except ConversionError as error:
        say("conversion", error.sentence)
    except ImportError as error:
        say(
            "conversion",
            text("{name} is not installed, which the conversion needs", name=error.name or "PyTorch"),
        )
    except OSError as error:
        say("disk", str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
