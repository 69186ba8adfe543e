"""The same work from a terminal: ``python -m inspection detect FILES_OR_FOLDERS...``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from inspection import detect_command, video_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    # Names may hold any script and a pipe's encoding may not: never fail on printing.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(prog="python -m inspection", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    detect_command.add_parser(commands)
    video_command.add_parser(commands)
    options = parser.parse_args(arguments)
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main())
