"""What was booked into a period after the Z report that closed it: no later report has it either."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.domain.money import format_minor
from app.office.audit.finding import Evidence, Finding, What
from app.text import gettext as _
from app.text import local, moment

KIND = "after_z"


class Late(NamedTuple):
    """A receipt or a movement of cash (``movement`` says which), and the Z report that was there before it."""

    number: str
    movement: str
    till_no: int
    member_id: str
    z_no: int
    closed_at: str
    at: str
    amount_minor: int
    currency: str


def late(rows: Iterable[Late]) -> Iterator[Finding]:
    """A finding for each."""
    for row in rows:
        amount = f"{local(format_minor(row.amount_minor, row.currency))} {row.currency}"
        said = {"number": row.number, "amount": amount, "z_no": row.z_no, "closed_at": moment(row.closed_at)}
        if row.movement:
            cause = _("{amount} were moved in the drawer after Z {z_no} of {closed_at}, which they belong to")
        else:
            cause = _("receipt {number} over {amount} came after Z {z_no} of {closed_at}, which it belongs to")
        what: What = "sale" if row.movement else "receipt"
        yield Finding(
            KIND,
            "alarm",
            row.till_no,
            row.at,
            cause.format(**said),
            _("book the amount by hand, and see why the till went on in a closed period: another disk, or two engines"),
            (
                Evidence(what, row.number, row.member_id, row.movement),
                Evidence("z_report", f"{row.till_no}/{row.z_no}", text=row.closed_at),
            ),
        )
