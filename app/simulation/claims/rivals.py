"""Who is there, what there is to be had, what the policy is, and which tills have never lost touch."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from app.domain.claim_policy import ALLOW, REFUSE, Policy
from app.domain.resource import COUPON, PARKED, VOUCHER, kind_of, name
from app.facts import circulation
from app.simulation.claims.referee import Referee
from app.simulation.claims.till import Till, parked
from app.simulation.world import START_WALL_MS, Machine, World, body_of
from replication.core.model import Entry, Feed, Member

TICK_MS = 100
"""As long as a hub may go without looking before it believes that it stood still; a real one looks twice as often."""
SHAPES = ("shop", "shop", "shop", "sites", "sites", "node")
SIZES = (3, 3, 4, 5)
MAX_SKEW_MS = 2_000
MAX_DRIFT = 0.01
MISHAP_SHARE = 0.06


class Rivals(World):
    """A world of tills that want the same."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, 0, max_skew_ms=MAX_SKEW_MS)
        rng = self.rng
        self.tick_ms = TICK_MS
        self.tills: list[Till] = []
        self.counted: Counter[str] = Counter()
        """What happened how often."""
        self.shape = rng.choice(SHAPES)
        self.rule = rng.choice(("refuse", "limit", "limit", "allow"))
        self.policies = self._policies()
        self.value = rng.choice((200, 200, 600, 2_000))
        self.things = [name(VOUCHER, "A"), name(VOUCHER, "B"), name(COUPON, "C"), name(PARKED, "")]
        self.untouched = name(VOUCHER, "D")
        """What nobody wants before the last rush."""
        self.hot = rng.choice((self.things, self.things[:1], self.things[:1], self.things[:3]))
        """What is wanted most of the time."""
        self.apart: set[frozenset[str]] = set()
        """Pairs of tills (their addresses) that have been out of touch, or one of them was not at work."""
        self.mishaps = False
        """Plugs are pulled at the worst moments."""
        self.closing = False
        self.referee = Referee(self)
        self._numbers = itertools.count(1)
        self._cast()

    def _policies(self) -> dict[str, Policy]:
        if self.rule == "limit":
            voucher = Policy("limit", self.rng.choice((0, 100, 100, 200)))
            once = Policy("limit", self.rng.choice((0, 1)))
            return {VOUCHER: voucher, COUPON: once, PARKED: once}
        return dict.fromkeys((VOUCHER, COUPON, PARKED), REFUSE if self.rule == "refuse" else ALLOW)

    def _cast(self) -> None:
        rng = self.rng
        if self.shape == "sites":
            self.add(1, "centre", "head office")
            for number in range(2, rng.choice(SIZES) + 1):
                self.add(number, "till", rng.choice(("north", "south")))
        else:
            for number in range(1, rng.choice(SIZES) + 1):
                self.add(number)
        if self.shape == "node":
            self.add(0, "node")

    def machine_of(self, address: str, member: Member, key: bytes, skew_ms: int) -> Till:
        till = Till(self, address, member, key, skew_ms)
        till.rate = 1 + self.rng.uniform(-MAX_DRIFT, MAX_DRIFT)
        self.tills.append(till)
        return till

    def in_reach(self, one: Machine, other: Machine) -> bool:
        if self.shape == "sites":
            return "centre" in (one.member.role, other.member.role) or one.member.site == other.member.site
        if self.shape == "node":  # the last two hear each other through the node alone
            return {one.address, other.address} != {"2", "3"}
        return True

    # --- who is there --------------------------------------------------------

    @property
    def founder(self) -> Till:
        return self.tills[0]

    @property
    def honest(self) -> list[Till]:
        """Those that must end with the same."""
        return [till for till in self.tills if till.counts]

    def found(self) -> None:
        """Everybody is there, knows everybody and what there is before the first wants anything."""
        super().found()
        self.read_roll()
        self.run_until(self.all_met, 5_000)
        rng = self.rng
        self.founder.write(
            circulation.VoucherIssued("A", "value", self.value, "EUR", "", 1, ""),
            circulation.VoucherIssued("B", "value", self.value * 2, "EUR", "", 1, ""),
            circulation.VoucherIssued("D", "value", self.value * 9, "EUR", "", 1, ""),
            circulation.CouponIssued("C", "campaign", "", 1),
            parked(self.next_number(), 1),
        )
        self.run_until(lambda: all(till.ledger.parked for till in self.tills), 5_000)
        self.mishaps = rng.random() < 0.6
        self.apart.clear()
        for till in self.tills:
            self.begin(till)

    def all_met(self) -> bool:
        """Whether each honest member is connected with all that it can reach, and knows all."""
        self.read_roll()
        honest = self.honest
        return all(
            till.hub is not None
            and len(till.hub.roster.members) == len(self.tills)
            and len(till.links) == sum(other is not till and self.in_reach(till, other) for other in honest)
            for till in honest
        )

    def read_roll(self) -> None:
        """Who has been let in and shut out, as the founder has it on its disk; newcomers get power."""
        for record in self.founder.disk.records.get(Feed(self.founder.name, "membership"), ()):
            named = record.body.get("member", record.body).get("member_id", "")
            for till in self.tills:
                if till.name == named and record.kind == "member.revoked/1":
                    till.revoked = True
                elif till.name == named and not till.enrolled:
                    till.enrolled = True
                    self.power(till)

    def let_in(self) -> None:
        """A newcomer in the middle of everything, if the founder can let it in now."""
        role, site = "till", self.rng.choice(("north", "south")) if self.shape == "sites" else ""
        newcomer = self.add(len(self.tills) + 1, role, site)
        assert isinstance(newcomer, Till)
        newcomer.ready, newcomer.newcomer_since_ms = False, START_WALL_MS
        self.take_apart(newcomer)
        self.admit([newcomer])

    def admit(self, tills: Sequence[Till]) -> None:
        """The founder journals their joining."""
        if tills and self.founder.hub is not None:
            entries = tuple(Entry("membership", "member.joined/1", body_of(till.member)) for till in tills)
            self.founder.journal(entries)

    def shut_out(self, till: Till) -> None:
        """The founder revokes it, if two are left then."""
        others = [each for each in self.honest if each is not till and each.claims]
        if len(others) < 2 or till.member.role != "till" or self.founder.hub is None or not till.counts:
            return
        self.count("revoked")
        self.take_apart(till)
        self.founder.journal((Entry("membership", "member.revoked/1", {"member_id": till.name}),))

    def power(self, till: Till) -> None:
        """Switch it on, if it is off."""
        if till.hub is None:
            till.start()
            self.begin(till)

    def crash(self, till: Till, back_ms: int, *, silently: bool = False) -> None:
        """Pull its plug; power is back after a while."""
        if till.hub is not None:
            self.take_apart(till)
            till.crash(silently=silently)
            self.later(back_ms, lambda: self.power(till) if till.enrolled else None)

    # --- who is in touch -----------------------------------------------------

    def take_apart(self, one: Machine, other: Machine | None = None) -> None:
        """They (or one and everybody) did not hear each other well at some time."""
        for each in self.machines if other is None else [other]:
            if each is not one:
                self.apart.add(frozenset((one.address, each.address)))

    def together(self, one: Till, other: Till) -> bool:
        """Whether the two have been in touch from the first moment on, directly or through one that relays."""
        return self._together(one, other) or any(
            self._together(one, relay) and self._together(relay, other)
            for relay in self.tills
            if relay.member.role in ("centre", "node")
        )

    def _together(self, one: Till, other: Till) -> bool:
        return self.in_reach(one, other) and frozenset((one.address, other.address)) not in self.apart

    def parts(self) -> dict[str, int]:
        """By member: its part of the network, such that all of one part were always in touch with each other."""
        parts: list[list[Till]] = []
        for till in self.tills:
            for part in parts:
                if all(self.together(till, other) for other in part):
                    part.append(till)
                    break
            else:
                parts.append([till])
        return {till.name: number for number, part in enumerate(parts) for till in part}

    # --- what they do --------------------------------------------------------

    def count(self, what: str) -> None:
        self.counted[what] += 1

    def next_number(self) -> int:
        return next(self._numbers)

    def mishap(self, till: Till, moment: str) -> bool:
        """At such moments plugs are pulled: the claimant's, or (True) that of one who may just have promised."""
        rng = self.rng
        if self.closing or not self.mishaps or rng.random() >= MISHAP_SHARE:
            return False
        victim = till
        if moment == "granted" and rng.random() < 0.6:
            victim = rng.choice(self.tills)
        self.count(f"crash: {moment}" if victim is till else "crash: promiser")
        back_ms = rng.choice((100, 100, 400, 2_000, 5_000))
        incarnation = victim.incarnation

        def strike() -> None:
            if victim.incarnation == incarnation:
                self.crash(victim, back_ms, silently=rng.random() < 0.3)
                if victim is till and victim is not self.founder and rng.random() < 0.4:
                    self.later(rng.randint(0, 500), lambda: self.shut_out(victim))

        self.later(rng.choice((0, 0, 1, 4, 30)), strike)
        return victim is not till

    def begin(self, till: Till) -> None:
        """It wants something again and again, for as long as it runs."""
        if till.claims:
            self._think(till, till.incarnation)

    def _think(self, till: Till, incarnation: int) -> None:
        def act() -> None:
            if till.incarnation != incarnation or self.closing:
                return
            if till.attempt is not None:
                if self.rng.random() < 0.01:
                    till.cancel()
            elif till.ready:
                self._something(till)
            self._think(till, incarnation)

        self.later(self.rng.randint(1, 250), act)

    def _something(self, till: Till) -> None:
        rng = self.rng
        if till.ledger.open_holds(till.name) and rng.random() < 0.5:
            till.settle()
            return
        wanted = [rng.choice(self.hot)]
        if rng.random() < 0.15:
            wanted = rng.sample(self.things, 2)
        till.want({thing: self._amount(thing) for thing in (self.whole_name(till, each) for each in wanted)})

    def whole_name(self, till: Till, thing: str) -> str:
        """What it is that is wanted: of parked sales the one that was parked last."""
        return till.ledger.parked if kind_of(thing) == PARKED else thing

    def _amount(self, resource: str) -> int:
        return self.rng.choice((50, 100, 150, 300)) if kind_of(resource) == VOUCHER else 1
