"""Who may try a TLS handshake: guesses are few, whoever makes them, and cost the others nothing.

Whoever does not have a member's or a released slot's certificate fails in the handshake, so that is where
codes would be guessed and where a flood costs most. A listening socket that is a ``Door`` asks its
``Doorkeeper`` about each connection before any TLS, and tells it how the handshake ended: one that was never
``passed`` has failed. Failures are counted by address (IPv6: by /64, which one machine can have for itself)
and altogether. While there are too many altogether, only addresses that have not failed lately get in; so a
till that is let in for the first time does, from another address than the attack's.

Who is held off is told, each address once in a window, and ``MAX_TOLD`` of them; then that there are more.
"""

from __future__ import annotations

import ipaddress
import socket
from collections import Counter
from collections.abc import Callable
from typing import Any

WINDOW_MS = 60_000
FAILURES_PER_PEER = 30
"""In a window. A till of another network that dials by mistake fails about ten times a minute."""
FAILURES = 300
"""In a window, of all together; beyond that every address has one try."""
MAX_PEERS = 1_000
"""Addresses whose failures are remembered; of more only the sum is."""
UNDER_WAY_PER_PEER = 64
UNDER_WAY = 256
"""Handshakes at once; beyond that every address has one."""

MAX_TOLD = 20
"""Addresses in a window that are told one by one."""
HELD_OFF = "too many handshakes from there have failed or are under way"
MORE_HELD_OFF = "further addresses are held off as well"

Address = tuple[Any, ...]
"""As ``socket.accept`` gives it; host and port first."""


class Doorkeeper:
    """Counts handshakes. ``now_ms`` is a clock that never goes back; ``told`` hears whom it holds off, and why."""

    def __init__(self, now_ms: Callable[[], int], told: Callable[[str, str], None] = lambda _peer, _why: None) -> None:
        self._now_ms = now_ms
        self._told = told
        self._held_off: set[str] = set()
        self._window_ends_ms = 0
        self._failures: Counter[str] = Counter()
        self._failed = 0
        self._under_way: dict[Address, str] = {}
        self._of_peer: Counter[str] = Counter()

    def admits(self, address: Address) -> bool:
        """Whether a connection from there may begin a handshake; if so, its end has to be told."""
        self._turn_window()
        peer = peer_of(address)
        failures, under_way = self._failures[peer], self._of_peer[peer]
        too_many = failures >= FAILURES_PER_PEER or under_way >= UNDER_WAY_PER_PEER
        one_each = (self._failed >= FAILURES and failures) or (len(self._under_way) >= UNDER_WAY and under_way)
        if too_many or one_each:
            self._tell(peer)
            return False
        self._under_way[address[:2]] = peer
        self._of_peer[peer] += 1
        return True

    def passed(self, address: Address) -> None:
        """The handshake is over, and the other side has a certificate that is trusted."""
        self._end(address)

    def closed(self, address: Address) -> None:
        """The connection is closed: if it never passed, that was a failure."""
        peer = self._end(address)
        if not peer:
            return
        self._turn_window()
        self._failed += 1
        if peer in self._failures or len(self._failures) < MAX_PEERS:
            self._failures[peer] += 1

    def _end(self, address: Address) -> str:
        peer = self._under_way.pop(address[:2], "")
        if peer:
            self._of_peer[peer] -= 1
            if not self._of_peer[peer]:
                del self._of_peer[peer]
        return peer

    def _tell(self, peer: str) -> None:
        if peer in self._held_off or len(self._held_off) > MAX_TOLD:
            return
        self._held_off.add(peer)
        if len(self._held_off) <= MAX_TOLD:
            self._told(peer, HELD_OFF)
        else:
            self._told("", MORE_HELD_OFF)

    def _turn_window(self) -> None:
        if self._now_ms() >= self._window_ends_ms:
            self._window_ends_ms = self._now_ms() + WINDOW_MS
            self._failures.clear()
            self._held_off.clear()
            self._failed = 0


class Door(socket.socket):
    """A listening socket that lets in only whom its keeper admits."""

    keeper: Doorkeeper

    @classmethod
    def at(cls, host: str, port: int, keeper: Doorkeeper) -> Door:
        """Bind; ``OSError`` if that cannot be."""
        family, _kind, _protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        door = cls(family, socket.SOCK_STREAM)
        try:
            door.keeper = keeper
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
        except OSError:
            door.close()
            raise
        return door

    @classmethod
    def instead_of(cls, listening: socket.socket, keeper: Doorkeeper) -> Door:
        """The same socket with a keeper."""
        door = cls(listening.family, listening.type, listening.proto, fileno=listening.detach())
        door.keeper = keeper
        return door

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection; ``ConnectionAbortedError`` for one that is not admitted, which asyncio passes over."""
        connection, address = super().accept()
        if not self.keeper.admits(address):
            connection.close()
            raise ConnectionAbortedError("too many failed handshakes from there")
        watched = _Watched(connection.family, connection.type, connection.proto, fileno=connection.detach())
        watched.closed = lambda: self.keeper.closed(address)
        return watched, address


class _Watched(socket.socket):
    """A connection that tells when it is closed."""

    closed: Callable[[], None] | None = None

    def close(self) -> None:
        closed, self.closed = self.closed, None
        super().close()
        if closed is not None:
            closed()


def peer_of(address: Address) -> str:
    """Whom an address stands for."""
    host = str(address[0]).partition("%")[0]
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.IPv6Network((ip, 64), strict=False))
    return str(ip)
