"""Results save themselves and the History page lists, opens, compares, names and deletes them; no browser."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from inspection.store.limits import Preferences
from inspection.store.store import Store
from inspection.store.writer import Writer
from tests.conftest import ROOT, blobs, encoded
from ui.visitor import PERSONAL

pytestmark = pytest.mark.usefixtures("tiny_model")


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where results are saved, on a machine with one owner."""
    monkeypatch.setenv("OVERHEAT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OVERHEAT_SHARED", "0")
    return tmp_path / "data"


def open_page(path: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    app.run()
    app.switch_page(path).run()
    assert not app.exception
    return app


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, content, "image/png") for name, content in files]).run()
    assert not app.exception
    return app


def history(app: AppTest) -> AppTest:
    app.switch_page("pages/history.py").run()
    assert not app.exception and not app.error
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def listed(app: AppTest) -> list[str]:
    tables = [table.value for table in app.dataframe if "Picture" in table.value.columns]
    return tables[0]["File"].tolist() if tables else []


def tick_all(app: AppTest) -> AppTest:
    """Choose every result; the cards have boxes to tick, the table's cannot be reached without a browser."""
    app.segmented_control(key="history_way").set_value("cards").run()
    for box in app.checkbox:
        if box.label == "Choose":
            box.check()
    app.run()
    assert not app.exception
    return app


def test_what_is_analysed_is_listed_and_opens_as_it_was(data: Path) -> None:
    app = upload(open_page("pages/image.py"), ("a.png", encoded(blobs())), ("bad.png", b"text"))
    found = next(metric.value for metric in app.metric if metric.label == "Findings")
    assert listed(history(app)) == ["a.png"]
    app.slider(key="conf").set_value(0.9).run()  # what is set now does not change what was saved
    press(tick_all(app), "Open")
    assert next(metric.value for metric in app.metric if metric.label == "Findings") == found
    assert any("Confidence" in table.value.columns for table in app.dataframe)
    assert listed(press(app, "All results")) == []  # cards are shown
    app.segmented_control(key="history_way").set_value("table").run()
    assert listed(app) == ["a.png"]


def test_a_slider_leaves_one_result_and_looking_at_the_history_settles_it(data: Path) -> None:
    app = upload(open_page("pages/image.py"), ("a.png", encoded(blobs())))
    for conf in (0.3, 0.35, 0.4):
        app.slider(key="conf").set_value(conf).run()
    assert listed(history(app)) == ["a.png"]
    app.switch_page("pages/image.py").run()
    app.slider(key="conf").set_value(0.5).run()
    assert listed(history(app)) == ["a.png", "a.png"]


def test_two_sessions_of_visitors_see_nothing_of_each_other(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OVERHEAT_SHARED")
    mine = history(upload(open_page("pages/image.py"), ("mine.png", encoded(blobs()))))
    other = open_page("pages/history.py")
    assert listed(mine) == ["mine.png"] and listed(other) == []
    assert any("Nothing here yet" in info.value for info in other.info)
    (run,) = _all_runs(data)
    other.session_state["history_view"] = (run,)  # even the id of a result is of no use to another
    other.run()
    assert any("not there any more" in info.value for info in other.info)


def _all_runs(data: Path) -> list[str]:
    rows = Store(data)._shelf.rows("SELECT id FROM runs")
    return [row["id"] for row in rows]


def test_equipment_compare_again_and_delete(data: Path) -> None:
    app = upload(
        open_page("pages/image.py"), ("a.png", encoded(blobs(seed=1))), ("b.png", encoded(blobs(seed=2)))
    )
    history(app)
    store = Store(data)
    store.tag(PERSONAL, [run.id for run in store.runs(PERSONAL)], "Pump 1")  # typed in the browser's test
    tick_all(app)
    assert next(box for box in app.selectbox if box.label == "Name of the equipment").value == "Pump 1"
    press(app, "Compare")
    assert [caption for caption in app.subheader if caption.value == "Findings"]
    press(app, "All results")
    first = store.runs(PERSONAL)[0]
    app.session_state["history_view"] = (first.id,)
    app.run()
    press(app, "Analyse again")
    assert any("Change the weights" in warning.value for warning in app.warning)
    app.slider(key="conf").set_value(0.6).run()
    press(app, "Analyse again")
    assert [caption for caption in app.subheader if caption.value == "Settings that differ"]
    assert {run.equipment for run in store.runs(PERSONAL)} == {"Pump 1"}
    app.session_state["history_view"] = (first.id,)
    app.run()
    before = len(store.runs(PERSONAL))
    app.slider(key="conf").set_value(0.7)
    press(app, "Analyse again")  # with what was set just now, not with the 0.6 before
    assert len(store.runs(PERSONAL)) == before + 1
    press(app, "All results")
    press(tick_all(app), "Delete for good")
    assert store.runs(PERSONAL) == [] and list((data / "files").iterdir()) == []
    assert any("Nothing here yet" in info.value for info in app.info)


def test_downloads_of_a_selection(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}
    original = st.download_button

    def catch(label: str, **options: Any) -> bool:
        made[label] = options["data"]
        return original(label, **options)

    monkeypatch.setattr(st, "download_button", catch)
    app = upload(
        open_page("pages/image.py"), ("=a.png", encoded(blobs(seed=1))), ("b.png", encoded(blobs(seed=2)))
    )
    made.clear()
    tick_all(history(app))
    book = openpyxl.load_workbook(io.BytesIO(made["Excel"]()))
    files = {row[0] for row in book["Detections"].iter_rows(min_row=2, values_only=True)}
    assert {"=a.png", "b.png"} <= files
    with zipfile.ZipFile(io.BytesIO(made["All as ZIP"]())) as archive:
        assert {"annotated/a.jpg", "annotated/b.jpg", "detections.csv"} <= set(archive.namelist())


def test_saving_can_be_switched_off_and_stays_off(data: Path) -> None:
    app = open_page("pages/image.py")
    app.sidebar.toggle(key="saving").set_value(False).run()
    history(upload(app, ("a.png", encoded(blobs()))))
    assert any("Saving is off" in info.value for info in app.info)
    assert not open_page("pages/image.py").sidebar.toggle(key="saving").value  # also in the next session
    app.sidebar.toggle(key="saving").set_value(True).run()
    app.switch_page("pages/image.py").run()
    assert listed(history(app)) == ["a.png"]


def test_limits_are_shown_and_hold_at_once(data: Path) -> None:
    store = Store(data)
    app = history(upload(open_page("pages/image.py"), ("a.png", encoded(blobs()))))
    with store._shelf.transaction() as db:
        db.execute("UPDATE runs SET made = made - 86400 * 20")
    app.session_state["history_tab"] = "What is kept"
    app.run()
    app.number_input(key="history_keep_days").set_value(10).run()
    press(app, "Keep these limits")
    assert store.preferences(PERSONAL) == Preferences(True, 10, 2048) and store.runs(PERSONAL) == []
    app.number_input(key="history_keep_days").set_value(9).run()
    app.number_input(key="history_keep_days").set_value(8)
    press(app, "Keep these limits")  # both arrive at once, as from a browser whose field still had the focus
    assert store.preferences(PERSONAL) == Preferences(True, 8, 2048)


def test_without_a_folder_nothing_is_saved_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVERHEAT_DATA", "")
    app = history(upload(open_page("pages/image.py"), ("a.png", encoded(blobs()))))
    assert any("switched saving off" in info.value for info in app.info)


def test_a_full_disk_gives_a_sentence_and_the_analysis_goes_on(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inspection.store import files

    def full(root: Path, needed: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "check_room", full)
    app = upload(open_page("pages/image.py"), ("a.png", encoded(blobs())))
    assert any("Confidence" in table.value.columns for table in app.dataframe)
    history(app)
    assert any("disk is full" in warning.value for warning in app.warning)


def test_the_writer_keeps_the_newest_and_refuses_what_is_too_much(tmp_path: Path) -> None:
    from tests.store.drafts import draft

    writer = Writer(Store(tmp_path), settle_s=60)
    for number in range(5):
        assert writer.put("same", "me", lambda number=number: draft(number), 100)
    assert not writer.put("huge", "me", lambda: draft(9), 2**40)
    assert writer.flush() and [run.name for run in writer.store.runs("me")] == ["panel 4.jpg"]
    assert writer.put("alone", "me", lambda: draft(9), 2**40)  # nothing waits, so there is room
    assert writer.flush() and len(writer.store.runs("me")) == 2
