"""A cache folder of its own for every test here, and a tiny model converted once."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspection.detector import Detector


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("OVERHEAT_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def shipped(tiny_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tiny.pt with its OpenVINO form beside it, as weights/ ships best.pt."""
    from inspection.convert import convert, shipped_folder

    path = tmp_path_factory.mktemp("shipped") / "tiny.pt"
    path.write_bytes(tiny_weights.read_bytes())
    convert(path, shipped_folder(path))
    return path


@pytest.fixture(scope="session")
def detector(shipped: Path) -> Detector:
    """The shipped form in float32."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OVERHEAT_CACHE", "")
        return Detector.load(shipped, "openvino", precision="f32")
