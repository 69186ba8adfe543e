"""Which engine runs, what is kept, and that nothing about a disk or a cache can break it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from inspection import convert, convert_apart, loading, model_folder
from inspection.checkpoint import check_file
from inspection.convert import ConversionError, Progress, shipped_folder
from inspection.detector import Detector
from inspection.engine import ModelInfo, Precision
from inspection.errors import WeightsError
from inspection.openvino_engine import OpenVINOEngine, computes
from inspection.torch_engine import TorchEngine, load_network
from tests.conftest import ROOT, blobs, save_tiny_model


@pytest.fixture
def copy(shipped: Path, tmp_path: Path) -> Path:
    """The checkpoint with its OpenVINO form, to be damaged."""
    path = tmp_path / "weights" / shipped.name
    path.parent.mkdir()
    shutil.copy(shipped, path)
    shutil.copytree(shipped_folder(shipped), shipped_folder(path))
    return path


@pytest.fixture
def converted(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Conversions that took place; each copies the shipped form in place of the slow work."""
    calls: list[Path] = []
    sha256, _ = check_file(shipped)
    form = shipped_folder(shipped)
    info = model_folder.read_info(form, sha256)
    assert info is not None

    def copy_form(path: Path) -> None:
        shutil.copy(form / "model.xml", path)
        shutil.copy(form / "model.bin", path.with_suffix(".bin"))

    def instead(checkpoint: Path, folder: Path, sha256: str, progress: Progress | None = None) -> ModelInfo:
        calls.append(checkpoint)
        if progress:
            progress(f"Converting {checkpoint.name}")
        model_folder.write(folder, info, copy_form)
        return info

    monkeypatch.setattr(loading, "convert_apart", instead)
    return calls


def works(detector: Detector) -> bool:
    return len(detector.detect(blobs(96, 96), 0.25, imgsz=96)) > 0


def test_the_shipped_form_is_used_as_it_is(copy: Path, converted: list[Path], cache_folder: Path) -> None:
    detector = Detector.load(copy)
    assert works(detector) and not converted and not (cache_folder / "models").exists()
    assert detector.info == TorchEngine(copy).info
    assert list((cache_folder / "compiled").glob("*.blob"))
    assert works(Detector.load(copy))  # from the compiled network


@pytest.mark.parametrize("name", ["model.bin", "model.xml", "info.json"])
def test_a_damaged_form_is_made_anew_in_the_cache(copy: Path, converted: list[Path], name: str) -> None:
    path = shipped_folder(copy) / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    said: list[str] = []
    assert works(Detector.load(copy, progress=said.append)) and len(converted) == 1
    assert said == [f"Converting {copy.name}"]
    assert works(Detector.load(copy)) and len(converted) == 1


def test_a_damaged_cache_is_made_anew(copy: Path, converted: list[Path], cache_folder: Path) -> None:
    shutil.rmtree(shipped_folder(copy))
    Detector.load(copy)
    model = next((cache_folder / "models").glob("*/model.bin"))
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.write_bytes(data)
    for blob in (cache_folder / "compiled").iterdir():
        blob.write_bytes(b"damaged")
    assert works(Detector.load(copy)) and len(converted) == 2
    assert works(Detector.load(copy)) and len(converted) == 2


def test_a_form_of_another_checkpoint_is_not_used(copy: Path) -> None:
    save_tiny_model(copy, {0: "a", 1: "b"}, seed=5)
    said: list[str] = []
    assert Detector.load(copy, progress=said.append).info.class_names == ("a", "b")
    assert len(said) == 3 and all(copy.name in line for line in said)


def test_a_cache_that_cannot_be_written_is_no_error(
    copy: Path, converted: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(shipped_folder(copy))
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("OVERHEAT_CACHE", str(blocked / "below"))
    assert works(Detector.load(copy)) and len(converted) == 2  # there, then in a temporary folder
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    detector = Detector.load(copy)
    assert works(detector) and "because there is no room on the disk" in detector.engine.description


def test_what_openvino_refuses_runs_in_torch_and_says_so(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(shipped_folder(copy))

    def refuse(*_: object) -> None:
        raise ConversionError("OpenVINO computes something else than PyTorch")

    monkeypatch.setattr(loading, "convert_apart", refuse)
    detector = Detector.load(copy)
    assert works(detector)
    assert detector.engine.description.startswith("PyTorch")
    assert detector.engine.description.endswith("because OpenVINO computes something else than PyTorch")
    with pytest.raises(WeightsError, match="cannot be used with OpenVINO"):
        Detector.load(copy, "openvino")


@pytest.mark.parametrize(
    ("change", "words"),
    [("x * (x.shape[2] / 384)", None), ("x[:, :, :384] * int(x.shape[3])", "something else")],
)
def test_a_layer_that_freezes_the_traced_size_is_noticed(
    change: str, words: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_tiny_model(tmp_path / "net.pt", {0: "a"})
    network, info = load_network(path, fuse=False)
    first = network.model[0]
    plain = type(first).forward
    layer = eval(f"lambda x: {change}")
    monkeypatch.setattr(type(first), "forward", lambda self, x: plain(self, layer(x) if self is first else x))
    monkeypatch.setattr("inspection.torch_engine.load_network", lambda *_, **__: (network, info))
    if words is None:
        convert.convert(path, tmp_path / "form")
        return
    with pytest.raises(ConversionError, match=words):
        convert.convert(path, tmp_path / "form")
    assert not (tmp_path / "form").exists() and not list(tmp_path.glob("*.part"))


def test_no_file_no_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be opened"):
        Detector.load(tmp_path / "missing.pt")
    (tmp_path / "text.pt").write_text("hello")
    with pytest.raises(WeightsError, match="not a PyTorch checkpoint"):
        Detector.load(tmp_path / "text.pt")


def test_two_processes_convert_at_once(copy: Path, cache_folder: Path) -> None:
    shutil.rmtree(shipped_folder(copy))
    program = (
        "import sys, numpy as np; from inspection.detector import Detector; said = []; "
        f"d = Detector.load({str(copy)!r}, precision='f32', progress=said.append); "
        "assert 'torch' not in sys.modules and len(said) == 3, said; "
        "print(float(d.engine.infer(np.full((1, 64, 64, 3), 99, np.uint8)).sum()))"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    results = [run.communicate(timeout=120)[0].split()[-1] for run in runs]
    assert all(run.returncode == 0 for run in runs) and results[0] == results[1]
    folders = list((cache_folder / "models").iterdir())
    assert [len(folder.name) for folder in folders] == [64]  # one model, no half-made leftovers
    expected = TorchEngine(copy).infer(np.full((1, 64, 64, 3), 99, np.uint8)).sum()
    assert np.isclose(float(results[0]), expected, rtol=1e-3)


def test_what_the_child_cannot_use_is_said_here(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    torch.save({"model": {"a": torch.zeros(1)}}, path)
    program = f"from inspection.detector import Detector; Detector.load({str(path)!r})"
    run = subprocess.run(
        [sys.executable, "-c", program], check=False, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert "WeightsError: state.pt holds no network" in run.stderr


def test_a_child_that_is_killed_is_no_crash(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert_apart, "MOST_SECONDS", 0.2)
    monkeypatch.delitem(sys.modules, "torch")
    with pytest.raises(ConversionError, match="ended early"):
        convert_apart.convert_apart(copy, tmp_path / "form", check_file(copy)[0])


def test_an_int8_form_is_used_while_it_is_whole_and_by_processors_that_add_in_32_bits(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = shipped_folder(copy)

    def save(path: Path) -> None:
        shutil.copy(form / "model.xml", path)
        shutil.copy(form / "model.bin", path.with_suffix(".bin"))

    otherwise = "bf16" if computes("bf16") else "f32"
    assert otherwise in Detector.load(copy, precision="int8").engine.description
    model_folder.add_int8(form, save, lost_points=0.1)
    expected = "int8" if computes("int8") else otherwise
    quantised = Detector.load(copy, precision="int8")
    assert expected in quantised.engine.description and works(quantised)
    assert "f32" in Detector.load(copy).engine.description
    with monkeypatch.context() as patch:
        patch.setattr("inspection.openvino_engine._adds_in_32_bits", lambda: False)
        assert otherwise in Detector.load(copy, precision="int8").engine.description
    (form / "int8.bin").write_bytes(b"damaged")
    assert otherwise in Detector.load(copy, precision="int8").engine.description
    model_folder.remove_int8(form)
    assert sorted(file.name for file in form.iterdir()) == ["info.json", "model.bin", "model.xml"]


def test_an_arithmetic_that_fails_gives_way_to_float32(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    class OnlyFloat32(OpenVINOEngine):
        def __init__(self, model: Path, info: ModelInfo, precision: Precision) -> None:
            tried.append(precision)
            if precision != "f32":
                raise RuntimeError("Supported primitive descriptors list is empty")
            super().__init__(model, info, precision)

    monkeypatch.setattr(loading, "OpenVINOEngine", OnlyFloat32)
    detector = Detector.load(copy, precision="int8")
    assert tried == ["bf16", "f32"] and "OpenVINO" in detector.engine.description and works(detector)


def test_info_json_is_plain_and_complete(shipped: Path) -> None:
    content = json.loads((shipped_folder(shipped) / "info.json").read_text(encoding="utf-8"))
    assert content["model"]["name"] == shipped.name and len(content["model"]["sha256"]) == 64
    assert content["model"]["class_names"][4] == "Legatura"
