"""Whom to dial when.

Each address is a small machine: ``idle`` until its time has come, ``dialling`` until the
shell answers, ``up`` while a connection stands. Failures back off from ``FIRST_MS`` to
``LAST_MS``, doubled each time, with jitter so that tills that lost their switch together do
not return together.

A member may be seen under several addresses (IPv4, IPv6, one that is configured): one is tried after the other, and
none while a connection to it stands, whichever way it came about.
"""

from __future__ import annotations

from collections.abc import Container

from replication.core.model import Randomness

FIRST_MS = 250
LAST_MS = 10_000
POLITE_MS = 250
"""The member with the higher id waits this long for the other to dial first: mostly one connection per pair."""
MAX_TARGETS = 1_000


class Target:
    """An address and what became of it."""

    __slots__ = ("failures", "member_id", "next_ms", "seen", "state", "static")

    def __init__(self, member_id: str, static: bool, next_ms: int) -> None:
        self.member_id = member_id
        self.static = static
        self.next_ms = next_ms
        self.state = "idle"
        self.failures = 0
        self.seen = True


class Dialer:
    """All addresses. ``me`` is our member id."""

    def __init__(self, me: str, rng: Randomness) -> None:
        self._me = me
        self._rng = rng
        self._targets: dict[str, Target] = {}
        self._own: set[str] = set()
        """Addresses at which I have met myself; another one with my id is a copy (``clones.py``)."""

    def myself(self, address: str) -> None:
        """It was I who answered there."""
        if len(self._own) < MAX_TARGETS:
            self._own.add(address)

    def sighted(self, address: str, member_id: str, static: bool, now_ms: int) -> None:
        """Somebody may be there."""
        if member_id == self._me and address in self._own:
            return
        target = self._targets.get(address)
        if target is None:
            if len(self._targets) >= MAX_TARGETS:
                return
            polite = POLITE_MS if member_id and self._me > member_id else 0
            self._targets[address] = Target(member_id, static, now_ms + polite)
            return
        target.seen = True
        target.static = target.static or static
        if member_id:
            target.member_id = member_id
        if target.state == "idle":  # it has just shown itself: no reason to wait for a backoff to end
            target.failures = 0
            target.next_ms = min(target.next_ms, now_ms + POLITE_MS)

    @property
    def trying(self) -> bool:
        """Whether an address has not been found unreachable yet, and nobody has answered there."""
        return any(target.failures == 0 and target.state != "up" for target in self._targets.values())

    def lost(self, address: str) -> None:
        """Discovery no longer sees it; a static address stays."""
        self._own.discard(address)
        target = self._targets.get(address)
        if target is not None and not target.static:
            target.seen = False
            if target.state == "idle":
                del self._targets[address]

    def due(self, now_ms: int, connected: Container[str]) -> list[str]:
        """Addresses to dial now, of one member one at a time; they count as dialling from here on."""
        ready = [
            (address, target)
            for address, target in self._targets.items()
            if target.state == "idle" and target.next_ms <= now_ms and target.member_id not in connected
        ]
        if not ready:  # with every tick, and mostly everybody is connected
            return []
        found: list[str] = []
        busy = {target.member_id for target in self._targets.values() if target.state != "idle"} - {""}
        for address, target in ready:
            if target.member_id not in busy:
                target.state = "dialling"
                found.append(address)
                if target.member_id:
                    busy.add(target.member_id)
        return found

    def up(self, address: str, member_id: str) -> None:
        """A connection to the address stands, and this is who answered."""
        target = self._targets.get(address)
        if target is None:
            return
        if member_id == self._me:
            del self._targets[address]
            return
        # Its failures are forgotten when the connection ends well: one that is refused each time is no success.
        target.state, target.member_id = "up", member_id

    def down(self, address: str, now_ms: int, *, failed: bool) -> None:
        """Dialling failed, or the connection ended."""
        target = self._targets.get(address)
        if target is None:
            return
        if not target.static and not target.seen:
            del self._targets[address]
            return
        target.state = "idle"
        target.failures = target.failures + 1 if failed else 0
        if failed and target.static:
            target.member_id = ""  # somebody else may live there now
        pause = min(LAST_MS, FIRST_MS * 2 ** min(target.failures, 10))
        target.next_ms = now_ms + pause // 2 + self._rng.randrange(pause // 2 + 1)
