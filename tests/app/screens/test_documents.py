"""Orders, delivery notes, invoices and cost centres by the keyboard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app import text
from app.books.questions.orders import FindOrder, ListOrders
from app.books.questions.receivables import ListDeliveryNotes, ListOpenItems
from app.facts.base import Fact
from app.facts.master import ReferenceSet
from app.screens.functions import Mode
from app.screens.till.app import TillApp
from app.till.commands import (
    BookToCostCentre,
    ChooseCustomer,
    CollectInvoice,
    MakeInvoice,
    Pay,
    PlaceOrder,
    Scan,
    SetCustomer,
)
from tests.app.screens import shopful
from tests.app.screens.standin import BIRD_SEED, PEN, Shop, services
from tests.app.screens.walking import walk
from tests.app.till.asking import done

pytestmark = pytest.mark.usefixtures("english")


class Spool(shopful.Spool):
    """A print spool that remembers what was wanted a second time."""

    def __init__(self) -> None:
        self.copied: list[Fact] = []

    async def copy(self, document: Fact) -> None:
        self.copied.append(document)


async def kept(shop: Shop) -> None:
    """A customer."""
    await done(shop.till, SetCustomer("10001", "Mustermann, Erika", street="Weg 1", city="Musterstadt"))


async def delivered(shop: Shop, *codes: str) -> None:
    """A delivery note for each article."""
    await kept(shop)
    for code in codes:
        for command in (Scan(code), ChooseCustomer("10001"), Pay(tender="delivery_note")):
            await done(shop.till, command)


async def test_an_order_is_placed_with_a_deposit_and_picked_up(shop: Shop) -> None:
    await kept(shop)
    async with walk(TillApp(services(shop))) as till:
        await till.press(f"{BIRD_SEED}\r{PEN}\r1000{'1'}<f7>/32\r")
        assert "No such order. Place makes the sale one." in till.text
        await till.press("<f2>24.12.2030\r200\rRote Schleife\r")
        assert (till.app.router.mode, shop.session.view().total_minor) == (Mode.SALE, 200)
        assert "take the deposit of 2.00" in till.text
        await till.press("++/32\r")
        (order,) = shop.till.books.ask(ListOrders("open"))
        assert (order.due_on, order.note, order.deposited_minor) == ("2030-12-24", "Rote Schleife", 200)
        for shown in (order.order_no, "2030-12-24", "10001 Mustermann", "2.00", "5.88", "Rote Schleife"):
            assert shown in till.text
        await till.press("muster 24.12\r") if text.language() == "de" else await till.press("muster\r")
        assert "To pay at pick-up" in till.text
        assert "3.88" in till.text
        await till.press("<f8>")
        assert (till.app.router.mode, shop.session.view().total_minor) == (Mode.SALE, 388)
        await till.press("++/32\r")
        assert "No such order." in till.text
        await till.press("<f5>")
        assert "picked up" in till.text


async def test_a_further_deposit_is_taken_and_an_order_is_cancelled_with_a_reason(shop: Shop) -> None:
    await done(shop.till, Scan(BIRD_SEED))
    number = (await done(shop.till, PlaceOrder()))["order_no"]
    async with walk(TillApp(services(shop))) as till:
        await till.press("/32\r<f4>600\r")
        assert till.app.router.mode is Mode.TASK, "more than the order"
        await till.press("100\r")
        assert shop.session.view().total_minor == 100
        await till.press("++/32\r<f3>\r")
        assert "Reason is needed." in till.text
        await till.press("Kunde krank\r")
        assert shop.session.view().total_minor == -100, "the deposit goes back"
        await till.press("++")
    order = shop.till.books.ask(FindOrder(number))
    assert order is not None
    assert (order.state, order.reason) == ("cancelled", "Kunde krank")


async def test_without_a_sale_nothing_is_placed_and_a_bad_order_keeps_what_was_typed(shop: Shop) -> None:
    async with walk(TillApp(services(shop))) as till:
        await till.press("/32\r<f2>")
        assert "F2 has no function here" in till.text
        await till.press(f"\x1b{BIRD_SEED}\r/32\r<f2>24.12.2030\r900\rMerken<f8>")
        assert till.app.router.mode is Mode.TASK, "the deposit is more than the total"
        assert "Merken" in till.text
        await till.press("<up>100<f8>")
        assert shop.session.view().total_minor == 100


async def test_a_sale_leaves_on_a_delivery_note_for_the_customer_that_is_asked_for(shop: Shop) -> None:
    await kept(shop)
    async with walk(TillApp(services(shop))) as till:
        await till.press(f"{BIRD_SEED}\r/33\r<f2>erika\r")
        assert "Deliver 4.99?" in till.text
        await till.press("\r")
        assert till.app.router.mode is Mode.SALE
        assert [note.amount_minor for note in shop.till.books.ask(ListDeliveryNotes("10001", "open"))] == [499]


async def test_open_notes_are_gathered_into_an_invoice_that_is_shown_and_paid(shop: Shop) -> None:
    await delivered(shop, BIRD_SEED, PEN, PEN)
    first, second, third = (note.number for note in shop.till.books.ask(ListDeliveryNotes("10001", "open")))
    async with walk(TillApp(services(shop))) as till:
        await till.press("/33\r")
        assert "Mustermann, Erika" in till.text
        assert "6.77" in till.text
        await till.press("1\r<f4>2\r")
        assert "[ ]" in till.text
        await till.press("<f4><f8>")
        assert "First mark the delivery notes" in till.text
        await till.press("1\r3\r<f8>")
        assert shop.commands[-1] == CollectInvoice("10001", f"{first},{third}")
        assert "5.88 EUR" in till.text
        await till.press("\r")
        (note, invoice) = shop.till.books.ask(ListOpenItems("10001"))
        assert note.number == second
        await till.press("2\r\r")
        assert (till.app.router.mode, shop.session.view().total_minor) == (Mode.SALE, 588)
        await till.press(f"+{'+'}{invoice.number}/34\r")
        assert "VAT" in till.text
        assert f"Invoice {invoice.number}" in till.lines[0]


async def test_an_invoice_is_printed_again_and_one_of_a_single_receipt_is_that_receipt(shop: Shop) -> None:
    await delivered(shop, BIRD_SEED, PEN)
    gathered = (await done(shop.till, CollectInvoice("10001")))["invoice_no"]
    spool = Spool()
    async with walk(TillApp(replace(services(shop), devices=spool))) as till:
        await till.press(f"{gathered}/34\r<f4>")
        assert "marked as a copy" in till.text
        await till.press(f"\x1b{PEN}\r/34\rCarla Curie\r\r\r\r\r\r++\r")
        last = shop.session.view().last
        assert last is not None
        await till.press(f"{last.invoice_no}/34\r<f4>")
    assert [type(each).__name__ for each in spool.copied] == ["InvoiceIssued", "ReceiptCompleted"]
    assert spool.copied[1] == last


async def test_the_account_leads_to_the_open_items_and_a_part_of_one_is_paid(shop: Shop) -> None:
    await delivered(shop, BIRD_SEED)
    async with walk(TillApp(services(shop))) as till:
        await till.press("<f7>erika<f5><f5>\r300\r")
        assert (till.app.router.mode, shop.session.view().total_minor) == (Mode.SALE, 300)


async def test_the_sale_becomes_an_invoice_to_its_customer_or_to_whom_is_typed(shop: Shop) -> None:
    await kept(shop)
    async with walk(TillApp(services(shop))) as till:
        await till.press(f"{BIRD_SEED}\r/34\r\r")
        assert "Name is needed." in till.text
        await till.press("\x1b10001<f7>/34\r")
        assert "Weg 1" in till.text
        await till.press("<down><down>69115<f8>")
        assert shop.commands[-1] == MakeInvoice("Mustermann, Erika", "Weg 1", "69115", "Musterstadt", "", "")
        assert shop.session.view().invoice
        await till.press("++/34\r0\r")
        assert till.app.router.mode is Mode.TASK, "there is no such invoice"
        await till.press("\x1b")
        assert till.app.router.mode is Mode.SALE


async def test_the_sale_is_booked_to_a_cost_centre_by_name_or_by_an_old_number(shop: Shop) -> None:
    shop.till.engine.say(
        [
            ReferenceSet("cost_centre", "4711", {"no": "4711", "name": "Vorstand", "hospitality": True}),
            ReferenceSet("cost_centre", "4712", {"no": "4712", "name": "Werkstatt"}),
            ReferenceSet("typed_number", "cost_centre/9", {"what": "cost_centre", "typed": "9", "stands_for": "4712"}),
        ]
    )
    async with walk(TillApp(services(shop))) as till:
        await till.press(f"{BIRD_SEED}\r/35\rvor\r12<f8>")
        assert shop.commands[-1] == BookToCostCentre("4711", guests="12", hospitality=True)
        assert shop.session.view().cost_centre == "4711"
        assert "Cost centre" in till.text
        await till.press("9/35\r\r<f8>")
        assert shop.session.view().cost_centre == "4712"
        await till.press("/35\r777\r<f8>")
        assert till.app.router.mode is Mode.TASK, "nobody knows that number"
        await till.press("\x1b<f6>")
        assert (till.app.router.mode, shop.session.view().cost_centre) == (Mode.SALE, "")
