"""Laws of orders and receivables, whatever two tills do with them, cut off from one another or not."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from app.books.questions.orders import ListOrders
from app.books.questions.receivables import ListDeliveryNotes, ListOpenItems
from app.facts.circulation import CustomerSet, InvoiceOpened, ReceivablePaid
from app.facts.sales import InvoiceIssued
from app.till.commands import (
    CancelOrder,
    ChooseCustomer,
    CollectInvoice,
    Command,
    DepositOrder,
    Pay,
    PayCredit,
    PickUp,
    PlaceOrder,
    Scan,
    VoidLine,
    VoidSale,
)
from app.till.effects import Refuse, Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

MILLER = "10001"
orders = st.sampled_from(["O1-000001", "O2-000001", "O1-000002"])
documents = st.sampled_from(["D1-000001", "D2-000001", "I1-000001", "I2-000001"])
money = st.sampled_from(["0.50", "1", "2.34"])
steps = st.one_of(
    st.builds(Scan, st.sampled_from(["0815", "17"]), st.sampled_from(["1", "3"])),
    st.builds(PlaceOrder, deposit=st.none() | money),
    st.builds(DepositOrder, orders, money),
    st.builds(PickUp, orders),
    st.builds(CancelOrder, orders, st.just("weg")),
    st.just(ChooseCustomer(MILLER)),
    st.builds(Pay, st.sampled_from(["cash", "delivery_note"])),
    st.just(Pay()),
    st.just(CollectInvoice(MILLER)),
    st.builds(PayCredit, st.just(MILLER), st.none() | money, documents),
    st.builds(VoidLine, st.integers(1, 5).map(str)),
    st.just(VoidSale()),
)


async def run(tills: Sequence[FakeTill], todo: Sequence[tuple[int, Command]]) -> None:
    for who, command in todo:
        answer = await tills[who].runner.run(command)
        assert isinstance(answer, Reply | Refuse)
    for till in tills:
        if till.session.sale_id:
            assert isinstance(await till.runner.run(VoidSale()), Reply)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), steps), max_size=40))
def test_deposits_dissolve_to_nothing_and_receivables_are_what_was_not_paid(todo: list[tuple[int, Command]]) -> None:
    network = FakeNetwork()
    with TemporaryDirectory() as folder:
        tills = [make_till(network, Path(folder), number) for number in (1, 2)]
        tills[0].engine.say([CustomerSet(MILLER)])
        asyncio.run(run(tills, todo))
        books = tills[0].books
        assert books.fingerprint() == tills[1].books.fingerprint()
        assert books.overdraws() == []
        assert books.passed_over() == {}
        check_deposits(tills)
        check_receivables(tills)
        check_invoices(tills)
        assert network.claims == {}
        network.close()


def check_deposits(tills: Sequence[FakeTill]) -> None:
    """Deposits taken less those dissolved and refunded are the deposits of the orders that are open still, per rate."""
    taken: Counter[tuple[str, int]] = Counter()
    for till in tills:
        for receipt in till.engine.printed:
            for line in receipt.lines:
                if line.business_case in ("deposit", "deposit_settlement"):
                    taken[line.vat_key, line.vat_rate_bp] += line.gross_minor
    there: Counter[tuple[str, int]] = Counter()
    for order in tills[0].books.ask(ListOrders("open")):
        for deposit in order.deposits:
            assert deposit.amount_minor == sum(gross for _key, _rate, gross in deposit.lines)
            for vat_key, rate, gross in deposit.lines:
                there[vat_key, rate] += gross
    assert {key: amount for key, amount in taken.items() if amount} == dict(there)
    for order in tills[0].books.ask(ListOrders()):
        assert 0 <= order.deposited_minor <= order.total_minor


def check_receivables(tills: Sequence[FakeTill]) -> None:
    """What is open = what arose - what was paid, and never below zero."""
    books = tills[0].books
    written = [each for till in tills for each in till.engine.written]
    paid = sum(each.body["amount_minor"] for each in written if each.kind == ReceivablePaid.kind)
    arose = sum(note.amount_minor for note in books.ask(ListDeliveryNotes()))
    items = books.ask(ListOpenItems(MILLER))
    assert sum(item.open_minor for item in items) == arose - paid
    assert all(item.open_minor > 0 for item in items)


def check_invoices(tills: Sequence[FakeTill]) -> None:
    """A collective invoice's tax table is over its notes; what it opened is what was not paid of them before."""
    notes = {note.number: note for note in tills[0].books.ask(ListDeliveryNotes())}
    opened = {
        each.body["invoice_no"]: each.body["amount_minor"]
        for till in tills
        for each in till.engine.written
        if each.kind == InvoiceOpened.kind
    }
    for till in tills:
        for invoice in till.engine.documents:
            if isinstance(invoice, InvoiceIssued) and invoice.delivery_notes:
                gross = sum(row.gross_minor for row in invoice.tax_table)
                assert gross == invoice.total_minor == sum(notes[no].amount_minor for no in invoice.delivery_notes)
                assert 0 < opened[invoice.invoice_no] <= gross
