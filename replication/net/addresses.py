"""Addresses as people and discovery write them, ``HOST:PORT`` or ``[IPv6]:PORT``, and the sockets that belong to them.

A host is a name, an IPv4 address, or an IPv6 address, of the link-local ones with their scope (``fe80::1%eth0``).
"""

from __future__ import annotations

import socket

EVERY_IPV4 = "0.0.0.0"  # noqa: S104 - a till is there to be reached; TLS on both sides admits members only
EVERYWHERE = "::"
"""Every interface, IPv6 and IPv4 on one socket; IPv4 alone where the machine has no IPv6."""
BACKLOG = 128


def split(address: str) -> tuple[str, int]:
    """Host (without brackets) and port; ``ValueError`` for anything else."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ValueError(f"{address[:80]!r} is no address; HOST:PORT is")
    if host[0] == "[" and host[-1] == "]":
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"{address[:80]!r} is no address; an IPv6 address stands in brackets")
    return host, int(port)


def joined(host: str, port: int) -> str:
    """The other way round."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def listening(host: str, port: int) -> socket.socket | None:
    """A listening socket for all of IPv6 and IPv4 if that is what ``host`` means; None: any library listens there.

    ``OSError`` if the port is taken.
    """
    if host != EVERYWHERE:
        return None
    try:
        found = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    except OSError:  # a machine without IPv6
        return socket.create_server((EVERY_IPV4, port), backlog=BACKLOG)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((EVERYWHERE, port))
        found.listen(BACKLOG)
    except OSError:
        found.close()
        raise
    return found
