"""Asking everyone before something is used up (DESIGN §4, in its first form).

Theory of operation. A *claim* names a resource. The claimant asks every member it is connected
to and may use the resource when all of them have promised. Two claims at once are decided as
in Ricart and Agrawala's algorithm: the lower (hybrid time, member id) goes first; the other
member keeps its promise back until the first is done.

Rule 1. A member that has promised a resource is *locked* on it: it is not granted its own claim
on it until the lock ends. A lock ends when the claimant's release has arrived **and** everything
that the claimant had written by then has been applied here, or after ``TTL_MS``.

Rule 2. A promise carries the positions of all circulation feeds that the promiser has on disk. It
counts only when the claimant has applied at least these: whoever used the resource before, the
claimant knows of it.

Rule 3. A member promises two claimants at once only if they have asked each other, and so settle
the order between themselves; otherwise the second waits.

Rule 4. A claim may be used for ``USE_MS`` after it began, by the claimant's own monotonic clock;
locks elsewhere began later and last longer (``TTL_MS``).

Rule 5. If a member that was asked is lost before it promised, the claim begins anew without it:
what the network now looks like decides its coverage.

Everything here is arguments in, messages and outcomes out: ``hub.py`` carries them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from replication.core import wire
from replication.core.model import Feed
from replication.core.wire import RemoteError

GIVE_UP_MS = 1_000
USE_MS = 1_500
TTL_MS = 2_000
CATCH_UP_MS = 10_000
"""How much longer a lock lasts whose release has arrived, but not what the claimant wrote before it."""
MAX_LOCKS = 1_000
MAX_LOCKS_OF_ONE = 100
"""Claims of one member at a time: nobody can fill the table, so that nobody else is answered."""
MAX_ASKED = 5_000
MAX_RELEASED = 8
"""Feeds that a release names: the claimant's own one, and room for later versions."""
MAX_RESOURCE_CHARS = 200


class Tell(msgspec.Struct, frozen=True):
    """A message of ours to a member."""

    member: str
    body: dict[str, Any]


class Done(msgspec.Struct, frozen=True):
    """The end of asking; ``promised`` are the member ids that did."""

    ticket: int
    claim_id: str
    granted: bool
    promised: tuple[str, ...]
    reason: str = ""


Outcome = Tell | Done


class _Own(msgspec.Struct):
    """A claim of mine. ``state``: waiting, granted, ended."""

    ticket: int
    claim_id: str
    resource: str
    hlc: str
    asked: frozenset[str]
    began_ms: int
    promised: set[str] = msgspec.field(default_factory=set)
    deferred: set[str] = msgspec.field(default_factory=set)
    needed: dict[Feed, int] = msgspec.field(default_factory=dict)
    state: str = "waiting"
    writing: int = 0


class _Foreign(msgspec.Struct):
    """Another member's claim: waiting for my promise, or promised (then a lock until ``expires_ms``)."""

    member: str
    claim_id: str
    hlc: str
    asked: frozenset[str]
    arrived_ms: int
    told_to_wait: bool = False
    promised: bool = False
    expires_ms: int = 0
    released_at: dict[Feed, int] | None = None


class Claims:
    """All claims that concern this member.

    ``applied(feed)`` is how far the books know a feed; ``positions()`` how far the circulation
    feeds are on disk here.
    """

    def __init__(self, me: str, applied: Callable[[Feed], int], positions: Callable[[], Mapping[Feed, int]]) -> None:
        self._me = me
        self._applied = applied
        self._positions = positions
        self._own: dict[str, _Own] = {}
        self._foreign: dict[str, list[_Foreign]] = {}

    # --- my claims -----------------------------------------------------------

    def start(
        self, now_ms: int, *, ticket: int, claim_id: str, resource: str, hlc: str, asked: frozenset[str]
    ) -> list[Outcome]:
        """Begin a claim of mine."""
        claim = _Own(ticket, claim_id, resource, hlc, asked, now_ms)
        if any(own.resource == resource and own.state != "ended" for own in self._own.values()):
            return [Done(ticket, claim_id, False, (), "busy")]
        self._own[claim_id] = claim
        body = {"t": "claim", "id": claim_id, "resource": resource, "hlc": hlc, "asked": sorted(asked)}
        return [*(Tell(member, body) for member in sorted(asked)), *self._grant_if_complete(claim)]

    def may_write(self, now_ms: int, claim_id: str) -> bool:
        """Whether the claim is granted and still young enough to be used."""
        claim = self._own.get(claim_id)
        return claim is not None and claim.state == "granted" and now_ms - claim.began_ms < USE_MS

    def writing(self, claim_id: str, change: int) -> None:
        """A batch under the claim is on its way to disk (+1) or has arrived or failed (-1)."""
        claim = self._own.get(claim_id)
        if claim is not None:
            claim.writing += change

    def release(self, now_ms: int, claim_id: str) -> list[Outcome]:
        """My claim is done with: everyone who promised may go on once it has what I wrote."""
        claim = self._own.pop(claim_id, None)
        if claim is None:
            return []
        claim.state = "ended"
        return [*self._tell_released(claim), *self._reconsider(now_ms, claim.resource)]

    def _tell_released(self, claim: _Own) -> list[Outcome]:
        mine = Feed(self._me, "circulation")
        position = {str(mine): self._positions().get(mine, 0)}
        body = {"t": "release", "id": claim.claim_id, "resource": claim.resource, "positions": position}
        return [Tell(member, body) for member in sorted(claim.asked)]

    def _grant_if_complete(self, claim: _Own) -> list[Outcome]:
        if (
            claim.state != "waiting"
            or not claim.promised >= claim.asked
            or any(self._applied(feed) < seq for feed, seq in claim.needed.items())
            or any(lock.promised for lock in self._foreign.get(claim.resource, ()))
        ):
            return []
        claim.state = "granted"
        return [Done(claim.ticket, claim.claim_id, True, tuple(sorted(claim.promised)))]

    # --- messages ------------------------------------------------------------

    def on_message(self, now_ms: int, sender: str, body: dict[str, Any]) -> list[Outcome]:
        """A claim, promise, defer or release of a member; ``RemoteError`` if it is malformed."""
        match body.get("t"):
            case "claim":
                return self._on_claim(now_ms, sender, body)
            case "promise":
                claim = self._asked_of(sender, body)
                if claim is None:
                    return []
                claim.promised.add(sender)
                for feed, seq in wire.positions_from_wire(body.get("positions")).items():
                    claim.needed[feed] = max(seq, claim.needed.get(feed, 0))
                return self._grant_if_complete(claim)
            case "defer":
                claim = self._asked_of(sender, body)
                if claim is not None:
                    claim.deferred.add(sender)
                return []
            case "release":
                return self._on_release(now_ms, sender, body)
        raise RemoteError("unknown claim message")

    def _asked_of(self, sender: str, body: dict[str, Any]) -> _Own | None:
        claim = self._own.get(wire.text(body, "id"))
        return claim if claim is not None and claim.state == "waiting" and sender in claim.asked else None

    def _on_claim(self, now_ms: int, sender: str, body: dict[str, Any]) -> list[Outcome]:
        resource, asked = wire.text(body, "resource"), body.get("asked")
        if len(resource) > MAX_RESOURCE_CHARS:
            raise RemoteError("the name of a resource is too long")
        if not isinstance(asked, list) or len(asked) > MAX_ASKED or not all(_is_name(name) for name in asked):
            raise RemoteError("a claim names whom it asks")
        held = [claim.member for claims in self._foreign.values() for claim in claims]
        if len(held) >= MAX_LOCKS or held.count(sender) >= MAX_LOCKS_OF_ONE:
            return []  # unanswered: the claimant gives up by itself
        queue = self._foreign.setdefault(resource, [])
        queue.append(_Foreign(sender, wire.text(body, "id"), wire.text(body, "hlc"), frozenset(asked), now_ms))
        return self._reconsider(now_ms, resource)

    def _on_release(self, now_ms: int, sender: str, body: dict[str, Any]) -> list[Outcome]:
        resource, claim_id = wire.text(body, "resource"), wire.text(body, "id")
        positions = wire.positions_from_wire(body.get("positions"))
        if len(positions) > MAX_RELEASED:
            raise RemoteError("a release names the claimant's own feed")
        for claim in self._foreign.get(resource, ()):
            if claim.claim_id == claim_id and claim.member == sender:
                claim.released_at = positions
        return self._reconsider(now_ms, resource)

    # --- time and circumstances ----------------------------------------------

    def progress(self, now_ms: int) -> list[Outcome]:
        """Time has passed, or something has been applied."""
        outcomes: list[Outcome] = []
        for claim in list(self._own.values()):
            age_ms = now_ms - claim.began_ms
            if claim.state == "waiting":
                outcomes += self._grant_if_complete(claim)
            if claim.state == "waiting" and age_ms >= GIVE_UP_MS:
                locked = any(lock.promised for lock in self._foreign.get(claim.resource, ()))
                silent = claim.asked - claim.promised - claim.deferred
                reason = "unanswered" if silent or not (locked or claim.deferred) else "busy"
                outcomes.append(Done(claim.ticket, claim.claim_id, False, tuple(sorted(claim.promised)), reason))
                outcomes += self.release(now_ms, claim.claim_id)
            elif claim.state == "granted" and age_ms >= USE_MS and not claim.writing:
                outcomes += self.release(now_ms, claim.claim_id)  # its user is gone
        for resource in list(self._foreign):
            outcomes += self._reconsider(now_ms, resource)
        return outcomes

    def interrupted_by(self, member: str) -> list[tuple[int, str, str, int]]:
        """My waiting claims that ``member`` was asked for and has not promised: (ticket, claim id, resource, began)."""
        return [
            (claim.ticket, claim.claim_id, claim.resource, claim.began_ms)
            for claim in self._own.values()
            if claim.state == "waiting" and member in claim.asked and member not in claim.promised
        ]

    def restarted(self, claim_id: str, began_ms: int) -> None:
        """The claim took another's place: its time runs from when that one began."""
        claim = self._own.get(claim_id)
        if claim is not None:
            claim.began_ms = began_ms

    def _reconsider(self, now_ms: int, resource: str) -> list[Outcome]:
        """End locks that have run out, then promise whoever may be promised now."""
        queue = [claim for claim in self._foreign.get(resource, ()) if not self._is_over(claim, now_ms)]
        outcomes: list[Outcome] = []
        mine = next((own for own in self._own.values() if own.resource == resource and own.state != "ended"), None)
        for claim in sorted(queue, key=lambda waiting: (waiting.hlc, waiting.member)):
            if claim.promised:
                continue
            i_go_first = mine is not None and (
                mine.state == "granted" or (mine.hlc, self._me) < (claim.hlc, claim.member)
            )
            if i_go_first or any(lock.promised and not _hear_each_other(lock, claim) for lock in queue):
                if not claim.told_to_wait:
                    claim.told_to_wait = True
                    outcomes.append(Tell(claim.member, {"t": "defer", "id": claim.claim_id}))
                continue
            claim.promised = True
            claim.expires_ms = now_ms + TTL_MS
            positions = wire.positions_to_wire(dict(self._positions()))
            outcomes.append(Tell(claim.member, {"t": "promise", "id": claim.claim_id, "positions": positions}))
        if queue:
            self._foreign[resource] = queue
        else:
            self._foreign.pop(resource, None)
        if mine is not None:
            outcomes += self._grant_if_complete(mine)
        return outcomes

    def _is_over(self, claim: _Foreign, now_ms: int) -> bool:
        if claim.released_at is not None and all(self._applied(f) >= seq for f, seq in claim.released_at.items()):
            return True
        if claim.promised:
            return now_ms >= claim.expires_ms + (CATCH_UP_MS if claim.released_at is not None else 0)
        return now_ms - claim.arrived_ms >= GIVE_UP_MS


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= wire.MAX_MEMBER_CHARS


def _hear_each_other(one: _Foreign, other: _Foreign) -> bool:
    return one.member == other.member or (one.member in other.asked and other.member in one.asked)
