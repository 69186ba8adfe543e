"""Start an app of Streamlit's in a process of its own and visit it as a browser does, over its websocket.

Everything stays on this machine's loopback address.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE_S = 180.0


@dataclass(frozen=True)
class App:
    """A running app."""

    address: str
    process: psutil.Process

    def megabytes(self) -> float:
        """Resident memory now, with child processes."""
        return sum(p.memory_info().rss for p in self._all()) / 2**20

    def peak_megabytes(self) -> float:
        """Most resident memory since its start; Linux only."""
        peak = 0.0
        for process in self._all():
            status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
            line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
            peak += int(line.split()[1]) / 1024
        return peak

    def _all(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def served(script: Path = ROOT / "streamlit_app.py", folder: Path = ROOT) -> Iterator[App]:
    """Run a script with `streamlit run` in a folder, on a free port; it ends with the block."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port),
        "--server.address", "127.0.0.1", "--server.headless", "true",
        "--server.enableXsrfProtection", "false",
        "--browser.gatherUsageStats", "false",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as log:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process)
            yield App(address, psutil.Process(process.pid))
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("The app ended at its start.")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("The app did not answer.")


@dataclass
class Answer:
    """What came of one run of the script.

    Attributes:
        picture_seconds: until the wanted picture had been fetched, None where there was none.
        seconds: until the script had ended.
        picture: the wanted picture's bytes.
        texts: alerts and exceptions on the page.
    """

    picture_seconds: float | None = None
    seconds: float = 0.0
    picture: bytes = b""
    texts: list[str] = field(default_factory=list)


class Visitor:
    """One visitor's session: sends what a browser sends and takes what it takes, new pictures included."""

    def __init__(self, app: App, page: str = "", wanted: str = "Findings") -> None:
        """Open a page.

        Args:
            app: to visit.
            page: name in the address, "" for the start page.
            wanted: beginning of the caption of the picture waited for.
        """
        from websockets.sync.client import connect

        self.app, self._page, self._wanted = app, page, wanted
        self._keeps_no_files = page == "image"
        self._socket = connect(
            app.address.replace("http", "ws") + "/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            open_timeout=_PATIENCE_S,
        )
        self._session = ""
        self._widgets: dict[tuple[str, str], str] = {}
        self._values: dict[str, Any] = {}
        self._shown: dict[str, bytes] = {}
        self._shown_before: dict[str, bytes] = {}
        self.opened = self._run({}, time.perf_counter())

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def upload(self, *files: tuple[str, bytes]) -> Answer:
        """Put files into the page's first drop zone."""
        from streamlit.proto.Common_pb2 import FileUploaderState, UploadedFileInfo

        start = time.perf_counter()
        message = self._back()
        message.file_urls_request.request_id = uuid.uuid4().hex
        message.file_urls_request.file_names.extend(name for name, _ in files)
        message.file_urls_request.session_id = self._session
        self._socket.send(message.SerializeToString())
        urls = self._until("file_urls_response").file_urls_response.file_urls
        state = FileUploaderState()
        for (name, data), url in zip(files, urls, strict=True):
            self._put(url.upload_url, name, data)
            info = UploadedFileInfo(name=name, size=len(data), file_id=url.file_id)
            info.file_urls.CopyFrom(url)
            state.uploaded_file_info.append(info)
        return self._run({("file_uploader", ""): ("file_uploader_state_value", state)}, start)

    def slide(self, label: str, value: float) -> Answer:
        """Move a slider."""
        from streamlit.proto.Common_pb2 import DoubleArray

        return self._run({("slider", label): ("double_array_value", DoubleArray(data=[value]))})

    def press(self, label: str) -> Answer:
        """Press a button."""
        return self._run({("button", label): ("trigger_value", True)})

    def choose(self, label: str, value: str) -> Answer:
        """Choose in a box of choices."""
        return self._run({("selectbox", label): ("string_value", value)})

    def again(self) -> Answer:
        """Run the script again with nothing changed, as a part of the page that looks by itself does."""
        return self._run({})

    def has(self, kind: str, label: str) -> bool:
        """Whether there is such a widget now."""
        return any(known == kind and words.startswith(label) for known, words in self._widgets)

    def _run(self, changes: dict[tuple[str, str], tuple[str, Any]], start: float | None = None) -> Answer:
        """Run the script with these widgets changed and wait for its end."""
        start = time.perf_counter() if start is None else start
        message = self._back()
        client = message.rerun_script
        client.page_name = self._page
        client.context_info.locale = "en"
        for (kind, label), value in changes.items():
            self._values[self._find(kind, label)] = value
        for identity, (name, value) in self._values.items():
            widget = client.widget_states.widgets.add(id=identity)
            if hasattr(value, "SerializeToString"):
                getattr(widget, name).CopyFrom(value)
            else:
                setattr(widget, name, value)
        # Buttons are told once, and so are files where the app empties its drop zone itself.
        told_once = {"trigger_value"} | ({"file_uploader_state_value"} if self._keeps_no_files else set())
        self._values = {k: v for k, v in self._values.items() if v[0] not in told_once}
        self._shown_before, self._shown = self._shown, {}
        self._socket.send(message.SerializeToString())
        answer = Answer()
        self._until("script_finished", lambda delta: self._take(delta, answer, start))
        answer.seconds = time.perf_counter() - start
        return answer

    def _take(self, delta: Any, answer: Answer, start: float) -> None:
        """Look at one new element."""
        element = delta.new_element
        kind = element.WhichOneof("type")
        inner: Any = getattr(element, kind) if kind else None
        if kind == "imgs":
            for image in inner.imgs:
                data = self._get(image.url)
                if image.caption.startswith(self._wanted):
                    answer.picture, answer.picture_seconds = data, time.perf_counter() - start
        elif kind in ("alert", "exception"):
            answer.texts.append(getattr(inner, "body", "") or getattr(inner, "message", ""))
        elif getattr(inner, "id", ""):
            self._widgets[kind, getattr(inner, "label", "")] = inner.id

    def _find(self, kind: str, label: str) -> str:
        """The id of the first widget of this kind whose label begins so."""
        for (known, words), identity in self._widgets.items():
            if known == kind and words.startswith(label):
                return identity
        raise LookupError(f"There is no {kind} {label!r} on the page; there are {list(self._widgets)}")

    def _until(self, wanted: str, look: Callable[[Any], None] | None = None) -> Any:
        """Take messages up to one of this type."""
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        end = time.monotonic() + _PATIENCE_S
        while True:
            data = self._socket.recv(timeout=max(end - time.monotonic(), 0.01))
            message = ForwardMsg.FromString(data)  # type: ignore[arg-type]
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._session = message.new_session.initialize.session_id or self._session
                self._widgets = {}
            elif kind == "delta" and look and message.delta.WhichOneof("type") == "new_element":
                look(message.delta)
            rerun = (
                kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            )
            if kind == wanted and not rerun:
                return message

    def _back(self) -> Any:
        from streamlit.proto.BackMsg_pb2 import BackMsg

        return BackMsg()

    def _get(self, url: str) -> bytes:
        if not url.startswith("/"):
            return b""  # a logo elsewhere is left alone: nothing here leaves this machine
        data = self._shown_before.get(url)  # a picture that stays on the page is not fetched again
        if data is None:
            with urllib.request.urlopen(self.app.address + url, timeout=_PATIENCE_S) as answer:
                data = answer.read()
        self._shown[url] = data
        return data

    def _put(self, url: str, name: str, data: bytes) -> None:
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
        request = urllib.request.Request(self.app.address + url, body, method="PUT")
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        with urllib.request.urlopen(request, timeout=_PATIENCE_S):
            return


def renamed(jpeg: bytes, number: int) -> bytes:
    """The same JPEG with a comment, so that no cache knows its bytes."""
    comment = f"{number:012d}".encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]
