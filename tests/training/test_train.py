"""train.py end to end on a tiny data set: train, stop, resume, evaluate, compare, ship; and its refusals."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from drawn_data import two_splits

import train as command
from inspection.errors import WeightsError
from inspection.loading import load_engine
from inspection.recommended import recommended
from inspection.torch_engine import TorchEngine
from training import run, ship
from training.errors import TrainingError
from training.pack import pack
from training.progress_file import hours_spent, keep_epochs, read_curves
from training.settings import Settings, pick_device, ultralytics_arguments
from training.transfer import take_over

TINY = ["--model", "yolo11n.yaml", "--imgsz", "64", "--batch", "4", "--device", "cpu"]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("training")
    data = two_splits(place / "set")
    assert command.main(["--data", str(data), "--epochs", "1", "--out", str(place / "run"), *TINY]) == 0
    return data, place / "run"


def test_results_folder_is_complete(trained: tuple[Path, Path]) -> None:
    _, folder = trained
    facts = json.loads((folder / "settings.json").read_text())
    assert len(facts["data_sha256"]) == 64 and facts["train_pictures"] == 8 and facts["seed"] == 0
    assert all(
        (folder / n).exists() for n in ("best.pt", "last.pt", "results.csv", "results.png", "problems.txt")
    )
    assert not list(folder.rglob("*.part"))
    assert json.loads((folder / "result.json").read_text())["epochs"] == 1


def test_evaluate_writes_a_table_with_box_counts(trained: tuple[Path, Path], capsys) -> None:
    data, folder = trained
    out = folder.parent / "scores"
    argv = ["--evaluate", str(folder / "best.pt"), "--data", str(data), "--sizes", "64", "--out", str(out)]
    assert command.main(argv) == 0
    text = (out / "evaluation.md").read_text()
    assert "| motor | 2 |" in text and "drawn: person" in text and "clean pictures with an alarm" in text
    assert json.loads((out / "evaluation.json").read_text())[0]["pictures"] == 4


def test_shipped_file_is_small_clean_and_loads_safely(
    trained: tuple[Path, Path], tmp_path: Path, capsys
) -> None:
    data, folder = trained
    best = tmp_path / "weights" / "best.pt"
    best.parent.mkdir()
    card = tmp_path / "weights" / "MODEL_CARD.md"
    card.write_text("Words.\n\n<!-- table: classes -->\nold\n<!-- end -->\n\nMore words.\n")
    argv = [str(folder), "--data", str(data), "--sizes", "64", "--imgsz", "320"]
    assert ship.main([*argv, "--class-conf", "persoana=0.4", "--out", str(best.parent)]) == 0
    assert best.stat().st_size < 8e6 and TorchEngine(best).info.class_names[7] == "motor"
    assert "| motor | 4 | 2 |" in card.read_text() and card.read_text().endswith("More words.\n")
    record = (tmp_path / "weights" / "training.json").read_text()
    start = recommended(best, load_engine(best, "openvino").info)
    assert start.class_conf == (("persoana", 0.4),) and start.imgsz == 320 and start.measured
    for text in (record, best.read_bytes().decode("latin-1")):
        assert str(folder.parent) not in text and str(Path.cwd()) not in text
    assert json.loads(record)["stages"][0]["epochs"][0]["epoch"] == 1
    with pytest.raises(TrainingError, match="cannot be read"):
        pack(folder / "results.csv", tmp_path / "x.pt")
    assert ship.main([*argv, "--class-conf", "nobody=1", "--out", str(tmp_path / "other")]) == 2
    assert "no class 'nobody'" in capsys.readouterr().err


def test_a_mean_of_checkpoints_can_be_shipped(trained: tuple[Path, Path], tmp_path: Path) -> None:
    _, folder = trained
    best, last = folder / "weights" / "best.pt", folder / "weights" / "last.pt"
    record = ship.ship([folder], tmp_path, mean_of=[(best, 1.0), (last, 3.0)])
    assert record["mean_of"] == {f"{folder.name}/best.pt": 1.0, f"{folder.name}/last.pt": 3.0}
    assert f"{folder.name}/last.pt 75%" in ship.card_tables(record, [], [], [], [])["facts"]
    assert TorchEngine(tmp_path / "best.pt").info.class_names[7] == "motor"


def test_stopped_training_goes_on_where_it_was(trained: tuple[Path, Path], monkeypatch) -> None:
    from training.trainer import ThermalTrainer

    data, folder = trained
    out = folder.parent / "stopped"
    whole = ThermalTrainer.save_model

    def stop_after_saving(self) -> bool:
        whole(self)
        raise KeyboardInterrupt

    argv = ["--data", str(data), "--epochs", "2", "--out", str(out), *TINY]
    with monkeypatch.context() as patch:
        patch.setattr(ThermalTrainer, "save_model", stop_after_saving)
        assert command.main(argv) == 2
    assert command.main(argv) == 2  # a folder with a training is not overwritten
    assert command.main(["--resume", str(out)]) == 0
    rows = (out / "results.csv").read_text().strip().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["1", "2"]
    with pytest.raises(TrainingError, match="complete"):
        run.resume(out)


def test_comparison_repeats_nothing_and_gives_the_spread(trained: tuple[Path, Path], monkeypatch) -> None:
    data, folder = trained
    out = folder.parent / "compared"
    argv = [
        "--compare",
        "yolo11n.yaml",
        "--seeds",
        "0",
        "1",
        "--data",
        str(data),
        "--epochs",
        "1",
        "--out",
        str(out),
    ]
    assert command.main([*argv, *TINY]) == 0
    monkeypatch.setattr("training.run.train", lambda *_: pytest.fail("trained again"))
    monkeypatch.setattr("training.compare.evaluate", lambda *_: pytest.fail("scored again"))
    assert command.main([*argv, *TINY]) == 0
    assert command.main(["--compare", "--out", str(out)]) == 0  # the tables alone, from what is there
    text = (out / "comparison.md").read_text()
    assert "±" in text and "GFLOPs" in text and "AP50-95" in text
    assert "| motor (2) |" in text and "| drawn: motor (2) |" in text
    entry = json.loads((out / "comparison.json").read_text())["networks"][0]
    assert entry["name"] == "yolo11n" and entry["seeds"] == [0, 1] and entry["milliseconds"] > 0
    assert command.main(["--compare", "--out", str(out / "nothing")]) == 2


def test_a_killed_training_goes_on(trained: tuple[Path, Path]) -> None:
    """kill -9 within an epoch: what is whole stays, and nothing is counted twice."""
    data, folder = trained
    out = folder.parent / "killed"
    argv = [sys.executable, "train.py", "--data", str(data), "--epochs", "4", "--out", str(out), *TINY]
    root = Path(command.__file__).parent
    process = subprocess.Popen(argv, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not (out / "weights" / "last.pt").exists():
            assert process.poll() is None
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()
    with (out / "results.csv").open("a") as file:
        file.write("4,1,0.5\n5,")  # rows of epochs whose checkpoints were never written
    assert command.main(["--resume", str(out), "--batch", "2"]) == 0
    epochs = [row["epoch"] for row in read_curves(out / "results.csv")]
    assert epochs == [1, 2, 3, 4] and json.loads((out / "result.json").read_text())["epochs"] == 4
    (out / "result.json").unlink()  # killed just before the last file
    assert command.main(["--resume", str(out)]) == 0
    assert (out / "result.json").exists()


def test_hours_are_counted_over_stops(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_text("epoch,time\n1,1800\n2,3600\n3,900\n4,1800\n4,1900\n")
    assert hours_spent(file) == pytest.approx(5500 / 3600)
    assert keep_epochs(file, 3) == 3 and [r["epoch"] for r in read_curves(file)] == [1, 2, 3]


def test_averaging_lies_between_and_refuses_what_differs(
    trained: tuple[Path, Path], tmp_path: Path, capsys
) -> None:
    from custom_layers import YOLO

    _, folder = trained
    first, other = YOLO(str(folder / "best.pt")), YOLO("yolo11n.yaml")
    moved = {k: v + 0.5 if v.is_floating_point() else v for k, v in first.model.state_dict().items()}
    first.model.load_state_dict(moved)
    torch.save({"model": first.model.half(), "epoch": -1, "train_args": {}}, tmp_path / "moved.pt")
    torch.save({"model": other.model.half(), "epoch": -1, "train_args": {}}, tmp_path / "other.pt")
    argv = [
        "--average",
        f"{folder / 'best.pt'}=1",
        f"{tmp_path / 'moved.pt'}=3",
        "--out",
        str(tmp_path / "mean"),
    ]
    assert command.main(argv) == 0
    start = YOLO(str(folder / "best.pt")).model.state_dict()
    for key, value in YOLO(str(tmp_path / "mean" / "best.pt")).model.state_dict().items():
        if value.is_floating_point():
            assert torch.allclose(value.float(), start[key].float() + 0.375, atol=2e-2), key
    for shares, words in [
        ([str(folder / "best.pt")], "two checkpoints"),
        ([f"{folder / 'best.pt'}=1", f"{tmp_path / 'other.pt'}=1"], "same network"),
        ([f"{folder / 'best.pt'}=x", "b=1"], "FILE=WEIGHT"),
        ([f"{folder / 'best.pt'}=1", "none.pt=1"], "no weights file"),
    ]:
        assert command.main(["--average", *shares, "--out", str(tmp_path / "m")]) == 2
        assert words in capsys.readouterr().err


def test_fitting_tensors_are_taken_over_and_counted(trained: tuple[Path, Path], tmp_path: Path) -> None:
    from ultralytics.nn.tasks import DetectionModel

    _, folder = trained
    ten = tuple(TorchEngine(folder / "best.pt").info.class_names)
    model = DetectionModel("yolo11n.yaml", nc=10, verbose=False)
    fit, own = take_over(model, folder / "best.pt", ten)
    assert fit == own
    assert take_over(model, folder / "best.pt", tuple(reversed(ten)))[0] == own - 6
    torch.save(dict(list(model.state_dict().items())[:5]), tmp_path / "state.pt")
    assert take_over(model, tmp_path / "state.pt", ten)[0] == 5
    (tmp_path / "text.pt").write_text("no weights")
    with pytest.raises(WeightsError, match="cannot be read"):
        take_over(model, tmp_path / "text.pt", ten)


def test_refusals_are_one_sentence(tmp_path: Path, capsys) -> None:
    data = two_splits(tmp_path / "set")
    out = ["--out", str(tmp_path / "run")]
    for argv, words in [
        (["--data", str(tmp_path / "nothing")], "There is no file or folder"),
        (["--data", f"{data}=0"], "must be above 0"),
        (["--data", str(data), "--weights", "none.pt"], "There is no weights file"),
        (["--data", str(data), "--model", "none.pt"], "There is no weights file"),
        (["--data", str(data), "--model", "no-such-network.yaml"], "no network that can be built"),
        (["--resume", str(tmp_path / "nothing")], "cannot be resumed"),
        (["--data", str(data), "--epochs", "0"], "--epochs must be between"),
        (["--data", str(data), "--time", "-1"], "--time must be between"),
        (["--data", str(data), "--device", "7"], "no GPU"),
        (["--data", str(data), "--device", "toaster"], "is not known"),
    ]:
        assert command.main([*argv, *out]) == 2
        said = capsys.readouterr().err.strip()
        assert words in said and "\n" not in said and "Traceback" not in said


def test_full_disk_and_full_gpu_say_how_to_go_on(tmp_path: Path) -> None:
    for error, words in [
        (OSError(28, "No space left on device"), "disk is full"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "smaller --batch"),
    ]:
        text = str(run._as_training_error(error, Path("runs/x")))
        assert words in text and "start it again" in text
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "last.pt").touch()
    assert f"--resume {tmp_path}" in str(run._as_training_error(MemoryError(), tmp_path))


def test_short_names_of_networks() -> None:
    names = ("smp", "yolo11n-smp", "yolo11s-smp.yaml", "yolo11n+smp@p5", "runs/best.pt")
    assert [run.network_name(n) for n in names] == [
        "yolo11n-smp.yaml", "yolo11n-smp.yaml", "yolo11s-smp.yaml", "yolo11n+smp@p5", "runs/best.pt",
    ]  # fmt: skip


def test_defaults_follow_the_device_and_colour_jitter_is_off() -> None:
    cpu = ultralytics_arguments(Settings(device="cpu"))
    gpus = ultralytics_arguments(Settings(device="0,1"))
    assert (cpu["imgsz"], cpu["batch"], gpus["imgsz"], gpus["batch"]) == (416, 16, 640, 64)
    assert cpu["hsv_h"] == cpu["hsv_s"] == cpu["hsv_v"] == 0 and pick_device("0,1") == "0,1"
    assert "time" not in cpu and ultralytics_arguments(Settings(hours=1.5))["time"] == 1.5


def test_without_data_scenes_are_generated_once(tmp_path: Path, monkeypatch) -> None:
    from training import scenes

    calls = []

    def fake(command: list[str], **_: object) -> None:
        calls.append(command)
        two_splits(Path(command[3]))

    monkeypatch.setattr(scenes.subprocess, "run", fake)
    for _ in range(2):
        assert (scenes.make_scenes(tmp_path, 12, 5) / "data.yaml").exists()
    assert len(calls) == 1 and calls[0][1:3] == ["-m", "thermal_scenes"] and "--seed" in calls[0]


def test_under_a_time_budget_the_rate_follows_the_clock(trained: tuple[Path, Path]) -> None:
    data, folder = trained
    out = folder.parent / "timed"
    argv = ["--data", str(data), "--epochs", "50", "--time", "0.0015", "--out", str(out), *TINY]
    assert command.main(argv) == 0
    rows = [row.split(",") for row in (out / "results.csv").read_text().strip().splitlines()]
    rates = [float(row[rows[0].index("lr/pg0")]) for row in rows[1:]]
    assert len(rates) < 50 and rates[-1] < 0.5 * Settings().lr


def test_the_average_is_short_at_first() -> None:
    from training.trainer import _Decay

    decay = _Decay(0.99, 50)
    assert decay(1) < 0.03 and decay(50) == pytest.approx(0.99 * (1 - 1 / 2.718281828))
    assert decay(1000) == pytest.approx(0.99, abs=1e-6)
