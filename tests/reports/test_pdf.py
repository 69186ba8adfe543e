"""The PDF report: what it says, in which order, on which paper, whatever people type and upload."""

from __future__ import annotations

import io
import re
import weakref
from dataclasses import replace

import numpy as np
import pytest
from pypdf import PdfReader

from inspection.errors import PictureError
from inspection.report import ReportDetails, ReportEntry, ReportPictures, pdf_report
from inspection.results import Result
from inspection.thermogram import Thermogram
from tests.conftest import blobs
from tests.reports.making import DETAILS, SETTINGS, cold, entry, hot, thermogram


def opened(entries: list[ReportEntry], details: ReportDetails = DETAILS, language: str = "en") -> PdfReader:
    return PdfReader(io.BytesIO(pdf_report(entries, details, language)))


def words(pdf: PdfReader, page: int | None = None) -> str:
    """The text with single spaces, as lines may break anywhere."""
    pages = pdf.pages if page is None else [pdf.pages[page]]
    return " ".join(" ".join(one.extract_text() for one in pages).split())


def pictures(pdf: PdfReader) -> int:
    return sum(len(page.images) for page in pdf.pages)


def test_the_first_page_has_the_head_the_counts_and_the_worst_first() -> None:
    entries = [
        entry("a.jpg", (hot(1, "watch", 31.0), hot(2, "none", 20.5)), thermogram()),
        entry("b.jpg", (hot(1, "repair now", 81.26), hot(2, "plan repair", 40.0)), thermogram()),
        entry("c.jpg", (cold(1),)),
        ReportEntry(Result("bad.jpg", "", 0, 0, 0.0, error="bad.jpg is empty.")),
    ]
    pdf = opened(entries)
    first = words(pdf, 0)
    for expected in (
        "Thermal inspection report", "25 November 2026", "14:05", "Ștefan Țăran", "Trafo T1", "81.3 °C",
        "1 finding needs repair at once.", "bad.jpg is empty.", "not a certified inspection", "Page 1 of",
    ):  # fmt: skip
        assert expected in first, expected
    worst = first[first.index("Worst first") :]
    assert worst.index("81.3") < worst.index("40.0") < worst.index("31.0")
    assert "2. b.jpg" in worst and "20.5" not in worst
    whole = words(pdf)
    assert "ab" * 32 in whole and "best.pt" in whole and "NETA MTS, Table 100.18" in whole
    assert "typed ambient at 20.0 °C" in whole and "Bare metal reads too cold." in whole
    assert "FLIR T640" in whole and "0.95" in whole and "no temperature scale" in whole
    assert [item["/Title"] for item in pdf.outline] == ["1. a.jpg", "2. b.jpg", "3. c.jpg"]


def test_what_several_findings_share_is_said_once() -> None:
    whole = words(opened([entry("a.jpg", tuple(cold(n) for n in range(1, 6)))]))
    assert whole.count("no temperature scale") == 1 and "1–5" in whole


def test_radiometric_files_bring_their_map_and_ordinary_ones_two_pictures() -> None:
    # The map's scale bar is a picture too.
    assert pictures(opened([entry("a.jpg", (hot(1),), thermogram())])) == 4
    assert pictures(opened([entry("a.jpg", (cold(1),))])) == 2
    without = Thermogram(thermogram().picture, thermogram().celsius, "radiometric", 2.0)
    assert pictures(opened([entry("a.tiff", (hot(1),), without)])) == 3


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_the_paper_is_the_one_chosen(paper, size) -> None:  # type: ignore[no-untyped-def]
    box = opened([entry()], replace(DETAILS, paper=paper)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


def test_nothing_typed_or_uploaded_is_markup() -> None:
    evil = '<b>x</b> & <img src="file:///etc/passwd"/> <a href="http://x">y</a> ]]>'
    details = ReportDetails(title=evil, inspector=evil, site=evil, equipment="\x00\x07\ud800 z")
    pdf = opened([entry(f"{evil}.jpg", (cold(1, name=evil),))], details)
    whole = words(pdf).replace(" ", "")
    # Twice in the head, once on top of the second page, at the file and in its table.
    assert whole.count("<b>x</b>&") >= 4
    assert "/etc/passwd" in whole and pictures(pdf) == 2
    links = [a.get_object() for page in pdf.pages for a in page.get("/Annots") or []]
    assert not any("/URI" in str(link.get("/A")) for link in links)


def test_letters_that_the_font_lacks_do_not_stop_it() -> None:
    details = replace(DETAILS, title="ẞ 🔥 ไทย العربية 𝔘 \u200b\ufeff", site="配电室")
    assert len(opened([entry("🔥.jpg", (cold(1),))], details).pages) >= 1


def test_long_words_many_findings_and_odd_pictures_all_have_room() -> None:
    long = "x" * 3000
    entries = [
        entry(f"{long}.jpg", tuple(hot(n, celsius=30.0 + n, name=long) for n in range(1, 61)), thermogram()),
        entry("tiny.png", (), Thermogram(np.zeros((1, 1, 3), np.uint8))),
        entry("wide.png", (), Thermogram(np.zeros((2, 3000, 3), np.uint8))),
        entry("tall.png", (), Thermogram(np.zeros((3000, 2, 3), np.uint8))),
    ]
    details = ReportDetails(title=long, inspector=long, site=long, equipment=long)
    pdf = opened(entries, details)
    whole = words(pdf)
    assert "90.0" in whole and pictures(pdf) >= 7
    pages = len(pdf.pages)
    assert f"Page {pages} of {pages}" in words(pdf, pages - 1)
    headers = [page for page in pdf.pages if "Confidence" in page.extract_text()]
    assert len(headers) > 2  # the table's header is repeated


def test_pictures_are_drawn_one_after_the_other_and_kept_small() -> None:
    large = np.tile(blobs(), (10, 10, 1))
    asked: list[weakref.ref[np.ndarray]] = []

    def pictures_of() -> ReportPictures:
        assert not any(picture() is not None for picture in asked[:-1]), (
            "an earlier picture is still in memory"
        )
        picture = large + np.uint8(len(asked))  # each another one: the same one would be stored once
        asked.append(weakref.ref(picture))
        return ReportPictures(original=picture)

    entries = [ReportEntry(Result("a.jpg", "", 1600, 1200, 0.1), pictures_of) for _ in range(6)]
    pdf = opened(entries)
    assert len(asked) == pictures(pdf) == 6
    # The sizes as the file says them: Ultralytics patches Pillow's open so that pypdf cannot use it.
    images = [image.get_object() for image in pdf.pages[1]["/Resources"]["/XObject"].values()]
    assert images and max(max(image["/Width"], image["/Height"]) for image in images) <= 1000


def test_no_heading_is_left_behind_by_its_pictures() -> None:
    entries = [
        entry(
            f"f{n}.jpg", tuple(cold(i) for i in range(1, 1 + n)), Thermogram(blobs(160, 100 + 9 * n, seed=n))
        )
        for n in range(9)
    ]
    pdf = opened(entries)
    for page in pdf.pages[1:]:
        headings = re.findall(r"\d\. f\d\.jpg", page.extract_text())
        assert len(page.images) == 2 * len(headings)


def test_a_file_whose_pictures_are_gone_keeps_its_findings() -> None:
    def gone() -> ReportPictures:
        raise PictureError("a.jpg cannot be read.")

    result = entry("a.jpg", (hot(1),), thermogram()).result
    whole = words(
        opened([ReportEntry(result, gone), ReportEntry(result, lambda: ReportPictures(b"no picture"))])
    )
    assert "Its pictures are no longer there." in whole and whole.count("81.3") >= 2


def test_settings_are_listed_once_for_all_files_that_share_them() -> None:
    entries = [
        entry("a.jpg"),
        entry("b.jpg"),
        replace(entry("c.jpg"), settings={**SETTINGS, "Confidence": 0.5}),
    ]
    whole = words(opened(entries))
    assert whole.count("best.pt") == 2 and "Pictures 1, 2" in whole and "Pictures 3" in whole


def test_fahrenheit_wherever_there_are_degrees() -> None:
    whole = words(
        opened([entry("a.jpg", (hot(1, celsius=100.0),), thermogram())], replace(DETAILS, unit="°F"))
    )
    assert "212.0" in whole and "144.0" in whole  # 80 K over ambient
    assert "Hottest (°F)" in whole and "212.0 °F" in whole


def test_an_empty_selection_is_a_report_too() -> None:
    assert "Nothing was found." in words(opened([]))


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no language"):
        pdf_report([], DETAILS, "xx")
