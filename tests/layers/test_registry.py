"""Rows, names and variants: a layer of one's own, wrong rows, every variant forwards and backwards."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml

import custom_layers
from custom_layers import YOLO, ArchitectureError, list_layers, list_variants, variants, write_variant
from custom_layers.architecture import load_architecture
from custom_layers.model import CustomDetectionModel, detection_model
from custom_layers.registry import LAYERS, register_layer
from custom_layers.variants import variant_yaml

from . import helpers

torch.set_num_threads(1)
ROOT = Path(__file__).parents[2]

SAMPLE = '''"""A sample layer: the channels' mean, added to each of them."""

import torch
from torch import nn

from custom_layers.registry import register_layer


@register_layer(like="Conv", paper="none", changes="adds the mean")
class {name}(nn.Module):
    """1x1 convolution, then the mean of its channels on top, ``strength`` times."""

    def __init__(self, c1, c2, strength=1.0):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)
        self.strength = strength

    def forward(self, x):
        x = self.conv(x)
        return x + self.strength * x.mean(1, keepdim=True)
'''


def test_a_layer_of_ones_own_is_one_file_one_decorator_and_one_row(tmp_path, monkeypatch):
    name = "SampleMeanLayer"
    (tmp_path / "sample_mean_layer.py").write_text(SAMPLE.format(name=name))
    monkeypatch.setattr(custom_layers, "__path__", [*custom_layers.__path__, str(tmp_path)])
    custom_layers.import_layers([str(tmp_path)], "custom_layers")
    try:
        assert name in list_layers("Sample*")
        cfg = load_architecture("yolo11n.yaml")
        cfg["backbone"][4] = [-1, 1, name, [256, 0.5]]
        path = tmp_path / "yolo11n-own.yaml"
        path.write_text(yaml.safe_dump(cfg))
        model = YOLO(path).model
        layer = model.model[4]
        assert (layer.conv.in_channels, layer.conv.out_channels, layer.strength) == (64, 64, 0.5)
        assert layer.type == f"custom_layers.sample_mean_layer.{name}"
        model.task, model.args = "detect", {"task": "detect"}
        torch.save({"model": model}, tmp_path / "own.pt")
        assert type(YOLO(tmp_path / "own.pt").model.model[4]) is type(layer)
    finally:
        LAYERS.pop(name, None)
        sys.modules.pop("custom_layers.sample_mean_layer", None)
        importlib.invalidate_caches()


def test_a_name_taken_twice_warns_and_a_wrong_kind_is_refused():
    with pytest.warns(UserWarning, match="C3k2_SMP"):
        original = LAYERS["C3k2_SMP"]
        register_layer("C3k2_SMP", like="C3k2")(type("Other", (torch.nn.Module,), {"__module__": __name__}))
    LAYERS["C3k2_SMP"] = original
    with pytest.raises(ValueError, match="like must be one of"):
        register_layer(like="C3")


BAD_ROWS = {
    "unknown layer": (["C3k2_SMPP", [256]], ["Row 4", "C3k2_SMPP", "Did you mean C3k2_SMP"]),
    "even kernel": (["C3k2_SMP", [256, False, 0.25, 8]], ["Row 4", "odd kernel_size", "Remedy"]),
    "family order": (["C3k2_SMP", [256, 13, False]], ["Row 4", "c3k", "True or False"]),
    "no arguments": (["C3k2_SMP", []], ["Row 4", "C3k2_SMP", "output channels"]),
    "heads": (["C3k2_CloAtt", [96, False, 0.25]], ["Row 4", "num_heads=8", "dim=6"]),
    "channels": (
        ["EfficientAttention", [64, 8, [4, 4], [5]]],
        ["Row 4", "EfficientAttention", "keeps the channels"],
    ),
    "psa channels": (["C2PSA_CGLU", [512]], ["Row 4", "C2PSA_CGLU", "keeps the channels"]),
    "kan": (["C3k2_KAN", [512, True, 0.5, "KANX"]], ["Row 4", "KANX", "KAGNConv2DLayer"]),
    "too many": (["C2PSA_CGLU", [256, 0.5, 1, 2]], ["Row 4", "C2PSA_CGLU", "Remedy"]),
    "ultralytics' own": (["C3k2", []], ["Row 4", "C3k2", "Remedy"]),
    "3x3": (["C3k2_KAN", [256, False, 0.5, "3x3"]], ["Row 4", "3x3"]),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_wrong_rows_are_named_with_layer_and_remedy(case):
    row, words = BAD_ROWS[case]
    cfg = load_architecture("yolo11n.yaml")
    cfg["backbone"][4] = [-1, 2, *row]
    with pytest.raises(ArchitectureError) as caught:
        detection_model(cfg, verbose=False)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_row_that_is_no_row_and_a_file_that_is_no_yaml(tmp_path):
    cfg = load_architecture("yolo11n.yaml")
    cfg["head"][0] = [-1, "nn.Upsample"]
    with pytest.raises(ArchitectureError, match=r"Row 11 .*\[from, repeats, layer, \[arguments\]\]"):
        detection_model(cfg, verbose=False)
    (tmp_path / "yolo11n-x.yaml").write_text("nc: 3\n")
    with pytest.raises(ArchitectureError, match="needs nc, backbone and head"):
        YOLO(tmp_path / "yolo11n-x.yaml")


def test_rows_of_the_layers_themselves_keep_or_change_the_channels():
    cfg = load_architecture("yolo11n.yaml")
    cfg["backbone"][4] = [-1, 1, "KAGNConv2DLayer", [512, 3, 2, 1, 1]]  # kernel, degree, groups, padding
    cfg["backbone"][6] = [-1, 1, "SMPConv", [512, 7]]
    cfg["backbone"][8] = [-1, 1, "EfficientAttention", [1024, 8, [4, 4], [5], 2]]
    model = CustomDetectionModel(cfg, verbose=False).eval()
    assert model(torch.rand(1, 3, 64, 96))[0].shape == (1, 84, 126)
    assert [type(model.model[i]).__name__ for i in (4, 6, 8)] == [
        "KAGNConv2DLayer",
        "SMPConv",
        "EfficientAttention",
    ]


def test_c3k_is_set_for_large_scales_and_kept_for_small_ones():
    for scale, expected in (("n", "SMPBlock"), ("m", "C3kOf")):
        cfg = load_architecture(f"yolo11{scale}-smp.yaml")
        assert type(detection_model(cfg, verbose=False).model[2].m[0]).__name__ == expected


def test_names_of_layers_and_variants():
    assert {"C3k2_SMP", "C2PSA_CGLU", "C3k2_RandomMixingFormer"} <= set(list_layers())
    names = list_variants()
    assert len(names) == len(set(names)) >= 200
    assert set(list_variants("*smp*")) == {n for n in names if "smp" in n}
    assert all(n.startswith("yolo11s+") for n in list_variants(scale="s"))
    texts = {yaml.safe_dump([d["backbone"], d["head"]]) for _, d in variants()}
    assert len(texts) == len(names)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("yolo11n+smpp@p2", "no layer 'smpp'. Did you mean smp"),
        ("yolo11n+smp@p9", "smp goes into p2"),
        ("yolo11n+random@p2", "random goes into p4"),
        ("yolo11n+smp-k8@p2", "its options: k5"),
        ("yolo11n+smp@p4+kagn@deep", "two layers want row 6"),
        ("yolo12n+smp@p4", "is no variant"),
    ],
)
def test_wrong_variant_names_are_explained(name, words):
    with pytest.raises(ArchitectureError, match=words):
        variant_yaml(name)


def test_a_variant_is_written_as_yaml_and_read_back(tmp_path):
    name = "yolo11n+smp-k9@p5+convglu@neck+cglu@psa"
    path = write_variant(name, tmp_path)
    assert path.name == f"{name}.yaml"
    read, made = load_architecture(path), variant_yaml(name)
    assert read["backbone"] + read["head"] == made["backbone"] + made["head"]
    named, from_file = (YOLO(source).model for source in (name, path))
    assert [n for n, _ in named.named_parameters()] == [n for n, _ in from_file.named_parameters()]
    assert type(named.model[10]).__name__ == "C2PSA_CGLU"


@pytest.mark.parametrize(
    "part", sorted({name.split("+")[1].split("@")[0].split("-")[0] for name in list_variants()})
)
def test_every_variant_builds_and_runs_forward_and_backward(part):
    names = [n for n in list_variants() if n.split("+")[1].split("@")[0].split("-")[0] == part]
    assert names
    for name in names:
        model = helpers.tiny(name)
        outputs = model.train()(torch.rand(1, 3, 640, 640) if "random" in name else torch.rand(2, 3, 64, 64))
        sum(feature.square().mean() for feature in outputs["feats"]).backward()
        for parameter_name, parameter in model.model[:10].named_parameters():
            # The recurrence of degree 1 has no beta in it.
            silent = parameter.grad is None and "kagn-d1" in name and "beta_weights" in parameter_name
            assert silent or bool(parameter.grad.isfinite().all()), f"{name}: {parameter_name}"


def test_benchmark_prints_its_table():
    command = [
        sys.executable,
        "-m",
        "benchmarks.layers",
        "--only",
        "c2psa-cglu",
        "--size",
        "64",
        "--rounds",
        "1",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "c2psa-cglu" in done.stdout, done.stderr
