"""The app's connections send at once, and nothing else that is open suffers from looking for them."""

import os
import socket
import sys

import pytest

from ui.sending import send_at_once

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no list of open files")


def _no_delay(connection):
    return bool(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


@pytest.mark.parametrize("family, address", [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_open_and_later_connections_send_at_once(family, address):
    # As Streamlit makes it: without a protocol, so that asyncio leaves the delay on.
    with socket.socket(family=family) as listening:
        try:
            listening.bind((address, 0))
        except OSError:
            pytest.skip(f"this machine has no {address}")
        listening.listen()
        with socket.create_connection(listening.getsockname()[:2]), listening.accept()[0] as before:
            assert not _no_delay(before)
            send_at_once.__wrapped__()
            assert _no_delay(before)
        with socket.create_connection(listening.getsockname()[:2]), listening.accept()[0] as after:
            assert _no_delay(after)


def test_other_open_files_stay_as_they_are(tmp_path):
    read, write = os.pipe()
    left, right = socket.socketpair()
    with left, right, (tmp_path / "file").open("w") as file:
        send_at_once.__wrapped__()
        os.write(write, b"through the pipe")
        left.sendall(b"through the sockets")
        file.write("into the file")
        file.flush()
        assert os.read(read, 100) == b"through the pipe"
        assert right.recv(100) == b"through the sockets"
    os.close(read)
    os.close(write)
