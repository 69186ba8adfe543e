"""Files: radiometric TIFF, YOLO folder, command line, clips."""

from __future__ import annotations

import json

import av
import numpy as np
import pytest
from PIL import Image

from thermal_scenes.__main__ import main
from thermal_scenes.clips import joint_heating, motor_starting, write_mp4, yard_walk
from thermal_scenes.samples import SAMPLES, write_samples
from thermal_scenes.sheet import sheet
from thermal_scenes.tiff import write_radiometric_tiff


def files_of(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


@pytest.mark.parametrize("step", [0.01, 0.04])
def test_tiff_reads_back_to_half_a_count(tmp_path, step):
    celsius = np.random.default_rng(0).uniform(-40, 200, (37, 53)).astype(np.float32)
    celsius[3, 4] = np.nan
    write_radiometric_tiff(tmp_path / "map.tiff", celsius, step)
    with Image.open(tmp_path / "map.tiff") as image:
        counts = np.array(image)
        scale = json.loads(image.tag_v2[270])
    assert counts.dtype == np.uint16 and counts.shape == (37, 53)
    assert scale == {"kelvin_per_count": step, "offset_kelvin": 0.0}
    assert counts[3, 4] == 0
    back = counts * scale["kelvin_per_count"] + scale["offset_kelvin"] - 273.15
    known = np.isfinite(celsius)
    assert np.abs(back - celsius)[known].max() <= step / 2 + 1e-4


def test_tiff_refuses_what_is_not_a_map(tmp_path):
    with pytest.raises(ValueError, match=r"\(H, W\)"):
        write_radiometric_tiff(tmp_path / "map.tiff", np.zeros((2, 2, 3), np.float32))


def test_same_bytes_from_any_number_of_workers(tmp_path, capsys):
    for workers in ("1", "3"):
        arguments = [
            str(tmp_path / workers),
            "--pictures",
            "7",
            "--seed",
            "4",
            "--workers",
            workers,
            "--quiet",
        ]
        assert main([*arguments, "--size", "160x128", "--val-fraction", "0.3"]) == 0
    assert "pictures a second" in capsys.readouterr().out
    one, three = files_of(tmp_path / "1"), files_of(tmp_path / "3")
    assert one == three
    assert sum(name.endswith(".jpg") for name in one) == 7
    assert {name.split("/")[1] for name in one if "/" in name} == {"images", "labels", "truth", "radiometric"}


def test_command_line_writes_what_was_asked_for(tmp_path):
    arguments = [
        "--pictures",
        "4",
        "--classes",
        "motor",
        "--size",
        "160x128",
        "--format",
        "png",
        "--workers",
        "1",
    ]
    assert main([str(tmp_path), *arguments, "--no-tiff", "--no-truth", "--quiet"]) == 0
    written = files_of(tmp_path)
    assert sum(name.startswith("images/") and name.endswith(".png") for name in written) == 4
    assert {name.split("/")[0] for name in written} == {"images", "labels", "data.yaml"}
    for name, text in written.items():
        if name.startswith("labels/"):
            for line in text.decode().splitlines():
                class_id, *box = line.split()
                assert class_id == "7" and all(0 <= float(v) <= 1 for v in box)


def test_command_line_says_what_is_wrong(tmp_path, capsys):
    assert main([str(tmp_path), "--classes", "toaster"]) == 2
    assert "toaster" in capsys.readouterr().err
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert main([str(blocked), "--pictures", "1", "--quiet"]) == 2
    assert "could not be written" in capsys.readouterr().err
    for wrong in (["--pictures", "0"], ["--size", "9x9"], ["--val-fraction", "2"], ["--seed", "-1"]):
        with pytest.raises(SystemExit):
            main([str(tmp_path), *wrong])


@pytest.mark.parametrize("clip", [joint_heating, motor_starting])
def test_clip_warms_up(clip):
    frames = list(clip(frames=3))
    peaks = [float(np.percentile(f.celsius, 99.5)) for f in frames]
    assert peaks[0] < peaks[1] < peaks[2]
    assert frames[-1].boxes


def test_walkers_move():
    first, last = (frame for i, frame in enumerate(yard_walk(frames=40)) if i in (12, 39))
    assert {b[0] for b in last.boxes} == {1, 8}
    for class_id in (1, 8):
        before = [b[1] for b in first.boxes if b[0] == class_id]
        after = [b[1] for b in last.boxes if b[0] == class_id]
        assert before and after and min(abs(a - b) for a in after for b in before) > 15


def test_clip_becomes_a_video_that_plays(tmp_path):
    assert write_mp4(tmp_path / "clip.mp4", joint_heating(frames=4)) == 4
    with av.open(str(tmp_path / "clip.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264" and stream.codec_context.pix_fmt == "yuv420p"
        assert sum(1 for _ in container.decode(stream)) == 4
    with pytest.raises(ValueError, match="at least one frame"):
        write_mp4(tmp_path / "none.mp4", [])


def test_samples_are_small_and_always_the_same(tmp_path):
    first, again = (write_samples(tmp_path / name, clips=False) for name in ("first", "again"))
    assert [p.name for p in first] == list(SAMPLES) and len(first) == 8
    for one, two in zip(first, again, strict=True):
        assert one.read_bytes() == two.read_bytes()
        assert one.stat().st_size < (700_000 if one.suffix == ".tiff" else 200_000)


def test_contact_sheet_holds_all_scenes():
    assert sheet((("motor", 1, 1), ("room", 1, 2), ("board", 1, 3)), columns=2).shape == (480, 600, 3)
