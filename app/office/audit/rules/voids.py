"""Who voids more than the others do.

A cashier's rate is voids per hundred receipts, each sort for itself: receipts voided, sales given up, lines voided
where that needs a right. It is held against the rate of all other cashiers together in the same period: told from
``voids_times`` times that on, and of ``voids_least`` voids on, so that one slip in ten receipts is no finding. Where
nobody else sold, or nobody else voided, the rate alone counts, from ``voids_percent`` on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.domain.money import divide_half_up
from app.office.audit.finding import Evidence, Finding, Severity
from app.text import gettext as _
from app.text import mark

KIND = "voids"
RECEIPTS, SALES, LINES = "void_receipt", "abort", "void_line"
SORTS = {
    RECEIPTS: mark("receipts voided"),
    SALES: mark("sales given up"),
    LINES: mark("lines voided with a right"),
}


class Voided(NamedTuple):
    """How often one cashier did one sort of it, in how many receipts of theirs."""

    sort: str
    cashier: str
    voids: int
    receipts: int


def unusual(rows: Iterable[Voided], *, least: int, times: int, percent: int) -> Iterator[Finding]:
    """A finding for each cashier and sort beyond the limits."""
    by_sort: dict[str, list[Voided]] = {}
    for row in rows:
        by_sort.setdefault(row.sort, []).append(row)
    for of_sort in by_sort.values():
        voids, receipts = sum(row.voids for row in of_sort), sum(row.receipts for row in of_sort)
        for row in of_sort:
            others = Voided(row.sort, "", voids - row.voids, receipts - row.receipts)
            if row.voids >= max(1, least) and _is_unusual(row, others, times, percent):
                yield _finding(row, others, times)


def _is_unusual(row: Voided, others: Voided, times: int, percent: int) -> bool:
    if not others.voids or not others.receipts:
        return row.voids * 100 >= percent * max(1, row.receipts)
    # Rates compared without dividing: voids/receipts >= times * other voids/other receipts.
    return row.voids * others.receipts >= times * others.voids * max(1, row.receipts)


def _finding(row: Voided, others: Voided, times: int) -> Finding:
    said = {
        "cashier": row.cashier or _("somebody"),
        "sort": _(SORTS[row.sort]),
        "voids": row.voids,
        "receipts": row.receipts,
        "rate": _rate(row),
    }
    if others.voids and others.receipts:
        cause = _(
            "{cashier}: {sort} {voids} times in {receipts} receipts ({rate} %), the others {other} in {other_receipts} "
            "({other_rate} %)"
        ).format(**said, other=others.voids, other_receipts=others.receipts, other_rate=_rate(others))
    else:
        cause = _("{cashier}: {sort} {voids} times in {receipts} receipts ({rate} %), the others never").format(**said)
    often = row.voids * max(1, others.receipts) >= 2 * times * others.voids * max(1, row.receipts)
    severity: Severity = "warning" if often else "note"
    advice = _("go through them with the cashier: training, or money that stays out of the drawer")
    return Finding(KIND, severity, 0, "", cause, advice, (Evidence("cashier", row.cashier),))


def _rate(row: Voided) -> str:
    """Per cent with one decimal."""
    tenths = divide_half_up(row.voids * 1_000, max(1, row.receipts))
    return f"{tenths // 10}.{tenths % 10}"
