"""A digest of all contents of the books, to see whether two tills know the same.

Positions and what was passed over are left out: they tell how far this till has got and what
its version can read, not what is true.
"""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection, select

from app.books.schema import CONTENTS


def of(connection: Connection) -> str:
    """Hex SHA-256 over every row of every table, in the order of the primary keys."""
    digest = hashlib.sha256()
    for table in CONTENTS:
        digest.update(f"{table.name}\n".encode())
        rows = connection.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=1_000))
        for row in rows:
            digest.update(msgspec.json.encode(list(row)) + b"\n")
    return digest.hexdigest()
