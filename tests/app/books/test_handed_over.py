"""What is handed over to others is the same of books in SQLite and on PostgreSQL."""

from __future__ import annotations

import msgspec

from app.books.questions.accounting import (
    AskPosted,
    CaseSum,
    ListZNumbers,
    MovementSum,
    TenderedSum,
)
from app.books.questions.accounts import AccountItem, AskAccount, CustomersWithAccount
from app.books.questions.orders import FindOrder, ListOrders
from app.books.questions.sales_data import AskSalesKnown, FindReceipts, ListReceiptPlaces
from app.facts.base import Fact
from app.facts.circulation import (
    DeliveryNoteIssued,
    InvoiceOpened,
    OrderChanged,
    OrderLine,
    OrderPlaced,
    ReceivablePaid,
    ResourceHeld,
    ResourceUsed,
)
from app.facts.sales import CashMoved, Period, TenderRow, ZReportClosed
from tests.app.books.shelf import COVERAGE, Books, receipt, records_of

DAY = "2026-11-21"
NO = "10001"


def at(second: int) -> str:
    return f"2026-11-21T10:00:{second:02}.000Z"


def moved(number: str, movement: str, amount: int, currency: str = "EUR", reason: str = "") -> CashMoved:
    return CashMoved(number, 1, 2, movement, currency, amount, at(1), DAY, "anna", reason)


def used(hold_id: str, name: str, amount: int, reference: str, second: int) -> list[Fact]:
    return [
        ResourceHeld(hold_id, name, amount, "s", 1, at(second), COVERAGE),
        ResourceUsed(hold_id, name, amount, reference, at(second)),
    ]


def apply(books: Books, facts: list[Fact]) -> None:
    books.writer.apply(records_of([("a", fact) for fact in facts]))


def test_a_period_is_summed_up_for_the_accounting(books: Books) -> None:
    sold = receipt(1, 1, 500, 2)
    borne = msgspec.structs.replace(
        receipt(1, 2, 300, 2),
        tenders=(TenderRow("cost_centre", "EUR", 300, reference="4711", tender_kind="cost_centre"),),
    )
    other = receipt(1, 3, 900, 3)
    closed = ZReportClosed(2, 1, "t", DAY, "anna", Period("EUR", 2, 800, "", "", (), (), (), (), (), ()))
    floats = [moved("m1", "opening_float", 5000, reason="Z 1"), moved("m2", "opening_float", 700)]
    apply(books, [sold, borne, other, closed, *floats, moved("m3", "pay_out", -200, "CHF", "Blumen")])
    assert books.reader.ask(ListZNumbers(DAY, DAY)) == ((1, 2),)
    assert books.reader.ask(ListZNumbers(DAY, DAY, (2,))) == ()
    found = books.reader.ask(AskPosted(1, 2))
    assert found is not None
    assert (found.printed, found.cases) == (closed, (CaseSum("sale", "", 0, 800),))
    assert found.tenders == (
        TenderedSum("cash", "cash", "EUR", "", 500),
        TenderedSum("cost_centre", "cost_centre", "EUR", "4711", 300),
    )
    assert found.movements == (
        MovementSum("opening_float", "EUR", 700, ""),
        MovementSum("pay_out", "CHF", -200, "Blumen"),
    )


def test_receipts_stand_in_the_order_of_their_members_sales(books: Books) -> None:
    made = [receipt(1, 1, 5, 1), receipt(1, 2, 6, 2), receipt(2, 1, 7, 1), receipt(1, 3, 8, 2)]
    apply(books, list(made))
    known = books.reader.ask(AskSalesKnown())
    assert (dict(known.positions), known.receipts) == ({"a": 4}, 4)
    places = books.reader.ask(ListReceiptPlaces(1, ("a",), 0))
    assert [(place.z_no, place.seq, place.receipt_no) for place in places] == [
        (1, 1, "1-000001"), (2, 2, "1-000002"), (2, 4, "1-000003"),
    ]  # fmt: skip
    assert books.reader.ask(ListReceiptPlaces(1, ("a",), 2, (2, places[1].stamp))) == places[2:]
    assert books.reader.ask(ListReceiptPlaces(1, ("b",), 0)) == ()
    assert books.reader.ask(FindReceipts(places[1:])) == (made[1], made[3])


def test_an_account_has_credit_notes_invoices_and_payments(books: Books) -> None:
    note, invoice = f"receivable/{NO}/note/D1", f"receivable/{NO}/invoice/I1"
    apply(
        books,
        [
            *used("h1", f"credit/{NO}", 500, "1-1", 1),
            DeliveryNoteIssued("D1", "1-2", 1, NO, at(2), DAY, "EUR", 800),
            *used("h2", note, 100, "1-3", 3),
            *used("h3", note, 700, "I1", 4),
            InvoiceOpened("I1", NO, 1, at(4), "EUR", 700, ("D1",)),
            *used("h4", invoice, 250, "1-4", 5),
            ReceivablePaid("p1", NO, 120, "1-5", at(6), 1),
        ],
    )
    assert books.reader.ask(AskAccount(NO)) == (
        AccountItem(at(1), "credit", "", "1-1", 500),
        AccountItem(at(2), "note", "D1", "", 800),
        AccountItem(at(3), "payment", "D1", "1-3", -100),
        AccountItem(at(4), "invoice", "I1", "", 0),
        AccountItem(at(5), "payment", "I1", "1-4", -250),
        AccountItem(at(6), "payment", "", "1-5", -120),
    )
    assert books.reader.ask(CustomersWithAccount()) == (NO,)


def test_of_an_orders_changes_the_newest_counts(books: Books) -> None:
    def line(quantity: int) -> tuple[OrderLine, ...]:
        return (OrderLine("Leine", 1000 * quantity, "Stk", 9, 9 * quantity),)

    placed = OrderPlaced("O1", 0, at(1), "", "EUR", line(1), 9, "2026-12-01", NO, "web")
    apply(
        books,
        [
            OrderChanged("O1", at(2), 1, line(2), 18, "2026-12-03", "10002", 5, "Tür"),
            placed,
            OrderChanged("O1", at(3), 1, line(3), 27, "2026-12-02", "10002"),
        ],
    )
    found = books.reader.ask(FindOrder("O1"))
    assert found is not None
    assert (found.lines, found.total_minor, found.due_on, found.customer_no, found.paid_minor, found.note) == (
        line(3), 27, "2026-12-02", "10002", 0, "",
    )  # fmt: skip
    assert books.reader.ask(ListOrders(customer_no="10002", due_until="2026-12-02")) == (found,)
    assert books.reader.ask(ListOrders(customer_no=NO)) == ()
