"""SEQ and CSQ: radiometric video."""

from __future__ import annotations

import numpy as np
import pytest
from flir_writer import black_body_counts, fff, scene

from inspection.radiometric import RadiometricError, open_sequence, read

FRAMES = [black_body_counts(scene(hot=40 + 10 * i, seed=i)) for i in range(4)]


@pytest.mark.parametrize(("data", "gap"), [("raw", b""), ("jpeg-ls", b"\0" * 37), ("png-swapped", b"abc")])
def test_every_frame_comes_back(data, gap):
    sequence = open_sequence(gap.join(fff(frame, data) for frame in FRAMES), "a.seq")
    assert len(sequence) == 4
    for frame, file in zip(FRAMES, sequence, strict=True):
        assert np.array_equal(file.counts, frame)
    assert sequence.frames_per_second == 9
    assert sequence.note == ""
    hottest = [sequence.frame(i).celsius().max() for i in range(4)]
    assert hottest == sorted(hottest)


def test_read_gives_the_first_frame():
    assert np.array_equal(read(fff(FRAMES[0]) + fff(FRAMES[1]), "a.seq").counts, FRAMES[0])


def test_a_cut_off_end_keeps_the_good_frames():
    data = b"".join(fff(frame) for frame in FRAMES)
    assert len(open_sequence(data[:-100], "a.seq")) == 4  # only the last palette is cut
    sequence = open_sequence(data[:-1500], "a.seq")
    assert len(sequence) == 3
    assert "after picture 3" in sequence.note


def test_a_damaged_frame_is_refused_alone():
    blocks = [fff(frame, "jpeg-ls") for frame in FRAMES]
    at = blocks[1].find(b"\xff\xf7")
    blocks[1] = blocks[1][:at] + b"\0\0" + blocks[1][at + 2 :]
    sequence = open_sequence(b"".join(blocks), "a.csq")
    with pytest.raises(RadiometricError):
        sequence.frame(1)
    assert np.array_equal(sequence.frame(2).counts, FRAMES[2])


def test_other_bytes_are_no_sequence():
    assert open_sequence(b"RIFF....", "a.avi") is None
    with pytest.raises(RadiometricError):
        open_sequence(b"FFF\0" + bytes(80), "a.seq")
