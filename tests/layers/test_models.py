"""Every ready YAML: sizes, scales, training, saving, fusing, exporting."""

import copy
import io

import numpy as np
import onnxruntime
import openvino
import pytest
import torch

from custom_layers import YOLO, ready_yamls
from custom_layers.architecture import load_architecture
from custom_layers.flops import gflops
from custom_layers.model import detection_model

from . import helpers
from . import reference as ref

torch.set_num_threads(1)

READY = ready_yamls()
DYNAMO = [
    "yolo11-improved.yaml",
    "yolo11-cloatt.yaml",
    "yolo11-kagn.yaml",
    "yolo11-ss2d.yaml",
    "yolo11-caformer.yaml",
]
SIZES = [(640, 640), (480, 640), (256, 320)]


@pytest.mark.parametrize("name", READY)
def test_scale_n_predicts_at_all_sizes(name):
    model = detection_model(name.replace("yolo11", "yolo11n"), verbose=False).eval()
    assert model.stride.tolist() == [8, 16, 32]
    for height, width in SIZES:
        anchors = sum(height // s * (width // s) for s in (8, 16, 32))
        with torch.inference_mode():
            if "random" in name and (height, width) != (640, 640):
                with pytest.raises(ValueError, match="one image size only"):
                    model(torch.zeros(1, 3, height, width))
            else:
                assert model(torch.rand(1, 3, height, width))[0].shape == (1, 84, anchors)


@pytest.mark.parametrize("scale", ["s", "m"])
@pytest.mark.parametrize("name", READY)
def test_scales_s_and_m_build_and_predict(name, scale):
    model = detection_model(name.replace("yolo11", f"yolo11{scale}"), verbose=False).eval()
    c3k = [getattr(m, "m", [None])[0] for m in model.model if type(m).__name__.startswith("C3k2")]
    if scale == "m":
        assert all(type(block).__name__.startswith("C3k") for block in c3k)
    size = (640, 640) if "random" in name else (256, 320)
    if size != (640, 640):
        with torch.inference_mode():
            assert model(torch.rand(1, 3, *size))[0].isfinite().all()


@pytest.mark.parametrize("name", READY)
def test_one_epoch_lowers_the_loss(name):
    model = helpers.tiny(name)
    model.args = YOLO("yolo11n.yaml").model.args
    model.args = type("Args", (), model.args)()
    batch = helpers.batch((640, 640) if "random" in name else (64, 96), images=2 if "random" in name else 4)
    optimizer = torch.optim.AdamW(model.parameters(), 5e-3)
    torch.manual_seed(0)
    model.train()
    losses = []
    for _ in range(30):  # an epoch of so many batches
        loss = model(batch)[0].sum()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())
        optimizer.step()
    assert np.mean(losses[-3:]) < 0.9 * losses[0]


@pytest.mark.parametrize("name", READY)
def test_saved_loaded_and_fused_predict_the_same(name, tmp_path):
    model = helpers.tiny(name).eval()
    x = torch.rand(2, 3, *helpers.sizes(name)[0])
    expected = model(x)[0]
    model.task, model.args = "detect", {"imgsz": 64, "task": "detect"}
    torch.save({"model": model, "train_args": {}}, tmp_path / "best.pt")
    loaded = YOLO(tmp_path / "best.pt").model.eval()
    assert torch.equal(loaded(x)[0], expected)
    assert not loaded.is_fused()
    loaded.fuse(verbose=False)
    assert loaded.is_fused()
    fused = loaded(x)[0]
    assert ref.relative(fused, expected) < 1e-5
    loaded.fuse(verbose=False)
    assert torch.equal(loaded(x)[0], fused)
    copy.deepcopy(loaded).fuse(verbose=False)


def onnx_session(model, x, dynamo):
    data = io.BytesIO()
    if dynamo:
        torch.onnx.export(model, (x,), dynamo=True, verbose=False).save(data)
    else:
        torch.onnx.export(model, (x,), data, dynamo=False, opset_version=18)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(data.getvalue(), options, providers=["CPUExecutionProvider"])
    return lambda t: session.run(None, {session.get_inputs()[0].name: t.numpy()})[0]


def openvino_model(model, x):
    converted = openvino.convert_model(model, example_input=x, input=[tuple(x.shape)])
    compiled = openvino.Core().compile_model(converted, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return lambda t: compiled(t.numpy())[0]


def check_export(export, name):
    """An export that froze something of its example input is right on that input only: try a new one."""
    model = helpers.Boxes(helpers.tiny(name).eval().fuse(verbose=False))
    example, new = torch.rand(2, 1, 3, *helpers.sizes(name)[0]).unbind(0)
    with torch.no_grad():
        model(example)
        run = export(model, example)
        assert ref.relative(torch.from_numpy(run(new)), model(new)) < 1e-4


@pytest.mark.parametrize("name", READY)
def test_onnx_equals_eager_on_a_new_picture(name):
    check_export(lambda model, x: onnx_session(model, x, dynamo=False), name)


@pytest.mark.parametrize("name", DYNAMO)
def test_dynamo_onnx_equals_eager_on_a_new_picture(name):
    check_export(lambda model, x: onnx_session(model, x, dynamo=True), name)


@pytest.mark.parametrize("name", READY)
def test_openvino_equals_eager_on_a_new_picture(name):
    check_export(openvino_model, name)


def test_gflops_see_computed_kernels_attention_and_scans():
    plain = gflops(detection_model("yolo11n.yaml", verbose=False))
    assert plain == pytest.approx(6.6, abs=0.15)
    for layer, shape, expected in (
        ("SMPConv", (64, 13), 64 * 40 * 40 * 169 + 42 * 169 * 64),
        ("KAGNConv2DLayer", (64, 64, 3), (4 * 64 + 1) * 64 * 9 * 38 * 38),
    ):
        from custom_layers.registry import LAYERS

        module = LAYERS[layer].cls(*shape)
        x = torch.rand(1, 64, 40, 40)
        assert module.macs(x, module(x)) == expected
    network = detection_model("yolo11n-smp.yaml", verbose=False)
    _, parameters, gradients, count = network.info()
    assert parameters == sum(p.numel() for p in network.parameters()) >= gradients
    assert count == gflops(network)
    assert network.fuse(verbose=False).info()[3] < count


def test_a_plain_yolo11_stays_ultralytics_own_class():
    from ultralytics.nn.tasks import DetectionModel

    assert type(YOLO("yolo11n.yaml").model) is DetectionModel
    assert load_architecture("yolo11n.yaml")["scale"] == "n"
