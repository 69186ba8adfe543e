"""The image page with many pictures at once, run without a browser."""

from __future__ import annotations

import gc

import pytest
from streamlit.testing.v1 import AppTest

import ui.analysis
import ui.batch
from tests.conftest import ROOT, blobs, encoded
from ui.analysis import Picture
from ui.lru import BoundedStore, forget_content
from ui.pictures import MAX_PICTURES

from .test_archive import packed


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tiny_model: None) -> AppTest:
    """The image page with the tiny model, working in slices of no length: one picture each."""
    monkeypatch.setattr(ui.batch, "_FIRST_S", 1e-9)
    monkeypatch.setattr(ui.batch, "_SLICE_S", 1e-9)
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    app.run().switch_page("pages/image.py").run()
    assert not app.exception
    return app


def upload(app: AppTest, *files: tuple[str, bytes], zone: int = 0) -> AppTest:
    app.file_uploader[zone].set_value([(name, data, "") for name, data in files]).run()
    assert not app.exception
    return app


def test_a_zip_fills_the_table_bad_files_among_them(app: AppTest) -> None:
    files = {f"line {i}/a.png": encoded(blobs(160, 120, i)) for i in range(4)}
    data = packed({**files, "line 1/notes.txt": b"x", "line 2/broken.jpg": b"hello", "inner.zip": b"PK"})
    upload(app, ("site.zip", data))
    table = app.dataframe[0].value
    assert table["File"].tolist() == [*files, "broken.jpg", "inner.zip"]
    assert table["Findings"].notna().tolist() == [True] * 4 + [False] * 2
    assert "text file" in table["Note"][4] and "archive inside" in table["Note"][5]
    assert table["Picture"][0].startswith("data:image/jpeg;base64,")
    app.slider(key="conf").set_value(0.6).run()
    assert (app.dataframe[0].value["Findings"][:4] < table["Findings"][:4]).any()
    stores = [ui.analysis._seen(), ui.analysis._opened(), ui.analysis._results()]
    assert all(store._values for store in stores)
    next(button for button in app.button if button.label == "Remove all pictures").click().run()
    hashes = {Picture.of("", content).sha256 for content in files.values()}
    for store in stores:
        assert not [key for key in store._values if not hashes.isdisjoint(key)]
    assert not app.dataframe and "No picture yet" in app.info[0].value


def test_what_holds_no_pictures_says_so_and_loses_nothing(app: AppTest) -> None:
    upload(app, ("a.png", encoded(blobs())))
    upload(
        app, ("docs.zip", packed({"a.txt": b"x", "b.doc": b"y"})), ("cut.zip", packed({"a.png": b"x"})[:40])
    )
    assert "docs\\.zip holds no pictures, only 2 other files" in app.warning[0].value
    assert "cut\\.zip is no ZIP file or is damaged" in app.warning[0].value
    assert len(app.session_state["pictures"]) == 1


def test_a_folder_keeps_its_names_apart(app: AppTest) -> None:
    names = ["site/line 1/a.png", "site/line 2/a.png", "site/b.png"]
    upload(app, *((name, encoded(blobs(64, 48, i))) for i, name in enumerate(names)), zone=1)
    assert app.dataframe[0].value["File"].tolist() == ["line 1/a.png", "line 2/a.png", "b.png"]


def test_one_visit_is_bounded(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    import ui.pictures

    monkeypatch.setattr(ui.pictures, "MAX_PICTURES", 2)
    upload(app, ("many.zip", packed({f"{i}.png": encoded(blobs(32, 32, i)) for i in range(5)})))
    assert len(app.session_state["pictures"]) == 2 and "3 of 5 files were left out" in app.warning[0].value
    assert MAX_PICTURES >= 500


def test_a_store_lets_go_of_what_is_removed() -> None:
    store: BoundedStore[bytes] = BoundedStore(100, len)
    store.put(("one", "x"), bytes(60))
    store.put(("two", "x"), bytes(30))
    forget_content({"one"})
    assert store.get(("one", "x")) is None and store.get(("two", "x")) is not None
    store.put(("three", "x"), bytes(70))  # the weight went too
    assert store.get(("two", "x")) is not None
    gc.collect()
