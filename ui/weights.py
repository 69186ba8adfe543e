"""Which weights a session uses: the shipped ones, another file in weights/, or the visitor's own upload."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.engine import FASTEST
from inspection.errors import InspectionError, WeightsError
from inspection.names import safe_stem, short_name
from inspection.texts import Text, retold, text
from ui.language import t, tr
from ui.lru import BoundedStore
from ui.plain import plain

MAX_UPLOAD_MB = 100
_MOST_UPLOADS = 3


@dataclass(frozen=True)
class Weights:
    """A weights file that this session may use."""

    label: str
    path: Path
    sha256: str
    own: bool


@st.cache_resource(show_spinner=False)
def _detectors() -> tuple[BoundedStore[Detector], threading.Lock]:
    """At most three models stay in memory, and one is loaded at a time."""
    return BoundedStore(3), threading.Lock()


def load(weights: Weights) -> Detector:
    """The model of a weights file, with its steps on the page where it has to be loaded.

    The key is the content, so sessions share equal models; one that waits for another finds its model ready.

    Raises:
        WeightsError: it cannot be used.
    """
    store, loading = _detectors()
    detector = store.get(weights.sha256)
    if detector is None:
        with st.spinner(t("Loading the model …")):
            place = st.empty()

            def tell(step: str) -> None:
                place.text(tr(step))

            with loading:
                detector = store.get_or_make(
                    weights.sha256, lambda: Detector.load(weights.path, progress=tell, precision=FASTEST)
                )
            place.empty()
    return detector


@st.cache_data(max_entries=50, show_spinner=False)
def _file_sha256(path: str, modified_ns: int, size: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def available() -> dict[str, Weights]:
    """The weights this session may choose from, by label; the shipped best.pt first."""
    found: dict[str, Weights] = {}
    files = sorted(DEFAULT_WEIGHTS.parent.glob("*.pt"), key=lambda file: (file != DEFAULT_WEIGHTS, file.name))
    for file in files:
        stat = file.stat()
        found[file.name] = Weights(
            file.name, file, _file_sha256(str(file), stat.st_mtime_ns, stat.st_size), False
        )
    for weights in _uploads():
        if weights.path.exists():
            found[weights.label] = weights
    return found


def current(label: str | None) -> tuple[Weights, Detector]:
    """The chosen weights, loaded; when they cannot be used, the last good ones, with a sentence on the page.

    Raises:
        WeightsError: there are no weights at all that can be used.
    """
    choices = available()
    state = st.session_state
    wishes = [label, state.get("weights_in_use"), DEFAULT_WEIGHTS.name, *choices]
    problem: InspectionError | None = None
    for wish in dict.fromkeys(wishes):
        weights = choices.get(wish) if wish else None
        if weights is None:
            continue
        try:
            detector = load(weights)
        except WeightsError as error:
            problem = problem or error
            continue
        if problem is not None:
            words = t("{problem} {weights} stays in use.", problem=problem.sentence, weights=weights.label)
            st.warning(plain(words), icon=":material/warning:")
        state["weights_in_use"] = weights.label
        return weights, detector
    none = text("There are no weights in the folder weights/.")
    raise WeightsError(problem.sentence if problem else none)


def adopt(name: str, data: bytes) -> Weights:
    """Keep an uploaded checkpoint for this session, once it has been loaded successfully.

    Raises:
        WeightsError: it cannot be used; nothing is kept.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    for weights in available().values():
        if weights.sha256 == sha256:
            return weights
    folder = _folder()
    path = folder / f"{safe_stem(name)}-{sha256[:8]}.pt"
    weights = Weights(f"{short_name(name)} ({sha256[:8]})", path, sha256, True)
    try:
        path.write_bytes(data)
        load(weights)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise WeightsError(
            text("{name} could not be stored on the server (disk full?).", name=short_name(name))
        ) from error
    except WeightsError as error:
        path.unlink(missing_ok=True)
        said = error.sentence
        raise WeightsError(retold(said, name=short_name(name)) if isinstance(said, Text) else said) from error
    uploads = [weights, *_uploads()]
    for old in uploads[_MOST_UPLOADS:]:
        old.path.unlink(missing_ok=True)
    st.session_state["own_weights"] = uploads[:_MOST_UPLOADS]
    return weights


def _uploads() -> list[Weights]:
    return st.session_state.get("own_weights", [])


def _folder() -> Path:
    """A folder of this session only; it goes when the session's state does."""
    if "weights_folder" not in st.session_state:
        st.session_state["weights_folder"] = tempfile.TemporaryDirectory(prefix="overheat-")
    return Path(st.session_state["weights_folder"].name)
