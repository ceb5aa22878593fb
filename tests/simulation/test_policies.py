"""Shops whose policy is to refuse, or to allow up to a limit, while cables are cut and plugs are pulled."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from app.books.tables.resources import resource_holds
from app.domain.claim_policy import REFUSE, Policy
from app.domain.resource import KINDS, SETTLING, kind_of
from app.simulation.checkers import findings
from app.simulation.shop import Market
from app.simulation.story import come_to_rest, play

LIMITED = dict.fromkeys(KINDS, Policy("limit", 500, 1_500)) | dict.fromkeys(
    ("coupon", "parked", "order", "void"), Policy("limit", 1, 3)
)
SEEDS = (1, 2, 3, 5, 6, 9, 10, 13)


def uncovered(market: Market) -> Counter[tuple[int, str]]:
    """What counts of each resource at each till, of claims that not everybody confirmed."""
    found: Counter[tuple[int, str]] = Counter()
    with market.shops[0].engine.connect() as connection:
        for row in connection.execute(select(resource_holds).where(resource_holds.c.uncovered == 1)):
            if row.used_stamp or not row.released_stamp:
                found[row.till_no, row.resource] += row.used_amount if row.used_stamp else row.held_amount
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_where_it_is_refused_nothing_is_ever_used_twice(seed: int) -> None:
    market = play(seed, policies=dict.fromkeys(set(KINDS) - {SETTLING}, REFUSE))
    assert come_to_rest(market)
    assert findings(market) == []
    assert {kind_of(resource) for _, resource in uncovered(market)} <= {SETTLING}
    assert market.shops[0].books.overdraws() == []
    market.close()


def test_with_a_limit_no_till_and_no_part_goes_beyond_it() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        market = play(seed, policies=LIMITED)
        assert come_to_rest(market), seed
        assert findings(market) == [], seed
        of_kind: Counter[tuple[int, str]] = Counter()
        for (till_no, resource), amount in uncovered(market).items():
            assert amount <= LIMITED[kind_of(resource)].limit, (seed, till_no, resource)
            of_kind[till_no, kind_of(resource)] += amount
        for (till_no, kind), amount in of_kind.items():
            assert amount <= (LIMITED[kind].per_day or 0), (seed, till_no, kind)
        for overdraw in market.shops[0].books.overdraws():
            limit = LIMITED[kind_of(overdraw["resource"])].limit
            assert overdraw["amount"] <= (len(market.shops) - 1) * limit, (seed, overdraw)
            seen["overdrawn"] += 1
        seen["used"] += len(of_kind)
        seen["refused"] += sum(
            count for shop in market.shops for code, count in shop.refused.items() if code.startswith("coverage_limit")
        )
        market.close()
    assert min(seen[what] for what in ("overdrawn", "used", "refused")) > 0, seen
