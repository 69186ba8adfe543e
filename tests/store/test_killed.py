"""A killed process, two processes at once, a full disk: rows and files never disagree."""

from __future__ import annotations

import errno
import random
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path

import pytest

from inspection.store import files
from inspection.store.errors import StoreError
from inspection.store.store import Store
from tests.store.drafts import agree, draft, save_for_ever


def test_killed_in_fifty_random_moments(tmp_path: Path) -> None:
    processes = get_context("fork" if "fork" in get_all_start_methods() else "spawn")
    chance = random.Random(7)
    moments = [chance.uniform(0, 0.2) for _ in range(50)]

    def one(seed: int) -> None:
        started = processes.Event()
        process = processes.Process(target=save_for_ever, args=(tmp_path, seed, started))
        process.start()
        assert started.wait(60)
        time.sleep(moments[seed])
        process.kill()
        process.join()

    with ThreadPoolExecutor(2) as two:  # two write at once, and the next opens while the other one writes
        list(two.map(one, range(50)))
    assert agree(tmp_path) > 5  # and all of it is whole
    left = [entry for entry in (tmp_path / "files").iterdir() if entry.name.startswith(".part-")]
    files.remove_stale(tmp_path / "files", 0.0)
    assert not any(entry.exists() for entry in left)
    assert not list(tmp_path.glob("*.damaged-*"))


def test_killed_between_folder_and_row_leaves_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    kept = store.add("me", draft(1))
    (tmp_path / "files" / ("0" * 32)).mkdir()  # a folder whose row was never made
    store.close()
    with sqlite3.connect(tmp_path / "history.sqlite") as db:
        db.execute("UPDATE runs SET id = 'lost', folder = 'nowhere', digest = 'x' WHERE 0")
        columns = [row[1] for row in db.execute("PRAGMA table_info(runs)")]
        (row,) = db.execute("SELECT * FROM runs").fetchall()
        other = dict(zip(columns, row, strict=True)) | {"id": "lost", "folder": "nowhere", "digest": "x"}
        db.execute(f"INSERT INTO runs VALUES ({', '.join('?' * len(columns))})", [*other.values()])
    db.close()
    agree(tmp_path)
    assert [run.id for run in Store(tmp_path).runs("me")] == [kept]


def test_a_removal_that_was_not_finished_is_undone_or_ended(tmp_path: Path) -> None:
    store = Store(tmp_path)
    kept = store.add("me", draft(1))
    (folder,) = (tmp_path / "files").iterdir()
    store.close()
    folder.rename(folder.with_name(f".gone-{folder.name}"))  # killed before the row went
    (tmp_path / "files" / ".gone-1234").mkdir()  # killed after the row went
    agree(tmp_path)
    assert [run.id for run in Store(tmp_path).runs("me")] == [kept]


def test_what_another_process_is_writing_stays(tmp_path: Path) -> None:
    Store(tmp_path).add("me", draft(1))
    part = files.write_aside(tmp_path / "files", {"input": b"half"})
    agree(tmp_path)
    assert part.exists()


def test_two_writers_at_once_save_everything_once(tmp_path: Path) -> None:
    stores = [Store(tmp_path), Store(tmp_path)]

    def save(number: int) -> str:
        return stores[number % 2].add("me", draft(number // 2))  # both save each run

    with ThreadPoolExecutor(8) as many:
        ids = list(many.map(save, range(40)))
    assert len(set(ids)) == 20 and agree(tmp_path) == 20


def test_readers_see_whole_runs_while_a_slider_replaces_them(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = store.add("me", draft(0, series="a", name="x.jpg", sha256="a" * 64))
    done, seen = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            seen.append(store.read("me", first, "thumbnail.jpg"))

    with ThreadPoolExecutor(1) as reader:
        reading = reader.submit(read)
        for number in range(1, 15):
            assert store.add("me", draft(number, series="a", name="x.jpg", sha256="a" * 64)) == first
        done.set()
        reading.result()
    assert set(seen) == {b"small"} and len(store.runs("me")) == 1


@pytest.mark.parametrize("step", ["part", "row"])
def test_a_full_disk_gives_a_sentence_and_leaves_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store = Store(tmp_path)
    store.add("me", draft(1))
    if step == "part":

        def full(path: Path, content: files.Content) -> None:
            path.write_bytes(b"ha")
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(files, "_write", full)
    else:
        pages = store._shelf.rows("PRAGMA page_count")[0]["page_count"]
        store._shelf.database().execute(f"PRAGMA max_page_count = {pages}")
    for number in range(2, 40):
        try:
            store.add("me", draft(number, record={"number": number, "long": "x" * 2000}))
        except StoreError as error:
            assert "disk is full" in str(error)
            break
    else:
        pytest.fail("the disk was never full")
    monkeypatch.undo()
    assert not [entry for entry in (tmp_path / "files").iterdir() if entry.name.startswith(".")]
    before = agree(tmp_path)
    assert store.delete("me", [run.id for run in store.runs("me")]) == before  # room can be made
    assert agree(tmp_path) == 0


def test_saving_stops_before_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    monkeypatch.setattr(files.shutil, "disk_usage", lambda path: SimpleNamespace(free=2**20))
    with pytest.raises(StoreError, match="disk is full"):
        Store(tmp_path).add("me", draft(1))
    assert agree(tmp_path) == 0


def test_a_folder_that_cannot_be_written_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"a file")
    with pytest.raises(StoreError, match="cannot be written"):
        Store(tmp_path / "taken").add("me", draft(1))


@pytest.mark.parametrize("damage", ["text", "cut", "altered"])
def test_a_damaged_database_is_set_aside_and_made_anew(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    ids = {store.add("me", draft(number)) for number in range(20)}
    store.tag("me", ids, "Pump 1")
    store.close()
    path = tmp_path / "history.sqlite"
    whole = path.read_bytes()
    path.write_bytes(
        {
            "text": b"This is no database at all. " * 200,
            "cut": whole[: len(whole) // 2],
            "altered": whole[:4096] + b"\xa5" * (len(whole) - 4096),
        }[damage]
    )
    again = Store(tmp_path)
    assert {
        run.id
        for run in again.runs(
            "me",
        )
    } == ids
    assert "damaged" in again.notice and again.used("me", "equipment") == ["Pump 1"]
    assert len(list(tmp_path.glob("history.sqlite.damaged-*"))) == 1
    agree(tmp_path)


def test_a_lost_database_is_made_anew_while_the_program_runs(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = store.add("me", draft(1))
    for file in tmp_path.glob("history.sqlite*"):
        file.unlink()
    second = store.add("me", draft(2))
    assert {run.id for run in store.runs("me")} == {first, second}
