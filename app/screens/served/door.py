"""Which pages may speak to this server.

A browser opens a websocket to any address for any page, also for one from elsewhere, so a tab is let in only if its
page came from this server (``Origin`` is ``Host``). A name that its owner points at this machine would pass that, so
only addresses, names of this machine and the name that was listened on are taken for hosts.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def knows_host(header: str, names: Collection[str]) -> bool:
    """Whether the ``Host`` header is an address, ``localhost``, or one of these names (lower case, with no domain)."""
    host = _host_of(f"//{header}")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host in names or host.partition(".")[0] in names
    return True


def is_own_page(origin: str, host: str) -> bool:
    """Whether the page with this ``Origin`` came from the server that it calls ``host``."""
    scheme, _, rest = origin.partition("://")
    return scheme in {"http", "https"} and bool(rest) and rest.lower() == host.lower()


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
