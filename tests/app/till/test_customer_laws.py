"""Laws of customers' money, whatever cashiers do at two tills that hear each other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from app.books.questions.customers import AskStatement, FindCredit
from app.books.questions.resources import AskBalance
from app.facts.circulation import ResourceHeld
from app.facts.master import ReferenceSet
from app.till.commands import (
    ChooseCustomer,
    Command,
    Pay,
    PayCredit,
    Scan,
    SetCustomer,
    TopUp,
    UndoPayment,
    VoidLine,
    VoidSale,
)
from app.till.effects import Refuse, Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

LIMIT_MINOR = 1_000
BONUS = {"customer_group": "", "valid_from": "2026-01-01", "percent_bp": 500}
CUSTOMER = "10001"

amounts = st.sampled_from([None, "0.01", "1", "4.99", "10", "12.34"])
steps = st.one_of(
    st.builds(ChooseCustomer, st.sampled_from([CUSTOMER, CUSTOMER, None])),
    st.builds(Scan, st.sampled_from(["0815", "17"]), st.sampled_from(["1", "3"])),
    st.builds(Pay, st.sampled_from(["customer_credit", "purse", "bonus_purse", "cash"]), amounts),
    st.builds(PayCredit, st.just(CUSTOMER), amounts),
    st.builds(TopUp, st.just(CUSTOMER), st.sampled_from(["5", "20"])),
    st.builds(VoidLine, st.integers(1, 6).map(str)),
    st.just(UndoPayment()),
    st.just(VoidSale()),
)

on_credit = st.one_of(
    st.builds(Pay, st.just("customer_credit"), amounts),
    st.builds(Pay, st.just("customer_credit"), amounts),
    st.builds(VoidLine, st.integers(2, 6).map(str)),
)


async def run(tills: Sequence[FakeTill], todo: Sequence[tuple[int, Command]]) -> None:
    kept = SetCustomer(CUSTOMER, "Erika", credit_limit=f"{LIMIT_MINOR // 100}")
    assert isinstance(await tills[0].runner.run(kept), Reply)
    # Both tills begin with enough on the receipt to go beyond the limit.
    begun = [(who, command) for who in (0, 1) for command in (ChooseCustomer(CUSTOMER), Scan("0815", "7"))]
    for who, command in [*begun, *todo]:
        assert isinstance(await tills[who].runner.run(command), Reply | Refuse)
        for till in tills:
            credit = till.books.ask(FindCredit(CUSTOMER))
            assert credit.owed_minor + credit.held_minor <= LIMIT_MINOR, "never more than the limit"
            for purse in ("purse", "bonus"):
                assert till.books.ask(AskBalance(f"{purse}/{CUSTOMER}")).left >= 0, "never more than there is"


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), on_credit), max_size=12),
    st.lists(st.tuples(st.integers(0, 1), steps), max_size=30),
)
def test_nobody_owes_more_than_the_limit_or_spends_what_is_not_there(
    first_on_credit: list[tuple[int, Command]], todo: list[tuple[int, Command]]
) -> None:
    network = FakeNetwork()
    with TemporaryDirectory() as folder:
        tills = [make_till(network, Path(folder), number) for number in (1, 2)]
        tills[0].engine.say([ReferenceSet("bonus_rule", "/2026-01-01", BONUS)])
        asyncio.run(run(tills, [*first_on_credit, *todo]))
        first, second = tills
        assert first.books.fingerprint() == second.books.fingerprint()
        assert first.books.overdraws() == []
        assert first.books.passed_over() == {}
        entries = first.books.ask(AskStatement(CUSTOMER))
        credit = first.books.ask(FindCredit(CUSTOMER))
        assert sum(entry.amount_minor for entry in entries) == credit.owed_minor
        assert [entry.owed_minor for entry in entries][-1:] == ([credit.owed_minor] if entries else [])
        assert _booked(tills, "customer_credit") - _settled(tills) == credit.owed_minor
        held = sum(record.kind == ResourceHeld.kind for till in tills for record in till.engine.written)
        assert sum(len(till.engine.released) for till in tills) >= held
        network.close()


def _booked(tills: Sequence[FakeTill], kind: str) -> int:
    """What the receipts' tenders of the kind sum up to."""
    receipts = [receipt for till in tills for receipt in till.engine.printed]
    return sum(row.amount_minor for receipt in receipts for row in receipt.tenders if row.tender_kind == kind)


def _settled(tills: Sequence[FakeTill]) -> int:
    receipts = [receipt for till in tills for receipt in till.engine.printed]
    lines = [line for receipt in receipts for line in receipt.lines]
    return sum(line.gross_minor for line in lines if line.business_case == "receivable_settlement")
