"""Reference data as one value."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, func, or_, select

from app.books.tables.base import positions
from app.books.tables.reference import reference_data
from app.domain.reference import SUBJECTS, Reference, ReferenceFault, value_of

_VERSION = select(func.coalesce(func.sum(positions.c.seq), 0)).where(
    or_(positions.c.topic == "master", positions.c.topic.like("%/%"))
)
_ROWS = (
    select(reference_data.c.subject, reference_data.c.key, reference_data.c.value)
    .where(~reference_data.c.removed)
    .order_by(reference_data.c.subject, reference_data.c.key)
)


def version(connection: Connection) -> str:
    """How much of the master feeds, and of those with an audience, is in the books: what changes with master data."""
    return str(int(connection.execute(_VERSION).scalar_one()))


def reference(connection: Connection) -> Reference:
    """All reference data as it is now; values that this version cannot read are left out."""
    values: dict[str, dict[str, Any]] = {}
    for subject, key, text in connection.execute(_ROWS):
        if subject not in SUBJECTS:
            continue
        try:
            values.setdefault(subject, {})[key] = value_of(subject, msgspec.json.decode(text))
        except ReferenceFault:
            continue
    return Reference(version(connection), values)
