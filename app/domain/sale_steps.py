"""Steps of the open sale: what is added gets the next number, what came together goes together; lines of money."""

from __future__ import annotations

from typing import Any

import msgspec

from app.domain.article import DEFAULT_UNIT
from app.domain.quantity import MILLI
from app.domain.sale import CouponOnSale, OpenSale, Payment, SaleLine


def money_line(business_case: str, name: str, amount_minor: int, **more: Any) -> SaleLine:
    """A line that is no goods: one piece at just that amount, which no rule changes. ``more`` are its other fields."""
    return SaleLine(
        line=0,
        business_case=business_case,
        name=name,
        quantity_milli=MILLI,
        unit=DEFAULT_UNIT,
        unit_price_minor=amount_minor,
        gross_minor=amount_minor,
        discountable=False,
        fixed=True,
        **more,
    )


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
    going = with_its_group(sale, number)
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


def with_its_group(sale: OpenSale, number: int) -> frozenset[int]:
    """The number, and those of the lines that came together with its line."""
    line = line_of(sale, number)
    if line is None or not line.group:
        return frozenset((number,))
    return frozenset(other.line for other in sale.lines if other.group == line.group)
