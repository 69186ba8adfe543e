"""A folder on a Ray cluster: every picture once, also where a run goes on after another was interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspection.__main__ import main
from inspection.cluster import folder
from inspection.cluster.work import Job, do_share
from inspection.opening import ThermalOptions
from inspection.results import Measuring
from inspection.settings import RunSettings
from tests.conftest import blobs, encoded

pytest.importorskip("pyarrow")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Five files in two folders, one of them no picture, two of one name."""
    place = tmp_path / "in"
    (place / "below").mkdir(parents=True)
    for i in range(3):
        (place / f"{i}.png").write_bytes(encoded(blobs(64, 48, seed=i)))
    (place / "below" / "0.png").write_bytes(encoded(blobs(64, 48, seed=9)))
    (place / "bad.jpg").write_bytes(b"no picture")
    (place / "notes.txt").write_text("no picture either")
    return place


def job(out: Path, weights: Path) -> Job:
    return Job(str(out), str(weights), RunSettings(0.05, imgsz=320), ThermalOptions(), Measuring())


def test_a_share_done_twice_is_there_once(pictures: Path, tmp_path: Path, tiny_weights: Path) -> None:
    files = folder.pictures_under(str(pictures))
    assert [Path(file).name for file in files] == ["0.png", "1.png", "2.png", "bad.jpg", "0.png"]
    share = {"name": folder.part_name(files), "files": files}
    work = job(tmp_path / "out", tiny_weights)
    counted = do_share(share, work)
    assert counted == do_share(share, work) and (counted["files"], counted["failed"]) == (5, 1)
    rows = list(folder.results(work.out, ("file", "error", "detections", "picture", "sha256")))
    assert [row["file"] for row in rows] == files
    assert sum(len(row["detections"]) for row in rows) == counted["findings"] > 0
    drawn = {path.name for path in (tmp_path / "out" / "pictures").iterdir()}
    assert drawn == {Path(row["picture"]).name for row in rows if row["picture"]} and len(drawn) == 4
    assert not list(tmp_path.rglob("*.part"))


def test_a_part_that_is_not_whole_is_made_again(tmp_path: Path) -> None:
    part = tmp_path / "results" / "a.parquet"
    part.parent.mkdir()
    part.write_bytes(b"PAR1 cut short")
    assert list(folder.results(str(tmp_path))) == [] and not part.exists()


def test_urls_are_read_and_written_as_paths_are() -> None:
    folder.write("memory://site/in/a.png", encoded(blobs(32, 24)))
    (found,) = folder.pictures_under("memory://site/in")
    assert found.endswith("/site/in/a.png") and folder.read(found) == encoded(blobs(32, 24))
    assert "cannot be opened" in str(folder.read("memory://site/in/b.png"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--ray"], "--parquet"),
        (["--ray", "--parquet", "out", "--json", "a.json"], "all results go to"),
        (["--ray", "--parquet", "nosuch://x"], "cannot be used"),
    ],
)
def test_what_does_not_fit_is_said_before_the_work(
    arguments: list[str], words: str, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ray")
    assert main(["detect", str(pictures), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_cluster_that_does_not_start_is_said_in_a_sentence(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ray = pytest.importorskip("ray")

    def slow(*_: object, **__: object) -> None:
        raise Exception("The current node timed out during startup.")

    monkeypatch.setattr(ray, "init", slow)
    assert main(["detect", str(pictures), "--ray", "--parquet", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "Ray did not start" in said and "Traceback" not in said


def test_a_run_goes_on_where_another_stopped(
    pictures: Path, tmp_path: Path, tiny_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ray")
    files = folder.pictures_under(str(pictures))
    out = tmp_path / "out"
    before = {"name": folder.part_name(files[:2]), "files": files[:2]}
    do_share(before, job(out, tiny_weights))
    command = ["detect", str(pictures), "--ray", "--parquet", str(out), "--weights", str(tiny_weights)]
    assert main(command) == 1  # one file is no picture
    said = capsys.readouterr()
    assert "3 were analysed now" in said.out and "bad.jpg" in said.err
    assert sorted(row["file"] for row in folder.results(str(out))) == sorted(files)
    assert main(command) == 1 and "0 were analysed now" in capsys.readouterr().out
