"""Goods sold below their purchase price: net, after discounts, by the purchase price (net) that the books have now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.domain.money import divide_half_up, format_minor
from app.domain.quantity import MILLI, format_milli
from app.office.audit.finding import Evidence, Finding
from app.text import gettext as _
from app.text import local

KIND = "below_cost"


class Sold(NamedTuple):
    """A line of goods, and the article's purchase price."""

    receipt_no: str
    member_id: str
    till_no: int
    at: str
    cashier: str
    currency: str
    row: int
    ident_no: str
    name: str
    quantity_milli: int
    gross_minor: int
    vat_rate_bp: int
    purchase_minor: int


def below(lines: Iterable[Sold]) -> Iterator[Finding]:
    """A finding for each line whose net price is less than what its goods had cost."""
    for line in lines:
        net = divide_half_up(line.gross_minor * 10_000, 10_000 + line.vat_rate_bp)
        cost = divide_half_up(line.purchase_minor * line.quantity_milli, MILLI)
        if line.purchase_minor <= 0 or line.quantity_milli <= 0 or net >= cost:
            continue
        cause = _("{quantity} x {name} went for {net} net, {cost} is what it costs to buy").format(
            quantity=format_milli(line.quantity_milli),
            name=line.name,
            net=f"{local(format_minor(net, line.currency))} {line.currency}",
            cost=f"{local(format_minor(cost, line.currency))} {line.currency}",
        )
        yield Finding(
            KIND,
            "note",
            line.till_no,
            line.at,
            cause,
            _("check the article's price and purchase price, promotions, and what {cashier} typed").format(
                cashier=line.cashier or _("the cashier")
            ),
            (
                Evidence("receipt", line.receipt_no, line.member_id, _("line {row}").format(row=line.row)),
                Evidence("article", line.ident_no),
            ),
        )
