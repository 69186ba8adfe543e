"""Whose saved results this session may see.

On a server, everybody has an id of 256 random bits in a cookie of their own browser. It is not in the
address, because links are passed on and carry the settings; and not in local storage, because the server
could not see it before the page is drawn. The store holds only its hash, so a copy of it lets nobody in.

On a personal machine there is one owner, whichever browser is used. A server counts as personal only when it
listens on this machine's own address (server.address = localhost), and only for browsers that call it by such
an address without a proxy in between: behind a proxy, people who do not know each other come from "localhost"
too. Streamlit's usual start listens for the whole network and so counts as shared. OVERHEAT_SHARED = 0 or 1
says it outright, for machines that only their owner can reach and for tunnels to a shared one.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import secrets
from urllib.parse import urlsplit

import streamlit as st

PERSONAL = "personal"
"""The one owner of a personal machine."""

COOKIE = "overheat_visitor"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")

# Another tab may have been faster: then its id stays, and this session takes it over. Renewed at each visit.
_JS = """
export default function ({ data, setStateValue }) {
  const found = document.cookie.match(new RegExp("(?:^|; )" + data.cookie + "=([A-Za-z0-9_-]{43})(?:;|$)"));
  const token = found ? found[1] : data.token;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${data.cookie}=${token}; path=${data.path}; max-age=34560000; samesite=lax${secure}`;
  const held = document.cookie.includes(`${data.cookie}=${token}`) ? token : "refused";
  if (held !== data.token) setStateValue("held", held);
}
"""


def is_personal() -> bool:
    """Whether everybody who reaches this server is the same person."""
    said = os.environ.get("OVERHEAT_SHARED", "").strip().lower()
    if said:
        return said in ("0", "no", "false", "off")
    headers = st.context.headers
    hosts = [st.get_option("server.address"), headers.get("Host"), headers.get("Origin")]
    return all(map(_is_loopback, hosts)) and not any(headers.get(name) for name in _PROXY_HEADERS)


def owner() -> str:
    """The name under which the store knows this visitor."""
    return PERSONAL if is_personal() else _owner_of(_token())


def keep_visitor() -> tuple[str, str] | None:
    """Give the browser its id, or take over the one it has; drawn by every page.

    Returns:
        The owner until now and from now on, when another tab had already given the browser an id.
    """
    if is_personal():
        return None
    state, before = st.session_state, _token()
    cookie = st.components.v2.component("overheat_visitor", js=_JS)
    path = "/" + str(st.get_option("server.baseUrlPath") or "").strip("/")
    answer = cookie(
        key="visitor_cookie", data={"cookie": COOKIE, "token": before, "path": path}, on_held_change=_nothing
    )
    held = str(answer.get("held") or "")
    state["visitor_refused"] = held == "refused"
    if held == before or not _TOKEN.fullmatch(held):
        return None
    state["visitor"] = held
    return _owner_of(before), _owner_of(held)


def cookies_refused() -> bool:
    """Whether the browser keeps no cookie, so that its results are lost with the tab."""
    return bool(st.session_state.get("visitor_refused")) and not is_personal()


def _token() -> str:
    """The browser's id as its cookie says, or a new one."""
    state = st.session_state
    if "visitor" not in state:
        sent = str(st.context.cookies.get(COOKIE, ""))
        state["visitor"] = sent if _TOKEN.fullmatch(sent) else secrets.token_urlsafe(32)
    return str(state["visitor"])


def _owner_of(token: str) -> str:
    return hashlib.sha256(f"overheat-inspector visitor {token}".encode()).hexdigest()


def _is_loopback(address: str | None) -> bool:
    """Whether an address, a host with a port or an origin is this machine's own."""
    if not address:
        return False
    host = urlsplit(address if "//" in address else f"//{address}").hostname or address
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _nothing() -> None:
    """A component's state needs somebody who listens."""
