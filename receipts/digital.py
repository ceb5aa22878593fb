"""A receipt as a few lines of text, for customers who want no paper: what a screen's QR code says, or a mail.

As much as there is room for, and always the number, when it was, the total, the taxes, and what would mislead if it
were missing: training, voids. Lines that have no room are counted. What is signed is this text and nothing else
(``app.domain.receipt_seal``), so it says in words what the receipt says.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import tzinfo

from app.domain.receipt_seal import canonical
from app.facts.sales import ReceiptCompleted
from receipts.characters import harmless
from receipts.compose import tax_letters
from receipts.items import headline
from receipts.letterhead import HeadLine, ShopHead
from receipts.wording import Wording

LINES_MOST = 200
NAME_MOST = 40
"""Characters of how much of what."""


class NoRoom(ValueError):
    """Not even the shortest form fits."""


def digital(
    receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo, fits: Callable[[str], bool]
) -> str:
    """The most that fits, canonical; ``NoRoom`` if nothing does."""
    for count, draft in _drafts(receipt, shop, words, zone):
        if (text := _longest(count, draft, fits)) is not None:
            return text
    raise NoRoom("the receipt's number, total and taxes do not fit")


Draft = Callable[[int], list[str]]


def _longest(count: int, draft: Draft, fits: Callable[[str], bool]) -> str | None:
    """The first that fits of so many drafts, each shorter than the one before; looked for by halves, since a receipt
    of hundreds of lines is signed while other tills wait for an answer."""

    def text(place: int) -> str:
        return canonical("\n".join(harmless(line) for line in draft(place)))

    place = bisect_left(range(count), True, key=lambda at: fits(text(at)))
    return text(place) if place < count else None


def _drafts(receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo) -> Iterator[tuple[int, Draft]]:
    """How many there are of a sort, and each by its place; from the longest to the shortest."""
    day, time = words.date_and_time(receipt.finished_at, zone)
    when = f"{day} {time.rpartition(':')[0]}"
    total = f"{words.total} {words.amount(receipt.total_minor, receipt.currency)} {receipt.currency}"
    head = [line.text if isinstance(line, HeadLine) else line for line in shop.lines] or [""]
    name = head[0]
    marks = _marks(receipt, words)
    lines, taxes = _lines(receipt, words), _taxes(receipt, words)
    number = f"{words.receipt} {receipt.receipt_no} {when}"

    def listing(listed: int) -> list[str]:
        left = len(lines) - listed
        more = [f"+ {left} {words.documents.lines}"] if left else []
        return [*marks, name, number, *lines[:listed], *more, total, *taxes]

    most = min(len(lines), LINES_MOST)
    if most == len(lines):
        yield 1, lambda _: [*marks, *head, shop.branch, number, *lines, total, *taxes]
    # That some are left takes room of its own, perhaps more than the one line that is left.
    yield 1, lambda _: listing(most)
    yield most, lambda place: listing(most - 1 - place)
    short = [f"{receipt.receipt_no} {when}", total, _taxes_in_short(receipt, words)]
    yield len(name) + 1, lambda place: [*marks, name[: len(name) - place], *short]


def _marks(receipt: ReceiptCompleted, words: Wording) -> list[str]:
    training = [f"*** {words.documents.training_mark} ***"] if receipt.receipt_type == "training" else []
    return [*training, *([f"{words.documents.voids} {receipt.voids}"] if receipt.voids else [])]


def _lines(receipt: ReceiptCompleted, words: Wording) -> list[str]:
    letters = tax_letters(receipt.tax_table)
    said = []
    for line in receipt.lines:
        what = headline(line, receipt.currency, letters, words).left[:NAME_MOST]
        letter = letters.get((line.vat_key, line.vat_rate_bp), "")
        said.append(f"{what} {words.amount(line.gross_minor, receipt.currency)} {letter}")
    return said


def _taxes(receipt: ReceiptCompleted, words: Wording) -> list[str]:
    letters = tax_letters(receipt.tax_table)
    said = []
    for row in receipt.tax_table:
        rate = words.rate(row.vat_rate_bp) if row.vat_key else words.untaxed
        net, tax, gross = (
            words.amount(amount, receipt.currency) for amount in (row.net_minor, row.tax_minor, row.gross_minor)
        )
        said.append(f"{letters[row.vat_key, row.vat_rate_bp]} {words.tax} {rate}: {net} + {tax} = {gross}")
    return said


def _taxes_in_short(receipt: ReceiptCompleted, words: Wording) -> str:
    rows = [
        f"{words.rate(row.vat_rate_bp).replace(' ', '')} {words.amount(row.tax_minor, receipt.currency)}"
        for row in receipt.tax_table
        if row.vat_key
    ]
    return f"{words.tax} {' '.join(rows)}" if rows else ""
