"""A completed receipt as a page, with what goes with it on pieces of paper of their own.

These are its delivery note, what a cost centre's bookkeeping gets, and a slip for each voucher and coupon.

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

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo

from app.domain.customer import Person
from app.facts.sales import ReceiptCompleted, TaxRow, TenderRow
from receipts.card_slip import card_slips
from receipts.cost_centre import cost_centre_receipt
from receipts.delivery_note import delivery_note
from receipts.deposit import deposit_slips
from receipts.hospitality import hospitality
from receipts.items import item
from receipts.letterhead import ShopHead, address, foot_of, head_of, masked
from receipts.page import Block, Gap, Line, Page, Pair, Rule, Section, SymbolKind, Table
from receipts.slips import States, slips_of, unstated
from receipts.wording import SIGNS, Wording

Letters = Mapping[tuple[str, int], str]
"""The letter of each VAT key and rate."""

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
    states: States = unstated,
) -> Page:
    """The receipt's page, times in ``zone``, and its slips. ``buyer``: whom an invoice is made out to, opened;
    ``states`` signs what the slips say."""
    letters = tax_letters(receipt.tax_table)
    body: list[Block] = [*_head(receipt, shop, words, zone, buyer), Rule()]
    for line in receipt.lines:
        body.extend(item(line, receipt.currency, letters, words, article_nos=shop.article_nos))
    body += ending(receipt, shop, words, zone, letters)
    goes_with_it = accompanying(receipt, shop, words, zone, buyer, symbol, states)
    return Page((Section("receipt", tuple(body)), *goes_with_it))


def ending(
    receipt: ReceiptCompleted,
    shop: ShopHead,
    words: Wording,
    zone: tzinfo,
    letters: Letters,
    named: Sequence[Block] = (),
) -> list[Block]:
    """Everything behind the lines: total, tenders, tax, foot; ``named`` (whose receipt it is) behind the tax."""
    body: list[Block] = [Rule(), *_payment(receipt, words), Rule(), *_tax(receipt, letters, words), *named]
    body += card_slips(receipt.tenders, words)
    if receipt.hospitality:
        body += hospitality(receipt, words, zone)
    took_back = bool(receipt.voids) or receipt.total_minor < 0
    body += foot_of(shop, receipt.business_day, "" if took_back else words.thanks)
    return [*body, Gap(), training_mark(words)] if _is_training(receipt) else body


def accompanying(
    receipt: ReceiptCompleted,
    shop: ShopHead,
    words: Wording,
    zone: tzinfo,
    buyer: Person | None,
    symbol: SymbolKind,
    states: States,
) -> list[Section]:
    """What goes with the receipt on paper of its own, in this order; with training nothing."""
    if _is_training(receipt):
        return []
    sections: list[Section] = []
    if receipt.delivery_note_no:
        sections.append(delivery_note(receipt, shop, words, zone, buyer))
    if receipt.cost_centre:
        sections.append(cost_centre_receipt(receipt, shop, words, zone))
    sections += deposit_slips(receipt, shop, words, zone, symbol)
    return [*sections, *slips_of(receipt, shop, words, zone, symbol, states)]


def particulars(receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo) -> list[Block]:
    """Which receipt it is: number, till, time, who served, what it belongs to."""
    day, started = words.date_and_time(receipt.started_at, zone)
    end_day, finished = words.date_and_time(receipt.finished_at, zone)
    ended = finished if end_day == day else f"{end_day} {finished}"
    blocks: list[Block] = []
    if receipt.voids:
        blocks += [Gap(), Line(f"{words.documents.voids} {receipt.voids}", align="center", bold=True, tall=True)]
    elif receipt.total_minor < 0:
        blocks += [Gap(), Line(words.documents.refund_title, align="center", bold=True, tall=True)]
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


def training_mark(words: Wording) -> Line:
    """What keeps practice from being taken for a receipt."""
    return Line(f"*** {words.documents.training_mark} ***", align="center", bold=True, tall=True)


def tax_letters(table: Sequence[TaxRow]) -> dict[tuple[str, int], str]:
    """A letter for each row of the tax table, so that every line can name its rate with one character."""
    return {(row.vat_key, row.vat_rate_bp): chr(ord("A") + index % 26) for index, row in enumerate(table)}


def tax_rows(table: Sequence[TaxRow], currency: str, words: Wording, letters: Letters | None = None) -> list[Block]:
    """The tax table: a row for each rate, with its letter (``tax_letters`` if none are given)."""
    if not table:
        return []
    letters = letters or tax_letters(table)
    rows = [(words.tax, words.net, words.tax_amount, words.gross)]
    for row in table:
        rate = words.rate(row.vat_rate_bp) if row.vat_key else words.untaxed
        amounts = (row.net_minor, row.tax_minor, row.gross_minor)
        net, tax, gross = (words.amount(amount, currency) for amount in amounts)
        rows.append((f"{letters[row.vat_key, row.vat_rate_bp]} {rate}", net, tax, gross))
    return [Table(tuple(rows))]


def _head(receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo, buyer: Person | None) -> list[Block]:
    mark: list[Block] = [training_mark(words), Gap()] if _is_training(receipt) else []
    return [*mark, *head_of(shop), *address(buyer), *particulars(receipt, shop, words, zone)]


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
    changed = any(tender.role == "change" for tender in receipt.tenders)
    for tender in receipt.tenders:
        blocks.extend(_tender(tender, receipt.currency, words, given=changed and _is_cash(tender)))
    return blocks


def _is_cash(tender: TenderRow) -> bool:
    """Money in the hand, of which there may be too much."""
    return tender.tender_kind in ("cash", "foreign_cash") or (not tender.tender_kind and tender.tender == "cash")


def _tender(tender: TenderRow, currency: str, words: Wording, *, given: bool = False) -> list[Block]:
    """One payment; ``given``: more than was due."""
    if tender.role == "change":
        return [Pair(words.change, f"{words.amount(-tender.amount_minor, tender.currency)}  ")]
    name = tender.name or words.tenders.get(tender.tender, tender.tender)
    if given:
        name = words.documents.given.format(tender=name)
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


def _tax(receipt: ReceiptCompleted, letters: Letters, words: Wording) -> list[Block]:
    blocks = tax_rows(receipt.tax_table, receipt.currency, words, letters)
    if ("", 0) in letters:
        cases = dict.fromkeys(line.business_case for line in receipt.lines if not line.vat_key)
        reasons = dict.fromkeys(words.documents.untaxed_reasons.get(case, "") for case in cases)
        blocks += [Line(reason, indent=2) for reason in reasons if reason]
    return blocks


def _is_training(receipt: ReceiptCompleted) -> bool:
    return receipt.receipt_type == "training"
