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
from app.domain.weighing import BY_HAND
from app.facts.circulation import OrderLine
from app.facts.sales import LineDiscount, ReceiptLine
from receipts.letterhead import masked
from receipts.page import Block, Line, Pair
from receipts.wording import Wording

_PLAIN = (TIP, ROUNDING)
"""Amounts of which there are no pieces."""
_WORDED = (PURSE_TOP_UP, RECEIVABLE_SETTLEMENT)
"""What paper has a word for: the line's own name is for programs."""
_ABOUT = (SALE, CONTAINER_DEPOSIT, DEPOSIT, DEPOSIT_SETTLEMENT, RECEIVABLE_SETTLEMENT)


def item(
    line: ReceiptLine,
    currency: str,
    letters: Mapping[tuple[str, int], str],
    words: Wording,
    *,
    article_nos: bool = False,
) -> list[Block]:
    """One line with everything that belongs under it; ``article_nos``: the article's number too."""
    blocks: list[Block] = [headline(line, currency, letters, words)]
    if line.business_case in _PLAIN:
        return blocks
    second = [f"{words.documents.article_no} {line.ident_no}"] if article_nos and line.ident_no else []
    if line.weighed or abs(line.quantity_milli) != MILLI:
        weighed = bool(line.weighed)
        second.append(reckoned(line.quantity_milli, line.unit, line.unit_price_minor, currency, words, weighed=weighed))
    if second:
        blocks.append(_under("  ".join(second)))
    blocks += weights(line, words)
    if line.list_price_minor:
        blocks.append(_under(f"{words.documents.instead_of} {words.money(line.list_price_minor, currency)}"))
    blocks += [reduction(given, line, currency, letters, words) for given in line.discounts]
    if line.voucher_code:
        blocks.append(_under(f"{words.voucher_code} {masked(line.voucher_code)}"))
    return [*blocks, *_about(line, words)]


def reckoned(
    quantity_milli: int, unit: str, unit_price_minor: int, currency: str, words: Wording, *, weighed: bool = False
) -> str:
    """How a line's price came about: ``2 × 3,49 €``, ``1,250 kg × 4,20 €/kg``; what was weighed has all its digits."""
    count = words.weight(quantity_milli) if weighed else words.quantity(quantity_milli)
    price = words.money(unit_price_minor, currency)
    return f"{count} × {price}" if unit in words.pieces else f"{count} {unit} × {price}/{unit}"


def headline(line: ReceiptLine, currency: str, letters: Mapping[tuple[str, int], str], words: Wording) -> Pair:
    """How much of what, and its amount before discounts with the letter of its VAT rate."""
    before = line.gross_minor + sum(given.amount_minor for given in line.discounts)
    amount = f"{words.amount(before, currency)} {letters.get((line.vat_key, line.vat_rate_bp), ' ')}"
    name = words.documents.cases[line.business_case] if line.business_case in (*_PLAIN, *_WORDED) else line.name
    name = name.strip() or words.documents.cases.get(line.business_case, "?")
    if line.business_case in _PLAIN:
        return Pair(name, amount, indent=4)
    count = words.weight(line.quantity_milli) if line.weighed else words.quantity(line.quantity_milli)
    return Pair(f"{count} × {name}" if line.unit in words.pieces else f"{count} {line.unit} {name}", amount, indent=4)


def reduction(
    given: LineDiscount, line: ReceiptLine, currency: str, letters: Mapping[tuple[str, int], str], words: Wording
) -> Pair:
    """What a rule took off the line."""
    name = given.name or words.documents.rules.get(given.rule, given.rule)
    letter = letters.get((line.vat_key, line.vat_rate_bp), " ")
    return Pair(f"    {name}", f"{words.amount(-given.amount_minor, currency)} {letter}", indent=4)


def weights(line: ReceiptLine | OrderLine, words: Wording) -> list[Block]:
    """What lay on the scale and what the packing weighs, and that a weight was typed. The line's quantity is net."""
    said, blocks = words.documents, list[Block]()
    if line.tare_g:
        gross, tare = words.weight(line.gross_g), words.weight(line.tare_g)
        named = f" ({line.tare_class})" if line.tare_class else ""
        blocks.append(_under(f"{said.gross_weight} {gross} {line.unit}  {said.tare} {tare} {line.unit}{named}"))
    if line.weighed == BY_HAND:
        blocks.append(_under(said.typed_weight))
    return blocks


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
