"""The books' tables as Ibis sees them: described from SQLAlchemy's metadata, so that they are said once.

Nothing of them belongs to an engine: the same expressions are compiled for SQLite, PostgreSQL, DuckDB over Parquet
copies of the tables, and whatever else Ibis speaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Integer

from app.books.schema import CONTENTS
from app.books.versions import TABLE as VERSION

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from sqlalchemy import Column


_TABLES = {known.name: known for known in (VERSION, *CONTENTS)}

REPORTED = (
    "articles", "cash_movements", "coupons", "credit_payments", "customers", "delivery_notes", "invoiced_notes",
    "order_cancellations", "order_deposits", "orders", "receipt_discounts", "receipt_lines", "receipt_taxes",
    "receipt_tenders", "receipts", "reference_data", "resource_grants", "resource_holds", "voucher_blocks", "vouchers",
    "z_reports",
)  # fmt: skip
"""The tables that reports ask: whatever else books hold is nobody's business who is given a copy for reports."""


def table(name: str) -> ir.Table:
    """A table of the books; ``KeyError`` if there is none of that name."""
    import ibis

    columns = {column.name: _type(column) for column in _TABLES[name].columns}
    return ibis.table(columns, name=name)


def _type(column: Column[object]) -> str:
    """Every whole number is one of 64 bits: amounts are nothing else, and sums need them."""
    kind = "boolean" if isinstance(column.type, Boolean) else "int64" if isinstance(column.type, Integer) else "string"
    return kind if column.nullable else f"!{kind}"
