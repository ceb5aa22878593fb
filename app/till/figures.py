"""Figures for programs: amounts as text, rows by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from app.domain.money import format_minor
from app.domain.vat import format_rate
from app.facts.sales import CountedCash, Period, Sum, TaxRow

MAX_FIGURES_BYTES = 40_000
"""Of a Z report's figures as JSON: one record holds them, whatever the article groups are called."""
OTHERS = "…"
"""The row that sums up the article groups that did not fit."""


def figures_fields(figures: Period) -> dict[str, Any]:
    """All figures; ``by_vat`` and ``by_tender`` as ``turnover`` has them, and more."""

    def text(amount_minor: int) -> str:
        return format_minor(amount_minor, figures.currency)

    def sums(name: str, rows: tuple[Sum, ...]) -> list[dict[str, Any]]:
        return [{name: row.key, "count": row.count, "amount": text(row.amount_minor)} for row in rows]

    return {
        "currency": figures.currency,
        "receipts": figures.receipts,
        "gross": text(figures.gross_minor),
        "first_receipt_no": figures.first_receipt_no or None,
        "last_receipt_no": figures.last_receipt_no or None,
        "by_vat": vat_rows(figures.tax_table, figures.currency),
        "by_tender": [
            {
                "tender": row.tender,
                "currency": row.currency,
                "count": row.count,
                "amount": text(row.amount_minor),
                "foreign": format_minor(row.foreign_minor, row.currency) if row.currency != figures.currency else None,
            }
            for row in figures.tenders
        ],
        "business_cases": sums("business_case", figures.business_cases),
        "article_groups": sums("article_group", figures.article_groups),
        "movements": [_movement_fields(row, figures.currency) for row in figures.movements],
        "drawers": [drawer_fields(drawer) for drawer in figures.drawers],
        "discounts": text(figures.discounts_minor),
        "returns": figures.returns,
        "voids": figures.voids,
        "aborted": figures.aborted,
        "vouchers_sold": text(figures.vouchers_sold_minor),
        "vouchers_redeemed": text(figures.vouchers_redeemed_minor),
    }


def vat_rows(rows: Iterable[TaxRow], currency: str) -> list[dict[str, str]]:
    """A tax table, a row per key and rate."""
    return [
        {
            "vat_key": row.vat_key,
            "rate": format_rate(row.vat_rate_bp),
            "gross": format_minor(row.gross_minor, currency),
            "net": format_minor(row.net_minor, currency),
            "tax": format_minor(row.tax_minor, currency),
        }
        for row in rows
    ]


def drawer_fields(drawer: CountedCash) -> dict[str, Any]:
    """What a currency's drawer should hold, and what it does; ``counted`` None: nobody counted."""

    def text(amount_minor: int) -> str:
        return format_minor(amount_minor, drawer.currency)

    counted = drawer.counted_minor
    return {
        "currency": drawer.currency,
        "expected": text(drawer.expected_minor),
        "counted": None if counted is None else text(counted),
        "difference": None if counted is None else text(drawer.difference_minor),
        "pieces": {text(piece): count for piece, count in drawer.pieces},
    }


def bounded(figures: Period) -> Period:
    """The figures small enough for a record: the least of the article groups become one row if there are too many."""
    keep = len(figures.article_groups)
    bound = figures
    while keep and len(msgspec.json.encode(bound)) > MAX_FIGURES_BYTES:
        keep //= 2
        ranked = sorted(figures.article_groups, key=lambda row: (-abs(row.amount_minor), row.key))
        kept, rest = ranked[:keep], ranked[keep:]
        others = Sum(OTHERS, sum(row.count for row in rest), sum(row.amount_minor for row in rest))
        groups = (*sorted(kept, key=lambda row: row.key), others)
        bound = msgspec.structs.replace(figures, article_groups=groups)
    return bound


def _movement_fields(row: Sum, home: str) -> dict[str, Any]:
    movement, _, foreign = row.key.partition("/")
    currency = foreign or home
    amount = format_minor(row.amount_minor, currency)
    return {"movement": movement, "currency": currency, "count": row.count, "amount": amount}
