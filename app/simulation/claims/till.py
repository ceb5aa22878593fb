"""A till that wants something all the time: claim, look, decide, write the hold, release, and begin again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from app.domain.claim_policy import room
from app.domain.resource import PARKED, kind_of
from app.facts import circulation, codec
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.simulation.claims.ledger import Ledger
from app.simulation.world import Machine
from replication.core import effects, events
from replication.core.asking import RUNNING, SIGN_ON_MS
from replication.core.claims import GIVE_UP_MS, TTL_MS, USE_MS
from replication.core.model import Coverage, Entry, Member, Record

if TYPE_CHECKING:
    from app.simulation.claims.rivals import Rivals

DAY = "2025-11-21"
SLOW_SHARE = 0.2
"""So often somebody takes his time over it, sometimes until the claim is over."""
FORGETS_SHARE = 0.04
"""So often nobody releases the claim."""


class Attempt(msgspec.Struct):
    """What a till is about. ``answer_by_ms`` is by its own clock; ``hurries``: it neither dawdles nor forgets."""

    ticket: int
    wants: dict[str, int]
    answer_by_ms: int
    hurries: bool
    claim_id: str = ""
    coverage: Coverage | None = None
    voters: frozenset[str] = frozenset()
    answered: bool = False
    append_ticket: int = -1


class Till(Machine):
    """A member that uses things up. ``ready``: it may work (a newcomer has to be provisioned first)."""

    def __init__(self, rivals: Rivals, address: str, member: Member, key: bytes, skew_ms: int) -> None:
        super().__init__(rivals, address, member, key, skew_ms)
        self.rivals = rivals
        self.ledger = Ledger()
        self.ready = True
        self.enrolled = False
        self.revoked = False
        self.attempt: Attempt | None = None
        self.died_ms = self.began_ms = -1
        """When its plug was pulled last, and when it had power again."""
        self.silent_until_ms = 0
        """Until then, by its own clock, it has forgotten what it promised before it crashed."""
        self._tickets = 0
        self.fold = self._fold
        self.unfold = lambda: dict(self.ledger.positions)
        self.on_effect = self._answered

    @property
    def counts(self) -> bool:
        """Whether it must end with what all have."""
        return self.enrolled and not self.revoked

    @property
    def claims(self) -> bool:
        """A node only replicates."""
        return self.member.role != "node"

    def voters(self, coverage: Coverage) -> frozenset[str]:
        """Whose votes such a coverage is made of: its own one counts if it knows what it promised."""
        own = [] if self.now().mono_ms < self.silent_until_ms else [self.name]
        return frozenset((*own, *coverage.promised))

    def _fold(self, run: Sequence[Record]) -> None:
        self.ledger.fold(run)

    # --- life ----------------------------------------------------------------

    def start(self) -> None:
        self.attempt = None
        self.began_ms = self.world.now_ms
        self.silent_until_ms = self.now().mono_ms + TTL_MS if RUNNING in self.disk.kept else 0
        super().start()

    def crash(self, *, silently: bool = False) -> None:
        self.attempt = None
        self.died_ms = self.world.now_ms
        super().crash(silently=silently)
        if self.rivals.rng.random() < 0.3:  # its books are folded anew
            self.rivals.findings += self.ledger.findings
            self.ledger = Ledger()

    def _tick(self, incarnation: int) -> None:
        super()._tick(incarnation)
        if self.incarnation == incarnation and self.hub is not None:
            self.rivals.referee.look(self)

    def _write(self, effect: effects.Store) -> bool:
        if not super()._write(effect):
            return False
        for record in effect.records:
            if record.feed.member == self.name:
                self.rivals.referee.written(self, record)
        return True

    # --- wanting -------------------------------------------------------------

    def want(self, wants: dict[str, int], *, hurries: bool = False) -> None:
        """Claim these resources, to hold so much of each."""
        if self.hub is None:
            return
        self._tickets += 1
        patience_ms = GIVE_UP_MS + (SIGN_ON_MS if self.hub.presence.is_off(self.name) else 0)
        self.attempt = Attempt(self._tickets, wants, self.now().mono_ms + patience_ms, hurries)
        self.happen(events.ClaimWanted(self._tickets, tuple(sorted(wants))))

    def cancel(self) -> None:
        """Whoever wanted it does not any more."""
        if self.attempt is not None and not self.attempt.answered:
            self.happen(events.ClaimCancelled(self.attempt.ticket))

    def settle(self) -> None:
        """The oldest open hold becomes a use, or is given back."""
        held = self.ledger.open_holds(self.name)
        if held:
            hold_id, hold = held[0]
            rng = self.rivals.rng
            if rng.random() < 0.3:
                self.write(circulation.ResourceHoldReleased(hold_id, hold.resource, "", "void"))
            else:
                self.write(circulation.ResourceUsed(hold_id, hold.resource, hold.amount, "receipt", ""))

    def write(self, *facts: Fact, claim_id: str | None = None) -> int:
        """Ask the hub to journal them."""
        return self.journal([Entry(*codec.write(fact)) for fact in facts], claim_id)

    def journal(self, entries: Sequence[Entry], claim_id: str | None = None) -> int:
        """As one step, under the claim if there is one."""
        self._tickets += 1
        self.happen(events.Append(self._tickets, tuple(entries), {}, claim_id))
        return self._tickets

    def _answered(self, effect: effects.Effect) -> None:
        attempt = self.attempt
        match effect:
            case effects.Provisioned():
                self.newcomer_since_ms, self.ready = None, True
            case effects.Appended(ticket, records):
                self.rivals.referee.promised(self, records)
                if attempt is not None and ticket == attempt.append_ticket:
                    self._next(attempt, self._release)
                    self.rivals.mishap(self, "written")
            case effects.AppendFailed(ticket, code):
                self.rivals.count(f"failed: {code}")
                if attempt is not None and ticket == attempt.append_ticket:
                    self._next(attempt, self._release)
            case effects.ClaimDone() if attempt is not None and effect.ticket == attempt.ticket:
                attempt.answered = True
                if not effect.granted:
                    self.rivals.count(effect.reason)
                    self.attempt = None
                    return
                attempt.claim_id, attempt.coverage = effect.claim_id, effect.coverage
                attempt.voters = self.voters(effect.coverage)
                self.rivals.referee.granted(self, attempt, effect.coverage)
                slow = self.rivals.mishap(self, "granted") or self.rivals.rng.random() < SLOW_SHARE
                self._next(attempt, self._decide, slow=slow)

    def _next(self, attempt: Attempt, step: object, *, slow: bool = False) -> None:
        """Go on with it after a moment, if it is still this attempt in this life."""
        rng = self.rivals.rng
        pause_ms = rng.randint(0, 3)
        if slow and not attempt.hurries:
            pause_ms = rng.choice((rng.randint(10, 300), rng.randint(300, USE_MS + 100)))

        def go_on() -> None:
            if self.attempt is attempt:
                assert callable(step)
                step(attempt)

        self.world.later(pause_ms, go_on)

    def _decide(self, attempt: Attempt) -> None:
        """Nobody else may use it now: look at the ledger, and at the policy if not everybody could be asked."""
        assert attempt.coverage is not None
        enough = True
        for resource, amount in attempt.wants.items():
            left = self.ledger.balance(resource).left
            if not attempt.coverage.complete:
                of_resource = self.ledger.uncovered(resource)
                allowed = room(self.rivals.policies[kind_of(resource)], of_resource, of_resource)
                if allowed is not None and amount > allowed:
                    self.rivals.count("refused by policy")
                    enough = False
            if amount > left:
                self.rivals.count("used up")
                enough = False
        if not enough:
            self._release(attempt)
            return
        facts: list[Fact] = []
        for resource, amount in attempt.wants.items():
            facts += self._taken(attempt, resource, amount, attempt.coverage)
        attempt.append_ticket = self._tickets + 1
        self.write(*facts, claim_id=attempt.claim_id)
        self.rivals.mishap(self, "writing")

    def _taken(self, attempt: Attempt, resource: str, amount: int, coverage: Coverage) -> list[Fact]:
        number = self.rivals.next_number()
        hold_id = f"hold {number}"
        self.rivals.referee.decided(self, attempt, hold_id, resource, amount)
        said = ClaimCoverage(coverage.complete, coverage.promised, coverage.missing)
        till_no = self.member.till_no
        facts: list[Fact] = [
            circulation.ResourceHeld(hold_id, resource, amount, "sale", till_no, "", said, business_day=DAY)
        ]
        if kind_of(resource) == PARKED:  # resumed, and put aside again at once under another number
            facts.append(circulation.ResourceUsed(hold_id, resource, 1, "sale", ""))
            facts.append(parked(number, till_no))
        return facts

    def _release(self, attempt: Attempt) -> None:
        self.attempt = None
        if attempt.hurries or self.rivals.rng.random() >= FORGETS_SHARE:
            self.happen(events.ClaimReleased(attempt.claim_id))

    # --- leaving -------------------------------------------------------------

    def sign_off(self) -> None:
        """It says that it is put away."""
        self._tickets += 1
        self.happen(events.SignOff(self._tickets))

    def stop(self) -> None:
        """It ends in order."""
        self.happen(events.Stopping())


def parked(number: int, till_no: int) -> circulation.SaleParked:
    """A sale put aside."""
    return circulation.SaleParked(f"{number}", "", till_no, "", "", "EUR", 0, 0, "")
