"""Goods taken back, and money given, without the receipt that sold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.domain.money import format_minor
from app.domain.quantity import format_milli
from app.office.audit.finding import Evidence, Finding, named
from app.text import gettext as _
from app.text import local

KIND = "return_without_receipt"


class Back(NamedTuple):
    """A line below zero that names no receipt."""

    receipt_no: str
    member_id: str
    till_no: int
    at: str
    cashier: str
    currency: str
    row: int
    name: str
    quantity_milli: int
    gross_minor: int


def without(lines: Iterable[Back], limit_minor: int) -> Iterator[Finding]:
    """A finding for each that gave back at least the limit."""
    for line in lines:
        if -line.gross_minor < limit_minor:
            continue
        cause = _("{cashier} took back {quantity} x {name} for {amount} without a receipt").format(
            cashier=line.cashier or _("somebody"),
            quantity=format_milli(-line.quantity_milli),
            name=line.name,
            amount=f"{local(format_minor(-line.gross_minor, line.currency))} {line.currency}",
        )
        yield Finding(
            KIND,
            "warning",
            line.till_no,
            line.at,
            cause,
            _("see that the goods are there; who may do this is the right return_without_receipt"),
            named(
                Evidence("receipt", line.receipt_no, line.member_id, _("line {row}").format(row=line.row)),
                Evidence("cashier", line.cashier),
            ),
        )
