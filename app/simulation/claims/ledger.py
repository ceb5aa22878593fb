"""Books for what can be used up and nothing else: the real facts, the real balance rule, and no database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from app.domain.overdraw import Taken, beyond
from app.domain.resource import PARKED, Balance, name
from app.facts import circulation, codec
from app.facts.base import Fact
from replication.core.model import Feed, Record

_read: dict[str, Fact | None] = {}
"""What the newest records say, by hash: each till of a story folds the same records, and the referee, too."""
READ_MAX = 2_000


def _fact_of(record: Record) -> Fact | None:
    if record.hash not in _read:
        if len(_read) >= READ_MAX:
            _read.clear()
        _read[record.hash] = codec.read(record.kind, record.body)
    return _read[record.hash]


class Hold(msgspec.Struct):
    """A hold as far as it is known. ``used`` is None while it is open, and True or False in the end."""

    resource: str
    amount: int
    member: str
    complete: bool
    stamp: tuple[str, str]
    used: bool | None = None

    @property
    def counts(self) -> bool:
        """Whether it takes from the balance: it is open or was used."""
        return self.used is not False


class Ledger:
    """How far each feed is in it, what was granted, and all holds by their ids."""

    def __init__(self) -> None:
        self.positions: dict[Feed, int] = {}
        self.granted: dict[str, int] = {}
        self.holds: dict[str, dict[str, Hold]] = {}
        """By resource and hold id."""
        self.parked = ""
        self._parked_at = ("", "")
        """The sale that was parked last."""
        self.findings: list[str] = []

    def fold(self, run: Sequence[Record]) -> None:
        """Take records in as they come; those of one feed in their order."""
        for record in run:
            before = self.positions.get(record.feed, 0)
            if record.seq != before + 1:
                self.findings.append(f"record {record.seq} of {record.feed} was folded after {before}")
            self.positions[record.feed] = record.seq
            if record.feed.topic == "circulation":
                self._fold(record)

    def _fold(self, record: Record) -> None:
        stamp = (record.hlc, record.feed.member)
        match _fact_of(record):
            case circulation.VoucherIssued() as fact:
                self._grant(name("voucher", fact.code), fact.value_minor)
            case circulation.CouponIssued() as fact:
                self._grant(name("coupon", fact.code), 1)
            case circulation.SaleParked() as fact:
                self._grant(name(PARKED, fact.park_no), 1)
                if stamp > self._parked_at:
                    self.parked, self._parked_at = name(PARKED, fact.park_no), stamp
            case circulation.ResourceHeld() as fact:
                hold = Hold(fact.resource, fact.amount, record.feed.member, fact.coverage.complete, stamp)
                self.holds.setdefault(fact.resource, {})[fact.hold_id] = hold
            case circulation.ResourceUsed() as fact:
                self.holds[fact.resource][fact.hold_id].used = True
            case circulation.ResourceHoldReleased() as fact:
                self.holds[fact.resource][fact.hold_id].used = False

    def _grant(self, resource: str, amount: int) -> None:
        self.granted[resource] = self.granted.get(resource, 0) + amount

    def balance(self, resource: str) -> Balance:
        """What there is, what is held of it, and what was used."""
        holds = self.holds.get(resource, {}).values()
        held = sum(hold.amount for hold in holds if hold.used is None)
        used = sum(hold.amount for hold in holds if hold.used)
        return Balance(self.granted.get(resource, 0), held, used)

    def uncovered(self, resource: str) -> int:
        """How much of it is held or used without complete coverage."""
        return sum(hold.amount for hold in self.holds.get(resource, {}).values() if hold.counts and not hold.complete)

    def seen(self, resource: str) -> frozenset[str]:
        """The holds of it that are known, whatever became of them."""
        return frozenset(self.holds.get(resource, ()))

    def open_holds(self, member: str) -> list[tuple[str, Hold]]:
        """Holds of the member that are neither used nor given back."""
        return [
            (hold_id, hold)
            for holds in self.holds.values()
            for hold_id, hold in holds.items()
            if hold.member == member and hold.used is None
        ]

    def overdraws(self) -> list[tuple[str, str, int]]:
        """Each use that takes a resource below zero, in the order of hybrid time: resource, hold, how much beyond."""
        found = []
        for resource, holds in sorted(self.holds.items()):
            uses = sorted((hold.stamp, hold_id, hold.amount) for hold_id, hold in holds.items() if hold.counts)
            parts = beyond(self.granted.get(resource, 0), [Taken(amount) for _, _, amount in uses])
            found += [(resource, use[1], part) for use, part in zip(uses, parts, strict=True) if part]
        return found

    def content(self) -> tuple[Any, ...]:
        """What it says."""
        holds = {resource: sorted(holds.items()) for resource, holds in sorted(self.holds.items())}
        return (sorted(self.positions.items()), sorted(self.granted.items()), holds, self.parked)
