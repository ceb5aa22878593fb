"""A completed receipt as a page, with a slip for each voucher that was sold with it.

The receipt carries what KassenSichV § 6 asks for as far as the record has it: full
name and address, day with start and end of the transaction, receipt number, till,
quantity and kind of each item, amount with tax and rate (or the reason there is
none), and the amount by way of payment. Signature and security module follow when
a fiscal unit signs. Totals are printed as recorded, never computed anew.

A voucher's code is worth its money, so the receipt itself, which is left lying
around, names vouchers only by their last characters. The whole code stands on the
slip alone: as a symbol and in groups of four.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

import msgspec

from app.domain.voucher import shown
from app.facts.sales import ReceiptCompleted, ReceiptLine, TaxRow, TenderRow
from receipts.page import Block, Gap, Line, Page, Pair, Rule, Section, Symbol, SymbolKind, Table
from receipts.wording import SIGNS, Wording

_SHOWN_OF_A_CODE = 4


class ShopHead(msgspec.Struct, frozen=True):
    """Who sells: the first of ``lines`` is the name, then the full address, VAT id and so on.

    ``till_serial`` is the till's serial number where the law asks for one; ``foot`` is
    printed before the thanks.
    """

    lines: tuple[str, ...]
    foot: tuple[str, ...] = ()
    till_serial: str = ""


def compose(
    receipt: ReceiptCompleted,
    shop: ShopHead,
    words: Wording,
    *,
    zone: tzinfo = UTC,
    symbol: SymbolKind = "qr",
) -> Page:
    """The receipt's page, times in ``zone``, and a slip for every line that sells a voucher."""
    letters = _tax_letters(receipt.tax_table)
    body: list[Block] = [*_head(receipt, shop, words, zone), Rule()]
    for line in receipt.lines:
        body.extend(_item(line, receipt.currency, letters, words))
    body += [Rule(), *_payment(receipt, words), Rule(), *_tax(receipt, letters, words), Gap()]
    body += [Line(each, align="center") for each in (*shop.foot, words.thanks)]

    day, _ = words.date_and_time(receipt.finished_at, zone)
    end = Pair(f"{words.receipt} {receipt.receipt_no}", day)
    slips = [
        Section("voucher", (*_shop(shop), *_slip(line, receipt, words, symbol), end))
        for line in receipt.lines
        if line.business_case == "voucher_sale" and line.voucher_code and line.gross_minor > 0
    ]
    return Page((Section("receipt", tuple(body)), *slips))


def masked(code: str) -> str:
    """Enough of a code to name the voucher, too little to use it: ``***WTB1``."""
    return f"***{code[-_SHOWN_OF_A_CODE:]}" if len(code) > _SHOWN_OF_A_CODE else "***"


def _head(receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo) -> list[Block]:
    blocks = _shop(shop)
    day, started = words.date_and_time(receipt.started_at, zone)
    end_day, finished = words.date_and_time(receipt.finished_at, zone)
    ended = finished if end_day == day else f"{end_day} {finished}"
    blocks += [
        Gap(),
        Pair(f"{words.receipt} {receipt.receipt_no}", f"{words.till} {receipt.till_no}", bold=True),
        Pair(day, f"{started} - {ended}"),
    ]
    if shop.till_serial:
        blocks.append(Pair(words.till_serial, shop.till_serial))
    if receipt.cashier:
        blocks.append(Line(f"{words.cashier}: {receipt.cashier}", indent=2))
    return blocks


def _shop(shop: ShopHead) -> list[Block]:
    return [Line(line, align="center", bold=index == 0, tall=index == 0) for index, line in enumerate(shop.lines)]


def _tax_letters(table: Sequence[TaxRow]) -> dict[tuple[str, int], str]:
    """A letter for each row of the tax table, so that every line can name its rate with one character."""
    return {(row.vat_key, row.vat_rate_bp): chr(ord("A") + index % 26) for index, row in enumerate(table)}


def _item(line: ReceiptLine, currency: str, letters: dict[tuple[str, int], str], words: Wording) -> list[Block]:
    piece = line.unit in words.pieces
    count = words.quantity(line.quantity_milli)
    what = f"{count} × {line.name}" if piece else f"{count} {line.unit} {line.name}"
    letter = letters.get((line.vat_key, line.vat_rate_bp), " ")
    blocks: list[Block] = [Pair(what, f"{words.amount(line.gross_minor, currency)} {letter}", indent=4)]
    if line.quantity_milli != 1000:
        price = words.money(line.unit_price_minor, currency)
        blocks.append(Line(f"    {words.each} {price}" if piece else f"    {price} {words.per} {line.unit}", indent=4))
    if line.voucher_code:
        blocks.append(Line(f"    {words.voucher_code} {masked(line.voucher_code)}", indent=4))
    return blocks


def _payment(receipt: ReceiptCompleted, words: Wording) -> list[Block]:
    total = words.amount(receipt.total_minor, receipt.currency)
    sign = SIGNS.get(receipt.currency)
    blocks: list[Block] = [
        Pair(words.total, f"{total} {sign}", bold=True, tall=True)
        if sign
        else Pair(f"{words.total} {receipt.currency}", f"{total}  ", bold=True, tall=True)
    ]
    blocks += [_tender(tender, receipt.currency, words) for tender in receipt.tenders]
    return blocks


def _tender(tender: TenderRow, currency: str, words: Wording) -> Block:
    if tender.role == "change":
        return Pair(words.change, f"{words.amount(-tender.amount_minor, tender.currency)}  ")
    name = words.tenders.get(tender.tender, tender.tender)
    if tender.reference:
        name = f"{name} {masked(tender.reference)}"
    if tender.currency != currency:
        name = f"{name} {tender.currency}"
    return Pair(name, f"{words.amount(tender.amount_minor, tender.currency)}  ", indent=2)


def _tax(receipt: ReceiptCompleted, letters: dict[tuple[str, int], str], words: Wording) -> list[Block]:
    if not receipt.tax_table:
        return []
    rows = [(words.tax, words.net, words.tax_amount, words.gross)]
    for row in receipt.tax_table:
        letter = letters[row.vat_key, row.vat_rate_bp]
        rate = words.rate(row.vat_rate_bp) if row.vat_key else words.untaxed
        amounts = (row.net_minor, row.tax_minor, row.gross_minor)
        net, tax, gross = (words.amount(amount, receipt.currency) for amount in amounts)
        rows.append((f"{letter} {rate}", net, tax, gross))
    blocks: list[Block] = [Table(tuple(rows))]
    if any(not row.vat_key for row in receipt.tax_table):
        blocks.append(Line(words.untaxed_reason, indent=2))
    return blocks


def _slip(line: ReceiptLine, receipt: ReceiptCompleted, words: Wording, symbol: SymbolKind) -> list[Block]:
    blocks: list[Block] = [
        Gap(),
        Line(words.voucher_title, align="center", bold=True, tall=True, wide=True),
        Line(words.money(line.gross_minor, receipt.currency), align="center", bold=True, tall=True, wide=True),
        Gap(),
        Symbol(line.voucher_code, symbol),
        Gap(),
        Line(shown(line.voucher_code), align="center", bold=True, tall=True),
    ]
    if line.voucher_expires_on:
        blocks.append(Line(f"{words.valid_until} {words.day(line.voucher_expires_on)}", align="center"))
    kind = words.voucher_kinds.get(line.voucher_kind, line.voucher_kind)
    note = words.voucher_notes.get(line.voucher_kind, "")
    return [*blocks, Gap(), *(Line(each) for each in (kind, note) if each)]
