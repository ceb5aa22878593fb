"""A completed receipt as a page, with a slip for each voucher and coupon that came with it.

The receipt carries what KassenSichV § 6 asks for as far as the record has it: full
name and address, day with start and end of the transaction, receipt number, till,
quantity and kind of each item, amount with tax and rate (or the reason there is
none), and the amount by way of payment. Signature and security module follow when
a fiscal unit signs. Totals are printed as recorded, never computed anew.

A voucher's code is worth its money, so the receipt itself, which is left lying
around, names vouchers only by their last characters. The whole code stands on the
slip alone: as a symbol and in groups of four. What training makes is worth nothing
and says so at its top and its end; it comes without slips.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from app.domain.customer import Person
from app.facts.sales import ReceiptCompleted, TaxRow, TenderRow
from receipts.hospitality import hospitality
from receipts.items import item
from receipts.letterhead import ShopHead, address, head_of, masked
from receipts.page import Block, Gap, Line, Page, Pair, Rule, Section, SymbolKind, Table
from receipts.slips import slips_of
from receipts.wording import SIGNS, Wording

_SECRET_REFERENCES = ("", "voucher", "token")
"""Kinds of tenders whose reference is worth money; receipts of older versions name no kind."""


def compose(
    receipt: ReceiptCompleted,
    shop: ShopHead,
    words: Wording,
    *,
    zone: tzinfo = UTC,
    symbol: SymbolKind = "qr",
    buyer: Person | None = None,
) -> Page:
    """The receipt's page, times in ``zone``, and its slips. ``buyer``: whom an invoice is made out to, opened."""
    training = receipt.receipt_type == "training"
    letters = tax_letters(receipt.tax_table)
    body: list[Block] = [*_head(receipt, shop, words, zone, buyer), Rule()]
    for line in receipt.lines:
        body.extend(item(line, receipt.currency, letters, words))
    body += [Rule(), *_payment(receipt, words), Rule(), *_tax(receipt, letters, words)]
    if receipt.hospitality:
        body += hospitality(receipt, words, zone)
    if receipt.delivery_note_no:
        body += [Gap(), Gap(), Rule(), Line(words.documents.goods_received)]
    body.append(Gap())
    body += [Line(each, align="center") for each in (*shop.foot, words.thanks)]
    if training:
        body += [Gap(), _training(words)]
        return Page((Section("receipt", tuple(body)),))
    return Page((Section("receipt", tuple(body)), *slips_of(receipt, shop, words, zone, symbol)))


def tax_letters(table: Sequence[TaxRow]) -> dict[tuple[str, int], str]:
    """A letter for each row of the tax table, so that every line can name its rate with one character."""
    return {(row.vat_key, row.vat_rate_bp): chr(ord("A") + index % 26) for index, row in enumerate(table)}


def tax_rows(table: Sequence[TaxRow], currency: str, words: Wording) -> list[Block]:
    """The tax table: a row for each rate, with its letter."""
    if not table:
        return []
    letters = tax_letters(table)
    rows = [(words.tax, words.net, words.tax_amount, words.gross)]
    for row in table:
        rate = words.rate(row.vat_rate_bp) if row.vat_key else words.untaxed
        amounts = (row.net_minor, row.tax_minor, row.gross_minor)
        net, tax, gross = (words.amount(amount, currency) for amount in amounts)
        rows.append((f"{letters[row.vat_key, row.vat_rate_bp]} {rate}", net, tax, gross))
    return [Table(tuple(rows))]


def _head(receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo, buyer: Person | None) -> list[Block]:
    blocks = head_of(shop)
    if receipt.receipt_type == "training":
        blocks = [_training(words), Gap(), *blocks]
    blocks += address(buyer)
    day, started = words.date_and_time(receipt.started_at, zone)
    end_day, finished = words.date_and_time(receipt.finished_at, zone)
    ended = finished if end_day == day else f"{end_day} {finished}"
    if receipt.voids:
        blocks += [Gap(), Line(f"{words.documents.voids} {receipt.voids}", align="center", bold=True, tall=True)]
    if receipt.invoice_no:
        blocks += [Gap(), Line(f"{words.documents.invoice} {receipt.invoice_no}", bold=True, tall=True)]
    blocks += [
        Gap(),
        Pair(f"{words.receipt} {receipt.receipt_no}", f"{words.till} {receipt.till_no}", bold=True),
        Pair(day, f"{started} - {ended}"),
    ]
    if shop.till_serial:
        blocks.append(Pair(words.till_serial, shop.till_serial))
    if receipt.cashier:
        blocks.append(Line(f"{words.cashier}: {receipt.cashier}", indent=2))
    return [*blocks, *_whose(receipt, words)]


def _whose(receipt: ReceiptCompleted, words: Wording) -> list[Block]:
    """Which documents the receipt is and belongs to, and who bears it."""
    said = words.documents
    named = (
        (said.delivery_note, receipt.delivery_note_no),
        (said.order, receipt.order_no),
        (said.customer, receipt.customer_no),
        (said.cost_centre, receipt.cost_centre),
        (said.profit_centre, receipt.profit_centre),
        (said.company, receipt.company),
        (said.guests, str(receipt.guests) if receipt.guests else ""),
    )
    blocks: list[Block] = [Line(f"{what}: {which}", indent=2) for what, which in named if which]
    if receipt.supply:
        blocks.append(Line(said.supplies.get(receipt.supply, receipt.supply)))
    return blocks


def _payment(receipt: ReceiptCompleted, words: Wording) -> list[Block]:
    total = words.amount(receipt.total_minor, receipt.currency)
    sign = SIGNS.get(receipt.currency)
    blocks: list[Block] = [
        Pair(words.total, f"{total} {sign}", bold=True, tall=True)
        if sign
        else Pair(f"{words.total} {receipt.currency}", f"{total}  ", bold=True, tall=True)
    ]
    for tender in receipt.tenders:
        blocks.extend(_tender(tender, receipt.currency, words))
    return blocks


def _tender(tender: TenderRow, currency: str, words: Wording) -> list[Block]:
    if tender.role == "change":
        return [Pair(words.change, f"{words.amount(-tender.amount_minor, tender.currency)}  ")]
    name = tender.name or words.tenders.get(tender.tender, tender.tender)
    if tender.role == "refund":
        name = f"{words.documents.refund} {name}"
    if tender.reference:
        secret = tender.tender_kind in _SECRET_REFERENCES
        name = f"{name} {masked(tender.reference) if secret else tender.reference}"
    if not tender.foreign_minor:
        # Older receipts have foreign money as an amount of its own, without a rate.
        if tender.currency != currency:
            name = f"{name} {tender.currency}"
        return [Pair(name, f"{words.amount(tender.amount_minor, tender.currency)}  ", indent=2)]
    amount = f"{words.amount(tender.foreign_minor, tender.currency)} {tender.currency}"
    rate = tender.rate.replace(".", words.decimal_point)
    source = f" ({tender.rate_source})" if tender.rate_source else ""
    return [
        Pair(f"{name} {amount}", f"{words.amount(tender.amount_minor, currency)}  ", indent=2),
        Line(f"    {words.documents.rate} {rate}{source}", indent=4),
    ]


def _tax(receipt: ReceiptCompleted, letters: dict[tuple[str, int], str], words: Wording) -> list[Block]:
    blocks = tax_rows(receipt.tax_table, receipt.currency, words)
    if ("", 0) in letters:
        cases = dict.fromkeys(line.business_case for line in receipt.lines if not line.vat_key)
        reasons = dict.fromkeys(words.documents.untaxed_reasons.get(case, "") for case in cases)
        blocks += [Line(reason, indent=2) for reason in reasons if reason]
    return blocks


def _training(words: Wording) -> Line:
    return Line(f"*** {words.documents.training_mark} ***", align="center", bold=True, tall=True)
