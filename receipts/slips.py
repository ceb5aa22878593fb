"""Slips: pieces of paper that stand for something, each with a symbol for scanners and its words for people.

A voucher's slip is worth its money; a parked sale's and an order's find them again.
"""

from __future__ import annotations

from datetime import UTC, tzinfo

import msgspec

from app.domain.business_case import VOUCHER_SALE
from app.domain.quantity import MILLI
from app.domain.voucher import shown
from app.facts.circulation import CouponsPrinted, OrderPlaced, SaleParked, VoucherIssued
from app.facts.sales import CashMoved, ReceiptCompleted, ReceiptCoupon
from receipts.letterhead import ShopHead, head_of, title
from receipts.page import Block, Gap, Line, Page, Pair, Rule, Section, Symbol, SymbolKind
from receipts.wording import Wording


class VoucherOnPaper(msgspec.Struct, frozen=True):
    """What a voucher's slip says; ``name`` is there for tokens only: what they stand for."""

    code: str
    voucher_kind: str
    value_minor: int
    currency: str
    expires_on: str = ""
    name: str = ""


def slips_of(
    receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo, symbol: SymbolKind
) -> list[Section]:
    """A slip for everything that came into circulation with the receipt, in the order of its lines."""
    day, _ = words.date_and_time(receipt.finished_at, zone)
    end = Pair(f"{words.receipt} {receipt.receipt_no}", day)
    sold = [
        VoucherOnPaper(
            line.voucher_code,
            line.voucher_kind,
            line.gross_minor,
            receipt.currency,
            line.voucher_expires_on,
            line.name if line.voucher_kind == "token" else "",
        )
        for line in receipt.lines
        if line.business_case == VOUCHER_SALE and line.voucher_code and line.gross_minor > 0
    ]
    given = [
        VoucherOnPaper(
            tender.reference, "multi_purpose", -tender.amount_minor, receipt.currency, tender.voucher_expires_on
        )
        for tender in receipt.tenders
        if tender.tender_kind == "voucher" and tender.role == "refund" and tender.reference and not receipt.voids
    ]
    vouchers = [_voucher(each, shop, words, symbol, end) for each in (*sold, *given)]
    return [*vouchers, *(_coupon(coupon, shop, words, symbol, end) for coupon in receipt.coupons)]


def voucher_page(
    issued: VoucherIssued, shop: ShopHead, words: Wording, *, zone: tzinfo = UTC, symbol: SymbolKind = "qr"
) -> Page:
    """The slip of a voucher that came without a receipt, in place of a lost one."""
    day, time = words.date_and_time(issued.issued_at, zone)
    voucher = VoucherOnPaper(
        issued.code, issued.voucher_kind, issued.value_minor, issued.currency, issued.expires_on, issued.ident_no
    )
    return Page((_voucher(voucher, shop, words, symbol, Pair(f"{words.till} {issued.till_no}", f"{day} {time}")),))


def coupons_page(
    printed: CouponsPrinted, shop: ShopHead, words: Wording, *, zone: tzinfo = UTC, symbol: SymbolKind = "qr"
) -> Page:
    """A slip for each coupon that came without a receipt."""
    day, time = words.date_and_time(printed.issued_at, zone)
    end = Pair(f"{words.till} {printed.till_no}", f"{day} {time}")
    coupons = (
        ReceiptCoupon(code, printed.campaign_id, printed.name, printed.valid_until, printed.terms)
        for code in printed.codes
    )
    return Page(tuple(_coupon(coupon, shop, words, symbol, end) for coupon in coupons))


def parked_page(
    parked: SaleParked, shop: ShopHead, words: Wording, *, zone: tzinfo = UTC, symbol: SymbolKind = "qr"
) -> Page:
    """With this a parked sale is found again at any till; it says that nothing is paid."""
    said = words.documents
    day, time = words.date_and_time(parked.parked_at, zone)
    blocks = [*head_of(shop), *title(said.slip_titles["parked"])]
    if parked.name:
        blocks.append(Line(parked.name, align="center", bold=True, tall=True))
    blocks += [
        Gap(),
        Symbol(parked.park_no, symbol),
        Gap(),
        Line(parked.park_no, align="center", bold=True, tall=True),
        Gap(),
        Pair(f"{words.till} {parked.till_no}", f"{day} {time}"),
        Pair(said.lines, str(parked.lines)),
        Pair(words.total, words.money(parked.total_minor, parked.currency), bold=True),
        Line(said.not_paid),
    ]
    return Page((Section("parked", tuple(blocks)),))


def order_page(
    order: OrderPlaced, shop: ShopHead, words: Wording, *, zone: tzinfo = UTC, symbol: SymbolKind = "qr"
) -> Page:
    """What was ordered and for when. The deposit has a receipt of its own."""
    said = words.documents
    day, time = words.date_and_time(order.placed_at, zone)
    blocks: list[Block] = [*head_of(shop), *title(said.slip_titles["order"]), Gap()]
    blocks.append(Pair(f"{said.order} {order.order_no}", f"{words.till} {order.till_no}", bold=True))
    blocks.append(Line(f"{day} {time}"))
    if order.customer_no:
        blocks.append(Line(f"{said.customer}: {order.customer_no}"))
    if order.due_on:
        blocks.append(Pair(said.due_on, words.day(order.due_on), bold=True, tall=True))
    blocks.append(Rule())
    for line in order.lines:
        unit = "" if line.unit in words.pieces else f" {line.unit}"
        count = f"{words.quantity(line.quantity_milli)}{unit or ' ×'}"
        blocks.append(Pair(f"{count} {line.name}", words.amount(line.gross_minor, order.currency), indent=4))
        if line.quantity_milli != MILLI:
            blocks.append(Line(f"    {words.each} {words.money(line.unit_price_minor, order.currency)}"))
    blocks += [Rule(), Pair(words.total, words.money(order.total_minor, order.currency), bold=True, tall=True)]
    if order.paid_minor:
        blocks.append(Pair(said.paid_before, words.money(order.paid_minor, order.currency)))
    if order.note:
        blocks += [Gap(), Line(order.note)]
    blocks += [Gap(), Symbol(order.order_no, symbol), Line(order.order_no, align="center"), Line(said.no_receipt)]
    return Page((Section("order", tuple(blocks)),))


def cash_page(moved: CashMoved, shop: ShopHead, words: Wording, *, zone: tzinfo = UTC) -> Page:
    """Cash that came or went beside receipts, to be signed."""
    said = words.documents
    day, time = words.date_and_time(moved.moved_at, zone)
    blocks: list[Block] = [
        *head_of(shop),
        *title(said.movements.get(moved.movement, moved.movement)),
        Gap(),
        Pair(f"{words.till} {moved.till_no}", f"{day} {time}"),
        Pair(said.amount, words.money(moved.amount_minor, moved.currency), bold=True, tall=True),
    ]
    if moved.reason:
        blocks.append(Line(f"{said.reason}: {moved.reason}", indent=2))
    if moved.cashier:
        blocks.append(Line(f"{said.cashier}: {moved.cashier}", indent=2))
    blocks += [Gap(), Gap(), Rule(), Line(said.hospitality.signature)]
    return Page((Section("cash", tuple(blocks)),))


def _voucher(voucher: VoucherOnPaper, shop: ShopHead, words: Wording, symbol: SymbolKind, end: Pair) -> Section:
    token = voucher.voucher_kind == "token"
    name = words.documents.slip_titles["token"] if token else words.voucher_title
    worth = voucher.name if token and voucher.name else words.money(voucher.value_minor, voucher.currency)
    blocks = [
        *title(name),
        Line(worth, align="center", bold=True, tall=True, wide=True),
        Gap(),
        Symbol(voucher.code, symbol),
        Gap(),
        Line(shown(voucher.code), align="center", bold=True, tall=True),
    ]
    if voucher.expires_on:
        blocks.append(Line(f"{words.valid_until} {words.day(voucher.expires_on)}", align="center"))
    kind = words.voucher_kinds.get(voucher.voucher_kind, voucher.voucher_kind)
    note = words.voucher_notes.get(voucher.voucher_kind, "")
    blocks.append(Gap())
    blocks += [Line(each) for each in (kind, note) if each]
    return Section("voucher", (*head_of(shop), *blocks, end))


def _coupon(coupon: ReceiptCoupon, shop: ShopHead, words: Wording, symbol: SymbolKind, end: Pair) -> Section:
    blocks: list[Block] = [
        *title(words.documents.slip_titles["coupon"]),
        Line(coupon.name, align="center", bold=True, tall=True),
        Gap(),
        Symbol(coupon.code, symbol),
        Gap(),
        Line(shown(coupon.code), align="center", bold=True, tall=True),
    ]
    if coupon.valid_until:
        blocks.append(Line(f"{words.valid_until} {words.day(coupon.valid_until)}", align="center"))
    blocks.append(Gap())
    blocks += [Line(each) for each in (coupon.terms, words.documents.coupon_note) if each]
    return Section("coupon", (*head_of(shop), *blocks, end))
