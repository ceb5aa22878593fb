"""The open sale: lines and payments, and what is due.

    open ──line──► selling ──payment──► paying ──nothing due──► settled
      ▲              │  ▲                  │
      └──────────────┘  └──undo, line──────┘

The value itself never changes; each step returns a new one. The rules:

1. Lines and payments share one numbering, and a number is never used again within a sale:
   what was answered as line 3 stays line 3, whatever is taken back meanwhile.
2. A sale is settled when it has lines and nothing is due.
3. Only cash gives change. Cards and vouchers never pay more than is due.
4. Nothing may be taken back that leaves more paid than is owed; undo the payment first.
5. A multi-purpose voucher is a tender. A single-purpose voucher was taxed when it was sold:
   it pays only for goods of its VAT key, and takes them out of the tax base again as
   negative lines of the receipt (see ``voucher.py``). A token does the same with one piece of
   its article, at what that piece costs now.

Money in is money out: the sum of the receipt's lines = the gross of its tax table = the sum
of its tenders, with change as a negative row of cash.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import msgspec

from app.domain.article import DEFAULT_UNIT
from app.domain.business_case import GOODS, SALE, VOUCHER_REDEMPTION
from app.domain.money import divide_half_up
from app.domain.quantity import MILLI
from app.domain.vat import VatSum, tax_table
from app.domain.voucher import SINGLE_PURPOSE, TAXED_WHEN_SOLD, TOKEN

CASH, CARD, VOUCHER = "cash", "card", "voucher"

MAX_LINES = 200
"""Lines of one receipt: a record of replication holds them for certain."""
MAX_PAYMENTS = 40
MAX_SALE_BYTES = 56_000
"""Size of lines and payments together as JSON, for the same reason: long names, many lines."""


class Discount(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one rule took off a line, above zero; fields as in ``app.facts.sales.LineDiscount``."""

    rule: str
    name: str
    amount_minor: int
    rule_id: str = ""


class ManualDiscount(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a cashier typed, for a line or the receipt: a percentage or an amount (of the whole line)."""

    percent_bp: int = 0
    amount_minor: int = 0
    reason: str = ""
    name: str = ""
    """What the receipt calls it."""


class SaleLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the sale. What a rule may change is ``discounts`` and ``gross_minor``; the rest was rung.

    ``gross_minor = price × quantity − Σ discounts``: below zero for returns and settlements only, and no
    discount takes a line below zero. ``fixed`` lines (returns, settlements) are never repriced.
    """

    line: int
    business_case: str
    name: str
    quantity_milli: int
    unit: str
    unit_price_minor: int
    gross_minor: int
    ident_no: str = ""
    barcode: str = ""
    vat_key: str = ""
    vat_rate_bp: int = 0
    voucher_code: str = ""
    voucher_kind: str = ""
    expires_on: str = ""
    discounts: tuple[Discount, ...] = ()
    manual: ManualDiscount | None = None
    discountable: bool = True
    fixed: bool = False
    article_groups: tuple[str, ...] = ()
    article_vat_key: str = ""
    """The article's own key, where eat-in, take-away or customer group made another of it."""
    price_origin: str = ""
    """``""`` price list, ``manual``, ``embedded`` (in the barcode), ``open``."""
    price_list: int = 1
    list_price_minor: int = 0
    """The price before a cashier changed it; 0 if it was not changed."""
    age_limit: int = 0
    of_line: int = 0
    """The line that this container deposit goes along with."""
    reference: str = ""
    """Number of the receipt, order, delivery note or invoice that this line is about."""
    reference_line: int = 0
    reason: str = ""
    hold_id: str = ""
    resource: str = ""
    """What is held for this line (a return, an order's deposit); its amount is ``held_amount``."""
    held_amount: int = 0
    reloadable: bool = False
    group: str = ""
    """Lines of one group came together (an order picked up, its deposit) and go together."""


class Payment(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money or a held resource that was put towards the sale. Below zero: money given back for goods.

    ``resource`` and ``hold_id`` are there when the tender used something up (voucher, purse, credit).
    """

    line: int
    tender: str
    amount_minor: int
    voucher_code: str = ""
    voucher_kind: str = ""
    hold_id: str = ""
    vat_key: str = ""
    name: str = ""
    """What a single-purpose voucher's redemption line is called on the receipt; else the tender's name."""
    tender_kind: str = ""
    resource: str = ""
    reference: str = ""
    currency: str = ""
    """Of foreign cash; empty: the sale's."""
    foreign_minor: int = 0
    rate: str = ""
    rate_source: str = ""
    ident_no: str = ""
    """Of a token: the article that it pays for."""
    held_amount: int = 0
    """How much of the resource is held, where that is not the payment's amount (a token: all of it)."""
    opens_drawer: bool = False


class CouponOnSale(msgspec.Struct, frozen=True, omit_defaults=True):
    """A coupon taken on this sale; serial ones are held."""

    line: int
    code: str
    campaign_id: str
    hold_id: str = ""
    resource: str = ""


class IssuedCoupon(msgspec.Struct, frozen=True, omit_defaults=True):
    """A coupon that this sale's receipt brings into circulation; it exists from the receipt on."""

    code: str
    campaign_id: str
    name: str
    valid_until: str = ""
    terms: str = ""


class OpenSale(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sale that has not become a receipt yet; kept by the engine as JSON."""

    sale_id: str
    started_at: str
    currency: str
    lines: tuple[SaleLine, ...] = ()
    payments: tuple[Payment, ...] = ()
    next_line: int = 1
    coupons: tuple[CouponOnSale, ...] = ()
    issued_coupons: tuple[IssuedCoupon, ...] = ()
    discounts: tuple[ManualDiscount, ...] = ()
    """Typed for the whole receipt, in their order."""
    customer_no: str = ""
    customer_group: str = ""
    price_list: int = 1
    supply: str = ""
    training: bool = False
    approved_by: str = ""
    cost_centre: str = ""
    profit_centre: str = ""
    company: str = ""
    guests: int = 0
    hospitality: bool = False
    invoice: bool = False
    """Becomes a cash invoice with a number of its own."""
    invoice_no: str = ""
    delivery_note_no: str = ""
    order_no: str = ""
    buyer_id: str = ""
    buyer: str = ""
    """Sealed (``app.domain.persons``)."""
    voids: str = ""
    """The receipt that this one takes back as a whole."""

    @property
    def total_minor(self) -> int:
        return sum(line.gross_minor for line in self.lines)

    @property
    def paid_minor(self) -> int:
        return sum(payment.amount_minor for payment in self.payments)

    @property
    def due_minor(self) -> int:
        """What is to be paid yet; below zero what is to be given back, as change or for returned goods."""
        return self.total_minor - self.paid_minor

    @property
    def settled(self) -> bool:
        """Whether it can become a receipt: nothing is due, and what is given back too much is change."""
        if not self.lines or self.due_minor > 0:
            return False
        return self.due_minor == 0 or (self.total_minor >= 0 and self.paid_minor > 0)


class Settlement(msgspec.Struct, frozen=True):
    """A settled sale as it goes on the receipt; ``tenders`` hold the payments without change."""

    lines: tuple[SaleLine, ...]
    tax_table: tuple[VatSum, ...]
    tenders: tuple[Payment, ...]
    total_minor: int
    change_minor: int


def with_line(sale: OpenSale, line: SaleLine) -> OpenSale:
    """The sale with one more line, which gets the next number."""
    numbered = msgspec.structs.replace(line, line=sale.next_line)
    return msgspec.structs.replace(sale, lines=(*sale.lines, numbered), next_line=sale.next_line + 1)


def with_payment(sale: OpenSale, payment: Payment) -> OpenSale:
    """The sale with one more payment, which gets the next number."""
    numbered = msgspec.structs.replace(payment, line=sale.next_line)
    return msgspec.structs.replace(sale, payments=(*sale.payments, numbered), next_line=sale.next_line + 1)


def with_coupon(sale: OpenSale, coupon: CouponOnSale) -> OpenSale:
    """The sale with one more coupon, which gets the next number."""
    numbered = msgspec.structs.replace(coupon, line=sale.next_line)
    return msgspec.structs.replace(sale, coupons=(*sale.coupons, numbered), next_line=sale.next_line + 1)


def without(sale: OpenSale, number: int) -> OpenSale:
    """The sale without the line, payment or coupon of that number.

    A line takes its container deposit along, and a line of a group the whole group.
    """
    going = _with_its_group(sale, number)
    return msgspec.structs.replace(
        sale,
        lines=tuple(line for line in sale.lines if line.line not in going and line.of_line not in going),
        payments=tuple(payment for payment in sale.payments if payment.line != number),
        coupons=tuple(coupon for coupon in sale.coupons if coupon.line != number),
    )


def numbers_of(sale: OpenSale) -> frozenset[int]:
    """The numbers of all lines, payments and coupons."""
    lines = {line.line for line in sale.lines}
    return frozenset(lines | {payment.line for payment in sale.payments} | {coupon.line for coupon in sale.coupons})


def line_of(sale: OpenSale, number: int) -> SaleLine | None:
    """The line of that number; None if there is none (or it is a payment)."""
    return next((line for line in sale.lines if line.line == number), None)


class Hold(NamedTuple):
    """What the sale holds of a resource."""

    hold_id: str
    resource: str
    amount: int


def holds_of(sale: OpenSale, number: int | None = None) -> tuple[Hold, ...]:
    """Every hold of the sale, or of the line (with its group), payment or coupon of that number."""
    held = [
        *((of.line, Hold(of.hold_id, of.resource, of.held_amount or of.amount_minor)) for of in sale.payments),
        *((of.line, Hold(of.hold_id, of.resource, of.held_amount)) for of in sale.lines),
        *((of.line, Hold(of.hold_id, of.resource, 1)) for of in sale.coupons),
    ]
    asked = None if number is None else _with_its_group(sale, number)
    return tuple(hold for of, hold in held if hold.hold_id and (asked is None or of in asked))


def _with_its_group(sale: OpenSale, number: int) -> frozenset[int]:
    """The number, and those of the lines that came together with its line."""
    line = line_of(sale, number)
    if line is None or not line.group:
        return frozenset((number,))
    return frozenset(other.line for other in sale.lines if other.group == line.group)


def overpaid(sale: OpenSale) -> bool:
    """Whether more is paid than is owed: in all, by single-purpose vouchers for one VAT key, by tokens (rule 4)."""
    keys = {payment.vat_key for payment in sale.payments if payment.voucher_kind == SINGLE_PURPOSE}
    paid_too_much = sale.due_minor < min(0, sale.total_minor)
    tokens = sum(payment.amount_minor for payment in sale.payments if payment.voucher_kind == TOKEN)
    tokens_too_much = tokens > sum(part.amount_minor for part in _token_parts(sale))
    return paid_too_much or tokens_too_much or any(_goods_left(sale, vat_key) < 0 for vat_key in keys)


def usable_minor(sale: OpenSale, balance_minor: int, voucher_kind: str, vat_key: str) -> int:
    """How much of a voucher's balance this sale can use now; at least zero."""
    usable = min(balance_minor, sale.due_minor)
    if voucher_kind == SINGLE_PURPOSE:
        usable = min(usable, _goods_left(sale, vat_key))
    return max(0, usable)


def token_piece(sale: OpenSale, ident_no: str) -> int | None:
    """Gross of the next piece of the article that no token has paid for yet; None if there is none.

    The pieces of a line share its gross so that all of them together are exactly that.
    """
    pieces: list[int] = []
    for line in _lines_for_tokens(sale, ident_no):
        ends = [
            divide_half_up(line.gross_minor * piece * MILLI, line.quantity_milli)
            for piece in range(line.quantity_milli // MILLI + 1)
        ]
        pieces += [after - before for before, after in pairwise(ends)]
    paid = sum(payment.voucher_kind == TOKEN and payment.ident_no == ident_no for payment in sale.payments)
    return pieces[paid] if paid < len(pieces) else None


def settle(sale: OpenSale) -> Settlement:
    """The receipt's lines (numbered anew from 1), taxes, tenders and change; ``ValueError`` if something is due."""
    if not sale.settled:
        raise ValueError("only a settled sale becomes a receipt")
    lines = (*sale.lines, *_redemption_lines(sale))
    numbers = {line.line: number for number, line in enumerate(sale.lines, 1)}
    lines = tuple(
        msgspec.structs.replace(line, line=number, of_line=numbers.get(line.of_line, 0))
        for number, line in enumerate(lines, 1)
    )
    tenders = tuple(payment for payment in sale.payments if payment.voucher_kind not in TAXED_WHEN_SOLD)
    return Settlement(
        lines=lines,
        tax_table=tax_table((line.vat_key, line.vat_rate_bp, line.gross_minor) for line in lines),
        tenders=tenders,
        total_minor=sum(line.gross_minor for line in lines),
        change_minor=-sale.due_minor,
    )


class _TokenPart(NamedTuple):
    """What a token takes out of a line."""

    payment: Payment
    line: SaleLine
    amount_minor: int


def _lines_for_tokens(sale: OpenSale, ident_no: str) -> list[SaleLine]:
    return [
        line for line in sale.lines if line.business_case == SALE and line.ident_no == ident_no and line.gross_minor > 0
    ]


def _token_parts(sale: OpenSale) -> list[_TokenPart]:
    """Which lines the tokens pay for, the earlier line first. Less than they paid if there are not enough goods."""
    left = {line.line: line.gross_minor for line in sale.lines}
    parts = []
    for payment in sale.payments:
        if payment.voucher_kind != TOKEN:
            continue
        rest = payment.amount_minor
        for line in _lines_for_tokens(sale, payment.ident_no):
            part = min(rest, left[line.line])
            if part > 0:
                left[line.line] -= part
                rest -= part
                parts.append(_TokenPart(payment, line, part))
    return parts


def _goods_by_rate(sale: OpenSale) -> dict[tuple[str, int], int]:
    """Gross of the goods per VAT key and rate, without what tokens pay for."""
    goods: dict[tuple[str, int], int] = {}
    for line in sale.lines:
        if line.business_case in GOODS:
            key = (line.vat_key, line.vat_rate_bp)
            goods[key] = goods.get(key, 0) + line.gross_minor
    for part in _token_parts(sale):
        goods[part.line.vat_key, part.line.vat_rate_bp] -= part.amount_minor
    return goods


def _goods_left(sale: OpenSale, vat_key: str) -> int:
    """Gross of the goods at this key that no single-purpose voucher or token has paid for yet."""
    goods = sum(gross for (key, _), gross in _goods_by_rate(sale).items() if key == vat_key)
    used = sum(
        payment.amount_minor
        for payment in sale.payments
        if payment.voucher_kind == SINGLE_PURPOSE and payment.vat_key == vat_key
    )
    return goods - used


def _redemption_lines(sale: OpenSale) -> list[SaleLine]:
    """Rule 5: what vouchers and tokens take out of the tax base, at the rates of the goods they paid for."""
    lines = [
        _redemption_line(part.payment, part.amount_minor, part.line.vat_key, part.line.vat_rate_bp)
        for part in _token_parts(sale)
    ]
    goods = _goods_by_rate(sale)
    for payment in sale.payments:
        if payment.voucher_kind != SINGLE_PURPOSE:
            continue
        left = payment.amount_minor
        for (vat_key, rate_bp), gross in sorted(goods.items()):
            part = min(left, gross) if vat_key == payment.vat_key else 0
            if part > 0:
                goods[vat_key, rate_bp] -= part
                left -= part
                lines.append(_redemption_line(payment, part, vat_key, rate_bp))
    return lines


def _redemption_line(payment: Payment, amount_minor: int, vat_key: str, rate_bp: int) -> SaleLine:
    return SaleLine(
        line=0,
        business_case=VOUCHER_REDEMPTION,
        name=payment.name,
        quantity_milli=MILLI,
        unit=DEFAULT_UNIT,
        unit_price_minor=-amount_minor,
        gross_minor=-amount_minor,
        vat_key=vat_key,
        vat_rate_bp=rate_bp,
        voucher_code=payment.voucher_code,
        voucher_kind=payment.voucher_kind,
    )
