"""What a cashier takes off: discounts on a line or the receipt, another price.

Limits are for the percentage that the cashier gives, not for what its rounding makes of it; an amount counts as its
percentage of the goods that it is for, rounded up. What was typed before counts along, so that three small
discounts are not less than a large one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from app.domain.business_case import SALE
from app.domain.pricing.giving import LINE_DISCOUNT, RECEIPT_DISCOUNT
from app.domain.pricing.pile import priced
from app.domain.quantity import gross_of
from app.domain.sale import ManualDiscount, OpenSale, SaleLine
from app.domain.sale_steps import line_of
from app.domain.vat import format_rate
from app.till import typed
from app.till.commands import ChangePrice, GiveDiscount
from app.till.refusals import Refusal
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter

MAX_RECEIPT_DISCOUNTS = 5


def give_discount(counter: Counter, command: GiveDiscount) -> Steps:
    """A percentage or an amount off a line or the receipt; nothing ("0") takes back what was given there."""
    sale = counter.open_sale()
    line = None if command.line is None else _line(sale, command.line)
    discount = _typed(counter, command)
    changed = _on_line(counter, sale, line, discount) if line else _on_receipt(counter, sale, discount)
    after = yield from counter.repriced(changed)
    if discount is not None:
        where = f"line {line.line}: {line.name}" if line else "receipt"
        detail = f"{discount.name} {counter.text(discount.amount_minor)}" if discount.amount_minor else discount.name
        yield from counter.allowed("discount", f"{where}: {detail}", percent_bp=_percent_bp(after, line))
    counter.keep(after)
    rule, lines = (RECEIPT_DISCOUNT, after.lines) if line is None else (LINE_DISCOUNT, (_same(after, line),))
    return {
        "discount": counter.text(sum(_given(each, rule) for each in lines)),
        "total": counter.text(after.total_minor),
    }


def change_price(counter: Counter, command: ChangePrice) -> Steps:
    """Another price for a line of goods; promotions do not touch it any more."""
    sale = counter.open_sale()
    line = _line(sale, command.line)
    price = counter.amount(command.price, "price")
    reason = typed.reason(command.reason, needed=False)
    if line.fixed or line.business_case != SALE:
        raise Refusal("price_fixed", {"name": line.name})
    changed = msgspec.structs.replace(
        line,
        unit_price_minor=price,
        gross_minor=gross_of(price, line.quantity_milli),
        discounts=(),
        list_price_minor=line.list_price_minor or line.unit_price_minor,
        price_origin="manual",
        reason=reason,
    )
    after = yield from counter.repriced(_with(sale, changed))
    detail = f"line {line.line}: {line.name}: {counter.text(line.unit_price_minor)} > {counter.text(price)} {reason}"
    yield from counter.allowed("price_change", detail.strip())
    counter.keep(after)
    return {
        "line": line.line,
        "name": line.name,
        "price": counter.text(price),
        "list_price": counter.text(changed.list_price_minor),
        "total": counter.text(after.total_minor),
    }


def _typed(counter: Counter, command: GiveDiscount) -> ManualDiscount | None:
    """What was typed; None for nothing."""
    reason = typed.reason(command.reason, needed=False)
    if (command.percent is None) == (command.amount is None):
        raise Refusal("percent_or_amount")
    word = counter.words["discount"]
    if command.percent is not None:
        percent_bp = typed.percent_bp(command.percent)
        percent = format_rate(percent_bp).replace(".", counter.words["decimal_point"])
        return ManualDiscount(percent_bp=percent_bp, reason=reason, name=f"{word} {percent} %") if percent_bp else None
    amount = counter.amount(command.amount or "", "amount")
    return ManualDiscount(amount_minor=amount, reason=reason, name=word) if amount else None


def _on_receipt(counter: Counter, sale: OpenSale, discount: ManualDiscount | None) -> OpenSale:
    if discount is None:
        return msgspec.structs.replace(sale, discounts=())
    lines = [line for line in sale.lines if priced(line)]
    if not lines:
        raise Refusal("nothing_discountable")
    if len(sale.discounts) >= MAX_RECEIPT_DISCOUNTS:
        raise Refusal("too_many_discounts", {"limit": str(MAX_RECEIPT_DISCOUNTS)})
    left = sum(line.gross_minor for line in lines)
    if discount.amount_minor > left:
        raise Refusal("discount_too_large", {"amount": counter.text(left)})
    return msgspec.structs.replace(sale, discounts=(*sale.discounts, discount))


def _on_line(counter: Counter, sale: OpenSale, line: SaleLine, discount: ManualDiscount | None) -> OpenSale:
    if not priced(line):
        raise Refusal("not_discountable", {"name": line.name})
    left = _before_typed(line)
    if discount is not None and discount.amount_minor > left:
        raise Refusal("discount_too_large", {"amount": counter.text(left)})
    return _with(sale, msgspec.structs.replace(line, manual=discount))


def _percent_bp(sale: OpenSale, line: SaleLine | None) -> int:
    """What is typed in all for the line, or for the receipt with the line that has most, as a percentage."""
    lines = [_same(sale, line)] if line else [each for each in sale.lines if priced(each)]
    of_lines = max(_share(each.manual, _before_typed(each)) for each in lines)
    left = sum(each.gross_minor + _given(each, RECEIPT_DISCOUNT) for each in sale.lines if priced(each))
    return min(10_000, of_lines + sum(_share(each, left) for each in sale.discounts))


def _share(discount: ManualDiscount | None, of_minor: int) -> int:
    if discount is None:
        return 0
    if discount.percent_bp:
        return discount.percent_bp
    return -(-discount.amount_minor * 10_000 // of_minor) if of_minor else 10_000


def _before_typed(line: SaleLine) -> int:
    """What the line costs after promotions and coupons."""
    return line.gross_minor + _given(line, LINE_DISCOUNT) + _given(line, RECEIPT_DISCOUNT)


def _given(line: SaleLine, rule: str) -> int:
    return sum(discount.amount_minor for discount in line.discounts if discount.rule == rule)


def _line(sale: OpenSale, text: str) -> SaleLine:
    number = typed.line_number(text)
    line = line_of(sale, number)
    if line is None:
        raise Refusal("unknown_line", {"line": str(number)})
    return line


def _same(sale: OpenSale, line: SaleLine) -> SaleLine:
    """The line as it is now."""
    return next(each for each in sale.lines if each.line == line.line)


def _with(sale: OpenSale, changed: SaleLine) -> OpenSale:
    lines = tuple(changed if line.line == changed.line else line for line in sale.lines)
    return msgspec.structs.replace(sale, lines=lines)
