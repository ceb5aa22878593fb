"""Prices that were changed by hand: by whom, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.domain.money import divide_half_up, format_minor
from app.facts.sales import ReceiptCompleted, ReceiptLine
from app.office.audit.finding import Evidence, Finding, named
from app.text import gettext as _
from app.text import local

KIND = "price_changed"
MANUAL = "manual"
MUCH_PERCENT = 20
"""From here on somebody should look."""


class Booked(NamedTuple):
    """A receipt that has a typed price, whole, and who wrote it."""

    receipt: ReceiptCompleted
    member_id: str


def changed(receipts: Iterable[Booked], limit_percent: int) -> Iterator[Finding]:
    """A finding for each line whose price was changed by more than the limit; a voided receipt repeats nothing."""
    for receipt, member_id in receipts:
        if receipt.receipt_type == "void":
            continue
        for line in receipt.lines:
            percent = _percent(line)
            if line.price_origin == MANUAL and line.quantity_milli > 0 and abs(percent) > limit_percent:
                yield _finding(receipt, member_id, line, percent)


def _percent(line: ReceiptLine) -> int:
    """By how much it was changed; a price that was none before counts as changed altogether."""
    was = line.list_price_minor
    if not was:
        return 100 if line.unit_price_minor else 0
    change = (line.unit_price_minor - was) * 100
    rounded = divide_half_up(change, was)
    return rounded or (change > 0) - (change < 0)


def _finding(receipt: ReceiptCompleted, member_id: str, line: ReceiptLine, percent: int) -> Finding:
    cause = _("{name}: {cashier} sold it for {price} instead of {was} ({percent} %)").format(
        name=line.name,
        cashier=receipt.cashier or _("somebody"),
        price=f"{local(format_minor(line.unit_price_minor, receipt.currency))} {receipt.currency}",
        was=f"{local(format_minor(line.list_price_minor, receipt.currency))} {receipt.currency}",
        percent=f"{percent:+d}",
    )
    if receipt.approved_by:
        cause += " " + _("(approved by {who})").format(who=receipt.approved_by)
    return Finding(
        KIND,
        "warning" if percent <= -MUCH_PERCENT else "note",
        receipt.till_no,
        receipt.finished_at,
        cause,
        _("ask why; who may change prices is the right price_change"),
        named(
            Evidence("receipt", receipt.receipt_no, member_id, _("line {row}").format(row=line.line)),
            Evidence("cashier", receipt.cashier),
        ),
    )
