"""What the books are asked for a report, as one Ibis expression: chosen, grouped, summed up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.office.reports.dimensions import DIMENSIONS
from app.office.reports.periods import Period
from app.office.reports.sources.source import Source
from app.office.reports.tables import table

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

MAX_ROWS = 500_000
"""Rows that the books may answer with: bounds memory."""
_FETCHED = 10_000
FIRST_CURRENCY, LAST_CURRENCY = "first_currency", "last_currency"
_BY_INDEX = {"day": 0, "till": 1}


class ReportTooLong(Exception):
    """The books have more rows for it than are held in memory."""


def expression(
    source: Source,
    keys: Sequence[str],
    sums: Sequence[str],
    texts: Sequence[str],
    period: Period,
    asked: Mapping[str, Sequence[str | int] | None],
) -> ir.Table:
    """Columns ``keys``, ``sums``, ``texts`` and, where amounts have one, the first and the last of their currencies.

    In this order; a row for each combination of keys that there is.
    """
    rows = source.build(table)
    if "day" in source.base:
        if period.start:
            rows = rows.filter(rows.day >= period.start)
        if period.until:
            rows = rows.filter(rows.day <= period.until)
    for column, values in asked.items():
        empty: str | int = 0 if DIMENSIONS[column].kind in ("number", "percent") else ""
        rows = rows.filter(rows[column] != empty if values is None else rows[column].isin(list(values)))
    summed = {name: rows[name].sum() for name in sums} | {name: rows[name].max() for name in texts}
    if "currency" in source.base:
        # Nearly always there is one: to group by it would cost SQLite a sort of everything.
        summed |= {FIRST_CURRENCY: rows.currency.min(), LAST_CURRENCY: rows.currency.max()}
    # In the order of the index over days and tills; a database that groups by sorting need not sort then.
    ordered = sorted(keys, key=lambda key: _BY_INDEX.get(key, len(_BY_INDEX)))
    found = rows.group_by(ordered).aggregate(**summed) if keys else rows.aggregate(**summed)
    return found.select(*keys, *summed)


def rows_of(engine: SQLBackend, asked: ir.Table) -> Iterator[tuple[Any, ...]]:
    """The rows as the engine's own driver gives them: Ibis would take integers through floats where there are NULLs.

    ``ReportTooLong`` behind ``MAX_ROWS``.
    """
    # PostgreSQL's driver fetches everything at once, however little of it is taken.
    cursor = engine.raw_sql(engine.compile(asked.limit(MAX_ROWS + 1)))
    count = 0
    try:
        while some := cursor.fetchmany(_FETCHED):
            count += len(some)
            if count > MAX_ROWS:
                raise ReportTooLong
            yield from some
    finally:
        if engine.name != "duckdb":  # whose cursor is the connection
            cursor.close()
