"""The lines of orders and their deposits: from a sale into an order, and from an order into a sale."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from app.books.questions.articles import FindVatRate
from app.books.questions.orders import OrderView
from app.domain import order, resource
from app.domain.business_case import DEPOSIT, DEPOSIT_SETTLEMENT
from app.domain.sale import Discount, OpenSale, SaleLine
from app.domain.sale_steps import money_line
from app.facts.circulation import OrderLine, ResourceHeld
from app.till.completing import discounts_of
from app.till.effects import Effect, Event
from app.till.holding import Granted, hold_of
from app.till.refusals import Refusal
from app.till.steps import look

if TYPE_CHECKING:
    from app.till.counter import Counter

Share = tuple[str, int, int]
"""VAT key, rate in basis points, gross."""


def ordered(sale: OpenSale) -> tuple[OrderLine, ...]:
    """The lines of the sale as an order keeps them."""
    numbers = {line.line: number for number, line in enumerate(sale.lines, 1)}
    return tuple(
        OrderLine(
            name=line.name,
            quantity_milli=line.quantity_milli,
            unit=line.unit,
            unit_price_minor=line.unit_price_minor,
            gross_minor=line.gross_minor,
            ident_no=line.ident_no,
            vat_key=line.vat_key,
            article_groups=line.article_groups,
            discounts=discounts_of(line),
            age_limit=line.age_limit,
            business_case=line.business_case,
            of_line=numbers.get(line.of_line, 0),
            weighed=line.weighed,
            gross_g=line.gross_g,
            tare_g=line.tare_g,
            tare_class=line.tare_class,
        )
        for line in sale.lines
    )


def picked_up(counter: Counter, found: OrderView) -> Generator[Effect, Event, list[SaleLine]]:
    """The goods as ordered, taxed at the rates of today: the day of supply."""
    lines = []
    for line in found.lines:
        rate = (yield from rate_of(found, line.vat_key, counter.now.day)) if line.vat_key else 0
        sold = SaleLine(
            line=0,
            business_case=line.business_case,
            name=line.name,
            quantity_milli=line.quantity_milli,
            unit=line.unit,
            unit_price_minor=line.unit_price_minor,
            gross_minor=line.gross_minor,
            ident_no=line.ident_no,
            vat_key=line.vat_key,
            vat_rate_bp=rate,
            discounts=tuple(
                Discount(given.rule, given.name, given.amount_minor, given.rule_id) for given in line.discounts
            ),
            discountable=False,
            fixed=True,
            article_groups=line.article_groups,
            age_limit=line.age_limit,
            of_line=line.of_line,
            reference=found.order_no,
            weighed=line.weighed,
            gross_g=line.gross_g,
            tare_g=line.tare_g,
            tare_class=line.tare_class,
        )
        lines.append(sold)
    return lines


def with_deposit(
    counter: Counter, sale: OpenSale, order_no: str, shares: Sequence[Share], granted: Granted
) -> Generator[Effect, Event, tuple[OpenSale, ResourceHeld]]:
    """The sale with a line per rate, and the fact that holds the sum of them."""
    name = resource.name(resource.DEPOSIT, order_no)
    amount = sum(gross for _key, _rate_bp, gross in shares)
    hold_id = counter.draw("deposit")[:16].hex()
    lines = money_lines(DEPOSIT, counter.words[DEPOSIT], shares, reference=order_no, group=name)
    sale = with_group(counter, sale, lines, hold_id, name, amount)
    held = yield from hold_of(counter, sale, name, amount, granted, hold_id=hold_id)
    return sale, held


def dissolving(counter: Counter, found: OrderView) -> Generator[Effect, Event, list[SaleLine]]:
    """Lines below zero: each deposit at the rates it was taxed at, what a web shop took at those of the day it did."""
    lines: list[SaleLine] = []
    for deposit in found.deposits:
        shares = [(vat_key, rate, -gross) for vat_key, rate, gross in deposit.lines]
        settled = counter.words[DEPOSIT_SETTLEMENT]
        lines += money_lines(DEPOSIT_SETTLEMENT, settled, shares, reference=deposit.receipt_no)
    if found.paid_minor:
        shares = []
        for vat_key, part in order.shares(found.paid_minor, goods_of(found), {}):
            rate = yield from rate_of(found, vat_key, found.placed_at[:10])
            shares.append((vat_key, rate, -part))
        paid = counter.words["paid_in_web_shop"]
        lines += money_lines(DEPOSIT_SETTLEMENT, paid, shares, reference=found.order_no)
    return lines


def goods_of(found: OrderView) -> dict[str, int]:
    """What was ordered, gross per VAT key."""
    return order.by_key((line.vat_key, line.gross_minor) for line in found.lines)


def covered_by(found: OrderView) -> Iterable[tuple[str, int]]:
    """What a web shop and earlier deposits cover, per VAT key."""
    if found.paid_minor:
        yield from order.shares(found.paid_minor, goods_of(found), {})
    for deposit in found.deposits:
        for vat_key, _rate_bp, gross in deposit.lines:
            yield vat_key, gross


def rate_of(found: OrderView, vat_key: str, day: str) -> Generator[Effect, Event, int]:
    """The key\'s rate on the day; refused if it has none."""
    rate = yield from look(FindVatRate(vat_key, day))
    if rate is None:
        raise Refusal("vat_rate_missing", {"name": found.order_no, "vat_key": vat_key, "day": day})
    return rate


def money_lines(
    business_case: str,
    name: str,
    shares: Iterable[Share],
    *,
    reference: str,
    group: str = "",
    reason: str = "",
) -> list[SaleLine]:
    """Fixed lines that are no goods, one per rate."""
    return [
        money_line(
            business_case,
            name,
            gross,
            vat_key=vat_key,
            vat_rate_bp=rate,
            reference=reference,
            reason=reason,
            group=group,
        )
        for vat_key, rate, gross in shares
    ]


def with_group(
    counter: Counter, sale: OpenSale, lines: Sequence[SaleLine], hold_id: str, name: str, amount: int
) -> OpenSale:
    """The sale with lines that go together; the first holds the resource. ``of_line`` counts within the group."""
    first = sale.next_line
    for number, line in enumerate(lines):
        grouped = msgspec.structs.replace(line, group=name, of_line=first - 1 + line.of_line if line.of_line else 0)
        if not number:
            grouped = msgspec.structs.replace(grouped, hold_id=hold_id, resource=name, held_amount=amount)
        sale = counter.with_line(grouped, sale)
    return sale
