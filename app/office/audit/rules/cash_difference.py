"""Drawers that held more or less than the books say: at a Z report, where it was booked, and when somebody counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.domain.money import format_minor
from app.office.audit.finding import Evidence, Finding, named
from app.text import gettext as _
from app.text import local

KIND = "cash_difference"


class Difference(NamedTuple):
    """``booked``: at the Z report; otherwise it was only counted."""

    till_no: int
    z_no: int
    member_id: str
    at: str
    cashier: str
    currency: str
    difference_minor: int
    booked: bool


def differences(rows: Iterable[Difference], limit_minor: int) -> Iterator[Finding]:
    """A finding for each difference of at least the limit (and of more than nothing)."""
    for row in rows:
        if abs(row.difference_minor) < max(1, limit_minor):
            continue
        said = {
            "amount": f"{local(format_minor(abs(row.difference_minor), row.currency))} {row.currency}",
            "cashier": row.cashier or _("somebody"),
            "z_no": row.z_no,
        }
        if row.difference_minor < 0:
            booked, counted = (
                _("{amount} too little in the drawer at Z {z_no}, closed by {cashier}"),
                _("{amount} too little in the drawer when {cashier} counted it, before Z {z_no}"),
            )
        else:
            booked, counted = (
                _("{amount} too much in the drawer at Z {z_no}, closed by {cashier}"),
                _("{amount} too much in the drawer when {cashier} counted it, before Z {z_no}"),
            )
        yield Finding(
            KIND,
            "warning" if row.booked else "note",
            row.till_no,
            row.at,
            (booked if row.booked else counted).format(**said),
            _("go through the cash receipts, pay-ins and pay-outs of this period with whoever counted"),
            named(Evidence("z_report", f"{row.till_no}/{row.z_no}", row.member_id), Evidence("cashier", row.cashier)),
        )
