"""Whole networks of real hubs, sessions and books, by seed. A failing seed is named and plays again exactly:

tillmesh simulate --story shops --seeds 17..17
"""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from app.books.questions.periods import AskZReports
from app.books.tables.resources import resource_holds
from app.domain.resource import COUPON, CREDIT, ORDER, PARKED, PURSE, RETURN, VOID, kind_of
from app.simulation.checkers import findings
from app.simulation.stories import judge
from app.simulation.story import come_to_rest, play

SEEDS = 50
"""As usual; `make soak` plays thousands."""
SEEDS_PER_TEST = 10
WATCHED = range(2, 40)
"""Seeds of which it is counted too what happens in them; the last test plays them."""
_others = [seed for seed in range(SEEDS) if seed not in WATCHED]


@pytest.mark.parametrize("first", range(0, len(_others), SEEDS_PER_TEST), ids=lambda first: str(_others[first]))
def test_no_seed_loses_doubles_or_uses_twice(first: int) -> None:
    wrong = {seed: found for seed in _others[first : first + SEEDS_PER_TEST] if (found := judge("shops", seed))}
    assert not wrong, "\n".join(f"seed {seed}: {'; '.join(found[:5])}" for seed, found in wrong.items())


def test_a_seed_replays_exactly() -> None:
    def history(seed: int) -> list[object]:
        market = play(seed)
        assert come_to_rest(market)
        return [market.world.now_ms, *(shop.told for shop in market.shops), *(shop.refused for shop in market.shops)]

    assert history(3) == history(3)


def test_no_watched_seed_does_either_and_the_stories_are_worth_checking() -> None:
    """Things cross from till to till, claims meet or are refused, plugs are pulled, some overdraws do happen."""
    refused: dict[str, int] = {}
    used: Counter[str] = Counter()
    receipts = crashes = shared = contended = overdrawn = reports = 0
    wrong: dict[int, list[str]] = {}
    for seed in WATCHED:
        market = play(seed)
        assert come_to_rest(market)
        books = market.shops[0].books
        for shop in market.shops:
            receipts += len(shop.told)
            crashes += shop.machine.incarnation // 2
            for code, count in shop.refused.items():
                refused[code] = refused.get(code, 0) + count
        for code in books.voucher_codes():
            view = books.voucher(code)
            shared += view is not None and view.redeemed_minor > 0
        contended += market.contended
        overdrawn += len(books.overdraws())
        reports += len(books.ask(AskZReports(None, 1_000)))
        with market.shops[0].engine.connect() as connection:
            names = connection.execute(
                select(resource_holds.c.resource).where(resource_holds.c.used_stamp.is_not(None))
            ).scalars()
            used.update(kind_of(name) for name in names)
        if found := findings(market):
            wrong[seed] = found
        market.close()
    assert not wrong, "\n".join(f"seed {seed}: {'; '.join(found[:5])}" for seed, found in wrong.items())
    assert receipts > 300
    assert crashes > 20
    assert shared > 50
    assert overdrawn > 0
    assert refused.get("voucher_used_up", 0) + refused.get("voucher_balance", 0) > 20
    assert contended > 100  # most of them wait and are granted
    assert refused.get("voucher_unconfirmed", 0) > 20
    assert refused.get("coverage_limit", 0) + refused.get("coverage_limit_reached", 0) > 5
    assert refused.get("disk_full", 0) > 0
    assert reports > 10
    few = [kind for kind in (COUPON, RETURN, VOID, PARKED, ORDER, CREDIT, PURSE) if not used[kind]]
    assert not few, f"hardly any {few} among {dict(used)}"
