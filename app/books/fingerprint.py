"""A digest of all contents of the books, to see whether two tills know the same.

Positions and what was passed over are left out: they tell how far this till has got and what
its version can read, not what is true.
"""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection, select

from app.books.schema import CONTENTS

_ROWS = tuple(
    (f"{table.name}\n".encode(), select(table).order_by(*table.primary_key).execution_options(yield_per=1_000))
    for table in CONTENTS
)
"""Each table's name and all its rows. Made once: to make them takes longer than to look at small books."""


def of(connection: Connection) -> str:
    """Hex SHA-256 over every row of every table, in the order of the primary keys."""
    digest = hashlib.sha256()
    for name, rows in _ROWS:
        digest.update(name)
        for row in connection.execute(rows):
            digest.update(msgspec.json.encode(list(row)) + b"\n")
    return digest.hexdigest()
