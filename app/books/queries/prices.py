"""Prices as they were entered, for the rules of ``app.domain.price_list``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from app.books.tables.prices import prices
from app.domain.price_list import Entry

_VALID = select(
    prices.c.price_list, prices.c.valid_from, prices.c.stamp, prices.c.price_minor, prices.c.ident_no
).where(
    prices.c.price_minor.is_not(None),
    prices.c.valid_from <= bindparam("day"),
    or_(prices.c.valid_until == "", prices.c.valid_until >= bindparam("day")),
)
_OF_ONE = _VALID.where(prices.c.ident_no == bindparam("ident"))
_OF_MANY = _VALID.where(prices.c.ident_no.in_(bindparam("idents", expanding=True)))
_ALL = (
    select(prices)
    .where(prices.c.price_minor.is_not(None))
    .order_by(prices.c.ident_no, prices.c.price_list, prices.c.valid_from, prices.c.valid_until)
)


def entries(connection: Connection, ident_no: str, day: str) -> tuple[Entry, ...]:
    """What was entered for the article and is valid on the day (ISO), in all price lists."""
    rows = connection.execute(_OF_ONE, {"ident": ident_no, "day": day})
    return tuple(Entry(*row[:4]) for row in rows)


def entries_of_many(connection: Connection, idents: Sequence[str], day: str) -> dict[str, tuple[Entry, ...]]:
    """The same by ident number, in one statement; without an entry an article is not there."""
    found: dict[str, tuple[Entry, ...]] = {}
    for row in connection.execute(_OF_MANY, {"idents": idents, "day": day}):
        found[row.ident_no] = (*found.get(row.ident_no, ()), Entry(*row[:4]))
    return found


def all_prices(connection: Connection) -> list[dict[str, Any]]:
    """Every entered price by article, list and day: past, present and to come."""
    columns = ("ident_no", "price_list", "price_minor", "valid_from", "valid_until")
    return [{name: getattr(row, name) for name in columns} for row in connection.execute(_ALL)]
