"""Laws of orders and receivables, whatever two tills do with them, cut off from one another or not."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.books.questions.orders import ListOrders
from app.books.questions.receivables import ListDeliveryNotes, ListOpenItems
from app.books.questions.resources import AskBalance
from app.facts.circulation import CustomerSet, InvoiceOpened, ReceivablePaid
from app.facts.master import VatRateSet
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
LAST = "last"
"""The order that was placed last, whatever its number."""
NEW_RATES = Command()
"""Not for a till: another day begins, with other VAT rates."""
orders = st.sampled_from([LAST, "O1-000001", "O2-000001", "O1-000002"])
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


who = st.integers(0, 1)
Story = list[tuple[int, Command]]


@st.composite
def lives(draw: st.DrawFn) -> Story:
    """An order from its placing to its end, now and then with something left out or in between."""
    here, there = draw(who), draw(who)
    life: Story = [(here, Scan("0815")), (here, Scan("17", "3"))][: draw(st.integers(1, 2))]
    life.append((here, PlaceOrder(deposit=draw(st.none() | money))))
    life += draw(st.sampled_from([[(here, Pay())], [(here, Pay())], []]))
    life += draw(st.sampled_from([[(there, DepositOrder(LAST, draw(money)))], []]))
    life += draw(st.sampled_from([[(there, Pay())], []]))
    life += draw(st.sampled_from([[(0, NEW_RATES)], []]))
    end = draw(who)
    ended = (end, draw(st.sampled_from([PickUp(LAST), PickUp(LAST), CancelOrder(LAST, "weg")])))
    life += [ended, (end, Pay()), (1 - end, Pay())]
    return life


stories = st.lists(lives() | st.lists(st.tuples(who, steps), max_size=6), max_size=6).map(
    lambda parts: list(chain(*parts))
)


async def run(tills: Sequence[FakeTill], todo: Sequence[tuple[int, Command]]) -> None:
    last, day = "O1-000001", 22
    for number, command in todo:
        if command is NEW_RATES:
            _begin_day(tills, f"2026-11-{day}", lower=not day % 2)
            day = min(30, day + 1)
            continue
        about_last = getattr(command, "order_no", "") == LAST
        answer = await tills[number].runner.run(
            msgspec.structs.replace(command, order_no=last) if about_last else command
        )
        assert isinstance(answer, Reply | Refuse)
        if isinstance(command, PlaceOrder) and isinstance(answer, Reply):
            last = answer.fields["order_no"]
    for till in tills:
        if till.session.sale_id:
            assert isinstance(await till.runner.run(VoidSale()), Reply)


def _begin_day(tills: Sequence[FakeTill], day: str, *, lower: bool) -> None:
    general, reduced = (1600, 500) if lower else (1900, 700)
    tills[0].engine.say([VatRateSet("1", day, general), VatRateSet("2", day, reduced)])
    for till in tills:
        till.clock.day = day


@settings(max_examples=60, deadline=None)
@given(stories)
def test_deposits_dissolve_to_nothing_and_receivables_are_what_was_not_paid(todo: Story) -> None:
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
        ledger = tills[0].books.ask(AskBalance(f"deposit/{order.order_no}"))
        assert (ledger.granted, ledger.held, ledger.used) == (order.total_minor, 0, order.deposited_minor)


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
