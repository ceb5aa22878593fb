"""What the customer sees while he waits: two lines, each with a text at the left and an amount at the right. Pure.

==================  ==========================  ========================
                    upper line                  lower line
==================  ==========================  ========================
nobody is served    greeting                    its second line
a line is rung      quantity, name, price       total
something is paid   given                       to pay yet, or to give back
the receipt         given, or the total         change, or thanks
==================  ==========================  ========================

The words are the shop's, as on its receipts, whatever the screens speak. The line is the last of the sale that does
not only go along with another (a container's deposit), so it says what a void or a price change made of it too. The
panel of the screens and the display at the till show the same: the one has ``SaleView``, the other ``OpenSale``
(``app/engine/customer_side.py``). How long a line may be, and which characters there are, is the display's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from app.domain.article import DEFAULT_UNIT
from app.domain.money import format_minor
from app.domain.quantity import MILLI, format_milli
from app.facts.sales import ReceiptCompleted
from app.till.views import SaleView

Line = tuple[str, str]
"""Text at the left and amount at the right."""
Lines = tuple[Line, Line]

PIECES = ("", DEFAULT_UNIT, "St", "pcs")
"""Units that are not said, because a plain number already means them."""
GREETING_LINES = 2


class CustomerWords(msgspec.Struct, frozen=True):
    """What is said to customers in one language."""

    greeting: Line
    """Both lines of it."""
    total: str
    given: str
    due: str
    change: str
    """Of cash that was too much."""
    back: str
    """Of money that is given back, for goods or a voucher."""
    thanks: str
    closed: Line
    decimal_point: str

    def amount(self, minor: int, currency: str) -> str:
        """``12,34``"""
        return format_minor(minor, currency).replace(".", self.decimal_point)


WORDS: Mapping[str, CustomerWords] = {
    "de": CustomerWords(
        greeting=("Herzlich willkommen", ""),
        total="SUMME",
        given="Gegeben",
        due="Noch offen",
        change="Rückgeld",
        back="Zurück",
        thanks="Vielen Dank!",
        closed=("Kasse geschlossen", ""),
        decimal_point=",",
    ),
    "en": CustomerWords(
        greeting=("Welcome", ""),
        total="TOTAL",
        given="Given",
        due="To pay",
        change="Change",
        back="Back",
        thanks="Thank you!",
        closed=("This till is closed", ""),
        decimal_point=".",
    ),
}


class RungLine(Protocol):
    """A line of the sale; discounts are off ``gross_minor`` already."""

    @property
    def name(self) -> str: ...

    @property
    def quantity_milli(self) -> int: ...

    @property
    def unit(self) -> str: ...

    @property
    def gross_minor(self) -> int: ...

    @property
    def of_line(self) -> int: ...


class Rung(Protocol):
    """The open sale, as the session keeps it or as the screens see it."""

    @property
    def currency(self) -> str: ...

    @property
    def lines(self) -> Sequence[RungLine]: ...

    @property
    def payments(self) -> Sequence[object]: ...

    @property
    def total_minor(self) -> int: ...

    @property
    def paid_minor(self) -> int: ...

    @property
    def due_minor(self) -> int: ...


def words_for(language: str, greeting: Sequence[str] = ()) -> CustomerWords:
    """The words of a language, with the shop's own greeting (one or two lines) if it has one."""
    words = WORDS[language]
    if not any(line.strip() for line in greeting):
        return words
    first, second = (*greeting, "", "")[:GREETING_LINES]
    return msgspec.structs.replace(words, greeting=(first, second))


def seen(view: SaleView, words: CustomerWords) -> Lines:
    """What the customer sees of the sale, or of the receipt before it."""
    if view.lines:
        return rung(view, words)
    return greeting(words) if view.last is None else finished(view.last, words)


def rung(sale: Rung, words: CustomerWords) -> Lines:
    """Of an open sale with lines: the one rung last and the total; while it is paid: what was given, what is due."""
    if sale.payments:
        label, minor = (words.due, sale.due_minor) if sale.due_minor >= 0 else (words.back, -sale.due_minor)
        given = words.amount(sale.paid_minor, sale.currency)
        return (words.given, given), (_in(sale.currency, label), words.amount(minor, sale.currency))
    line = next((line for line in reversed(sale.lines) if not line.of_line), sale.lines[-1])
    price = words.amount(line.gross_minor, sale.currency)
    return (_rung(line, words), price), _total(sale.total_minor, sale.currency, words)


def finished(receipt: ReceiptCompleted, words: CustomerWords) -> Lines:
    """Of a receipt: what was given and comes back; thanks if nothing does."""
    currency = receipt.currency
    given = sum(row.amount_minor for row in receipt.tenders if row.role == "payment")
    back = -sum(row.amount_minor for row in receipt.tenders if row.role == "refund")
    if back > 0:
        label = _in(currency, words.back)
        return _total(receipt.total_minor, currency, words), (label, words.amount(back, currency))
    if receipt.change_minor > 0:
        change = words.amount(receipt.change_minor, currency)
        return (words.given, words.amount(given, currency)), (_in(currency, words.change), change)
    return _total(receipt.total_minor, currency, words), (words.thanks, "")


def greeting(words: CustomerWords) -> Lines:
    """Nobody is served."""
    return _both(words.greeting)


def closed(words: CustomerWords) -> Lines:
    """Nobody will be."""
    return _both(words.closed)


def _rung(line: RungLine, words: CustomerWords) -> str:
    quantity = format_milli(line.quantity_milli).replace(".", words.decimal_point)
    if line.unit not in PIECES:
        return f"{quantity} {line.unit} {line.name}"
    return line.name if line.quantity_milli == MILLI else f"{quantity}x {line.name}"


def _total(minor: int, currency: str, words: CustomerWords) -> Line:
    return _in(currency, words.total), words.amount(minor, currency)


def _in(currency: str, label: str) -> str:
    return f"{label} {currency}"


def _both(texts: Line) -> Lines:
    return (texts[0], ""), (texts[1], "")
