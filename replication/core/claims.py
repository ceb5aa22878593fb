"""Asking everyone before something is used up (DESIGN §4): the claims of one member, and what it promised others.

Theory of operation. A *claim* names one or several resources. The claimant asks every member that it can
reach, itself included, and may use the resources once they have promised. It is Maekawa's algorithm with
everybody as the quorum; of two claims the one with the lower (hybrid time, member id) goes first, as with
Ricart and Agrawala::

    claimant                                     promiser
    claim(id, resources, hybrid time)  ───────►  free: locked for the claimant
                                       ◄───────  promise(id, positions, doubts)
                                                 taken: it waits in the order of its hybrid time
                                       ◄───────  defer(id)
                                                 cannot vouch for itself (just crashed, put back, table full)
                                       ◄───────  refuse(id, reason)
                                                 a claim that goes first has come meanwhile
                                       ◄───────  inquire(id)
    not granted yet: it gives that     ───────►  locked for the one that goes first
    promise back, yield(id)
    done, or given up: release(id,     ───────►  unlocked once these are applied here; the next is promised
    its own positions)

1. **One lock a resource.** A member has promised a resource to one claimant at most. Two claims that both have
   the promise of one and the same member are never granted together; and each claimant asks itself first.
2. **A promise tells all.** It carries the positions of all circulation feeds that the promiser has applied or will
   apply, and counts only when the claimant has applied as much: whoever used the resource before, it knows.
3. **Locks end** with the claimant's release, once what it had written by then is applied here, or ``TTL_MS`` after
   the promise. The claimant may write for ``USE_MS`` after it *began*, by its own monotonic clock: it began before
   anybody promised, and ``TTL_MS`` is a third more, so clocks may run differently by far more than 1 %.
   Nothing prolongs a lock: whoever dies holds nothing up for longer than that.
4. **Several resources** are locked all at once or not at all, and who waits for some reserves them against claims
   that go after it. All claims stand in one order, so somebody always goes first: there is no deadlock. A lock
   that was given too early to a claim that goes later is asked back (*inquire*).
5. **Silence.** Who has said nothing for ``SILENT_MS`` counts as missing, and so does who refuses, and who knows of
   facts that do not come here within ``GIVE_UP_MS``. The claim is granted all the same, with incomplete coverage:
   a policy decides what that is worth. Time in which this member itself stood still does not count against others.
   Only a claim that waits for another one ends refused (``busy``).
6. **Crashes.** A member that did not end in order promises nothing for ``TTL_MS`` after its start: it has forgotten
   what it promised. Claims of a member that comes back in a new session end with the positions it comes back with.
   What it has promised it may meanwhile use itself, without the claimant's word: not with complete coverage.
7. **Doubts.** A lock that ran out leaves a doubt: its claimant may have used the resource, and nobody knows. Whoever
   is promised later hears of it, and without that claimant's own promise coverage is incomplete, be it revoked,
   signed off or not known here yet. ``doubts.py`` says when a doubt is settled and how it outlives a restart.
   Who is known to have signed off is promised nothing until the record of its coming back is on disk here: else a
   crash could make this member believe that it is still away.
8. **Who is asked** changes under way: a member whose link ends is not waited for any longer, one that comes is asked
   too, and coverage is what the roster says when the claim is granted (``asking.py``): a member that joined
   meanwhile is not forgotten.

Why complete coverage is enough. Let A and B both use a resource with complete coverage. Each was promised by the
other (or knows from the feeds that it signed off, with all that it wrote before). B promised A before it was itself
granted, or after: in the first case B could not be granted before A's lock ended at B, and it ended with A's facts
applied, or after A could not write any more, its ``TTL`` over, and then A's own promise to B told what it had
written. The second case is the first one with the names changed.

Everything here is arguments in, messages and outcomes out: ``asking.py`` carries them. The model of it is checked by
an exhaustive search (``tests/simulation/test_claims_model.py``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

from replication.core import wire
from replication.core.claim_messages import (
    Done,
    Key,
    Outcome,
    Own,
    Progress,
    Request,
    Tell,
    claim_message,
    refusal,
    resources_of,
)
from replication.core.doubts import LASTING_MS, Doubt, Doubts
from replication.core.model import Feed
from replication.core.wire import RemoteError

SILENT_MS = 300
GIVE_UP_MS = 1_000
USE_MS = 1_500
TTL_MS = 2_000
PROGRESS_MS = 100
"""From this age on a claim tells how far it is."""
STANDSTILL_MS = 100
"""More than this between two looks is this member's own standstill, not the others' silence."""
MAX_LOCKS = 1_000
MAX_LOCKS_OF_ONE = 100
"""Claims of one member at a time: nobody can fill the table, so that nobody else is answered."""
MAX_RELEASED = 8
"""Feeds that a release names: the claimant's own one, and room for later versions."""


_place = attrgetter("key")


class Claims:
    """All claims that concern this member.

    ``applied(feed)`` is how far the books know a feed; ``positions()`` how far the circulation feeds are on disk
    here. ``silent_until_ms``: before that, by the monotonic clock, nothing is promised (theory, 6). ``doubts`` is what
    ``to_keep`` gave before this member ended.
    """

    def __init__(
        self,
        me: str,
        applied: Callable[[Feed], int],
        positions: Callable[[], Mapping[Feed, int]],
        silent_until_ms: int = 0,
        doubts: str | None = None,
    ) -> None:
        self._me = me
        self._applied = applied
        self._positions = positions
        self.silent_until_ms = silent_until_ms
        self._own: dict[str, Own] = {}
        self._requests: dict[Key, Request] = {}
        """Others' claims and mine, by (member, claim id)."""
        self._locks: dict[str, Request] = {}
        """By resource: who has my promise."""
        self._doubts = Doubts(applied, doubts)
        self._looked_ms: int | None = None
        self._released: deque[tuple[int, frozenset[str], dict[str, Any]]] = deque(maxlen=MAX_LOCKS_OF_ONE)
        """Releases of the last ``TTL_MS``, with whom they concern: a link may end with one on its way."""

    # --- my claims -----------------------------------------------------------

    def start(
        self, now_ms: int, *, ticket: int, claim_id: str, resources: Iterable[str], hlc: str, asked: Iterable[str]
    ) -> list[Outcome]:
        """Begin a claim of mine; ``asked`` are the members that can be reached."""
        wanted = frozenset(resources)
        if any(own.resources & wanted for own in self._own.values()):
            return [Done(ticket, claim_id, False, (), reason="busy")]
        claim = Own(ticket, claim_id, wanted, hlc, set(asked), now_ms)
        if not self._own:
            self._looked_ms = now_ms
        self._own[claim_id] = claim
        self._requests[self._me, claim_id] = Request(self._me, claim_id, wanted, (hlc, self._me), now_ms)
        return [*(Tell(member, claim_message(claim)) for member in sorted(claim.asked)), *self._reconsider(now_ms)]

    def ask_too(self, member: str) -> list[Outcome]:
        """A member has come that can be asked now; it may have missed a release that was on its way."""
        outcomes: list[Outcome] = [Tell(member, body) for _, asked, body in self._released if member in asked]
        for claim in self._own.values():
            if claim.state == "waiting" and member not in claim.asked:
                claim.asked.add(member)
                outcomes.append(Tell(member, claim_message(claim)))
        return outcomes

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
        self._forget(self._requests[self._me, claim_id])
        mine = Feed(self._me, "circulation")
        body = {"t": "release", "id": claim_id, "positions": {str(mine): self._positions().get(mine, 0)}}
        self._released.append((now_ms, frozenset(claim.asked), body))
        return [*(Tell(member, body) for member in sorted(claim.asked)), *self._reconsider(now_ms)]

    def cancel(self, now_ms: int, ticket: int) -> list[Outcome]:
        """Whoever wanted the claim does not want it any more; one that is granted is left as it is."""
        for claim in list(self._own.values()):
            if claim.ticket == ticket and claim.state == "waiting":
                return self._end(now_ms, claim, "cancelled")
        return []

    @property
    def promises(self) -> bool:
        """Whether another member has a promise of mine."""
        return any(request.locked and request.member != self._me for request in self._requests.values())

    @property
    def locks(self) -> list[tuple[str, str, str, int]]:
        """What is promised now: resource, member, claim id, and when the lock ends by the monotonic clock."""
        return [
            (resource, request.member, request.claim_id, request.expires_ms)
            for resource, request in self._locks.items()
        ]

    def to_keep(self, now_ms: int) -> str | None:
        """What this member must not forget of its promises when it ends, however it ends; None if there is nothing."""
        lasting = [
            (resource, request.member, request.session)
            for resource, request in self._locks.items()
            if request.member != self._me and now_ms - request.expires_ms + TTL_MS >= LASTING_MS
        ]
        return self._doubts.text(sorted(lasting))

    def close(self) -> list[Outcome]:
        """This member ends: whoever still waits for a promise does not get one."""
        waiting = [one for one in self._requests.values() if not one.locked and one.member != self._me]
        for request in waiting:
            self._forget(request)
        return [refusal(request.member, request.claim_id, "ending") for request in waiting]

    # --- messages ------------------------------------------------------------

    def on_message(self, now_ms: int, sender: str, body: dict[str, Any], session: str = "") -> list[Outcome]:
        """A message of the protocol; ``RemoteError`` if it is malformed. ``session``: which start of the sender's."""
        claim_id = wire.text(body, "id")
        match body.get("t"):
            case "claim":
                return self._on_claim(now_ms, sender, claim_id, body, session)
            case "release":
                return self._on_release(now_ms, sender, claim_id, body)
            case "yield":
                request = self._requests.get((sender, claim_id))
                if request is None or not request.locked:
                    return []
                self._unlock(request)
                return self._reconsider(now_ms)
            case "promise" | "defer" | "refuse" | "inquire" as what:
                claim = self._own.get(claim_id)
                if claim is None or claim.state != "waiting" or sender not in claim.asked:
                    return []
                return self._on_answer(claim, sender, what, body)
        raise RemoteError("unknown claim message")

    def _on_answer(self, claim: Own, sender: str, what: str, body: dict[str, Any]) -> list[Outcome]:
        if what == "inquire":
            if sender not in claim.promised:
                return []
            del claim.promised[sender]
            claim.deferred.add(sender)
            return [Tell(sender, {"t": "yield", "id": claim.claim_id})]
        claim.deferred.discard(sender)
        if what == "promise":
            positions = wire.positions_from_wire(body.get("positions"))
            claim.promised[sender] = positions
            self._doubts.promised(claim.resources, sender, positions.get(Feed(sender, "circulation"), 0))
            if "doubts" in body:
                claim.doubtful |= wire.members(body, "doubts")
        elif what == "defer":
            claim.deferred.add(sender)
        else:
            claim.refused.add(sender)
        return self._grant_if_complete(claim)

    def _on_claim(self, now_ms: int, sender: str, claim_id: str, body: dict[str, Any], session: str) -> list[Outcome]:
        resources = resources_of(body)
        hlc = wire.text(body, "hlc")
        before = self._requests.get((sender, claim_id))
        if before is not None:  # its link ended and came back: the answer may not have arrived
            defer = {"t": "defer", "id": claim_id}
            return [Tell(sender, self._promise(before) if before.locked else defer)]
        if now_ms < self.silent_until_ms:
            return [refusal(sender, claim_id, "started")]
        of_sender = sum(member == sender for member, _ in self._requests)
        if len(self._requests) >= MAX_LOCKS or of_sender >= MAX_LOCKS_OF_ONE:
            return [refusal(sender, claim_id, "full")]
        request = Request(sender, claim_id, resources, (hlc, sender), now_ms, session)
        self._requests[sender, claim_id] = request
        return self._reconsider(now_ms)

    def _on_release(self, now_ms: int, sender: str, claim_id: str, body: dict[str, Any]) -> list[Outcome]:
        positions = wire.positions_from_wire(body.get("positions"))
        if len(positions) > MAX_RELEASED:
            raise RemoteError("a release names the claimant's own feed")
        request = self._requests.get((sender, claim_id))
        if request is None:
            return []
        request.released_at = positions
        return self._reconsider(now_ms)

    def _how_far(self, claim: Own) -> list[Outcome]:
        """Tell how far it is, if that has changed."""
        promised = claim.promised.keys() - {self._me}
        waiting = claim.asked - claim.promised.keys() - claim.refused
        told = (len(promised), len(waiting))
        if told == claim.told:
            return []
        claim.told = told
        return [Progress(claim.ticket, tuple(sorted(promised)), tuple(sorted(waiting)))]

    # --- time and circumstances ----------------------------------------------

    def progress(self, now_ms: int) -> list[Outcome]:
        """Time has passed, or something has been applied."""
        passed_ms = now_ms - self._looked_ms if self._looked_ms is not None else 0
        self._looked_ms = now_ms
        while self._released and now_ms - self._released[0][0] >= TTL_MS:
            self._released.popleft()
        outcomes: list[Outcome] = []
        for claim in list(self._own.values()):
            if claim.state == "waiting":
                claim.waited_ms += min(passed_ms, STANDSTILL_MS)
                outcomes += self._grant_if_complete(claim)
            if claim.state == "waiting" and now_ms - claim.began_ms >= GIVE_UP_MS:
                outcomes += self._give_up(now_ms, claim)
            if claim.state == "waiting" and claim.waited_ms >= PROGRESS_MS:
                outcomes += self._how_far(claim)
            if claim.state == "granted" and now_ms - claim.began_ms >= USE_MS and not claim.writing:
                outcomes += self.release(now_ms, claim.claim_id)  # its user is gone
        return [*outcomes, *self._reconsider(now_ms)] if self._requests else outcomes

    def gone(self, member: str) -> list[Outcome]:
        """A member cannot be reached any more: it is not waited for; what it promised holds."""
        outcomes: list[Outcome] = []
        for claim in self._own.values():
            if claim.state == "waiting" and member in claim.asked and member not in claim.promised:
                claim.asked.discard(member)
                claim.deferred.discard(member)
                outcomes += self._grant_if_complete(claim)
        return outcomes

    def came_back(self, now_ms: int, member: str, session: str, position: int) -> list[Outcome]:
        """A member says how far its circulation feed is; claims of a session before this one are done with."""
        self._doubts.came_back(member, session, position)
        before = [
            request
            for request in self._requests.values()
            if request.member == member and request.session not in ("", session) and request.released_at is None
        ]
        for request in before:
            request.released_at = {Feed(member, "circulation"): position}
        return self._reconsider(now_ms) if before else []

    # --- deciding ------------------------------------------------------------

    def _grant_if_complete(self, claim: Own) -> list[Outcome]:
        """Grant it if everybody has promised who can be waited for."""
        if claim.state != "waiting" or self._me not in claim.promised:
            return []
        open_ = claim.asked - claim.promised.keys() - claim.refused
        if open_ & claim.deferred or (open_ and claim.waited_ms < SILENT_MS):
            return []
        if len(self._counting(claim)) < len(claim.promised):
            return []
        return self._grant(claim)

    def _grant(self, claim: Own) -> list[Outcome]:
        claim.state = "granted"
        counting = self._counting(claim)
        doubtful = (claim.doubtful | self._doubts.about(claim.resources)) - counting
        return [Done(claim.ticket, claim.claim_id, True, tuple(sorted(counting - {self._me})), frozenset(doubtful))]

    def _counting(self, claim: Own) -> set[str]:
        """Whose promises count: I have applied all that they knew of."""
        return {
            member
            for member, needed in claim.promised.items()
            if all(self._applied(feed) >= seq for feed, seq in needed.items())
        }

    def _give_up(self, now_ms: int, claim: Own) -> list[Outcome]:
        open_ = claim.asked - claim.promised.keys() - claim.refused
        if self._me in claim.promised and not open_ & claim.deferred:
            return self._grant(claim)
        return self._end(now_ms, claim, "busy")

    def _end(self, now_ms: int, claim: Own, reason: str) -> list[Outcome]:
        promised = tuple(sorted(claim.promised.keys() - {self._me}))
        done = Done(claim.ticket, claim.claim_id, False, promised, reason=reason)
        return [done, *self.release(now_ms, claim.claim_id)]

    def _reconsider(self, now_ms: int) -> list[Outcome]:
        """End what is over, then promise in order whoever can be promised."""
        for request in [request for request in self._requests.values() if self._is_over(request, now_ms)]:
            self._forget(request)
        outcomes: list[Outcome] = []
        reserved: set[str] = set()
        waiting = [request for request in self._requests.values() if not request.locked]
        if len(waiting) > 1:
            waiting.sort(key=_place)
        for request in waiting:
            outcomes += self._consider(request, reserved, now_ms)
            if not request.locked:
                reserved |= request.resources
        return outcomes

    def _consider(self, request: Request, reserved: set[str], now_ms: int) -> list[Outcome]:
        """Promise this claim its resources, or say that it has to wait; those of ``reserved`` others go for first."""
        outcomes: list[Outcome] = []
        for resource in sorted(request.resources):
            holder = self._locks.get(resource)
            if holder is not None and holder.key > request.key:
                outcomes += self._ask_back(holder)
        if request.resources & reserved or (self._locks and any(each in self._locks for each in request.resources)):
            if not request.told_to_wait and request.member != self._me:
                request.told_to_wait = True
                outcomes.append(Tell(request.member, {"t": "defer", "id": request.claim_id}))
            return outcomes
        request.locked = True
        request.inquired = request.told_to_wait = False
        request.expires_ms = now_ms + TTL_MS
        self._locks.update(dict.fromkeys(request.resources, request))
        if request.member != self._me:
            return [*outcomes, Tell(request.member, self._promise(request))]
        claim = self._own[request.claim_id]
        claim.promised[self._me] = dict(self._positions())
        return [*outcomes, *self._grant_if_complete(claim)]

    def _ask_back(self, holder: Request) -> list[Outcome]:
        """A claim that goes before the holder's has come."""
        if holder.member == self._me:
            claim = self._own[holder.claim_id]
            if claim.state == "waiting":
                del claim.promised[self._me]
                self._unlock(holder)
            return []
        if holder.inquired:
            return []
        holder.inquired = True
        return [Tell(holder.member, {"t": "inquire", "id": holder.claim_id})]

    def _promise(self, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = {
            "t": "promise",
            "id": request.claim_id,
            "positions": wire.positions_to_wire(self._positions()),
        }
        doubts = self._doubts.about(request.resources) - {request.member}
        if doubts:
            body["doubts"] = sorted(doubts)
        return body

    # --- keeping the tables ----------------------------------------------------

    def _is_over(self, request: Request, now_ms: int) -> bool:
        if request.member == self._me:
            return False
        released = request.released_at
        if released is not None and all(self._applied(feed) >= seq for feed, seq in released.items()):
            return True
        if not request.locked:
            return released is not None or now_ms - request.arrived_ms >= GIVE_UP_MS
        if now_ms < request.expires_ms:
            return False
        self._doubt(request)
        return True

    def _doubt(self, request: Request) -> None:
        doubt = Doubt(request.session)
        if request.released_at is not None:
            doubt = Doubt(request.session, request.released_at.get(Feed(request.member, "circulation"), 0))
        for resource in request.resources:
            self._doubts.add(resource, request.member, doubt)

    def _unlock(self, request: Request) -> None:
        request.locked = request.inquired = False
        for resource in request.resources:
            self._locks.pop(resource, None)

    def _forget(self, request: Request) -> None:
        if request.locked:
            self._unlock(request)
        del self._requests[request.member, request.claim_id]
