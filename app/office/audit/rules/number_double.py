"""Numbers that were given out twice: by two members, or by one whose second document came too late to count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from app.office.audit.finding import Evidence, Finding, What
from app.text import gettext as _

KIND = "number_double"


class Given(NamedTuple):
    """A number as one member gave it out. ``at`` is empty where the books do not say when."""

    kind: str
    number: str
    till_no: int
    member_id: str
    at: str


def doubles(given: Iterable[Given]) -> Iterator[Finding]:
    """A finding for each number; what has the same number stands together."""
    for (kind, number), rows in groupby(given, key=lambda row: (row.kind, row.number)):
        found = list(rows)
        if len(found) < 2:
            continue
        what: What = "z_report" if kind in ("z_report", "z_no") else "receipt"
        yield Finding(
            KIND,
            "alarm",
            found[-1].till_no,
            max(row.at for row in found),
            _("number {number} was given out {count} times").format(number=number, count=len(found)),
            _("a copied or restored disk does this: compare the documents, and end the till that should not be there"),
            tuple(Evidence(what, row.number, row.member_id, row.at) for row in found),
        )


class Repeated(NamedTuple):
    """A receipt's number that its own feed had before; ``record``: ``member/topic/sequence`` of the later one."""

    number: str
    till_no: int
    member_id: str
    record: str
    at: str


def repeated(rows: Iterable[Repeated]) -> Iterator[Finding]:
    """A finding for each: the books keep the first receipt of a number and member, so the later one is in no sum."""
    for row in rows:
        yield Finding(
            KIND,
            "alarm",
            row.till_no,
            row.at,
            _("till {till_no} wrote receipt {number} twice; the books count the first one only").format(
                till_no=row.till_no, number=row.number
            ),
            _("compare both with the paper, and book the second by hand; the till's program or disk was tampered with"),
            (Evidence("receipt", row.number, row.member_id), Evidence("record", row.record, row.member_id, row.at)),
        )
