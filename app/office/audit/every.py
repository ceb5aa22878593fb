"""Every kind of finding, what it is called, and how its findings come about: the one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from app import network_words
from app.books.queries import overdraws
from app.books.questions.overdraws import ListOverdraws
from app.config import CURRENCY
from app.office.audit import book_rows
from app.office.audit.feed_rows import Feeds
from app.office.audit.finding import Asked, Finding
from app.office.audit.rules import (
    after_z,
    below_cost,
    cash_difference,
    chain,
    clock_jump,
    fork,
    number_double,
    number_gap,
    overdrawn,
    passed_over,
    price_changed,
    quarantined,
    return_without_receipt,
    silence,
    silent_days,
    voids,
    z_sums,
)
from app.text import mark


@dataclass(frozen=True)
class Sources:
    """What there is to look at. ``limits``: ``app.domain.audit_limit``."""

    connection: Connection
    asked: Asked
    limits: Mapping[str, int]
    feeds: Feeds | None
    """None where there is no store beside the books."""

    @property
    def store(self) -> Feeds:
        """For looks into feeds, which are not taken without."""
        assert self.feeds is not None
        return self.feeds


Look = Callable[[Sources], Iterator[Finding]]


class Check(NamedTuple):
    """A kind of finding; ``title`` is marked. Findings may come out of the books, and of the feeds."""

    kind: str
    title: str
    books: Sequence[Look] = ()
    feeds: Sequence[Look] = ()


def _gaps(given: Sources) -> Iterator[Finding]:
    found = book_rows.jumps(given.connection, given.asked)
    return number_gap.gaps(found, book_rows.ranges(given.connection))


def _doubles(given: Sources) -> Iterator[Finding]:
    return number_double.doubles(book_rows.doubled(given.connection))


def _late(given: Sources) -> Iterator[Finding]:
    return after_z.late(book_rows.late(given.connection, given.asked))


def _z_sums(given: Sources) -> Iterator[Finding]:
    return z_sums.differing(book_rows.closed(given.connection, given.asked))


def _cash(given: Sources) -> Iterator[Finding]:
    found = book_rows.differences(given.connection, given.asked)
    return cash_difference.differences(found, given.limits["cash_difference_minor"])


def _overdraws(given: Sources) -> Iterator[Finding]:
    return overdrawn.overdrawn(overdraws.every(given.connection, ListOverdraws()), CURRENCY)


def _below_cost(given: Sources) -> Iterator[Finding]:
    return below_cost.below(book_rows.below_cost(given.connection, given.asked))


def _prices(given: Sources) -> Iterator[Finding]:
    found = book_rows.typed_prices(given.connection, given.asked)
    return price_changed.changed(found, given.limits["price_change_percent"])


def _returns(given: Sources) -> Iterator[Finding]:
    found = book_rows.returned(given.connection, given.asked)
    return return_without_receipt.without(found, given.limits["return_minor"])


def _voids(given: Sources) -> Iterator[Finding]:
    found = book_rows.voided(given.connection, given.asked)
    limits = given.limits
    return voids.unusual(
        found, least=limits["voids_least"], times=limits["voids_times"], percent=limits["voids_percent"]
    )


def _silent_days(given: Sources) -> Iterator[Finding]:
    return silent_days.silent(book_rows.sold_days(given.connection, given.asked))


def _clocks(given: Sources) -> Iterator[Finding]:
    return clock_jump.jumps(book_rows.timed(given.connection, given.asked), given.limits["clock_minutes"])


def _passed_over(given: Sources) -> Iterator[Finding]:
    evidence = given.feeds.walked.passed_over if given.feeds is not None else {}
    return passed_over.passed_over(book_rows.passed_over(given.connection), evidence)


def _chains(given: Sources) -> Iterator[Finding]:
    return chain.broken(given.store.walked.broken)


def _repeated(given: Sources) -> Iterator[Finding]:
    return number_double.repeated(given.store.walked.repeated)


def _forks(given: Sources) -> Iterator[Finding]:
    return fork.forks(given.store.forked())


def _quarantined(given: Sources) -> Iterator[Finding]:
    return quarantined.refused(given.store.refused())


def _seen_clocks(given: Sources) -> Iterator[Finding]:
    return clock_jump.heard(row._replace(said=network_words.reason(row.said)) for row in given.store.clocks())


def _silences(given: Sources) -> Iterator[Finding]:
    tills, newest_ms = given.store.heard()
    return silence.silences(tills, newest_ms, given.limits["silent_hours"])


CHECKS: Sequence[Check] = (
    Check(number_gap.KIND, mark("Numbers missing"), (_gaps,)),
    Check(number_double.KIND, mark("Numbers given twice"), (_doubles,), (_repeated,)),
    Check(chain.KIND, mark("Chain broken"), (), (_chains,)),
    Check(fork.KIND, mark("Feed with two ends"), (), (_forks,)),
    Check(quarantined.KIND, mark("Records refused"), (), (_quarantined,)),
    Check(clock_jump.KIND, mark("Clock set"), (_clocks,), (_seen_clocks,)),
    Check(overdrawn.KIND, mark("Used beyond value"), (_overdraws,)),
    Check(cash_difference.KIND, mark("Cash difference"), (_cash,)),
    Check(after_z.KIND, mark("Booked after Z"), (_late,)),
    Check(z_sums.KIND, mark("Z does not fit"), (_z_sums,)),
    Check(below_cost.KIND, mark("Below purchase price"), (_below_cost,)),
    Check(price_changed.KIND, mark("Price by hand"), (_prices,)),
    Check(return_without_receipt.KIND, mark("Return without receipt"), (_returns,)),
    Check(voids.KIND, mark("Many voids"), (_voids,)),
    Check(silent_days.KIND, mark("Till silent"), (_silent_days,), (_silences,)),
    Check(passed_over.KIND, mark("Records passed over"), (_passed_over,)),
)
KINDS = tuple(check.kind for check in CHECKS)
