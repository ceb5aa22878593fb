"""Whole networks of real hubs, sessions and books, by seed. A failing seed is named and replays exactly:

    TILLMESH_SEEDS=17..17 python -m pytest tests/simulation -k seed

``TILLMESH_SEEDS=A..B`` plays others than the usual two hundred (``make soak`` plays many).
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
from sqlalchemy import select

from app.books.questions.periods import AskZReports
from app.books.tables.resources import resource_holds
from app.domain.resource import COUPON, CREDIT, ORDER, PARKED, PURSE, RETURN, VOID, kind_of
from app.simulation.story import come_to_rest, play, tell

SEEDS_PER_TEST = 10
USUAL_SEEDS = range(200)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seeds" in metafunc.fixturenames:
        wanted = os.environ.get("TILLMESH_SEEDS", "")
        seeds = USUAL_SEEDS
        if wanted:
            first, _dots, last = wanted.partition("..")
            seeds = range(int(first), int(last or first) + 1)
        groups = [seeds[start : start + SEEDS_PER_TEST] for start in range(0, len(seeds), SEEDS_PER_TEST)]
        metafunc.parametrize("seeds", groups, ids=lambda group: f"{group[0]}..{group[-1]}")


def test_no_seed_loses_doubles_or_uses_twice(seeds: range) -> None:
    wrong = {seed: found for seed in seeds if (found := tell(seed))}
    assert not wrong, "\n".join(f"seed {seed}: {'; '.join(found[:5])}" for seed, found in wrong.items())


def test_a_seed_replays_exactly() -> None:
    def history(seed: int) -> list[object]:
        market = play(seed)
        assert come_to_rest(market)
        return [market.world.now_ms, *(shop.told for shop in market.shops), *(shop.refused for shop in market.shops)]

    assert history(3) == history(3)


def test_the_stories_are_worth_checking() -> None:
    """Things cross from till to till, claims are refused, plugs are pulled, some overdraws do happen."""
    refused: dict[str, int] = {}
    used: Counter[str] = Counter()
    receipts = crashes = shared = overdrawn = reports = 0
    for seed in range(2, 40):
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
        overdrawn += len(books.overdraws())
        reports += len(books.ask(AskZReports(None, 1_000)))
        with market.shops[0].engine.connect() as connection:
            names = connection.execute(
                select(resource_holds.c.resource).where(resource_holds.c.used_stamp.is_not(None))
            ).scalars()
            used.update(kind_of(name) for name in names)
        market.close()
    assert receipts > 300
    assert crashes > 20
    assert shared > 50
    assert overdrawn > 0
    assert refused.get("voucher_used_up", 0) + refused.get("voucher_balance", 0) > 20
    assert refused.get("voucher_busy", 0) + refused.get("voucher_unconfirmed", 0) > 5
    assert refused.get("disk_full", 0) > 0
    assert reports > 10
    few = [kind for kind in (COUPON, RETURN, VOID, PARKED, ORDER, CREDIT, PURSE) if not used[kind]]
    assert not few, f"hardly any {few} among {dict(used)}"
