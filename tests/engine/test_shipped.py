"""The OpenVINO form in the repository is made from the checkpoint in the repository."""

from __future__ import annotations

import pytest

from inspection import model_folder
from inspection.checkpoint import check_file
from inspection.convert import shipped_folder
from inspection.detector import DEFAULT_WEIGHTS


@pytest.mark.skipif(not DEFAULT_WEIGHTS.exists(), reason="no weights yet")
def test_the_shipped_form_belongs_to_the_checkpoint() -> None:
    sha256, _ = check_file(DEFAULT_WEIGHTS)
    info = model_folder.read_info(shipped_folder(DEFAULT_WEIGHTS), sha256)
    assert info is not None, "run: python -m inspection.convert weights/best.pt"
    weights = shipped_folder(DEFAULT_WEIGHTS) / "model.bin"
    assert weights.stat().st_size < 2.2 * info.parameters  # float16


@pytest.mark.skipif(not (shipped_folder(DEFAULT_WEIGHTS) / "int8.json").exists(), reason="no int8 form")
def test_the_shipped_int8_form_is_whole_and_of_this_network() -> None:
    assert model_folder.int8_form(shipped_folder(DEFAULT_WEIGHTS)), "run: python -m training.quantise"
