"""The cache is limited, never relied on, and never believed when damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inspection import cache


def entry(folder: Path, name: str, size: int, age_s: int) -> Path:
    path = folder / "models" / name
    path.mkdir(parents=True)
    (path / "model.bin").write_bytes(bytes(size))
    when = os.stat(path).st_mtime - age_s
    os.utime(path, (when, when))
    return path


def test_oldest_entries_go_first(cache_folder: Path) -> None:
    old, middle, new = (
        entry(cache_folder, n, 1_000_000, age) for n, age in (("a", 300), ("b", 200), ("c", 100))
    )
    cache.touch(old)
    cache.prune(limit_bytes=2_100_000)
    assert old.exists() and new.exists() and not middle.exists()
    cache.prune(limit_bytes=10)
    assert old.exists() and not new.exists()  # the newest is in use


def test_what_killed_processes_left_goes_after_an_hour(cache_folder: Path) -> None:
    fresh = entry(cache_folder, ".x-1.part", 10, 60)
    stale = entry(cache_folder, ".x-2.part", 10, 7200)
    cache.prune()
    assert fresh.exists() and not stale.exists()


def test_blobs_come_back_and_damaged_ones_do_not(cache_folder: Path) -> None:
    cache.write_blob("net.blob", b"compiled" * 100)
    assert cache.read_blob("net.blob") == b"compiled" * 100
    path = cache_folder / "compiled" / "net.blob"
    data = bytearray(path.read_bytes())
    data[400] ^= 1
    path.write_bytes(data)
    assert cache.read_blob("net.blob") is None
    path.write_bytes(data[:20])
    assert cache.read_blob("net.blob") is None
    assert cache.read_blob("other.blob") is None


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    for place in (str(file / "below"), ""):
        monkeypatch.setenv("OVERHEAT_CACHE", place)
        cache.write_blob("net.blob", b"x")
        assert cache.read_blob("net.blob") is None
        cache.prune()


def test_the_folder_follows_the_users_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OVERHEAT_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder() == tmp_path / "overheat-inspector"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache.folder() == tmp_path / "local" / "overheat-inspector"
