"""What was used beyond its resource, by whom, and how it was settled."""

from __future__ import annotations

import msgspec

from app.books.questions import Question
from app.facts.circulation import ClaimCoverage

MAX_SETTLED = 1_000
"""Settlements whose overdraws are listed: the newest."""
MAX_OPEN = 2_000
"""Of those that are not settled."""


class OverdrawUse(msgspec.Struct, frozen=True):
    """A hold or use of the resource that counts. Amounts are in the resource's own unit.

    ``receipt_no``: what the use names, which may be another document, and of a parked sale the receipt that came of
    it; empty as long as it is ``held`` by an open sale, or there is no such receipt here. ``beyond``: what of it
    nothing granted, settled or not; ``settled``: what of it is settled; ``final``: what of it is left to settle
    whatever becomes of the open sales.
    """

    hold_id: str
    receipt_no: str
    sale_id: str
    till_no: int | None
    member_id: str
    cashier: str
    amount: int
    at: str
    coverage: ClaimCoverage | None
    held: bool
    beyond: int
    settled: int
    final: int


class Settlement(msgspec.Struct, frozen=True):
    """A settlement as it was said: by whom, where, how, and how much of which use."""

    settlement_id: str
    hold_id: str
    settled_before: int
    amount: int
    how: str
    reason: str
    user: str
    till_no: int
    at: str


class Overdraw(msgspec.Struct, frozen=True):
    """A resource that was used beyond what there is of it.

    ``amount``: all that was beyond, of which ``settled`` is settled and ``open`` is not; of that, ``final`` can be
    settled, and the rest is up to sales that are open and may give back what they hold. ``twice``: settled again by
    somebody who did not know. ``left`` is what may be used of it again, after a reload or a void. ``ungranted``: nobody
    whom this member has heard of granted anything. ``caused_by`` is the use that took it below zero (of what is open,
    if anything is), ``since`` when; None and empty if it was settled and is beyond no more. ``state``: ``open``,
    ``partly_settled``, ``settled``.
    """

    resource: str
    amount: int
    open: int
    settled: int
    final: int
    twice: int
    left: int
    state: str
    ungranted: bool
    caused_by: OverdrawUse | None
    since: str
    uses: tuple[OverdrawUse, ...]
    settlements: tuple[Settlement, ...]


class ListOverdraws(Question[tuple[Overdraw, ...]], frozen=True):
    """All that are not settled and the newest that are, the last first; the same at all who know the same facts."""

    slow = True


class FindOverdraw(Question[Overdraw | None], frozen=True):
    """The resource's overdraw; None if it has none."""

    resource: str
