"""Correcting on the image page, run without a browser."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import blobs, encoded
from tests.test_pages import unfold
from training.check import check
from training.sources import open_source

from .test_batch_page import app, upload  # noqa: F401  (app is a fixture)


def press(at: AppTest, label: str) -> None:
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception


def findings(at: AppTest):  # type: ignore[no-untyped-def]
    return next(t.value for t in at.dataframe if "Confidence" in t.value.columns)


def correcting(at: AppTest) -> AppTest:
    view = next(control for control in at.segmented_control if str(control.key).startswith("view-"))
    view.set_value("correct").run()
    assert not at.exception
    return at


def test_corrections_become_labels_that_train(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    import streamlit as st

    made = {}
    original = st.delta_generator.DeltaGenerator.download_button

    def catch(self, label, data, *args, **options):  # type: ignore[no-untyped-def]
        made[label] = data
        return original(self, label, data, *args, **options)

    monkeypatch.setattr(st.delta_generator.DeltaGenerator, "download_button", catch)
    correcting(upload(app, ("a.png", encoded(blobs())), ("b.png", encoded(blobs(seed=5)))))
    before = findings(app)
    press(app, "Remove all boxes")
    app.number_input(key=next(n.key for n in app.number_input if str(n.key).startswith("left-"))).set_value(
        20
    )
    app.selectbox(key="class_of_new").set_value("motor").run()
    press(app, "Add the box")
    press(app, "Save as labels")
    assert any("Saved: 1 box." in c.value for c in app.caption)
    assert findings(app).equals(before)  # the findings stay as the model made them
    app.slider(key="conf").set_value(0.5).run()
    app.switch_page("pages/models.py").run()
    app.switch_page("pages/image.py").run()
    unfold(app, "labels")
    with zipfile.ZipFile(io.BytesIO(made["YOLO (ZIP)"]())) as archive:
        archive.extractall(tmp_path / "set")
    report = check(open_source(str(tmp_path / "set"), tmp_path))
    (picture,) = report.pictures
    assert [report.source.names[c] for c in picture.cls] == ["motor"]
    assert picture.xywh[0] * (160, 120, 160, 120) == pytest.approx([30, 15, 20, 30])
    app.segmented_control(key="labelled_pictures").set_value("All pictures").run()
    with zipfile.ZipFile(io.BytesIO(made["COCO (ZIP)"]())) as archive:
        archive.extractall(tmp_path / "coco")
    assert sorted(len(p.cls) == 1 for p in check(open_source(str(tmp_path / "coco"), tmp_path)).pictures)[-1]


def test_undo_and_use_for_the_findings(app: AppTest) -> None:  # noqa: F811
    correcting(upload(app, ("a.png", encoded(blobs()))))
    count = len(findings(app))
    press(app, "Remove all boxes")
    use = next(box for box in app.checkbox if str(box.key).startswith("use-"))
    use.check().run()
    assert not [t for t in app.dataframe if "Confidence" in t.value.columns]
    press(app, "Undo")
    assert len(findings(app)) == count
    press(app, "Add the box")
    assert len(findings(app)) == count + 1
    app.slider(key="conf").set_value(0.9).run()
    assert len(findings(app)) == count + 1  # corrections survive the sliders


def test_labels_of_a_large_photo_lie_where_they_were_drawn(tmp_path: Path) -> None:
    """Large JPEGs are shown from a smaller copy; labels belong to the whole picture."""
    import cv2

    from inspection.labels import LabelBox
    from ui.analysis import Picture
    from ui.label_downloads import _Item, _zip

    photo = encoded(cv2.resize(blobs(), (3200, 2400)), ".jpg")
    picture = Picture.of("photo.jpg", photo)
    boxes = (LabelBox((800.0, 600.0, 1600.0, 1800.0), "motor"),)
    with zipfile.ZipFile(io.BytesIO(_zip([_Item(picture, picture.options, boxes)], "yolo", ("motor",)))) as z:
        assert z.read("images/photo.jpg") == photo
        assert z.read("labels/photo.txt") == b"0 0.375000 0.500000 0.250000 0.500000\n"
