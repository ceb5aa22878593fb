"""Reference data: the newest value of each key. What does not fit its subject never enters (``check_value``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.reference import reference_data
from app.domain.reference import SUBJECTS, ReferenceFault, value_of
from app.facts.base import Fact
from app.facts.codec import FactUnreadable
from app.facts.master import ReferenceSet


class ReferenceFold:
    """Folds ``reference.set``."""

    def __init__(self, upserts: Upserts) -> None:
        self._set = upserts.newest(reference_data)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {ReferenceSet: self._values}

    def _values(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "subject": fact.subject,
                "key": fact.key,
                "value": msgspec.json.encode(fact.value).decode(),
                "removed": fact.removed,
                "stamp": stamp,
            }
            for fact, _, stamp in facts
        ]
        self._set.write(connection, rows)


def check_value(fact: ReferenceSet) -> None:
    """``FactUnreadable`` for a value that does not fit its subject, or stands under a key that is not its own.

    A subject that a newer version added is kept, so that it is there after the next update.
    """
    if fact.removed or fact.subject not in SUBJECTS:
        return
    try:
        value = value_of(fact.subject, fact.value)
    except ReferenceFault as fault:
        raise FactUnreadable(str(fault)) from None
    if value.key != fact.key:
        raise FactUnreadable(f"{fact.subject} {value.key} stands under {fact.key}")
