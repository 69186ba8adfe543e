"""How the browser and the server find each other: directly, by STUN or TURN, and which way it became."""

from __future__ import annotations

import ipaddress
import logging
import os
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import streamlit as st
from streamlit_webrtc.credentials import get_available_ice_servers

from inspection.texts import Text, text

Path = Literal["direct", "STUN", "TURN"]
_TURN_SERVICES = ("CLOUDFLARE_TURN_KEY_ID", "TWILIO_ACCOUNT_SID", "HF_TOKEN")
"""What streamlit-webrtc reads; root-level secrets become such variables, and so do those of an own server:
TURN_URL (several with spaces between), TURN_USERNAME and TURN_PASSWORD."""

log = logging.getLogger(__name__)

_WORDS: dict[Path, Text] = {
    "direct": text("Connection: direct, within this network. No other server takes part."),
    "STUN": text(
        "Connection: direct, after asking a public STUN server (Google's) for this computer's address. "
        "Firewalls and many mobile networks need a TURN server, which is not set up here."
    ),
    "TURN": text("Connection: through the TURN server set up here where it cannot be direct."),
}
_NO_TURN = text(
    "Connection: direct, after asking a public STUN server (Google's) for this computer's address. The TURN "
    "service that is set up here gave no access; whoever runs this app finds the reason in its log."
)
PATH_NAMES: dict[Path, Text] = {
    "direct": text("directly"),
    "STUN": text("directly, by an address learned through STUN"),
    "TURN": text("through a TURN server"),
}
WHEN_IT_FAILS = text(
    "If it does not start, the browser says why:\n"
    "- **NotAllowedError**: the camera was refused. Allow it at the lock beside the page's address.\n"
    "- **NotFoundError**: there is no camera. Connect one, or upload pictures on the Image page.\n"
    "- **NotReadableError**: another program uses the camera. Close that one.\n"
    "- **Not loaded securely**: browsers give the camera to https pages and to localhost only."
)


@dataclass(frozen=True)
class Connection:
    """How the browser and the server find each other.

    Attributes:
        path: "direct", "STUN" or "TURN".
        servers: for WebRTC's configuration.
        refused: a TURN service is set up and gave no access.
    """

    path: Path
    servers: tuple[dict[str, Any], ...] = ()
    refused: bool = False

    @property
    def words(self) -> Text:
        """A sentence about it."""
        return _NO_TURN if self.refused else _WORDS[self.path]


def connection(url: str | None) -> Connection:
    """The way to connect for a page at this address; asks nobody when the page is within the own network."""
    st.secrets.load_if_toml_exists()
    own = _own_turn()
    if own is not None:
        return Connection("TURN", (own,))
    service = any(os.getenv(name) for name in _TURN_SERVICES)
    if not service and _is_near(urlsplit(url or "").hostname):
        return Connection("direct")
    servers = tuple(dict(server) for server in get_available_ice_servers())
    if any("turn" in str(server.get("urls", "")) for server in servers):
        return Connection("TURN", servers)
    return Connection("STUN", servers, refused=service)


def _own_turn() -> dict[str, Any] | None:
    """The server that TURN_URL names, as a browser wants it; None where there is none that it would take."""
    given = os.getenv("TURN_URL", "").split()
    urls = [url for url in given if url.startswith(("turn:", "turns:"))]
    if len(urls) < len(given):
        log.warning("TURN_URL must begin with turn: or turns:; what does not is left out.")
    username, password = os.getenv("TURN_USERNAME", ""), os.getenv("TURN_PASSWORD", "")
    if not urls:
        return None
    if not (username and password):  # a browser refuses a TURN server without them
        log.warning("TURN_URL needs TURN_USERNAME and TURN_PASSWORD beside it; it is not used.")
        return None
    return {"urls": urls, "username": username, "credential": password}


def _is_near(host: str | None) -> bool:
    """Whether a host is this machine or in a private network."""
    if host is None or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def path_used(context: Any) -> Path | None:
    """The way the pictures really take, or None before there is one.

    It is read from aioice's chosen pair of candidates, which has no public name; when that changes, the
    page says only what is set up.
    """
    try:
        peer = context._get_worker().pc
        ice = peer.getTransceivers()[0].receiver.transport.transport._connection
        pair = next(iter(ice._nominated.values()))
        remote = pair.remote_candidate
        kinds = {pair.local_candidate.type, remote.type}
        # A relay whose first packet came before word of it counts as an unknown address at first.
        place = (remote.host, remote.port)
        kinds |= {other.type for other in ice.remote_candidates if (other.host, other.port) == place}
    except (AttributeError, IndexError, StopIteration):
        return None
    return "TURN" if "relay" in kinds else "STUN" if "srflx" in kinds else "direct"
