"""Delivery notes, collective invoices, cash invoices, and paying what is owed."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from app.books.questions.receivables import FindInvoice, FindReceivable, ListOpenItems, ReceivableView
from app.facts.circulation import CustomerSet, ReceivablePaid
from app.facts.sales import InvoiceIssued
from app.till.commands import (
    ChooseCustomer,
    CollectInvoice,
    Command,
    MakeInvoice,
    Pay,
    PayCredit,
    Scan,
    SellVoucher,
    VoidLine,
)
from tests.app.till.asking import done, refused
from tests.app.till.fake_engine import FakeNetwork, FakeTill

BIRD_SEED, PEN = "0815", "17"
MILLER, SMITH = "10001", "10002"
OpenTill = Callable[..., FakeTill]


@pytest.fixture
def shop(open_till: OpenTill) -> OpenTill:
    """Opens tills; the first one brings two customers."""

    def opened(till_no: int = 1, policy: str = "refuse") -> FakeTill:
        till = open_till(till_no, policy)
        if till_no == 1:
            till.engine.say([CustomerSet(MILLER), CustomerSet(SMITH)])
        return till

    return opened


async def delivered(till: FakeTill, *idents: str, customer: str = MILLER, first: tuple[Command, ...] = ()) -> str:
    """Goods on a delivery note; its number."""
    for ident in idents:
        await done(till, Scan(ident))
    await done(till, ChooseCustomer(customer))
    for command in first:
        await done(till, command)
    await done(till, Pay(tender="delivery_note"))
    return till.engine.printed[-1].delivery_note_no


def item(till: FakeTill, number: str) -> ReceivableView:
    found = till.books.ask(FindReceivable(number))
    assert found is not None
    return found


def paid(tills: list[FakeTill], number: str) -> int:
    """What all tills wrote that was paid of a document."""
    bodies = [each.body for till in tills for each in till.engine.written if each.kind == ReceivablePaid.kind]
    return sum(body["amount_minor"] for body in bodies if body.get("reference") == number)


# -- delivery notes ------------------------------------------------------------------------------


async def test_goods_leave_on_a_delivery_note_and_a_receivable_arises(shop: OpenTill) -> None:
    one, two = shop(1), shop(2)
    number = await delivered(one, BIRD_SEED, PEN)
    assert number == "D1-000001"
    (receipt,) = one.engine.printed
    assert [(row.tender, row.amount_minor, row.reference) for row in receipt.tenders] == [
        ("delivery_note", 588, "D1-000001")
    ]
    for till in (one, two):
        found = item(till, number)
        assert (found.kind, found.state, found.amount_minor, found.open_minor) == ("note", "open", 588, 588)
        assert (found.customer_no, found.receipt_no) == (MILLER, "1-000001")


async def test_a_note_is_over_the_part_that_other_tenders_leave(shop: OpenTill) -> None:
    till = shop()
    number = await delivered(till, BIRD_SEED, first=(Pay(amount="1.99"),))
    assert item(till, number).amount_minor == 300
    await done(till, Scan(BIRD_SEED))
    await done(till, ChooseCustomer(MILLER))
    await done(till, Pay(tender="delivery_note", amount="1.00"))
    assert await refused(till, Pay(tender="delivery_note")) == "delivery_note_twice"
    await done(till, Pay())
    assert item(till, "D1-000002").amount_minor == 100


async def test_what_cannot_go_on_a_delivery_note(shop: OpenTill) -> None:
    till = shop()
    await done(till, Scan(BIRD_SEED))
    assert await refused(till, Pay(tender="delivery_note")) == "delivery_note_customer"
    await done(till, ChooseCustomer(MILLER))
    await done(till, SellVoucher("10"))
    assert await refused(till, Pay(tender="delivery_note")) == "delivery_note_goods_only"
    await done(till, VoidLine("2"))
    await done(till, MakeInvoice(name="Frau Meier"))
    assert await refused(till, Pay(tender="delivery_note")) == "invoice_or_delivery_note"


# -- collective invoices -------------------------------------------------------------------------


async def test_an_invoice_gathers_the_open_notes_of_all_tills(shop: OpenTill) -> None:
    one, two = shop(1), shop(2)
    first = await delivered(one, BIRD_SEED, PEN)
    second = await delivered(two, PEN)
    await delivered(two, PEN, customer=SMITH)
    answer = await done(two, CollectInvoice(MILLER))
    assert (answer["invoice_no"], answer["invoice_total"], answer["open"]) == ("I2-000001", "6.77", "6.77")
    assert answer["delivery_notes"] == [first, second]
    (document,) = two.engine.documents
    assert isinstance(document, InvoiceIssued)
    assert [(row.vat_key, row.gross_minor, row.tax_minor) for row in document.tax_table] == [
        ("1", 178, 28),
        ("2", 499, 33),
    ]
    receipts = [receipt for till in (one, two) for receipt in till.engine.printed if receipt.customer_no == MILLER]
    for amount in ("gross_minor", "net_minor", "tax_minor"):
        of_receipts = sum(getattr(row, amount) for receipt in receipts for row in receipt.tax_table)
        assert sum(getattr(row, amount) for row in document.tax_table) == of_receipts
    for till in (one, two):
        assert [(each.number, each.open_minor) for each in till.books.ask(ListOpenItems(MILLER))] == [
            ("I2-000001", 677)
        ]
        assert (item(till, first).state, item(till, first).invoice_no) == ("invoiced", "I2-000001")
    assert await refused(one, CollectInvoice(MILLER)) == "no_delivery_notes"
    assert await refused(one, CollectInvoice(MILLER, first)) == "delivery_note_invoiced"


async def test_named_notes_only_and_a_note_over_a_part_of_its_receipt(shop: OpenTill) -> None:
    till = shop()
    part = await delivered(till, BIRD_SEED, PEN, first=(Pay(amount="2.00"),))
    other = await delivered(till, PEN)
    await done(till, CollectInvoice(MILLER, f"{part}, {part}"))
    (document,) = till.engine.documents
    assert isinstance(document, InvoiceIssued)
    assert [(row.vat_key, row.gross_minor) for row in document.tax_table] == [("1", 59), ("2", 329)]
    assert document.total_minor == 388
    assert item(till, other).state == "open"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (CollectInvoice("99999"), "no_delivery_notes"),
        (CollectInvoice(""), "bad_number"),
        (CollectInvoice(MILLER, "D9-000009"), "unknown_delivery_note"),
        (CollectInvoice(SMITH, "D1-000001"), "receivable_other_customer"),
        (CollectInvoice(MILLER, ",".join(f"D1-{n:06d}" for n in range(101))), "too_many_delivery_notes"),
        (PayCredit(MILLER, reference="D9-000009"), "unknown_receivable"),
        (PayCredit(SMITH, reference="D1-000001"), "receivable_other_customer"),
        (PayCredit(MILLER, "5.00", "D1-000001"), "more_than_open"),
        (PayCredit(MILLER, "0", "D1-000001"), "amount_zero"),
        (PayCredit(MILLER, "-1", "D1-000001"), "amount_negative"),
    ],
)
async def test_slips_are_refused_one_by_one(shop: OpenTill, command: Command, code: str) -> None:
    till = shop()
    await delivered(till, BIRD_SEED)
    assert await refused(till, command) == code
    assert till.engine.network.claims == {}


async def test_a_note_whose_receipt_has_not_arrived_cannot_be_invoiced_here(shop: OpenTill) -> None:
    one, two = shop(1), shop(2)
    two.engine.connected = False
    await delivered(one, BIRD_SEED)
    two.engine.connected = True
    arrived = [each for each in one.engine.written if each.feed.topic != "sales"]
    two.engine.receive(arrived)
    assert await refused(two, CollectInvoice(MILLER)) == "receipt_not_here_yet"
    two.engine.receive(one.engine.written)
    assert (await done(two, CollectInvoice(MILLER)))["invoice_total"] == "4.99"


# -- paying --------------------------------------------------------------------------------------


async def test_an_invoice_is_paid_in_parts_at_any_till(shop: OpenTill) -> None:
    one, two = shop(1), shop(2)
    await delivered(one, BIRD_SEED)
    number = (await done(one, CollectInvoice(MILLER)))["invoice_no"]
    answer = await done(two, PayCredit(MILLER, "2.00", number))
    assert (answer["amount"], answer["open"], answer["total"]) == ("2.00", "2.99", "2.00")
    assert await refused(one, PayCredit(MILLER, "3.00", number)) == "more_than_open"
    await done(two, Pay())
    (line,) = two.engine.printed[-1].lines
    assert (line.business_case, line.vat_key, line.reference) == ("receivable_settlement", "", number)
    assert item(one, number).open_minor == 299
    await done(one, PayCredit(MILLER, reference=number))
    assert await refused(two, PayCredit(MILLER, reference=number)) == "receivable_busy"
    await done(one, Pay(tender="card"))
    assert (item(two, number).state, item(two, number).open_minor) == ("paid", 0)
    assert item(two, "D1-000001").state == "paid"
    assert await refused(two, PayCredit(MILLER, reference=number)) == "receivable_paid"
    assert paid([one, two], number) == 499
    assert one.books.overdraws() == []


async def test_voiding_the_payment_gives_the_receivable_back(shop: OpenTill) -> None:
    till = shop()
    number = await delivered(till, BIRD_SEED)
    line = (await done(till, PayCredit(MILLER, reference=number)))["line"]
    await done(till, VoidLine(str(line)))
    assert item(till, number).held_minor == 0
    assert (await done(till, PayCredit(MILLER, reference=number)))["amount"] == "4.99"


async def test_a_note_paid_in_part_goes_on_the_invoice_whole_and_what_is_open_is_the_rest(shop: OpenTill) -> None:
    till = shop()
    number = await delivered(till, BIRD_SEED)
    await done(till, PayCredit(MILLER, "1.00", number))
    assert await refused(till, CollectInvoice(MILLER)) == "receivable_busy"
    await done(till, Pay())
    answer = await done(till, CollectInvoice(MILLER))
    assert (answer["invoice_total"], answer["paid"], answer["open"]) == ("4.99", "1.00", "3.99")
    assert await refused(till, PayCredit(MILLER, reference=number)) == "delivery_note_invoiced"
    assert item(till, answer["invoice_no"]).open_minor == 399


async def test_a_debt_is_not_paid_with_another(shop: OpenTill) -> None:
    till = shop()
    number = await delivered(till, BIRD_SEED)
    await done(till, PayCredit(MILLER, reference=number))
    await done(till, ChooseCustomer(MILLER))
    assert await refused(till, Pay(tender="delivery_note")) == "delivery_note_goods_only"


async def test_an_invoice_paid_twice_across_a_partition_is_an_overdraw_everywhere(
    network: FakeNetwork, shop: OpenTill
) -> None:
    one, two = shop(1, "allow"), shop(2, "allow")
    await delivered(one, BIRD_SEED)
    number = (await done(one, CollectInvoice(MILLER)))["invoice_no"]
    two.engine.connected = False
    for till in (one, two):
        await done(till, PayCredit(MILLER, reference=number))
        await done(till, Pay())
    network.reconnect()
    for till in (one, two):
        (overdraw,) = till.books.overdraws()
        assert (overdraw["resource"], overdraw["amount"]) == (f"receivable/{MILLER}/invoice/{number}", 499)
    assert one.books.fingerprint() == two.books.fingerprint()


async def test_notes_invoiced_twice_across_a_partition_are_an_overdraw_everywhere(
    network: FakeNetwork, shop: OpenTill
) -> None:
    one, two = shop(1, "allow"), shop(2, "allow")
    number = await delivered(one, BIRD_SEED)
    two.engine.connected = False
    for till in (one, two):
        await done(till, CollectInvoice(MILLER))
    network.reconnect()
    for till in (one, two):
        (overdraw,) = till.books.overdraws()
        assert overdraw["resource"] == f"receivable/{MILLER}/note/{number}"
        assert {use["receipt_no"] for use in overdraw["uses"]} == {"I1-000001", "I2-000001"}


async def test_a_till_that_cannot_ask_everybody_refuses_if_the_policy_says_so(shop: OpenTill) -> None:
    one, two = shop(1), shop(2)
    number = await delivered(one, BIRD_SEED)
    two.engine.connected = False
    assert await refused(one, CollectInvoice(MILLER)) == "receivable_unconfirmed"
    assert await refused(one, PayCredit(MILLER, reference=number)) == "receivable_unconfirmed"
    assert item(one, number).state == "open"


# -- cash invoices -------------------------------------------------------------------------------


async def test_a_cash_invoice_names_its_buyer_sealed(shop: OpenTill) -> None:
    till = shop()
    await done(till, Scan(BIRD_SEED))
    await done(till, MakeInvoice(name="Frau Meier", street="Am Markt 1", postcode="10115", city="Berlin"))
    await done(till, Pay())
    (receipt,) = till.engine.printed
    assert receipt.invoice_no == "I1-000001"
    assert receipt.buyer_id == f"buyer/{receipt.sale_id}"
    invoice = till.books.ask(FindInvoice("I1-000001"))
    assert invoice is not None
    assert (invoice.receipt_nos, invoice.total_minor) == (("1-000001",), 499)
    assert invoice.tax_table == receipt.tax_table
    assert invoice.buyer == receipt.buyer != ""
    written = msgspec.json.encode([each.body for each in till.engine.written]).decode()
    assert "Meier" not in written
    assert "Am Markt" not in written


async def test_a_sale_without_a_buyer_becomes_no_invoice(shop: OpenTill) -> None:
    till = shop()
    assert await refused(till, MakeInvoice(name="Frau Meier")) == "empty_sale"
    await done(till, Scan(BIRD_SEED))
    assert await refused(till, MakeInvoice()) == "no_buyer"
    assert await refused(till, MakeInvoice(name="  ", city="Berlin")) == "no_buyer"
    assert await refused(till, MakeInvoice(name="x" * 101)) == "buyer_bad"
    assert await refused(till, MakeInvoice(name="Frau\nMeier")) == "buyer_bad"
    await done(till, ChooseCustomer(MILLER))
    await done(till, MakeInvoice())
    await done(till, Pay())
    assert till.engine.printed[-1].buyer_id == MILLER
