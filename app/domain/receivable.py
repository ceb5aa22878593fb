"""Receivables: delivery notes, and the collective invoices that gather them.

A delivery note is a tender of a receipt, so it may be over a part of it only. Its tax is that part of the receipt's tax
table, scaled with the largest remainder in minor units; a collective invoice's tax table is the sum of its notes'.
Net and tax are added up as they were printed, not taken out of the sums anew: the tax was reported with the receipts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.vat import VatSum, net_of

NOTE, INVOICE = "note", "invoice"
"""The kinds of receivable, as the names of their resources say them."""

OPEN, INVOICED, PAID = "open", "invoiced", "paid"
STATES = (OPEN, INVOICED, PAID)

MAX_NOTES = 100
"""Delivery notes of one invoice: its record holds them for certain."""


def scaled(table: Sequence[VatSum], part_minor: int) -> tuple[VatSum, ...]:
    """The part of a receipt's tax table that ``part_minor`` of its total stands for; gross sums up to it exactly.

    >>> [row.gross_minor for row in scaled([VatSum("1", 1900, 380, 319, 61), VatSum("2", 700, 1070, 1000, 70)], 500)]
    [131, 369]
    """
    total = sum(row.gross_minor for row in table)
    if part_minor == total:
        return tuple(table)
    if total <= 0:
        raise ValueError("only a receipt over more than nothing has parts")
    # Floor division leaves remainders of zero and above for returned goods (below zero) too.
    shares = [divmod(row.gross_minor * part_minor, total) for row in table]
    parts = [whole for whole, _ in shares]
    by_remainder = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
    for index in by_remainder[: part_minor - sum(parts)]:
        parts[index] += 1
    rows = []
    for row, gross in zip(table, parts, strict=True):
        net = net_of(gross, row.rate_bp)
        rows.append(VatSum(row.vat_key, row.rate_bp, gross, net, gross - net))
    return tuple(rows)


def added(tables: Iterable[Iterable[VatSum]]) -> tuple[VatSum, ...]:
    """Tax tables added up per key and rate; what is untaxed comes last."""
    sums: dict[tuple[str, int], VatSum] = {}
    for table in tables:
        for row in table:
            key = (row.vat_key, row.rate_bp)
            old = sums.get(key, VatSum(*key, 0, 0, 0))
            sums[key] = VatSum(
                *key, old.gross_minor + row.gross_minor, old.net_minor + row.net_minor, old.tax_minor + row.tax_minor
            )
    return tuple(sums[key] for key in sorted(sums, key=lambda pair: (not pair[0], pair)))
