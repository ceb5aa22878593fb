"""The ledger of resources: what they were granted, who holds and uses them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, Table, Text, event

from app.books.tables.base import metadata

resource_grants = Table(
    "resource_grants",
    metadata,
    Column("resource", Text, primary_key=True),
    Column("grant_id", Text, primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Column("granted_at", Text, nullable=False),
    Column("till_no", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)

resource_holds = Table(
    "resource_holds",
    metadata,
    Column("resource", Text, primary_key=True),
    Column("hold_id", Text, primary_key=True),
    # resource.held
    Column("held_stamp", Text),
    Column("held_by", Text),
    Column("held_amount", BigInteger),
    Column("sale_id", Text),
    Column("till_no", BigInteger),
    Column("held_at", Text),
    Column("coverage", Text),
    Column("value_minor", BigInteger),
    Column("cashier", Text),
    Column("business_day", Text),
    Column("uncovered", BigInteger),  # 1: not everybody could be asked
    # resource.hold_released
    Column("released_stamp", Text),
    Column("released_at", Text),
    Column("release_reason", Text),
    # resource.used
    Column("used_stamp", Text),
    Column("used_amount", BigInteger),
    Column("reference", Text),
    Column("used_at", Text),
    # overdraw.settled: what its settlements cover together
    Column("settled_amount", BigInteger),
)
_IS_UNCOVERED = resource_holds.c.uncovered == 1
# Few holds are, so that a day of them is found without reading the others.
_UNCOVERED = Index("uncovered_holds", resource_holds.c.business_day, sqlite_where=_IS_UNCOVERED)


@event.listens_for(resource_holds, "before_create")
def _partial_in_postgresql(_table: Table, connection: Connection, **_what: Any) -> None:
    """Said only there: naming a dialect's option imports the dialect, which no till on SQLite should wait for."""
    if connection.dialect.name == "postgresql":
        _UNCOVERED.dialect_options["postgresql"]["where"] = _IS_UNCOVERED
