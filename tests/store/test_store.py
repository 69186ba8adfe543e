"""Owners, limits, filters, series, versions."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspection.store import database
from inspection.store.errors import StoreError
from inspection.store.limits import MB, Limits, Preferences, data_folder
from inspection.store.run import INPUT, Query
from inspection.store.store import Store
from tests.store.drafts import agree, draft


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def names(store: Store, query: Query | None = None, owner: str = "me") -> set[str]:
    return {run.name for run in store.runs(owner, query)}


def test_nobody_gets_at_the_runs_of_another(store: Store) -> None:
    mine, other = store.add("me", draft(1)), store.add("other", draft(1))
    assert mine != other and names(store, owner="nobody") == set()
    assert store.run("me", other) is None and store.record("me", other) is None
    assert store.path("me", other, INPUT) is None and store.read("me", other, INPUT) is None
    store.tag("me", [other], "taken over")
    assert store.delete("me", [other]) == 0
    run = store.run("other", other)
    assert run is not None and run.equipment == "" and store.used("me", "equipment") == []
    for guess in ("", "%", other[:-1], f"{other}' OR '1'='1", "../" + other):
        assert store.run("me", guess) is None


def test_deleting_removes_rows_and_files(store: Store, tmp_path: Path) -> None:
    secret = "a very rare name.jpg"
    run = store.add("me", draft(1, name=secret))
    assert store.delete("me", [run]) == 1 and store.delete("me", [run]) == 0
    assert list((tmp_path / "files").iterdir()) == []
    store.close()
    assert secret.encode() not in b"".join(file.read_bytes() for file in tmp_path.glob("history.sqlite*"))


def test_the_same_run_is_saved_once(store: Store) -> None:
    assert store.add("me", draft(1)) == store.add("me", draft(1)) and len(store.runs("me")) == 1


def test_a_moving_slider_leaves_one_run_and_a_named_run_stays(store: Store) -> None:
    same = {"name": "x.jpg", "sha256": "a" * 64, "series": "visit"}
    ids = {store.add("me", draft(number, **same)) for number in range(5)}
    assert len(ids) == 1 and store.runs("me")[0].hottest_celsius == 54.0
    store.tag("me", ids, "Pump 1")
    assert store.add("me", draft(7, **same)) not in ids
    assert {run.hottest_celsius for run in store.runs("me")} == {54.0, 57.0}
    store.add("me", draft(8, **(same | {"series": "another visit"})))
    assert len(store.runs("me")) == 3
    store.add("me", draft(7, **(same | {"series": "another visit"})))  # moved back to what is saved already
    assert {run.hottest_celsius for run in store.runs("me")} == {54.0, 57.0}


def test_one_input_is_stored_once(store: Store, tmp_path: Path) -> None:
    for number in (1, 2):
        store.add("me", draft(number, sha256="a" * 64, files=lambda: {INPUT: b"x" * 1000}))
    inodes = {file.stat().st_ino for file in tmp_path.glob("files/*/input")}
    assert len(inodes) == 1 and len(list(tmp_path.glob("files/*/input"))) == 2
    first, second = store.runs("me")
    store.delete("me", [first.id])
    assert store.read("me", second.id, INPUT) == b"x" * 1000


def test_filters(store: Store) -> None:
    store.add("me", draft(1, name="Panel Ä.jpg", worst="repair now", classes=("Legatura", "SFH")))
    store.add("me", draft(2, name="motor.png", worst=None, classes=("motor",), kind="camera"))
    store.add("me", draft(3, name="walk.mp4", worst="watch", classes=("it's",), kind="video"))
    store.tag("me", [run.id for run in store.runs("me", Query(text="motor"))], "  Pump   1 ")
    now = datetime.now(UTC)
    for query, found in (
        (Query(text="panel ä"), {"Panel Ä.jpg"}),
        (Query(text="%"), set()),
        (Query(severities=("repair now", "watch")), {"Panel Ä.jpg", "walk.mp4"}),
        (Query(severities=(None,)), {"motor.png"}),
        (Query(classes=("SFH", "motor")), {"Panel Ä.jpg", "motor.png"}),
        (Query(classes=("it's",)), {"walk.mp4"}),
        (Query(kinds=("camera", "video")), {"motor.png", "walk.mp4"}),
        (Query(equipment="Pump 1"), {"motor.png"}),
        (Query(since=now + timedelta(days=1)), set()),
        (Query(until=now - timedelta(days=1)), set()),
        (Query(since=now - timedelta(days=1), classes=("motor",), text="MOTOR"), {"motor.png"}),
    ):
        assert names(store, query) == found, query
        assert store.count("me", query)[0] == len(found)
    assert [run.name for run in store.runs("me", Query(count=1, offset=1))] == ["motor.png"]
    assert store.used("me", "classes") == ["Legatura", "SFH", "it's", "motor"]


def test_the_oldest_goes_first_when_there_are_too_many(tmp_path: Path) -> None:
    store = Store(tmp_path, Limits(owner_bytes=10_000, total_bytes=16_000))
    for number in range(5):
        store.add("me", draft(number))  # 2705 bytes each
    assert names(store) == {"panel 2.jpg", "panel 3.jpg", "panel 4.jpg"}
    for number in range(5):
        store.add("other", draft(number))
    assert names(store, owner="other") == {"panel 2.jpg", "panel 3.jpg", "panel 4.jpg"}
    assert names(store) == {"panel 3.jpg", "panel 4.jpg"}  # the whole room is full: the oldest of all went
    agree(tmp_path, "me", "other")


def test_what_is_too_old_goes(tmp_path: Path) -> None:
    store = Store(tmp_path, Limits(days=30))
    for owner in ("me", "other"):
        for number in range(3):
            store.add(owner, draft(number))
    with store._shelf.transaction() as db:
        db.execute("UPDATE runs SET made = made - 86400 * 20 WHERE name = 'panel 0.jpg'")
        db.execute("UPDATE runs SET made = made - 86400 * 31 WHERE name = 'panel 1.jpg'")
    store.prefer("me", Preferences(True, 10, 100))
    assert names(store) == {"panel 2.jpg"}
    assert names(store, owner="other") == {"panel 0.jpg", "panel 2.jpg"}
    agree(tmp_path, "me", "other")


def test_nobody_keeps_more_than_the_operator_allows(tmp_path: Path) -> None:
    store = Store(tmp_path, Limits(days=30, owner_bytes=5 * MB, total_bytes=20 * MB))
    assert store.preferences("me") == Preferences(True, 30, 5)
    store.prefer("me", Preferences(False, 365, 999))
    assert store.preferences("me") == Preferences(False, 30, 5)
    assert store.preferences("other").saving


def test_a_large_input_is_left_out_and_a_larger_result_refused(tmp_path: Path) -> None:
    store = Store(tmp_path, Limits(owner_bytes=2 * MB))
    run = store.add("me", draft(1, size=MB))
    assert store.read("me", run, INPUT) is None and store.read("me", run, "thumbnail.jpg") == b"small"
    with pytest.raises(StoreError, match="larger than all"):
        store.add("me", draft(2, files=lambda: {"annotated.mp4": b"x" * 3 * MB}))


def test_a_visitor_known_by_two_ids_gets_both_histories(store: Store, tmp_path: Path) -> None:
    store.add("first", draft(1))
    store.add("first", draft(2))
    store.add("me", draft(2))
    store.move("first", "me")
    assert names(store) == {"panel 1.jpg", "panel 2.jpg"} and names(store, owner="first") == set()
    agree(tmp_path)


def test_a_database_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "files" / "abc").mkdir(parents=True)
    (tmp_path / "files" / "abc" / "thumbnail.jpg").write_bytes(b"small")
    with sqlite3.connect(tmp_path / "history.sqlite") as old:
        old.executescript(database.MIGRATIONS[0])
        old.execute("PRAGMA user_version = 1")
        values = ("id", "me", "picture", "a.jpg", "0", 9e9, "best.pt", "0", "0", "", 1, 50.0, 1)
        old.execute(
            f"INSERT INTO runs VALUES ({', '.join('?' * 18)})",
            (*values, '["motor"]', "radiometric", "abc", 5, "{}"),
        )
        old.execute("INSERT INTO preferences VALUES ('me', 0, 10, 20)")
    old.close()
    store = Store(tmp_path)
    (run,) = store.runs("me")
    assert run.name == "a.jpg" and run.equipment == "" and run.taken is None and run.worst == "watch"
    assert store.read("me", "id", "thumbnail.jpg") == b"small"
    assert store.preferences("me") == Preferences(False, 10, 20)


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "history.sqlite") as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    before = (tmp_path / "history.sqlite").read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        Store(tmp_path).runs("me")
    assert (tmp_path / "history.sqlite").read_bytes()[100:] == before[100:]  # the header's counters aside
    assert not list(tmp_path.glob("*.damaged*"))


def test_the_folder_and_the_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVERHEAT_DATA", "/somewhere")
    assert data_folder() == Path("/somewhere")
    monkeypatch.setenv("OVERHEAT_DATA", "")
    assert data_folder() is None
    monkeypatch.delenv("OVERHEAT_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", "/home/of/data")
    monkeypatch.setattr("sys.platform", "linux")
    assert data_folder() == Path("/home/of/data/overheat-inspector-data")
    monkeypatch.setenv("OVERHEAT_KEEP_DAYS", "7")
    monkeypatch.setenv("OVERHEAT_KEEP_MB", "400")
    assert Limits.from_environment(False) == Limits(7, 100 * MB, 400 * MB)
    assert Limits.from_environment(True) == Limits(7, 400 * MB, 400 * MB)
    monkeypatch.setenv("OVERHEAT_KEEP_DAYS", "for ever")
    assert Limits.from_environment(False).days == 90
