"""The pictures a visitor has given, kept while they move between pages, and the samples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from inspection.archive import Archive, no_pictures, pictures_in
from inspection.errors import ArchiveError, EntryError
from inspection.reading import EXTENSIONS
from inspection.texts import Text, text
from ui.analysis import Picture
from ui.language import t
from ui.lru import forget_content
from ui.memory import forget_uploads, give_back
from ui.records import say_without_cookies

MAX_SESSION_BYTES = 300 * 2**20
MAX_PICTURES = 1000
"""Of one visit; the terminal command has no such limit."""

_FOLDER = Path(__file__).resolve().parent.parent / "samples"


@dataclass(frozen=True)
class Sample:
    """A shipped picture."""

    file: str
    title: Text

    def picture(self) -> Picture:
        """Its bytes."""
        return _read_sample(self.file)


SAMPLES: tuple[Sample, ...] = (
    Sample("joint_radiometric.tiff", text("Fuse in °C")),
    Sample("joint.jpg", text("Joint")),
    Sample("panel.jpg", text("Panel")),
    Sample("board.jpg", text("Board")),
    Sample("motor.jpg", text("Motor")),
    Sample("yard.jpg", text("Yard")),
    Sample("cable.png", text("Cable")),
    Sample("cat.jpg", text("Cat")),
)


def samples() -> list[Sample]:
    """The samples that are there."""
    return [sample for sample in SAMPLES if (_FOLDER / sample.file).is_file()]


@st.cache_data(show_spinner=False)
def _read_sample(file: str) -> Picture:
    return Picture.of(file, (_FOLDER / file).read_bytes())


def kept() -> list[Picture]:
    """The visitor's pictures, in the order given."""
    return st.session_state.setdefault("pictures", [])


def keep(new: Iterable[Picture]) -> list[str]:
    """Add pictures; returns a sentence when some had no room, else nothing."""
    pictures = kept()
    known = {(picture.name, picture.sha256) for picture in pictures}
    used = sum(len(picture.data) for picture in pictures)
    left_out = given = 0
    for picture in new:
        given += 1
        if (picture.name, picture.sha256) in known:
            continue
        if used + len(picture.data) > MAX_SESSION_BYTES or len(pictures) >= MAX_PICTURES:
            left_out += 1
            continue
        pictures.append(picture)
        known.add((picture.name, picture.sha256))
        used += len(picture.data)
    if not left_out:
        return []
    return [
        text(
            "{left_out} of {given} files were left out: one visit holds {most} pictures and {size} MB. "
            "Remove some, or use the terminal command for large folders.",
            left_out=left_out, given=given, most=MAX_PICTURES, size=MAX_SESSION_BYTES // 2**20,
        )
    ]  # fmt: skip


def forget() -> None:
    """Remove all pictures and what was made of them."""
    hashes = {picture.sha256 for picture in kept()}
    for name in ("pictures", "opened", "results", "stopped", "upload_message", "batch_pace", "corrections"):
        st.session_state.pop(name, None)
    forget_content(hashes)
    give_back()


def uploader(types: tuple[str, ...]) -> None:
    """Drop zones for files and for a folder; what is dropped outlives a change of page, and the zones empty.

    `take_in` turns it into pictures.
    """
    say_without_cookies()
    turn = st.session_state.setdefault("upload_turn", 0)
    files, folder = st.columns([3, 2])
    files.file_uploader(
        t("Drop infrared pictures or a ZIP here"), type=[*types, "csv", "txt", "asc", "zip"],
        accept_multiple_files=True, key=f"upload-{turn}", on_change=_take, args=(f"upload-{turn}", turn),
        help=t("JPEG (FLIR R-JPEG too), PNG, TIFF, BMP, WebP, GIF, FFF, a CSV of temperatures; or a ZIP."),
    )  # fmt: skip
    folder.file_uploader(
        t("Or choose a whole folder"), type=list(types), accept_multiple_files="directory",
        key=f"folder-{turn}", on_change=_take, args=(f"folder-{turn}", turn),
        help=t("Its pictures and those of the folders in it; other files are left aside."),
    )  # fmt: skip


def _take(key: str, turn: int) -> None:
    """Keep what was dropped, once: a browser may name the files of an emptied zone again."""
    files = [file for file in st.session_state.get(key) or [] if isinstance(file, UploadedFile)]
    if not files or turn != st.session_state["upload_turn"]:
        return
    st.session_state["pending"] = files
    st.session_state["opened"] = None  # the page opens the first that could be read
    st.session_state["upload_turn"] += 1
    for name in ("stopped", "upload_message"):
        st.session_state.pop(name, None)


def take_in() -> None:
    """Turn what was dropped into pictures, with progress; sentences about it go to "upload_message".

    A file comes in only once, so a script that is stopped in between begins again and loses nothing.
    """
    place = st.empty()  # also when there is nothing to do: what stands below keeps its place on the page
    files: list[UploadedFile] = st.session_state.get("pending") or []
    if not files:
        return
    problems: list[str] = []

    def pictures() -> Iterator[Picture]:
        for file in files:
            name = file.name.replace("%22", '"')  # as browsers send a double quote in a name
            if name.lower().endswith(".zip"):
                yield from _unpacked(file, name, problems, place)
            else:
                yield Picture.of(name, file.getvalue())

    problems += keep(pictures())
    place.empty()
    st.session_state["upload_message"] = problems
    st.session_state["pending"] = None
    forget_uploads(files)


def _unpacked(
    file: UploadedFile, name: str, problems: list[str], place: st.delta_generator.DeltaGenerator
) -> Iterator[Picture]:
    """The pictures in a ZIP; what cannot be unpacked comes with its reason."""
    try:
        with Archive(file, name) as archive:
            entries, others = pictures_in(archive.entries, EXTENSIONS)
            if not entries:
                problems.append(no_pictures(archive.name, others))
            for done, entry in enumerate(entries):
                shown = f"{name}/{entry.name}"
                words = t("Unpacking … {done} of {total}", done=done, total=len(entries))
                place.progress(done / len(entries), words)
                try:
                    yield Picture.of(shown, archive.read(entry))
                except EntryError as error:
                    yield Picture(shown, b"", hashlib.sha256(shown.encode()).hexdigest(), error.sentence)
    except ArchiveError as error:
        problems.append(error.sentence)
