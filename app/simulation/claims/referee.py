"""What the protocol promises about each grant, each hold and each lock, judged at the moment it happens.

*Written* is a hold when it is on its writer's disk; that is the one order that all holds stand in. Its *voters* are
those whose promise counted, and its claimant, unless that has just crashed: then it has forgotten what it promised,
and may use that without complete coverage. It *had seen* what was in its writer's books when it was decided.

1. **Nobody votes twice.** Of two claims that may be used at one moment, for one resource, nobody voted for both.
2. **Complete saw complete.** A hold with complete coverage had seen every hold of that resource with complete coverage
   that was written before it. So whoever decided knew all of them: what holds with complete coverage take together is
   never more than what there is. It says nothing of a hold with *incomplete* coverage by one who came back or joined
   without the claimant's knowing: that one knew that it did not know, and a policy took the risk.
3. **Who votes tells.** Whatever its coverage, a hold had seen all that its voters had written of that resource, and all
   that was written with one of its voters' votes, unless its writer is among those that it says are missing.
4. **Complete means all.** Coverage is complete only if everyone who is a member, as the claimant's own disk says when
   it is granted, voted, or had signed off knowing the claimant's present session.
5. With the policy *refuse* there is never less than nothing left of anything.
6. **Claims end.** They are answered in time; a lock ends ``TTL_MS`` after it was given, and ``GIVE_UP_MS`` and
   ``TTL_MS`` after its claimant died (before that it waited in the queue).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.simulation.claims.ledger import Ledger
from replication.core.claims import GIVE_UP_MS, TTL_MS
from replication.core.model import Coverage, Feed, Record
from replication.core.presence import SIGNED_OFF, SIGNED_ON

if TYPE_CHECKING:
    from app.simulation.claims.rivals import Rivals
    from app.simulation.claims.till import Attempt, Till

LATE_MS = 250
"""Two looks and a little: nothing happens between them."""


class Grant(NamedTuple):
    """A claim that may be used."""

    till: Till
    incarnation: int
    claim_id: str
    resources: frozenset[str]
    voters: frozenset[str]


class Use(NamedTuple):
    """A hold as it was decided."""

    hold_id: str
    resource: str
    amount: int
    member: str
    complete: bool
    voters: frozenset[str]
    missing: frozenset[str]
    seen: frozenset[str]


class Referee:
    """Sees everything; ``truth`` is the ledger of all that any disk took, in that order."""

    def __init__(self, rivals: Rivals) -> None:
        self._rivals = rivals
        self.truth = Ledger()
        self.uses: dict[str, list[Use]] = {}
        """By resource, in the order of writing."""
        self.beyond: dict[str, list[int]] = {}
        """By resource: with each of these, how much was used beyond it then (below zero: how much was left)."""
        self.durable: list[Record] = []
        """What was answered as durable."""
        self._decided: dict[str, Use] = {}
        self._grants: list[Grant] = []
        self._locks: dict[tuple[str, int, str, str, str, int], int] = {}

    # --- grants --------------------------------------------------------------

    def granted(self, till: Till, attempt: Attempt, coverage: Coverage) -> None:
        """The till may use it now."""
        self._rivals.count("complete" if coverage.complete else "incomplete")
        grant = Grant(
            till,
            till.incarnation,
            attempt.claim_id,
            frozenset(attempt.wants),
            attempt.voters,
        )
        self._grants = [each for each in self._grants if _may_be_used(each)]
        for other in self._grants:
            twice = other.voters & grant.voters
            if twice and other.resources & grant.resources:
                self._say(f"{self._named(twice)} voted for {till.label} and {other.till.label} at once")
        self._grants.append(grant)
        if coverage.complete and (forgotten := self._forgotten(till, grant.voters)):
            self._say(f"{till.label} has complete coverage without {self._named(forgotten)}")

    def _forgotten(self, till: Till, voters: frozenset[str]) -> set[str]:
        """Who should have been asked, by what is on the claimant's disk."""
        members: set[str] = set()
        revoked: set[str] = set()
        for record in till.disk.membership():
            body = record.body.get("member", record.body)
            (revoked if record.kind == "member.revoked/1" else members).add(body.get("member_id", ""))
        nodes = {each.name for each in self._rivals.tills if not each.claims}
        session, _ = _presence(till, till.name)
        off = {
            member
            for member in members
            if (known := _presence(till, member)[1]) is not None and known.get(till.name) == session
        }
        return members - revoked - nodes - off - voters - {till.name}

    # --- holds ---------------------------------------------------------------

    def decided(self, till: Till, attempt: Attempt, hold_id: str, resource: str, amount: int) -> None:
        """The till has looked at its books and will hold so much."""
        coverage = attempt.coverage
        assert coverage is not None
        self._decided[hold_id] = Use(
            hold_id,
            resource,
            amount,
            till.name,
            coverage.complete,
            attempt.voters,
            frozenset(coverage.missing),
            till.ledger.seen(resource),
        )

    def written(self, till: Till, record: Record) -> None:
        """A record of the till's own is on its disk."""
        self.truth.fold([record])
        if record.kind != "resource.held/1":
            return
        use = self._decided[record.body["hold_id"]]
        uses = self.uses.setdefault(use.resource, [])
        for before in uses:
            if before.hold_id not in use.seen:
                self._judge(till, use, before)
        uses.append(use)
        self._rivals.count("holds")
        beyond = -self.truth.balance(use.resource).left
        if beyond > 0 and self._rivals.rule == "refuse":
            self._say(f"{use.resource} is used {beyond} beyond its value by {till.label} under refuse")
        self.beyond.setdefault(use.resource, []).append(beyond)

    def _judge(self, till: Till, use: Use, before: Use) -> None:
        whose = f"what {self._named([before.member])} had used of {use.resource}"
        if use.complete and before.complete:
            self._say(f"{till.label} did not know {whose}, both with complete coverage")
        elif before.member in use.voters & before.voters:
            self._say(f"{till.label} did not know {whose}, who had voted for it")
        elif before.voters & use.voters and before.member not in use.missing:
            self._say(f"{till.label} did not know {whose}, though one voted for both")

    def promised(self, till: Till, records: Sequence[Record]) -> None:
        """The till was told that these are durable."""
        del till
        self.durable += records

    # --- time ----------------------------------------------------------------

    def look(self, till: Till) -> None:
        """A moment at one till: is anything late there?"""
        assert till.hub is not None
        now_ms = till.now().mono_ms
        attempt = till.attempt
        if attempt is not None and not attempt.answered and now_ms > attempt.answer_by_ms + LATE_MS:
            attempt.answered = True
            self._say(f"{till.label} waits for an answer to its claim")
        for resource, member, claim_id, expires_ms in till.hub.asking.locks:
            lock = (till.address, till.incarnation, resource, member, claim_id, expires_ms)
            began_ms = self._locks.setdefault(lock, now_ms)
            claimant = next((each for each in self._rivals.tills if each.name == member), till)
            dead_ms = self._rivals.now_ms - claimant.died_ms if began_ms < claimant.died_ms else 0
            if now_ms - began_ms > TTL_MS + LATE_MS or dead_ms > GIVE_UP_MS + TTL_MS + LATE_MS:
                self._locks[lock] = now_ms
                self._say(f"{resource} stays locked at {till.label} for {claimant.label}")

    # --- words ---------------------------------------------------------------

    def _say(self, finding: str) -> None:
        self._rivals.findings.append(f"{finding} (at {self._rivals.now_ms} ms)")

    def _named(self, members: Sequence[str] | set[str] | frozenset[str]) -> str:
        return ", ".join(each.label for each in self._rivals.tills if each.name in members)


def _may_be_used(grant: Grant) -> bool:
    till = grant.till
    if till.hub is None or till.incarnation != grant.incarnation:
        return False
    return till.hub.asking.may_write(till.now(), grant.claim_id)


def _presence(till: Till, member: str) -> tuple[str, dict[str, str] | None]:
    """By the till's disk: the member's newest sign-on, and if it signed off after that, the sessions it knew."""
    session, knew = "", None
    for record in till.disk.records.get(Feed(member, "circulation"), ()):
        if record.kind == SIGNED_ON:
            session, knew = record.hlc, None
        elif record.kind == SIGNED_OFF:
            knew = record.body["on"]
    return session, knew
