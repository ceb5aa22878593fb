"""The lines of a receipt: what was sold, what was taken off, what it is about.

The amounts in the right column sum up to the total: a line with discounts shows its price before them, and each
discount stands under it with its own amount.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.business_case import (
    CONTAINER_DEPOSIT,
    DEPOSIT,
    DEPOSIT_SETTLEMENT,
    PURSE_TOP_UP,
    RECEIVABLE_SETTLEMENT,
    ROUNDING,
    SALE,
    TIP,
)
from app.domain.quantity import MILLI
from app.facts.sales import ReceiptLine
from receipts.letterhead import masked
from receipts.page import Block, Line, Pair
from receipts.wording import Wording

_PLAIN = (TIP, ROUNDING)
"""Amounts of which there are no pieces."""
_WORDED = (PURSE_TOP_UP, RECEIVABLE_SETTLEMENT)
"""What paper has a word for: the line's own name is for programs."""
_ABOUT = (SALE, CONTAINER_DEPOSIT, DEPOSIT, DEPOSIT_SETTLEMENT, RECEIVABLE_SETTLEMENT)


def item(line: ReceiptLine, currency: str, letters: Mapping[tuple[str, int], str], words: Wording) -> list[Block]:
    """One line with everything that belongs under it."""
    letter = letters.get((line.vat_key, line.vat_rate_bp), " ")
    if line.business_case in _PLAIN:
        name = words.documents.cases[line.business_case]
        return [Pair(name, f"{words.amount(line.gross_minor, currency)} {letter}", indent=4)]
    piece = line.unit in words.pieces
    count = words.quantity(line.quantity_milli)
    name = words.documents.cases[line.business_case] if line.business_case in _WORDED else line.name
    what = f"{count} × {name}" if piece else f"{count} {line.unit} {name}"
    before = line.gross_minor + sum(given.amount_minor for given in line.discounts)
    blocks: list[Block] = [Pair(what, f"{words.amount(before, currency)} {letter}", indent=4)]
    if abs(line.quantity_milli) != MILLI:
        price = words.money(line.unit_price_minor, currency)
        blocks.append(_under(f"{words.each} {price}" if piece else f"{price} {words.per} {line.unit}"))
    if line.list_price_minor:
        blocks.append(_under(f"{words.documents.instead_of} {words.money(line.list_price_minor, currency)}"))
    for given in line.discounts:
        name = given.name or words.documents.rules.get(given.rule, given.rule)
        blocks.append(Pair(f"    {name}", f"{words.amount(-given.amount_minor, currency)} {letter}", indent=4))
    if line.voucher_code:
        blocks.append(_under(f"{words.voucher_code} {masked(line.voucher_code)}"))
    return [*blocks, *_about(line, words)]


def _about(line: ReceiptLine, words: Wording) -> list[Block]:
    """Which document the line is about, and why."""
    said = words.documents
    blocks: list[Block] = []
    if line.reference and line.business_case in _ABOUT:
        returned = line.business_case in (SALE, CONTAINER_DEPOSIT) and line.gross_minor < 0
        about = f"{said.returned_from} {line.reference}" if returned else f"{said.about} {line.reference}"
        blocks.append(_under(f"{about}, {said.line} {line.reference_line}" if line.reference_line else about))
    if line.reason:
        blocks.append(_under(f"{said.reason}: {line.reason}"))
    return blocks


def _under(text: str) -> Line:
    return Line(f"    {text}", indent=4)
