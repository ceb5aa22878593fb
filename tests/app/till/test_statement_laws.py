"""Slips go from till to till while cables are cut and mended: what holds whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import statement
from app.till.commands import Pay, Redeem, Scan, SellVoucher
from app.till.effects import Refuse, Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

TILLS = 3
REFUSED = {"voucher_used_up", "voucher_balance", "voucher_unconfirmed", "unknown_voucher", "more_than_due"}
tills_of = st.integers(0, TILLS - 1)
steps = st.one_of(
    st.tuples(st.just("sell"), tills_of, st.sampled_from(["1.00", "4.99", "20.00"])),
    st.tuples(st.just("slip"), tills_of, st.integers(0, 5)),
    st.tuples(st.just("slip"), tills_of, st.integers(0, 5)),
    st.tuples(st.just("code"), tills_of, st.integers(0, 5)),
    st.tuples(st.just("cut"), tills_of, st.just(0)),
    st.tuples(st.just("mend"), tills_of, st.just(0)),
)
Todo = Sequence[tuple[str, int, str | int]]
UNHEARD: Todo = (("cut", 0, 0), ("sell", 0, "20.00"))
"""How each story begins: the first till has sold a voucher that nobody has heard of."""


async def played(network: FakeNetwork, tills: Sequence[FakeTill], todo: Todo) -> dict[str, int]:
    """Every voucher that was sold, and its value."""
    slips: list[str] = []
    values: dict[str, int] = {}
    for what, who, detail in todo:
        till = tills[who]
        match what:
            case "sell":
                await till.runner.run(SellVoucher(str(detail)))
                sold = await till.runner.run(Pay())
                assert isinstance(sold, Reply), sold
                slips.append(till.engine.slips()[-1])
                values[sold.fields["vouchers"][0]] = statement.read(slips[-1]).statement.value_minor
            case "cut":
                till.engine.connected = False
            case "mend":
                network.reconnect()
            case _ if slips:
                slip = slips[int(detail) % len(slips)]
                code = statement.read(slip).statement.code
                await till.runner.run(Scan("17"))
                paid = await till.runner.run(Redeem(slip if what == "slip" else code))
                assert isinstance(paid, Reply) or paid.code in REFUSED, paid
                if till.session.view().lines:
                    assert not isinstance(await till.runner.run(Pay()), Refuse)
    network.reconnect()
    return values


@pytest.mark.parametrize("policy", ["allow", "refuse"])
@settings(max_examples=25)
@given(todo=st.lists(steps, max_size=16))
def test_a_voucher_is_worth_what_was_paid_for_it_however_its_slip_went_around(policy: str, todo: Todo) -> None:
    network = FakeNetwork()
    with TemporaryDirectory() as folder:
        tills = [make_till(network, Path(folder), number, policy) for number in range(1, TILLS + 1)]
        values = asyncio.run(played(network, tills, (*UNHEARD, *todo)))
        first = tills[0].books
        assert {till.books.fingerprint() for till in tills} == {first.fingerprint()}
        assert first.passed_over() == {}
        beyond = 0
        for code, value in values.items():
            known = first.voucher(code)
            assert known is not None
            assert known.value_minor == value
            assert known.receipt_no, "its issuer's own word stays"
            assert known.redeemed_minor + known.balance_minor == value
            beyond += max(0, -known.balance_minor)
        assert sum(each["amount"] for each in first.overdraws()) == beyond
        assert policy == "allow" or not beyond
        network.close()
