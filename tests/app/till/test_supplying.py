"""Eat-in and take-away, customer groups: VAT keys of the lines follow the rules of the reference data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.domain.reference import SUBJECTS
from app.domain.vat import SupplyRule
from app.facts.base import Fact
from app.facts.master import ArticleSet, ReferenceSet
from app.till import commands
from app.till.effects import Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till


def setting(value: Any) -> Fact:
    """The fact that sets a value of reference data."""
    subject = next(name for name, kind in SUBJECTS.items() if kind is type(value))
    return ReferenceSet(subject, value.key, msgspec.to_builtins(value))


@pytest.fixture
def till(tmp_path: Path) -> Iterator[FakeTill]:
    network = FakeNetwork()
    till = make_till(network, tmp_path)
    till.engine.say([setting(SupplyRule("2", "3", "eat_in")), setting(SupplyRule("1", "0", customer_group="embassy"))])
    till.clock.day = "2025-12-31"
    yield till
    network.close()


async def do(till: FakeTill, command: commands.Command) -> dict[str, Any]:
    answer = await till.runner.run(command)
    assert isinstance(answer, Reply), answer
    return answer.fields


def keys(till: FakeTill) -> list[tuple[str, int]]:
    return [(line.vat_key, line.vat_rate_bp) for line in till.session._counter.open_sale().lines]


async def test_what_is_eaten_here_is_taxed_as_restaurant_food_and_the_total_stays(till: FakeTill) -> None:
    await do(till, commands.Scan("0815"))
    await do(till, commands.Scan("17"))
    assert keys(till) == [("2", 700), ("1", 1900)]
    assert (await do(till, commands.ChooseSupply("eat_in")))["total"] == "5.88"
    assert keys(till) == [("3", 1900), ("1", 1900)]
    await do(till, commands.Scan("0815"))
    assert keys(till)[-1] == ("3", 1900)
    await do(till, commands.ChooseSupply("take_away"))
    assert keys(till) == [("2", 700), ("1", 1900), ("2", 700)]


async def test_a_typed_price_stays_when_the_supply_changes(till: FakeTill) -> None:
    await do(till, commands.Scan("99", price="3.21"))
    assert (await do(till, commands.ChooseSupply("eat_in")))["total"] == "3.21"


async def test_another_way_of_supply_is_refused_and_nothing_changes(till: FakeTill) -> None:
    await do(till, commands.Scan("0815"))
    refused = await till.runner.run(commands.ChooseSupply("drive_in"))
    assert getattr(refused, "code", "") == "unknown_supply"
    assert keys(till) == [("2", 700)]


async def test_goods_that_are_no_longer_kept_are_still_sold_as_they_were_rung(till: FakeTill) -> None:
    await do(till, commands.Scan("0815"))
    till.engine.say([ArticleSet("0815", "Vogelfutter 1 kg", 499, "EUR", "2", removed=True)])
    assert (await do(till, commands.ChooseSupply("eat_in")))["total"] == "4.99"
    assert keys(till) == [("3", 1900)]
