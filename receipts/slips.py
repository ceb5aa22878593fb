"""Slips: pieces of paper that stand for something, each with a symbol for scanners and its words for people.

A voucher's slip is worth its money; a parked sale's and an order's find them again.

What a voucher's or coupon's symbol carries is a signed statement (``app.domain.statement``), if whoever prints can
make one; its code stands below for people, and in a bar code for scanners that read no other. Without a statement
the symbol carries the code.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo

import msgspec

from app.domain.business_case import VOUCHER_SALE
from app.domain.quantity import MILLI
from app.domain.statement import COUPON, Statement
from app.domain.voucher import shown
from app.facts.circulation import CouponsPrinted, OrderPlaced, SaleParked, VoucherIssued
from app.facts.sales import CashMoved, ReceiptCompleted, ReceiptCoupon
from receipts.items import reckoned, weights
from receipts.letterhead import ShopHead, head_of, title
from receipts.page import Block, Gap, Line, Page, Pair, Rule, Section, Symbol, SymbolKind
from receipts.wording import Wording

States = Callable[[Statement], str]
"""Makes the text of a statement; empty: it cannot be made."""


def unstated(_: Statement) -> str:
    """States nothing: where there is no key to sign with."""
    return ""


class VoucherOnPaper(msgspec.Struct, frozen=True):
    """What a voucher's slip says; ``name`` is there for tokens only: what they stand for."""

    said: Statement
    name: str = ""


def slips_of(
    receipt: ReceiptCompleted,
    shop: ShopHead,
    words: Wording,
    zone: tzinfo,
    symbol: SymbolKind,
    states: States = unstated,
) -> list[Section]:
    """A slip for everything that came into circulation with the receipt, in the order of its lines."""
    day, _ = words.date_and_time(receipt.finished_at, zone)
    end = Pair(f"{words.receipt} {receipt.receipt_no}", day)
    sold = [
        VoucherOnPaper(
            Statement(
                line.voucher_kind,
                line.voucher_code,
                receipt.finished_at,
                line.gross_minor,
                receipt.currency,
                valid_until=line.voucher_expires_on,
                vat_key=line.vat_key,
                vat_rate_bp=line.vat_rate_bp,
                ident_no=line.ident_no,
            ),
            line.name if line.voucher_kind == "token" else "",
        )
        for line in receipt.lines
        if line.business_case == VOUCHER_SALE and line.voucher_code and line.gross_minor > 0
    ]
    given = [
        VoucherOnPaper(
            Statement(
                "multi_purpose",
                tender.reference,
                receipt.finished_at,
                -tender.amount_minor,
                receipt.currency,
                valid_until=tender.voucher_expires_on,
            )
        )
        for tender in receipt.tenders
        if tender.tender_kind == "voucher" and tender.role == "refund" and tender.reference and not receipt.voids
    ]
    vouchers = [_voucher(each, shop, words, symbol, end, states) for each in (*sold, *given)]
    coupons = ((coupon, _said_of(coupon, receipt.finished_at)) for coupon in receipt.coupons)
    return [*vouchers, *(_coupon(coupon, said, shop, words, symbol, end, states) for coupon, said in coupons)]


def voucher_page(
    issued: VoucherIssued,
    shop: ShopHead,
    words: Wording,
    *,
    zone: tzinfo = UTC,
    symbol: SymbolKind = "qr",
    states: States = unstated,
) -> Page:
    """The slip of a voucher that came without a receipt, in place of a lost one."""
    day, time = words.date_and_time(issued.issued_at, zone)
    said = Statement(
        issued.voucher_kind,
        issued.code,
        issued.issued_at,
        issued.value_minor,
        issued.currency,
        valid_until=issued.expires_on,
        vat_key=issued.vat_key,
        vat_rate_bp=issued.vat_rate_bp,
        ident_no=issued.ident_no,
    )
    end = Pair(f"{words.till} {issued.till_no}", f"{day} {time}")
    return Page((_voucher(VoucherOnPaper(said, issued.ident_no), shop, words, symbol, end, states),))


def coupons_page(
    printed: CouponsPrinted,
    shop: ShopHead,
    words: Wording,
    *,
    zone: tzinfo = UTC,
    symbol: SymbolKind = "qr",
    states: States = unstated,
) -> Page:
    """A slip for each coupon that came without a receipt."""
    day, time = words.date_and_time(printed.issued_at, zone)
    end = Pair(f"{words.till} {printed.till_no}", f"{day} {time}")
    sections = []
    for code in printed.codes:
        coupon = ReceiptCoupon(code, printed.campaign_id, printed.name, printed.valid_until, printed.terms)
        said = _said_of(coupon, printed.issued_at, printed.valid_from)
        sections.append(_coupon(coupon, said, shop, words, symbol, end, states))
    return Page(tuple(sections))


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
    if order.cashier:
        blocks.append(Line(f"{words.cashier}: {order.cashier}", indent=2))
    if order.customer_no:
        blocks.append(Line(f"{said.customer}: {order.customer_no}", indent=2))
    if order.due_on:
        blocks.append(Pair(said.due_on, words.day(order.due_on), bold=True, tall=True))
    blocks.append(Rule())
    for line in order.lines:
        unit = "" if line.unit in words.pieces else f" {line.unit}"
        number = words.weight(line.quantity_milli) if line.weighed else words.quantity(line.quantity_milli)
        count = f"{number}{unit or ' ×'}"
        blocks.append(Pair(f"{count} {line.name}", words.amount(line.gross_minor, order.currency), indent=4))
        if line.weighed or line.quantity_milli != MILLI:
            price = reckoned(
                line.quantity_milli, line.unit, line.unit_price_minor, order.currency, words, weighed=bool(line.weighed)
            )
            blocks.append(Line(f"    {price}", indent=4))
        blocks += weights(line, words)
    blocks += [Rule(), Pair(words.total, words.money(order.total_minor, order.currency), bold=True, tall=True)]
    if order.paid_minor:
        blocks.append(Pair(said.paid_before, words.money(order.paid_minor, order.currency)))
    if order.note:
        blocks += [Gap(), Line(order.note)]
    blocks += [Gap(), Symbol(order.order_no, symbol), Gap(), Line(order.order_no, align="center", bold=True)]
    blocks += [Gap(), Line(said.no_receipt)]
    return Page((Section("order", tuple(blocks)),))


def cash_page(moved: CashMoved, shop: ShopHead, words: Wording, *, zone: tzinfo = UTC) -> Page:
    """Cash that came or went beside receipts, to be signed."""
    said = words.documents
    day, time = words.date_and_time(moved.moved_at, zone)
    blocks: list[Block] = [
        *head_of(shop),
        *title(said.movements.get(moved.movement, moved.movement).upper()),
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


def _said_of(coupon: ReceiptCoupon, issued_at: str, valid_from: str = "") -> Statement:
    return Statement(
        COUPON,
        coupon.code,
        issued_at,
        valid_from=valid_from,
        valid_until=coupon.valid_until,
        campaign_id=coupon.campaign_id,
    )


def _symbols(said: Statement, symbol: SymbolKind, states: States) -> list[Block]:
    """What scanners read, and the code for people."""
    code: list[Block] = [Gap(), Line(shown(said.code), align="center", bold=True, tall=True)]
    text = states(said) if symbol == "qr" else ""
    if not text:
        return [Gap(), Symbol(said.code, symbol), *code]
    return [Gap(), Symbol(text), *code, Gap(), Symbol(said.code, "code128"), Gap()]


def _voucher(
    voucher: VoucherOnPaper, shop: ShopHead, words: Wording, symbol: SymbolKind, end: Pair, states: States
) -> Section:
    said = voucher.said
    token = said.kind == "token"
    name = words.documents.slip_titles["token"] if token else words.voucher_title
    worth = voucher.name if token and voucher.name else words.money(said.value_minor, said.currency)
    blocks = [
        *title(name),
        Line(worth, align="center", bold=True, tall=True, wide=True),
        *_symbols(said, symbol, states),
    ]
    if said.valid_until:
        blocks.append(Line(f"{words.valid_until} {words.day(said.valid_until)}", align="center"))
    kind = words.voucher_kinds.get(said.kind, said.kind)
    note = words.voucher_notes.get(said.kind, "")
    blocks.append(Gap())
    blocks += [Line(each) for each in (kind, note, *shop.voucher_terms.splitlines()) if each]
    return Section("voucher", (*head_of(shop), *blocks, end))


def _coupon(
    coupon: ReceiptCoupon,
    said: Statement,
    shop: ShopHead,
    words: Wording,
    symbol: SymbolKind,
    end: Pair,
    states: States,
) -> Section:
    blocks: list[Block] = [
        *title(words.documents.slip_titles["coupon"]),
        Line(coupon.name, align="center", bold=True, tall=True),
        *_symbols(said, symbol, states),
    ]
    if coupon.valid_until:
        blocks.append(Line(f"{words.valid_until} {words.day(coupon.valid_until)}", align="center"))
    blocks.append(Gap())
    blocks += [Line(each) for each in (coupon.terms, words.documents.coupon_note) if each]
    return Section("coupon", (*head_of(shop), *blocks, end))
