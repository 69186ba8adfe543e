"""What every saved run has in common, whatever was analysed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from inspection.classes import canonical_name
from inspection.engine import ModelInfo
from inspection.results import Result
from inspection.store.codec import to_plain
from inspection.store.files import Content
from inspection.store.run import Draft, Kind
from inspection.tables import hottest_celsius, worst_severity

THUMBNAIL_PX = 160
"""Longest side of a run's small picture."""


def draft_of(
    kind: Kind,
    result: Result,
    model: ModelInfo,
    run: object,
    shaping: tuple[Any, ...],
    contents: Callable[[], dict[str, Content]],
    series: str = "",
    taken: datetime | None = None,
) -> Draft:
    """A run to be saved.

    Args:
        kind: what was analysed.
        result: what was found.
        model: that found it.
        run: a dataclass that is to be saved whole.
        shaping: settings that make this run another one than those of the same input and model.
        contents: the files, see Draft.
        series: see Draft.
        taken: see Draft.
    """
    whole = json.dumps([result.sha256, model.sha256, to_plain(shaping)], sort_keys=True)
    return Draft(
        kind=kind,
        name=result.file,
        sha256=result.sha256,
        weights=model.name,
        weights_sha256=model.sha256,
        digest=hashlib.sha256(whole.encode()).hexdigest(),
        series=series,
        findings=len(result.findings),
        hottest_celsius=hottest_celsius(result.findings),
        worst=worst_severity(result.findings),
        classes=tuple(canonical_name(finding.class_name) for finding in result.findings),
        source=result.temperature_source,
        taken=taken,
        record=to_plain(run),
        files=contents,
    )
