"""Temperatures on the pages and in the terminal command, from files made here."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from inspection.__main__ import main
from inspection.opening import ColourScale, ThermalOptions, open_file
from inspection.palettes import render_celsius
from tests.conftest import encoded
from tests.temperature.flir_writer import black_body_counts, fff, rjpeg, scene
from tests.test_pages import findings, open_page, runs, unfold, upload  # noqa: F401  (a fixture)

pytestmark = pytest.mark.usefixtures("tiny_model")


def flir_file(hot: float = 90.0) -> bytes:
    return rjpeg(fff(black_body_counts(scene(160, 120, hot=hot))))


def figures(app) -> dict[str, str]:  # type: ignore[no-untyped-def]
    return {metric.label: metric.value for metric in app.metric}


def test_a_radiometric_file_brings_temperatures_and_grades() -> None:
    app = upload(open_page("pages/image.py"), ("panel.jpg", flir_file()))
    table = findings(app)
    assert {"Severity", "Hottest (°C)", "ΔT ambient (K)", "Rule", "Temperatures from"} <= set(table.columns)
    assert abs(float(figures(app)["Hottest"].split()[0]) - table["Hottest (°C)"].max()) < 0.06
    graded = table[table["Severity"] != "not graded"]
    assert len(graded) and not set(table[table["Class"].isin(["dog", "cat", "person"])]["Severity"]) - {
        "not graded"
    }


def test_emissivity_changes_temperatures_but_not_what_is_found(runs: list[int]) -> None:  # noqa: F811
    app = upload(open_page("pages/image.py"), ("panel.jpg", flir_file()))
    before, ran, hot = len(findings(app)), len(runs), float(figures(app)["Hottest"].split()[0])
    app.number_input(key="emissivity").set_value(0.5).run()
    assert not app.exception and len(findings(app)) == before and len(runs) == ran
    assert float(figures(app)["Hottest"].split()[0]) > hot + 5
    app.segmented_control(key="unit").set_value("°F").run()
    assert figures(app)["Hottest"].endswith("°F") and "Hottest (°F)" in findings(app).columns


def test_a_parameter_of_one_picture_can_be_changed_and_reset() -> None:
    app = upload(open_page("pages/image.py"), ("panel.jpg", flir_file()))
    hot = float(figures(app)["Hottest"].split()[0])
    unfold(app, "camera")
    field = next(n for n in app.main.number_input if n.label == "Emissivity")
    field.set_value(0.6).run()
    assert float(figures(app)["Hottest"].split()[0]) > hot + 3
    next(b for b in app.button if b.label == "As in the file").click().run()
    assert float(figures(app)["Hottest"].split()[0]) == pytest.approx(hot, abs=0.06)


def test_an_ordinary_picture_shows_no_degrees_until_a_scale_is_typed() -> None:
    celsius = scene(160, 120, hot=90.0).astype(np.float32)
    app = upload(open_page("pages/image.py"), ("plain.png", encoded(render_celsius(celsius, (20.0, 95.0)))))
    assert "Hottest" not in figures(app) and "Severity" not in findings(app).columns
    assert not any(n.label.startswith("Coldest") for n in app.main.number_input)  # made when it is opened
    unfold(app, "scale")
    next(n for n in app.main.number_input if n.label.startswith("Coldest")).set_value(20.0)
    next(n for n in app.main.number_input if n.label.startswith("Hottest end")).set_value(95.0)
    next(b for b in app.button if b.label == "Estimate temperatures").click().run()
    assert not app.exception
    assert "Hottest" in figures(app)
    assert set(findings(app)["Temperatures from"].str.startswith("estimated from colours, about ±")) == {True}


def test_a_scale_the_wrong_way_round_is_refused_at_the_field() -> None:
    celsius = scene(160, 120).astype(np.float32)
    app = upload(open_page("pages/image.py"), ("plain.png", encoded(render_celsius(celsius))))
    unfold(app, "scale")
    next(n for n in app.main.number_input if n.label.startswith("Coldest")).set_value(95.0)
    next(n for n in app.main.number_input if n.label.startswith("Hottest end")).set_value(20.0)
    next(b for b in app.button if b.label == "Estimate temperatures").click().run()
    assert "at least 0.5 °C below" in app.error[0].value.replace("\\", "") and "Hottest" not in figures(app)


def test_a_damaged_radiometric_file_shows_its_picture_with_a_note() -> None:
    data = bytearray(flir_file())
    place = data.index(b"FLIR\0") + 60
    data[place : place + 400] = bytes(400)
    app = upload(open_page("pages/image.py"), ("broken.jpg", bytes(data)))
    assert not app.error and "Hottest" not in figures(app)
    assert any("without temperatures" in caption.value.replace("\\", "") for caption in app.caption)


def test_estimates_say_so_wherever_they_go(tmp_path: Path, tiny_weights: Path) -> None:
    picture, out = tmp_path / "plain.png", tmp_path / "out.json"
    picture.write_bytes(encoded(render_celsius(scene(160, 120, hot=90.0).astype(np.float32), (20.0, 95.0))))
    excel = tmp_path / "out.xlsx"
    code = main(
        ["detect", str(picture), "--weights", str(tiny_weights), "--imgsz", "320", "--scale", "20", "95",
         "--palette", "ironbow", "--ambient", "21", "--json", str(out), "--excel", str(excel)]
    )  # fmt: skip
    assert code == 0
    found = json.loads(out.read_text("utf-8"))[0]
    assert found["temperature_source"] == "scale" and found["detections"]
    first = found["detections"][0]
    assert first["max_celsius"] <= 95 and first["accuracy_kelvin"] > 1
    rows = list(
        openpyxl.load_workbook(io.BytesIO(excel.read_bytes()))["Detections"].iter_rows(values_only=True)
    )
    place = rows[0].index("Temperatures from")
    assert all(str(row[place]).startswith("estimated from colours") for row in rows[1:])


def test_the_command_grades_radiometric_files(tmp_path: Path, tiny_weights: Path) -> None:
    (tmp_path / "panel.jpg").write_bytes(flir_file())
    out = tmp_path / "out.json"
    options = ["--weights", str(tiny_weights), "--imgsz", "320", "--json", str(out)]
    assert (
        main(["detect", str(tmp_path / "panel.jpg"), *options, "--ambient", "20", "--standard", "military"])
        == 0
    )
    data = json.loads(out.read_text("utf-8"))[0]
    grades = {d["severity"] for d in data["detections"]}
    assert data["temperature_source"] == "radiometric" and grades - {None}
    assert all(d["delta_ambient_kelvin"] is not None for d in data["detections"] if d["severity"])
    hot = max(d["max_celsius"] for d in data["detections"])
    assert main(["detect", str(tmp_path / "panel.jpg"), *options, "--emissivity", "0.5"]) == 0
    assert max(d["max_celsius"] for d in json.loads(out.read_text("utf-8"))[0]["detections"]) > hot + 5
    assert main(["detect", str(tmp_path / "panel.jpg"), *options, "--embedded"]) == 0
    assert {d["max_celsius"] for d in json.loads(out.read_text("utf-8"))[0]["detections"]} <= {None}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--emissivity", "0"], "0.01 to 1"),
        (["--ambient", "-300"], "-80 to 100"),
        (["--scale", "50", "20"], "below its upper end"),
        (["--scale", "20", "50", "--palette", "none"], "no palette called"),
    ],
)
def test_values_out_of_range_name_the_range(
    options: list[str], words: str, tmp_path: Path, tiny_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jpg").write_bytes(flir_file())
    assert main(["detect", str(tmp_path), "--weights", str(tiny_weights), *options]) == 2
    assert words in capsys.readouterr().err


def test_recolouring_leaves_the_detection_picture_alone() -> None:
    opened = open_file(flir_file(), "a.jpg")
    plain, coloured = (
        opened.thermogram(),
        opened.thermogram(ThermalOptions(palette="viridis", span=(0.0, 50.0))),
    )
    assert np.array_equal(opened.detection_picture(), plain.picture)
    assert not np.array_equal(coloured.picture, plain.picture)
    assert plain.celsius is not None and np.array_equal(coloured.celsius, plain.celsius)


def test_places_without_data_are_no_data() -> None:
    celsius = scene(160, 120).astype(np.float32)
    opened = open_file(encoded(render_celsius(celsius, (20.0, 90.0))), "a.png")
    scale = ColourScale(20.0, 90.0, exclude=((0, 0, 40, 30),))
    map_ = opened.thermogram(ThermalOptions(colour_scale=scale)).celsius
    assert map_ is not None and np.isnan(map_[:30, :40]).all() and np.isfinite(map_[40:, 50:]).mean() > 0.95
    assert np.abs(map_[40:, 50:] - np.clip(celsius, 20, 90)[40:, 50:]).mean() < 0.5
