"""The pictures a visitor has given, kept while they move between pages, and the samples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ui.analysis import Picture

MAX_SESSION_BYTES = 300 * 2**20
_FOLDER = Path(__file__).resolve().parent.parent / "samples"


@dataclass(frozen=True)
class Sample:
    """A shipped picture."""

    file: str
    title: str

    def picture(self) -> Picture:
        """Its bytes."""
        return _read_sample(self.file)


SAMPLES: tuple[Sample, ...] = (
    Sample("joint_radiometric.tiff", "Fuse in °C"),
    Sample("joint.jpg", "Joint"),
    Sample("panel.jpg", "Panel"),
    Sample("board.jpg", "Board"),
    Sample("motor.jpg", "Motor"),
    Sample("yard.jpg", "Yard"),
    Sample("cable.png", "Cable"),
    Sample("cat.jpg", "Cat"),
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


def keep(new: list[Picture]) -> str:
    """Add pictures; returns a sentence when some had no room, else ""."""
    pictures = kept()
    known = {(picture.name, picture.sha256) for picture in pictures}
    used = sum(len(picture.data) for picture in pictures)
    left_out = 0
    for picture in new:
        if (picture.name, picture.sha256) in known:
            continue
        if used + len(picture.data) > MAX_SESSION_BYTES:
            left_out += 1
            continue
        pictures.append(picture)
        known.add((picture.name, picture.sha256))
        used += len(picture.data)
    if not left_out:
        return ""
    return (
        f"{left_out} of {len(new)} files were left out: one visit holds {MAX_SESSION_BYTES // 2**20} MB. "
        "Remove some, or use the terminal command for large folders."
    )


def forget() -> None:
    """Remove all pictures."""
    st.session_state["pictures"] = []
    st.session_state.pop("opened", None)


def uploader(label: str, types: tuple[str, ...]) -> None:
    """A drop zone that hands its files to the session, where they outlive a change of page, and empties."""
    turn = st.session_state.setdefault("upload_turn", 0)
    key = f"upload-{turn}"
    st.file_uploader(
        label, type=list(types), accept_multiple_files=True, key=key, on_change=_take, args=(key,),
        help="JPEG (FLIR R-JPEG too), PNG, TIFF, BMP, WebP, GIF, FFF, or a CSV of temperatures.",
    )  # fmt: skip


def _take(key: str) -> None:
    files: list[UploadedFile] = st.session_state.get(key) or []
    # Browsers send a double quote in a file's name as %22.
    new = [Picture.of(file.name.replace("%22", '"'), file.getvalue()) for file in files]
    if not new:
        return
    st.session_state["upload_message"] = keep(new)
    st.session_state["opened"] = None  # the page opens the first that could be read
    st.session_state["upload_turn"] += 1
