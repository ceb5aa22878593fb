"""Orders of a web shop out of CSV files, to be picked up at any till.

    order_no;due;customer_no;ident_no;quantity;price;paid;note;state

One line per article; lines with the same ``order_no`` are one order. What they say of the whole order (due, customer,
paid, note) must not differ; it may be left out after the first. ``order_no``, ``ident_no`` and ``quantity`` must be
there. Without a ``price`` (of one unit) the article's own counts. ``paid`` is what the shop has taken already. An
order with a bad line is left out as a whole; one that is known already is a fault, so a file read twice adds nothing.
``state``: ``cancelled`` (or ``storniert``) gives the order up, which only ``order_sync.py`` can do; empty or ``open``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from app.books.questions.orders import FindOrder, ListOrders
from app.books.views import ArticleView
from app.domain.instant import iso
from app.domain.money import MAX_TOTAL_MINOR, format_minor
from app.domain.order import MAX_NOTE_LENGTH
from app.domain.quantity import QuantityError, gross_of, parse_milli
from app.domain.sale import MAX_LINES, MAX_SALE_BYTES
from app.engine.operations import Imported
from app.facts.circulation import OrderLine, OrderPlaced
from app.office import rows
from app.office.rows import BadRow, Fault, Source
from app.text import gettext as _

if TYPE_CHECKING:
    from app.office.desk import Desk

REQUIRED = ("order_no", "ident_no", "quantity")
OF_THE_WHOLE = ("due", "customer_no", "paid", "note")
MAX_NUMBER_LENGTH = 40
STATE = "state"
OPEN_WORDS, CANCELLED_WORDS = ("", "open", "offen"), ("cancelled", "canceled", "storniert", "storno")


class OrderRow(NamedTuple):
    """One good line of the file."""

    line: int
    order_no: str
    ordered: OrderLine
    due_on: str
    customer_no: str
    paid_minor: int
    note: str


class OrdersRead(NamedTuple):
    """The whole orders, in the order of the file, and the faults of its lines.

    ``cancelled``: the numbers of those that are given up; ``lines``: where each number begins.
    """

    facts: tuple[OrderPlaced, ...]
    faults: tuple[Fault, ...]
    cancelled: tuple[str, ...] = ()
    lines: Mapping[str, int] = MappingProxyType({})


def import_orders(desk: Desk, source: Source) -> Imported:
    """The orders of a file as facts, and the faults of its lines."""

    def known(order_no: str) -> bool:
        return desk.books.ask(FindOrder(order_no)) is not None

    at = iso(time.time_ns() // 1_000_000)
    found = read_orders(source, currency=desk.currency, article=desk.books.article, known=known, at=at)
    cancelled = [Fault(found.lines[number], "order_cancelled", {"text": number}) for number in found.cancelled]
    faults = sorted((*found.faults, *cancelled), key=lambda fault: fault.line)
    return Imported(found.facts, tuple((fault.line, rows.reason(fault, _)) for fault in faults))


COLUMNS = (
    "order_no", "state", "source", "placed_at", "due_on", "customer_no", "total", "paid", "deposited", "receipt_no",
    "reason",
)  # fmt: skip
"""Of an export: what became of each order, for the web shop."""
MAX_EXPORTED = 1_000_000


def exported(desk: Desk) -> list[dict[str, Any]]:
    """Every order with its state: ``receipt_no`` is the receipt that ended it."""
    return [
        {
            "order_no": each.order_no,
            "state": each.state,
            "source": each.source,
            "placed_at": each.placed_at,
            "due_on": each.due_on,
            "customer_no": each.customer_no,
            "total": format_minor(each.total_minor, each.currency),
            "paid": format_minor(each.paid_minor, each.currency),
            "deposited": format_minor(each.deposited_minor, each.currency),
            "receipt_no": each.ended_by,
            "reason": each.reason,
        }
        for each in desk.books.ask(ListOrders(limit=MAX_EXPORTED))
    ]


def cells(row: dict[str, Any]) -> Sequence[str]:
    return [row[column] for column in COLUMNS]


def read_orders(
    source: Source,
    *,
    currency: str,
    article: Callable[[str], ArticleView | None],
    known: Callable[[str], bool],
    at: str,
) -> OrdersRead:
    """Orders of a CSV file, placed at the instant ``at``; ``known`` says whether there is one of that number."""
    whole: dict[str, dict[str, str]] = {}
    bad: set[str] = set()
    cancelled: dict[str, int] = {}

    def value_of(line: int, row: Mapping[str, str]) -> OrderRow | None:
        try:
            if _is_cancelled(row.get(STATE, "")):
                cancelled.setdefault(_number(row["order_no"], "order_no_bad"), line)
                return None
            return _row(line, row, whole, currency, article)
        except BadRow:
            bad.add(row["order_no"])
            raise

    values, faults = rows.read_rows(source, REQUIRED, value_of)
    orders: dict[str, list[OrderRow]] = {}
    for value in values:
        if value is not None and value.order_no not in cancelled:
            orders.setdefault(value.order_no, []).append(value)
    facts: list[OrderPlaced] = []
    more: list[Fault] = []
    for order_no, lines in orders.items():
        try:
            _check_new(order_no, bad, known)
            facts.append(_order(lines, currency, at))
        except BadRow as fault:
            more.append(Fault(lines[0].line, fault.code, fault.values))
    begin = {order_no: lines[0].line for order_no, lines in orders.items()} | cancelled
    sorted_faults = tuple(sorted((*faults, *more), key=lambda fault: fault.line))
    return OrdersRead(tuple(facts), sorted_faults, tuple(cancelled), begin)


def _is_cancelled(text: str) -> bool:
    word = text.casefold()
    if word not in (*OPEN_WORDS, *CANCELLED_WORDS):
        raise BadRow("order_state_bad", text=rows.shown(text))
    return word in CANCELLED_WORDS


def _check_new(order_no: str, bad: Collection[str], known: Callable[[str], bool]) -> None:
    if order_no in bad:
        raise BadRow("order_incomplete", text=order_no)
    if known(order_no):
        raise BadRow("order_known", text=order_no)


def _row(
    line: int,
    row: Mapping[str, str],
    whole: dict[str, dict[str, str]],
    currency: str,
    article: Callable[[str], ArticleView | None],
) -> OrderRow:
    order_no = _number(row["order_no"], "order_no_bad")
    said = whole.setdefault(order_no, {})
    for column in OF_THE_WHOLE:
        text = row.get(column, "")
        if text and said.setdefault(column, text) != text:
            raise BadRow("order_differs", text=order_no, column=column)
    found = article(row["ident_no"]) if row["ident_no"] else None
    if found is None or found.currency != currency:
        raise BadRow("ident_unknown", text=rows.shown(row["ident_no"]))
    quantity = _quantity(row["quantity"])
    price = rows.price_minor(row["price"], currency) if row.get("price") else found.price_minor
    gross = gross_of(price, quantity)
    if gross > MAX_TOTAL_MINOR:
        raise BadRow("price_too_large", text=rows.shown(row.get("price", "")))
    note = row.get("note", "")
    if len(note) > MAX_NOTE_LENGTH or not note.isprintable():
        raise BadRow("note_bad", limit=str(MAX_NOTE_LENGTH))
    ordered = OrderLine(
        name=found.name,
        quantity_milli=quantity,
        unit=found.unit,
        unit_price_minor=price,
        gross_minor=gross,
        ident_no=found.ident_no,
        vat_key=found.vat_key,
        article_groups=found.article_groups,
        age_limit=found.age_limit,
    )
    return OrderRow(
        line=line,
        order_no=order_no,
        ordered=ordered,
        due_on=rows.day(row["due"]) if row.get("due") else "",
        customer_no=_number(row["customer_no"], "customer_no_bad") if row.get("customer_no") else "",
        paid_minor=rows.price_minor(row["paid"], currency) if row.get("paid") else 0,
        note=note,
    )


def _order(lines: Sequence[OrderRow], currency: str, at: str) -> OrderPlaced:
    total = sum(line.ordered.gross_minor for line in lines)
    paid = max(line.paid_minor for line in lines)
    if paid > total:
        raise BadRow("paid_too_much", text=lines[0].order_no)
    placed = OrderPlaced(
        order_no=lines[0].order_no,
        till_no=0,
        placed_at=at,
        cashier="",
        currency=currency,
        lines=tuple(line.ordered for line in lines),
        total_minor=total,
        due_on=max(line.due_on for line in lines),
        customer_no=max(line.customer_no for line in lines),
        source="web",
        paid_minor=paid,
        note=max(line.note for line in lines),
    )
    too_large = total > MAX_TOTAL_MINOR or len(msgspec.json.encode(placed)) > MAX_SALE_BYTES
    if too_large or len(lines) > MAX_LINES:
        raise BadRow("order_too_large", text=placed.order_no)
    return placed


def _number(text: str, code: str) -> str:
    if not 0 < len(text) <= MAX_NUMBER_LENGTH or not text.isprintable():
        raise BadRow(code, text=rows.shown(text))
    return text


def _quantity(text: str) -> int:
    try:
        return parse_milli(text)
    except QuantityError:
        raise BadRow("quantity_bad", text=rows.shown(text)) from None
