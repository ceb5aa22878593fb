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
   negative lines of the receipt (see ``voucher.py``).

Money in is money out: the sum of the receipt's lines = the gross of its tax table = the sum
of its tenders, with change as a negative row of cash.
"""

from __future__ import annotations

import msgspec

from app.domain.article import DEFAULT_UNIT
from app.domain.quantity import MILLI
from app.domain.vat import VatSum, tax_table
from app.domain.voucher import SINGLE_PURPOSE

SALE, VOUCHER_SALE, VOUCHER_REDEMPTION = "sale", "voucher_sale", "voucher_redemption"
CASH, CARD, VOUCHER = "cash", "card", "voucher"
TENDERS = (CASH, CARD)
"""Tenders that can be asked for by name; vouchers are redeemed by their code."""

MAX_LINES = 200
"""Lines of one receipt: a record of replication holds them for certain."""
MAX_PAYMENTS = 40
MAX_SALE_BYTES = 48_000
"""Size of lines and payments together as JSON, for the same reason: long names, many lines."""


class SaleLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the sale. ``gross_minor`` is below zero only for a voucher redemption."""

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


class Payment(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money or a held voucher that was put towards the sale."""

    line: int
    tender: str
    amount_minor: int
    voucher_code: str = ""
    voucher_kind: str = ""
    hold_id: str = ""
    vat_key: str = ""
    name: str = ""
    """What a single-purpose voucher's redemption line is called on the receipt."""


class OpenSale(msgspec.Struct, frozen=True):
    """A sale that has not become a receipt yet; kept by the engine as JSON."""

    sale_id: str
    started_at: str
    currency: str
    lines: tuple[SaleLine, ...] = ()
    payments: tuple[Payment, ...] = ()
    next_line: int = 1

    @property
    def total_minor(self) -> int:
        return sum(line.gross_minor for line in self.lines)

    @property
    def paid_minor(self) -> int:
        return sum(payment.amount_minor for payment in self.payments)

    @property
    def due_minor(self) -> int:
        return self.total_minor - self.paid_minor

    @property
    def settled(self) -> bool:
        return bool(self.lines) and self.due_minor <= 0


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


def without(sale: OpenSale, number: int) -> OpenSale:
    """The sale without the line or payment of that number."""
    return msgspec.structs.replace(
        sale,
        lines=tuple(line for line in sale.lines if line.line != number),
        payments=tuple(payment for payment in sale.payments if payment.line != number),
    )


def overpaid(sale: OpenSale) -> bool:
    """Whether more is paid than is owed, in all or by single-purpose vouchers for the goods of one VAT key (rule 4)."""
    keys = {payment.vat_key for payment in sale.payments if payment.voucher_kind == SINGLE_PURPOSE}
    return sale.due_minor < 0 or any(_goods_left(sale, vat_key) < 0 for vat_key in keys)


def usable_minor(sale: OpenSale, balance_minor: int, voucher_kind: str, vat_key: str) -> int:
    """How much of a voucher's balance this sale can use now; at least zero."""
    usable = min(balance_minor, sale.due_minor)
    if voucher_kind == SINGLE_PURPOSE:
        usable = min(usable, _goods_left(sale, vat_key))
    return max(0, usable)


def settle(sale: OpenSale) -> Settlement:
    """The receipt's lines (numbered anew from 1), taxes, tenders and change; ``ValueError`` if something is due."""
    if not sale.settled:
        raise ValueError("only a settled sale becomes a receipt")
    lines = (*sale.lines, *_redemption_lines(sale))
    lines = tuple(msgspec.structs.replace(line, line=number) for number, line in enumerate(lines, 1))
    tenders = tuple(payment for payment in sale.payments if payment.voucher_kind != SINGLE_PURPOSE)
    return Settlement(
        lines=lines,
        tax_table=tax_table((line.vat_key, line.vat_rate_bp, line.gross_minor) for line in lines),
        tenders=tenders,
        total_minor=sum(line.gross_minor for line in lines),
        change_minor=-sale.due_minor,
    )


def _goods_left(sale: OpenSale, vat_key: str) -> int:
    """Gross of the goods at this key that no single-purpose voucher has paid for yet."""
    goods = sum(line.gross_minor for line in sale.lines if line.business_case == SALE and line.vat_key == vat_key)
    used = sum(
        payment.amount_minor
        for payment in sale.payments
        if payment.voucher_kind == SINGLE_PURPOSE and payment.vat_key == vat_key
    )
    return goods - used


def _redemption_lines(sale: OpenSale) -> list[SaleLine]:
    """Rule 5: what single-purpose vouchers take out of the tax base, at the rates of the goods they paid for."""
    goods: dict[tuple[str, int], int] = {}
    for line in sale.lines:
        if line.business_case == SALE:
            key = (line.vat_key, line.vat_rate_bp)
            goods[key] = goods.get(key, 0) + line.gross_minor
    lines = []
    for payment in sale.payments:
        if payment.voucher_kind != SINGLE_PURPOSE:
            continue
        left = payment.amount_minor
        for (vat_key, rate_bp), gross in sorted(goods.items()):
            part = min(left, gross) if vat_key == payment.vat_key else 0
            if part > 0:
                goods[vat_key, rate_bp] -= part
                left -= part
                lines.append(_redemption_line(payment, part, rate_bp))
    return lines


def _redemption_line(payment: Payment, amount_minor: int, rate_bp: int) -> SaleLine:
    return SaleLine(
        line=0,
        business_case=VOUCHER_REDEMPTION,
        name=payment.name,
        quantity_milli=MILLI,
        unit=DEFAULT_UNIT,
        unit_price_minor=-amount_minor,
        gross_minor=-amount_minor,
        vat_key=payment.vat_key,
        vat_rate_bp=rate_bp,
        voucher_code=payment.voucher_code,
        voucher_kind=payment.voucher_kind,
    )
