"""What counts against the limit of a policy: held or used on a day without full coverage."""

from __future__ import annotations

import random

import pytest

from app.books.questions.resources import AskUncovered
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage, ResourceHeld, ResourceHoldReleased, ResourceUsed
from tests.app.books.shelf import Books, records_of

PARTLY, FULLY = ClaimCoverage(False, ("b",), ("c",)), ClaimCoverage(True, ("b", "c"), ())
DAY, AT = "2026-11-21", "2026-11-21T23:30:00.000Z"


def held(number: int, resource: str, amount: int, *, till_no: int = 1, day: str = DAY, full: bool = False) -> Fact:
    coverage = FULLY if full else PARTLY
    return ResourceHeld(f"h{number}", resource, amount, "s", till_no, AT, coverage, business_day=day)


FACTS: list[tuple[str, Fact]] = [
    ("a", held(1, "voucher/X", 100)),
    ("a", held(2, "voucher/X", 200)),
    ("a", ResourceUsed("h2", "voucher/X", 250, "1-000001", AT)),
    ("a", held(3, "voucher/X", 400)),
    ("a", ResourceHoldReleased("h3", "voucher/X", AT, "line voided")),
    ("a", held(4, "voucher/X", 800, full=True)),
    ("a", held(5, "voucher/X", 1600, day="2026-11-22")),
    ("a", held(6, "voucher/Y", 3)),
    ("a", held(7, "coupon/X", 1)),
    ("b", held(8, "voucher/X", 10_000, till_no=2)),
]


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_same_whatever_the_order_of_arrival(books: Books, seed: int) -> None:
    records = records_of(FACTS)
    feeds = [[record for record in records if record.feed.member == member] for member in "ab"]
    rng = random.Random(seed)
    while any(feeds):
        feed = rng.choice([feed for feed in feeds if feed])
        run = feed[: rng.randint(1, 3)]
        del feed[: len(run)]
        books.writer.apply(run)
    assert books.reader.ask(AskUncovered("voucher/X", 1, DAY)) == (100 + 250 + 10_000, 100 + 250 + 3)
    assert books.reader.ask(AskUncovered("voucher/X", 2, DAY)) == (10_350, 10_000)
    assert books.reader.ask(AskUncovered("coupon/X", 1, DAY)) == (1, 1)
    assert books.reader.ask(AskUncovered("voucher/X", 1, "2026-11-22")) == (1600, 1600)
    assert books.reader.ask(AskUncovered("purse/1", 1, DAY)) == (0, 0)
