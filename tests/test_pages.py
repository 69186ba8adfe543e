"""The pages, run without a browser."""

from __future__ import annotations

import gc
import io
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from inspection.detector import Detector
from tests.conftest import ROOT, blobs, encoded

PAGES = ["streamlit_app.py", "pages/image.py", "pages/models.py"]


pytestmark = pytest.mark.usefixtures("tiny_model")


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Image sizes of every run of the network."""
    seen: list[int] = []
    original = Detector.candidates

    def counted(self: Detector, picture, imgsz: int = 640, size=None):  # type: ignore[no-untyped-def]
        seen.append(imgsz)
        return original(self, picture, imgsz, size)

    monkeypatch.setattr(Detector, "candidates", counted)
    return seen


def open_page(path: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    app.run()
    if path != "streamlit_app.py":
        app.switch_page(path).run()
    assert not app.exception
    return app


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, data, "image/png") for name, data in files]).run()
    assert not app.exception
    return app


def unfold(app: AppTest, key: str) -> AppTest:
    """Open a part of the page that is made only when somebody does."""
    app.session_state[f"fold-{key}"] = True
    return app.run()


def findings(app: AppTest):  # type: ignore[no-untyped-def]
    """The findings table of the opened picture, or None."""
    tables = [table.value for table in app.dataframe if "Confidence" in table.value.columns]
    return tables[-1] if tables else None


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_with_its_sidebar(path: str) -> None:
    app = open_page(path)
    assert [slider.label for slider in app.sidebar.slider] == ["Confidence", "IoU", "Image size"]
    assert app.slider(key="conf").value == 0.25 and app.slider(key="iou").value == 0.70
    chosen = app.sidebar.multiselect(key="classes").value
    assert len(chosen) == 9 and "heated component" in chosen  # ten ids, two of them one class
    assert app.sidebar.selectbox(key="weights").value == "best.pt"
    assert gc.get_freeze_count() > 100_000  # no slider waits for a collection of what is imported


def test_a_picture_gives_a_table_with_everything_about_each_finding() -> None:
    app = upload(open_page("pages/image.py"), ("panel.png", encoded(blobs())))
    table = findings(app)
    assert table is not None and len(table) > 3
    for column in (
        "No.",
        "Class",
        "Confidence",
        "x1 (px)",
        "y2 (px)",
        "Width (px)",
        "Area (% of picture)",
        "Time (ms)",
    ):
        assert column in table.columns
    assert table["No."].tolist() == list(range(1, len(table) + 1))
    assert table["Confidence"].is_monotonic_decreasing


def test_moving_a_slider_never_runs_the_network_again(runs: list[int]) -> None:
    app = upload(open_page("pages/image.py"), ("panel.png", encoded(blobs())))
    before, ran = len(findings(app)), len(runs)
    app.slider(key="conf").set_value(0.5).run()
    assert 0 < len(findings(app)) < before
    app.slider(key="iou").set_value(0.2).run()
    app.multiselect(key="classes").set_value(["joint"]).run()
    assert findings(app) is None or set(findings(app)["Class"]) == {"joint"}
    assert len(runs) == ran
    app.slider(key="imgsz").set_value(352).run()
    assert runs[ran:] == [352]


def test_no_class_chosen_shows_nothing_and_says_why() -> None:
    app = upload(open_page("pages/image.py"), ("panel.png", encoded(blobs())))
    app.multiselect(key="classes").set_value([]).run()
    assert findings(app) is None and "No class is chosen" in app.info[0].value


def test_nothing_found_offers_the_weaker_candidates() -> None:
    app = upload(open_page("pages/image.py"), ("panel.png", encoded(blobs())))
    app.slider(key="conf").set_value(1.0).run()
    assert "confidence 1.00" in app.success[0].value
    next(button for button in app.button if "weaker" in button.label).click().run()
    assert app.slider(key="conf").value == 0.05 and len(findings(app)) > 3


def test_several_pictures_bad_ones_among_them() -> None:
    app = upload(
        open_page("pages/image.py"),
        ("bad.png", b"this is text"),
        ("a.png", encoded(blobs(160, 120, 1))),
        ("a.png", encoded(blobs(160, 120, 2))),
    )
    summary = app.dataframe[0].value
    assert summary["File"].tolist() == ["bad.png", "a.png", "a.png (2)"]
    assert "text file" in summary["Note"][0] and summary["Findings"].notna().tolist() == [False, True, True]
    assert findings(app) is not None  # the first that could be read is open
    next(button for button in app.button if button.label == "Previous").click().run()
    assert "text file" in app.error[0].value and findings(app) is None


def test_pictures_outlive_a_change_of_page(runs: list[int]) -> None:
    app = upload(open_page("pages/image.py"), ("panel.png", encoded(blobs())))
    rows, ran = len(findings(app)), len(runs)
    app.switch_page("pages/history.py").run()  # Models compares two networks on the picture, so it runs them
    app.switch_page("pages/image.py").run()
    assert len(findings(app)) == rows and len(runs) == ran
    next(button for button in app.button if button.label == "Remove all pictures").click().run()
    assert findings(app) is None


def test_a_file_name_is_never_markup() -> None:
    app = upload(open_page("pages/image.py"), ("**x** [a](b) $c$ <i>.png", b"nonsense \0"))
    assert "\\*\\*x\\*\\*" in app.error[0].value and "\\<i\\>" in app.error[0].value


def test_own_weights_are_used_and_bad_ones_leave_the_old_in_use(foreign_weights: Path) -> None:
    app = open_page("pages/models.py")
    uploader = app.file_uploader[0]
    uploader.set_value(("broken.pt", b"PK\x03\x04 but no more", "")).run()
    assert "broken.pt is incomplete or damaged" in app.error[0].value.replace("\\", "")
    assert app.selectbox(key="weights").value == "best.pt"
    app.file_uploader[0].set_value(("mine.pt", foreign_weights.read_bytes(), "")).run()
    assert not app.exception and not app.error
    assert app.selectbox(key="weights").value.startswith("mine.pt (")
    assert app.sidebar.multiselect[0].value[0] == "изолятор"
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Classes"] == "3"
    mine = app.selectbox(key="weights").value
    app.switch_page("pages/image.py").run()
    app.selectbox(key="weights").set_value(mine).run()  # a browser's address carries it, AppTest has none
    table = findings(upload(app, ("a.png", encoded(blobs()))))
    assert table is None or set(table["Class"]) <= {"изолятор", "=SUM(A1)", "hot <b>spot</b>"}
    app.selectbox(key="weights").set_value("best.pt").run()
    assert not app.exception and "joint" in app.multiselect(key="classes").value


def test_uploads_are_seen_by_their_owner_only(foreign_weights: Path) -> None:
    mine = open_page("pages/models.py")
    mine.file_uploader[0].set_value(("mine.pt", foreign_weights.read_bytes(), "")).run()
    assert len(mine.selectbox(key="weights").options) == 2
    assert len(open_page("pages/models.py").selectbox(key="weights").options) == 1


def test_a_broken_file_in_the_weights_folder_leaves_the_old_in_use() -> None:
    import ui.weights

    (ui.weights.DEFAULT_WEIGHTS.parent / "other.pt").write_bytes(b"nothing useful")
    app = open_page("pages/models.py")
    app.selectbox(key="weights").set_value("other.pt").run()
    assert not app.exception and "not a PyTorch checkpoint" in app.warning[0].value


def test_the_excel_download_holds_what_the_page_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    made: dict[str, bytes] = {}
    original = st.download_button

    def catch(label: str, **options):  # type: ignore[no-untyped-def]
        made[label] = options["data"]()
        return original(label, **options)

    monkeypatch.setattr(st, "download_button", catch)
    app = upload(open_page("pages/image.py"), ("=panel.png", encoded(blobs())))
    assert set(made) == {"Excel", "PDF", "Word", "CSV", "JSON", "Picture", "All as ZIP"}
    book = openpyxl.load_workbook(io.BytesIO(made["Excel"]))
    rows = list(book["Detections"].iter_rows(values_only=True))
    assert len(rows) - 1 == len(findings(app)) and rows[1][0] == "=panel.png"
    settings = dict(book["Settings"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert settings["Confidence"] == 0.25 and len(str(settings["Weights sha256"])) == 64


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        (
            "zh",
            {"image": "图像", "video": "视频", "models": "模型", "history": "历史记录"},
        ),
        (
            "ro",
            {
                "image": "Imagine",
                "video": "Video",
                "models": "Modele",
                "history": "Istoric",
            },
        ),
    ],
)
def test_every_page_speaks_the_language_of_the_address(language: str, titles: dict[str, str]) -> None:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    for page, title in titles.items():
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception, page
        assert app.title[0].value == title
    assert app.selectbox(key="lang").value == language
