"""Data: opening, unpacking, checking and mixing. No torch."""

import errno
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import yaml
from drawn_data import draw, two_splits

from inspection.classes import CLASS_NAMES
from training import mixing
from training.archive import unpack
from training.check import across_sources, check, read_labels
from training.errors import DataError, TrainingError
from training.mixing import mix
from training.sources import label_path, open_source


def test_yaml_folder_and_zip_open_alike(tmp_path: Path) -> None:
    folder = two_splits(tmp_path / "set")
    archive = Path(shutil.make_archive(str(tmp_path / "export"), "zip", folder))
    for text in (folder / "data.yaml", folder, archive, f"{archive}=2.5"):
        source = open_source(str(text), tmp_path / "unpacked")
        assert (len(source.pictures["train"]), len(source.pictures["val"])) == (8, 4)
        assert source.names == CLASS_NAMES
    assert source.weight == 2.5


def test_folder_without_yaml_has_the_ten_classes(tmp_path: Path) -> None:
    folder = two_splits(tmp_path / "set")
    (folder / "data.yaml").unlink()
    assert len(open_source(str(folder), tmp_path).pictures["val"]) == 4


def test_paths_of_another_machine_are_found_beside_the_yaml(tmp_path: Path) -> None:
    folder = two_splits(tmp_path / "set")
    content = {"path": "/nowhere/at/all", "train": "../train/images", "val": "../val/images", "names": ["a"]}
    (folder / "data.yaml").write_text(yaml.safe_dump(content))
    assert len(open_source(str(folder), tmp_path).pictures["train"]) == 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("names: [unclosed", "cannot be read as YAML"),
        ("train: images", "no list 'names'"),
        ("names: {0: a, 2: b}\ntrain: train/images", "without gaps"),
        ("names: [a]\ntrain: not/there", "no such folder"),
        ("names: [a]", "holds no pictures"),
    ],
)
def test_bad_yaml_gets_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "data.yaml").write_text(text)
    with pytest.raises(DataError, match=words):
        open_source(str(tmp_path / "data.yaml"), tmp_path)


@pytest.mark.parametrize(
    "name", ["../evil.jpg", "/evil.jpg", "a/../../evil.jpg", "..\\evil.jpg", "C:/evil.jpg"]
)
def test_zip_cannot_leave_its_folder(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(DataError, match="outside"):
        unpack(tmp_path / "z.zip", tmp_path / "out")
    assert not list(tmp_path.rglob("evil*"))


def test_zip_is_bounded_in_size_number_and_kind(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images/a.jpg", bytes(3_000_000))
        archive.writestr("run.py", b"print()")
    with pytest.raises(DataError, match="more than the limit"):
        unpack(tmp_path / "z.zip", tmp_path / "a", max_bytes=1_000_000)
    with pytest.raises(DataError, match="files"):
        unpack(tmp_path / "z.zip", tmp_path / "b", max_files=1)
    unpack(tmp_path / "z.zip", tmp_path / "c")
    assert [p.name for p in (tmp_path / "c").rglob("*") if p.is_file()] == ["a.jpg"]
    (tmp_path / "no.zip").write_bytes(b"no zip")
    with pytest.raises(DataError, match="damaged"):
        unpack(tmp_path / "no.zip", tmp_path / "d")


def test_check_names_every_bad_file(tmp_path: Path) -> None:
    folder = two_splits(tmp_path / "set", train=9)
    images = sorted((folder / "train" / "images").iterdir())
    images[0].write_bytes(b"")
    images[1].write_bytes(images[2].read_bytes()[:90])
    shutil.copy(sorted((folder / "val" / "images").iterdir())[0], images[3])
    shutil.copy(images[5], images[4])
    label_path(images[6]).write_text(
        "7 0.5 0.5 0.2 0.2\n12 0.5 0.5 0.2 0.2\n7 0.5 1.5 0.2 0.2\n7 0.5 x 1 1\n7 1\n"
    )
    report = check(open_source(str(folder), tmp_path))
    told = {(p.file.name, p.text.split(";")[0]) for p in report.problems}
    for name, text in [
        (images[0].name, "is empty"),
        (images[1].name, "is broken or no picture"),
        (images[3].name, "is the same picture as drawn_val2_0.png in the validation part"),
        (label_path(images[6]).name, "line 2: class 12 is not among the 10 classes"),
        (label_path(images[6]).name, "line 3: a number lies outside 0..1"),
    ]:
        assert (name, text) in told
    assert sum(p.split == "train" for p in report.pictures) == 5
    assert "motor" in report.summary() and len(told) == 8


def test_polygons_become_boxes_and_twins_go(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("1 0.1 0.2 0.5 0.2 0.5 0.6 0.1 0.6\n1 0.3 0.4 0.4 0.4\n")
    cls, xywh, problems = read_labels(path, 2)
    assert cls.tolist() == [1] and np.allclose(xywh, [[0.3, 0.4, 0.4, 0.4]])
    assert [p.text for p in problems] == ["line 2: the same box twice"]
    assert len(read_labels(tmp_path / "none.txt", 2)[0]) == 0


def test_weights_repeat_pictures_and_the_hash_follows_the_content(tmp_path: Path) -> None:
    first, second = two_splits(tmp_path / "one"), draw(tmp_path / "two", "train", 6, seed=5)
    (second / "val" / "images").mkdir(parents=True)

    def reports():
        return [check(open_source(t, tmp_path)) for t in (str(first), f"{second}=1.5")]

    mixed = mix(reports(), tmp_path / "mix", seed=3)
    assert (mixed.train, mixed.val) == (8 + 9, 4)
    assert mix(reports(), tmp_path / "mix", seed=3).sha256 == mixed.sha256
    lines = (tmp_path / "mix" / "train.txt").read_text().split()
    assert len(set(lines)) == 14 and all(Path(line).exists() for line in lines)
    next((first / "train" / "labels").iterdir()).write_text("")
    assert mix(reports(), tmp_path / "mix", seed=3).sha256 != mixed.sha256


def test_classes_are_matched_by_name_and_the_misspelt_one_merges(tmp_path: Path) -> None:
    first = two_splits(tmp_path / "one")
    names = ("persoana", "Compenenta incalzita")
    second = draw(tmp_path / "two", "train", 2, seed=5, names=names)
    (second / "val" / "images").mkdir(parents=True)
    for i, label in enumerate(sorted((second / "train" / "labels").iterdir())):
        label.write_text(f"{i} 0.5 0.5 0.3 0.3\n")
    reports = [check(open_source(str(s), tmp_path)) for s in (first, second)]
    for merge, wanted in ((False, {"8", "2"}), (True, {"8", "3"})):
        mix(reports, tmp_path / "mix", merge_misspelt=merge)
        texts = [p.read_text() for p in (tmp_path / "mix" / "labels" / "train").glob("1_*")]
        assert {t.split()[0] for t in texts} == wanted
    reports[1].source.names = ("persoana", "toaster")
    with pytest.raises(DataError, match="toaster"):
        mix(reports, tmp_path / "mix")


def test_a_picture_in_another_sources_validation_is_not_trained_on(tmp_path: Path) -> None:
    first = two_splits(tmp_path / "one")
    second = shutil.copytree(first / "val", tmp_path / "two" / "train").parent
    (second / "val" / "images").mkdir(parents=True)
    reports = [check(open_source(str(s), tmp_path)) for s in (second, first)]
    assert len(across_sources(reports)) == 4 and not reports[0].pictures


def test_no_boxes_and_a_full_disk_get_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = two_splits(tmp_path / "set")
    report = check(open_source(str(folder), tmp_path))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(mixing, "link_or_copy", full)
        with pytest.raises(TrainingError, match="disk is full"):
            mix([report], tmp_path / "mix")
    for label in (folder / "train" / "labels").iterdir():
        label.unlink()
    with pytest.raises(DataError, match="has a box"):
        mix([check(open_source(str(folder), tmp_path))], tmp_path / "mix")


def test_without_validation_part_one_in_ten_is_held_out(tmp_path: Path) -> None:
    folder = draw(tmp_path / "set", "train", 20, seed=1)
    content = {"path": ".", "train": "train/images", "val": "train/images", "names": list(CLASS_NAMES)}
    (folder / "data.yaml").write_text(yaml.safe_dump(content))
    mixed = mix([check(open_source(str(folder), tmp_path))], tmp_path / "mix")
    assert (mixed.train, mixed.val) == (18, 2)
