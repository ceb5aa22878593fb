"""Users: the newest word about each counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.users import users
from app.facts.base import Fact
from app.facts.master import UserSet


class UsersFold:
    """Folds ``user.set``."""

    def __init__(self, upserts: Upserts) -> None:
        self._set = upserts.newest(users)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {UserSet: self._users}

    def _users(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "user": fact.user,
                "person": fact.person,
                "roles": msgspec.json.encode(fact.roles).decode(),
                "rights": msgspec.json.encode(fact.rights).decode(),
                "pin_hash": fact.pin_hash,
                "badge_hash": fact.badge_hash,
                "valid_until": fact.valid_until,
                "removed": fact.removed,
                "stamp": stamp,
            }
            for fact, _, stamp in facts
        ]
        self._set.write(connection, rows)
