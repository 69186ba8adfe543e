"""Hand-drawn boxes: reading the table and writing a data set with them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_data import draw, two_splits

from inspection.classes import CLASS_NAMES
from training.boxes.__main__ import main
from training.boxes.table import COLUMNS, read_table
from training.check import read_labels
from training.errors import DataError
from training.sources import label_path, open_source


def _sha1(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()


def _table(folder: Path, rows: Sequence[Sequence[object]]) -> Path:
    path = folder / "boxes.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in [COLUMNS, *rows]) + "\n", "utf-8")
    return path


def _unlabelled(data: Path) -> Path:
    folder = data / "unlabelled" / "panel"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "one.png"), np.full((20, 30, 3), 90, np.uint8))
    return folder / "one.png"


def test_the_shipped_table_holds_classes_of_the_data_set_and_no_picture_twice() -> None:
    table = read_table()
    assert all(len(sha1) == 40 for sha1 in table)
    assert len({drawn.name for drawn in table.values()}) == len(table)
    names = {name for drawn in table.values() for name, *_ in drawn.boxes}
    assert names <= set(CLASS_NAMES) - {"Compenenta incalzita"}
    for drawn in table.values():
        assert len(set(drawn.boxes)) == len(drawn.boxes)


def test_boxes_replace_labels_and_unlabelled_pictures_join(tmp_path: Path) -> None:
    data, out = two_splits(tmp_path / "set"), tmp_path / "out"
    first, second, third = sorted((data / "train" / "images").iterdir())[:3]
    extra = _unlabelled(data)
    rows = [
        (first.name, _sha1(first), "Legatura", 0.1, 0.2, 0.3, 0.6),
        (first.name, _sha1(first), "SFH", 0.5, 0.5, 1, 1),
        ("another name.png", _sha1(second), "", "", "", "", ""),
        (extra.name, _sha1(extra), "Cablu supra-incalzit", 0, 0, 0.5, 0.5),
    ]
    assert main([str(data), str(out), "--table", str(_table(tmp_path, rows))]) == 0
    source = open_source(str(out), tmp_path)
    assert source.names == CLASS_NAMES
    assert (len(source.pictures["train"]), len(source.pictures["val"])) == (9, 4)
    written = {path.name: path for path in source.pictures["train"]}
    cls, xywh, problems = read_labels(label_path(written[first.name]), 10)
    assert cls.tolist() == [4, 5]
    assert not problems
    np.testing.assert_allclose(xywh, [[0.2, 0.4, 0.2, 0.4], [0.75, 0.75, 0.5, 0.5]], atol=1e-4)
    assert label_path(written[second.name]).read_text() == ""
    assert label_path(written[third.name]).read_text() == label_path(third).read_text()
    assert label_path(written["panel_one.png"]).read_text().startswith("0 ")
    for path in written.values():
        assert cv2.imread(str(path)) is not None
    for path in source.pictures["val"]:
        assert label_path(path).read_text() == label_path(data / "val" / "images" / path.name).read_text()


def test_validation_pictures_never_become_training_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = two_splits(tmp_path / "set"), tmp_path / "out"
    seen = min((data / "val" / "images").iterdir())
    copy = _unlabelled(data)
    copy.write_bytes(seen.read_bytes())
    table = _table(tmp_path, [(copy.name, _sha1(copy), "SFH", 0, 0, 1, 1)])
    assert main([str(data), str(out), "--table", str(table)]) == 0
    assert "one.png is a validation picture" in capsys.readouterr().err
    assert len(list((out / "train" / "images").iterdir())) == 8
    label = label_path(seen).relative_to(data)
    assert (out / label).read_text() == (data / label).read_text()


def test_data_without_validation_can_be_opened_again(tmp_path: Path) -> None:
    data, out = draw(tmp_path / "set", "train", 3), tmp_path / "out"
    (data / "data.yaml").unlink()
    assert main([str(data), str(out), "--table", str(_table(tmp_path, []))]) == 0
    assert {k: len(v) for k, v in open_source(str(out), tmp_path).pictures.items()} == {"train": 3, "val": 0}


def test_a_picture_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = two_splits(tmp_path / "set"), tmp_path / "out"
    table = _table(tmp_path, [("gone.jpg", "0" * 40, "SFH", 0, 0, 1, 1)])
    assert main([str(data), str(out), "--table", str(table)]) == 0
    assert "gone.jpg is nowhere" in capsys.readouterr().err
    assert len(list((out / "train" / "images").iterdir())) == 8


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("a.png", "0" * 40, "SFH", 0.5, 0, 0.5, 1), "x1 < x2"),
        (("a.png", "0" * 40, "SFH", 0, 0, 1, "nan"), "y1 < y2"),
        (("a.png", "0" * 40, "SFH", "left", 0, 1, 1), "no number"),
        (("a.png", "0" * 40, "SFH"), "columns"),
    ],
)
def test_bad_rows_get_a_sentence(tmp_path: Path, row: tuple[object, ...], words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_table(_table(tmp_path, [row]))


def test_other_refusals_are_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = two_splits(tmp_path / "set")
    good, wrong = tmp_path / "good", tmp_path / "wrong"
    good.mkdir()
    wrong.mkdir()
    table = str(_table(good, []))
    unknown = str(_table(wrong, [("a.png", "0" * 40, "kettle", 0, 0, 1, 1)]))
    for arguments, words in (
        ((str(tmp_path / "none"), str(tmp_path / "o1"), "--table", table), "no folder"),
        ((str(data), str(data), "--table", table), "exists already"),
        ((str(data), str(tmp_path / "o2"), "--table", unknown), "no class 'kettle'"),
        ((str(data), str(tmp_path / "o3"), "--table", str(tmp_path / "no.csv")), "cannot be read"),
        ((str(data), str(tmp_path / "o4"), "--table", str(data / "data.yaml")), "must begin with"),
    ):
        assert main(arguments) == 2
        assert words in capsys.readouterr().err
