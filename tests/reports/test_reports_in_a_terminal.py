"""``python -m inspection detect --pdf --word``: reports of files that are no longer in memory."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl
import pytest
from pypdf import PdfReader

from inspection.__main__ import main
from inspection.texts import text, translate
from tests.conftest import blobs, encoded


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pictures"
    made.mkdir()
    for seed in range(2):
        (made / f"{seed}.png").write_bytes(encoded(blobs(seed=seed)))
    (made / "broken.png").write_bytes(b"nothing")
    return made


def run(weights: Path, *options: object) -> int:
    return main(["detect", *map(str, options), "--weights", str(weights), "--imgsz", "320"])


def test_pdf_word_and_workbook_of_a_folder(folder: Path, tiny_weights: Path, tmp_path: Path) -> None:
    pdf, word, excel = (tmp_path / f"out.{kind}" for kind in ("pdf", "docx", "xlsx"))
    code = run(
        tiny_weights, folder, "--pdf", pdf, "--word", word, "--excel", excel, "--language", "ro",
        "--paper", "Letter", "--site", "=Hala <b>3", "--inspector", "Ștefan",
    )  # fmt: skip
    assert code == 1  # one file is broken
    read = PdfReader(pdf)
    whole = " ".join(page.extract_text() for page in read.pages)
    assert round(read.pages[0].mediabox.width) == 612
    assert sum(len(page.images) for page in read.pages) == 4
    assert "=Hala <b>3" in whole and "Ștefan" in whole and "broken.png" in whole
    assert translate(text("Findings"), "ro") in whole
    assert len(docx.Document(str(word)).inline_shapes) == 4
    book = openpyxl.load_workbook(excel)
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert any(cell.value == "=Hala <b>3" and cell.data_type == "s" for cell in cells)


def test_a_report_that_cannot_be_written_is_said_before_the_work(
    folder: Path, tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tiny_weights, folder, "--pdf", tmp_path / "no" / "out.pdf") == 2
    assert "cannot be written" in capsys.readouterr().err
