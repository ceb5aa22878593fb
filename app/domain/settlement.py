"""What vouchers and tokens may pay for, and the settled sale as it goes on its receipt.

1. Only cash gives change. Cards and vouchers never pay more than is due.
2. Nothing may be taken back that leaves more paid than is owed; undo the payment first.
3. A multi-purpose voucher is a tender. A single-purpose voucher was taxed when it was sold:
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
from app.domain.sale import OpenSale, Payment, SaleLine
from app.domain.vat import VatSum, tax_table
from app.domain.voucher import SINGLE_PURPOSE, TAXED_WHEN_SOLD, TOKEN


class Settlement(msgspec.Struct, frozen=True):
    """A settled sale as it goes on the receipt; ``tenders`` hold the payments without change."""

    lines: tuple[SaleLine, ...]
    tax_table: tuple[VatSum, ...]
    tenders: tuple[Payment, ...]
    total_minor: int
    change_minor: int


def overpaid(sale: OpenSale) -> bool:
    """Whether more is paid than is owed: in all, by single-purpose vouchers for one VAT key, by tokens (rule 2)."""
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
    tokens = [payment for payment in sale.payments if payment.voucher_kind == TOKEN]
    left = {line.line: line.gross_minor for line in sale.lines} if tokens else {}
    parts = []
    for payment in tokens:
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
    """Rule 3: what vouchers and tokens take out of the tax base, at the rates of the goods they paid for."""
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
