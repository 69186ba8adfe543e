"""The YOLO class as a user meets it: train, stop, resume, validate, predict, track, export, load again."""

import pickle
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
import ultralytics
from ultralytics.nn import tasks
from ultralytics.utils import LOGGER

from custom_layers import YOLO, ArchitectureError
from custom_layers.model import CustomDetectionModel, detection_model
from custom_layers.smpconv import SMPConv, clip_radii
from custom_layers.trainer import CustomDetectionTrainer, move_ruled_parameters

from . import helpers

torch.set_num_threads(1)
ROOT = Path(__file__).parents[2]
QUICK = {"imgsz": 64, "batch": 4, "workers": 0, "plots": False, "verbose": False, "val": False}


def radii(model):
    return torch.cat([m.radius.flatten() for m in model.modules() if isinstance(m, SMPConv)])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return helpers.write_data_set(tmp_path_factory.mktemp("data"))


class Stop(Exception):
    """Ends a training from outside, like a user or a lost connection."""


@pytest.fixture(scope="module")
def resumed(data, tmp_path_factory):
    """A training of three epochs that was stopped in its second and resumed from last.pt."""
    folder = tmp_path_factory.mktemp("runs")
    model = YOLO("yolo11n-improved.yaml")
    seen = []

    def after_step(trainer):
        values = radii(trainer.model)
        seen.append((float(values.min()), float(values.max())))

    def stop(trainer):
        if trainer.epoch == 1:
            raise Stop

    model.add_callback("on_train_batch_end", after_step)
    model.add_callback("on_train_epoch_start", stop)
    options = {"data": str(data), "project": str(folder), "name": "t", "exist_ok": True, **QUICK}
    with pytest.raises(Stop):
        model.train(epochs=3, optimizer="SGD", lr0=0.5, warmup_epochs=0, **options)
    again = YOLO(folder / "t" / "weights" / "last.pt")
    again.train(resume=True)
    return folder / "t", again, seen


def test_resume_goes_on_where_the_training_stopped(resumed):
    folder, model, _ = resumed
    lines = (folder / "results.csv").read_text().strip().splitlines()
    assert [line.split(",")[0].strip() for line in lines[1:]] == ["1", "2", "3"]
    assert model.trainer.start_epoch == 1
    assert type(model.model) is CustomDetectionModel
    assert isinstance(model.trainer, CustomDetectionTrainer)


def test_radii_are_clipped_after_every_step_even_at_a_wild_learning_rate(resumed):
    _, model, seen = resumed
    assert seen
    assert all(low >= 1e-3 and high <= 1.0 for low, high in seen)
    ema = radii(model.trainer.ema.ema)
    assert float(ema.min()) >= 1e-3 and float(ema.max()) <= 1.0


def test_val_predict_track_and_export_work_on_the_loaded_checkpoint(resumed, data, tmp_path):
    folder, _, _ = resumed
    model = YOLO(folder / "weights" / "best.pt")
    picture = np.full((96, 128, 3), 60, np.uint8)
    metrics = model.val(
        data=str(data), imgsz=64, workers=0, plots=False, verbose=False, project=str(tmp_path)
    )
    assert 0 <= metrics.box.map <= 1
    assert len(model.predict(picture, imgsz=64, conf=0.0001, verbose=False)) == 1
    assert len(model.track(picture, imgsz=64, verbose=False, persist=True)) == 1
    exported = model.export(format="onnx", imgsz=64)
    results = ultralytics.YOLO(exported, task="detect").predict(picture, imgsz=64, conf=0.0001, verbose=False)
    assert len(results) == 1


def test_checkpoint_loads_restricted_in_a_fresh_process_and_other_classes_do_not(resumed, tmp_path):
    folder, _, _ = resumed
    code = f"""
import torch
from custom_layers import YOLO
from ultralytics.utils import SAFE_LOAD
model = YOLO({str(folder / "weights" / "best.pt")!r})
assert SAFE_LOAD and type(model.model).__module__ == "custom_layers.model"
class Foreign(torch.nn.Module):
    pass
torch.save({{"model": Foreign()}}, {str(tmp_path / "foreign.pt")!r})
try:
    YOLO({str(tmp_path / "foreign.pt")!r})
except TypeError as error:
    print("refused")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("refused"), done.stderr


class Log:
    """Collects Ultralytics' log lines."""

    def __init__(self, monkeypatch):
        self.lines = []
        monkeypatch.setattr(LOGGER, "info", lambda text, *_: self.lines.append(str(text)))

    def count(self):
        (line,) = (line for line in self.lines if "Transferred" in line)
        return tuple(map(int, line.split()[1].split("/")))


@pytest.mark.parametrize("kind", ["module", "state dict", "file"])
def test_pretrained_tensors_that_fit_are_taken_over_and_counted(kind, monkeypatch, tmp_path):
    torch.manual_seed(1)
    source = detection_model("yolo11n.yaml", verbose=False)
    given = source if kind == "module" else source.state_dict()
    if kind == "file":
        torch.save(given, tmp_path / "state.pt")
        given = tmp_path / "state.pt"
    log = Log(monkeypatch)
    model = YOLO("yolo11n-smp.yaml").load(given)
    taken, total = log.count()
    own = model.model.state_dict()
    assert total == len(own)
    fits = [k for k, v in source.state_dict().items() if k in own and own[k].shape == v.shape]
    assert taken == len(fits) > 200
    assert all(torch.equal(own[k], source.state_dict()[k]) for k in fits)


@pytest.mark.parametrize("optimizer", ["SGD", "AdamW", "MuSGD"])
def test_radii_and_scan_parameters_stay_out_of_weight_decay_and_muon(optimizer, data, tmp_path):
    overrides = {"model": "yolo11n-smp.yaml", "data": str(data), "project": str(tmp_path), **QUICK}
    trainer = CustomDetectionTrainer(overrides=overrides)
    for name, ruled in (("yolo11n-smp.yaml", "radius"), ("yolo11n-ss2d.yaml", "A_logs")):
        model = detection_model(name, nc=1, verbose=False)
        made = trainer.build_optimizer(model, name=optimizer, lr=0.01, momentum=0.9, decay=5e-4)
        wanted = {p for n, p in model.named_parameters() if n.endswith(ruled)}
        owners = [g for g in made.param_groups for p in g["params"] if p in wanted]
        assert wanted and len(owners) == len(wanted)
        for group in owners:
            assert group["weight_decay"] == 0
            assert not group.get("use_muon")
            assert group["lr"] == pytest.approx(0.001 if ruled == "radius" else 0.01)
        grouped = [p for g in made.param_groups for p in g["params"]]
        assert len(grouped) == len(set(grouped)) == len(list(model.parameters()))
    assert (
        move_ruled_parameters(torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.1), torch.nn.ReLU())
        == 0
    )


def test_models_of_different_kinds_do_not_disturb_each_other():
    before = dict(vars(tasks))
    reference = {n: tuple(p.shape) for n, p in ultralytics.YOLO("yolo11n.yaml").model.named_parameters()}
    found, errors = {}, []

    def build(index, name):
        try:
            model = (ultralytics.YOLO if name == "plain" else YOLO)(
                "yolo11n.yaml" if name == "plain" else name
            ).model
            found[index, name] = {n: tuple(p.shape) for n, p in model.named_parameters()}
        except Exception as error:
            errors.append(error)

    names = ["plain", "yolo11n-smp.yaml", "yolo11n-kagn.yaml", "plain"]
    threads = [threading.Thread(target=build, args=(i, n)) for i, n in enumerate(names)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert found[0, "plain"] == found[3, "plain"] == reference
    assert found[1, "yolo11n-smp.yaml"] != reference != found[2, "yolo11n-kagn.yaml"]
    assert dict(vars(tasks)) == before


def ddp_worker(rank, folder):
    """One of two processes: two steps on its own picture, then its parameters on disk."""
    torch.distributed.init_process_group("gloo", f"file://{folder}/store", rank=rank, world_size=2)
    torch.set_num_threads(1)
    model = helpers.tiny("yolo11-improved.yaml")
    model.args = type("Args", (), YOLO("yolo11n.yaml").model.args)()
    wrapped = torch.nn.parallel.DistributedDataParallel(model, find_unused_parameters=True)
    optimizer = torch.optim.SGD(wrapped.parameters(), 0.05)
    move_ruled_parameters(optimizer, model)
    optimizer.register_step_post_hook(lambda *_: clip_radii(model))
    batch = helpers.batch((64, 64), images=2)
    batch["img"] = (batch["img"] + 0.1 * rank).clamp(0, 1)
    for _ in range(2):
        optimizer.zero_grad()
        wrapped(batch)[0].sum().backward()
        optimizer.step()
    torch.save([p.detach() for p in model.parameters()], f"{folder}/{rank}.pt")
    torch.distributed.destroy_process_group()


def test_two_processes_train_one_model(tmp_path):
    torch.multiprocessing.spawn(ddp_worker, (str(tmp_path),), nprocs=2)
    first, second = (torch.load(tmp_path / f"{rank}.pt") for rank in (0, 1))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    start = helpers.tiny("yolo11-improved.yaml").parameters()
    assert not all(torch.equal(a, b) for a, b in zip(first, start, strict=True))


def test_trainer_travels_to_worker_processes_by_name():
    assert pickle.loads(pickle.dumps(CustomDetectionTrainer)) is CustomDetectionTrainer
    model = helpers.tiny("yolo11-ss2d.yaml")
    copy = pickle.loads(pickle.dumps(model)).eval()
    x = torch.rand(1, 3, 64, 64)
    assert torch.equal(copy(x)[0], model.eval()(x)[0])


def test_unknown_architectures_name_the_nearest():
    with pytest.raises(ArchitectureError, match=r"yolo11n-smpp.*yolo11-smp"):
        YOLO("yolo11n-smpp.yaml")


def test_clores_starts_as_the_plain_network_and_has_cloatt_within():
    torch.manual_seed(2)
    plain = detection_model("yolo11n.yaml", verbose=False).eval()
    model = detection_model("yolo11n-clores.yaml", verbose=False).eval()
    left = model.load_state_dict(plain.state_dict(), strict=False)
    assert not left.unexpected_keys
    assert all(".attention." in key or ".scale." in key for key in left.missing_keys)
    picture = torch.rand(1, 3, 96, 128)
    with torch.inference_mode():
        assert torch.equal(model(picture)[0], plain(picture)[0])

    other = detection_model("yolo11n-cloatt.yaml", verbose=False).eval()
    state = {k: torch.zeros_like(v) for k, v in model.state_dict().items() if k.endswith(".scale.scale")}
    model.load_state_dict({**other.state_dict(), **state})
    with torch.inference_mode():
        assert torch.allclose(model(picture)[0], other(picture)[0], atol=1e-4)
