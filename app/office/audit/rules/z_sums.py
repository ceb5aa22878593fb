"""Z reports whose printed count and sum are not those of the receipts that carry their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.domain.money import format_minor
from app.office.audit.finding import Evidence, Finding
from app.text import gettext as _
from app.text import local

KIND = "z_sums"


class Closed(NamedTuple):
    """A Z report as printed, and what is in the books for it."""

    till_no: int
    z_no: int
    member_id: str
    at: str
    currency: str
    receipts: int
    gross_minor: int
    receipts_known: int
    gross_known_minor: int


def differing(reports: Iterable[Closed]) -> Iterator[Finding]:
    """A finding for each report that does not fit."""
    for report in reports:
        if (report.receipts, report.gross_minor) == (report.receipts_known, report.gross_known_minor):
            continue
        cause = _("Z {z_no} says {receipts} receipts, {gross}; in the books are {known}, {gross_known}").format(
            z_no=report.z_no,
            receipts=report.receipts,
            gross=_amount(report.gross_minor, report),
            known=report.receipts_known,
            gross_known=_amount(report.gross_known_minor, report),
        )
        yield Finding(
            KIND,
            "alarm",
            report.till_no,
            report.at,
            cause,
            _("look at the findings on missing numbers, receipts after Z and passed-over records of this till"),
            (Evidence("z_report", f"{report.till_no}/{report.z_no}", report.member_id),),
        )


def _amount(minor: int, report: Closed) -> str:
    return f"{local(format_minor(minor, report.currency))} {report.currency}"
