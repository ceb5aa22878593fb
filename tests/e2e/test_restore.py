"""A till's disk put back, copied and backed up, with real processes: no receipt number is ever given twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
Till = Any


def article_of(till: Till) -> str:
    rows = till.json("export", "articles")
    return str(next(row["ident_no"] for row in rows if not row["open_price"] and 0 < row["price_minor"] < 10_000))


def pay(till: Till) -> str:
    return str(till.ask("pay", tender="cash")["receipt_no"])


def sell(till: Till, article: str) -> str:
    """One article for cash; the receipt's number."""
    till.ask("scan", code=article)
    return pay(till)


def test_a_disk_put_back_gives_no_number_twice_though_it_sells_at_once(
    two_tills: tuple[Till, Till], wait_until: Callable[..., None]
) -> None:
    one, two = two_tills
    one.start()
    two.start()
    article = article_of(one)
    two.ask("wait", **{"for": "synced"}, timeout_s=20)
    first = [sell(two, article) for _ in range(3)]
    two.ask("scan", code=article)  # open in the copy, and completed afterwards
    two.kill()
    copy = two.home.parent / "copy"
    shutil.copytree(two.home, copy, ignore=shutil.ignore_patterns("engine.sock"))
    two.start()
    meanwhile = [pay(two), *(sell(two, article) for _ in range(20))]
    two.ask("wait", **{"for": "synced"}, timeout_s=20)
    two.kill()
    shutil.rmtree(two.home)
    copy.rename(two.home)
    two.start()
    again = [sell(two, article) for _ in range(5)]
    numbers = [*first, *meanwhile, *again]
    assert len(set(numbers)) == len(numbers) == 29
    wait_until(lambda: one.ask("status")["positions"] == two.ask("status")["positions"])
    assert [till.json("verify")["faults"] for till in two_tills] == [[], []]
