"""Users by id and by badge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from app.books.persons import Persons
from app.books.questions import Question
from app.books.questions.users import FindBadge, FindUser, HasUsers, ListUsers, UserView
from app.books.tables.users import users
from app.domain.user import person_id

_KNOWN = select(users).where(~users.c.removed)
_ANY = select(users.c.user).where(~users.c.removed).limit(1)
_BY_ID = _KNOWN.where(users.c.user == bindparam("user"))
_BY_BADGE = _KNOWN.where(users.c.badge_hash == bindparam("badge_hash")).order_by(users.c.stamp.desc()).limit(1)


def has_users(connection: Connection, _: HasUsers) -> bool:
    """Whether there is any user."""
    return connection.execute(_ANY).first() is not None


def find_user(connection: Connection, question: FindUser, persons: Persons) -> UserView | None:
    """The user of that id."""
    row = connection.execute(_BY_ID, {"user": question.user}).one_or_none()
    return None if row is None else _view(row, persons)


def find_badge(connection: Connection, question: FindBadge, persons: Persons) -> UserView | None:
    """The user of that badge; of two the one who was given it last."""
    if not question.badge_hash:
        return None
    row = connection.execute(_BY_BADGE, {"badge_hash": question.badge_hash}).one_or_none()
    return None if row is None else _view(row, persons)


def list_users(connection: Connection, _: ListUsers, persons: Persons) -> tuple[UserView, ...]:
    """All users."""
    return tuple(_view(row, persons) for row in connection.execute(_KNOWN.order_by(users.c.user)))


def _view(row: Row[Any], persons: Persons) -> UserView:
    return UserView(
        user=row.user,
        name=(persons.opened(person_id(row.user), row.person) if row.person else None) or row.user,
        roles=tuple(msgspec.json.decode(row.roles)),
        rights=tuple(msgspec.json.decode(row.rights)),
        pin_hash=row.pin_hash,
        badge_hash=row.badge_hash,
        valid_until=row.valid_until,
        person=row.person,
    )


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {HasUsers: has_users}
OPENING: Mapping[type[Question[Any]], Callable[[Connection, Any, Persons], Any]] = {
    FindUser: find_user,
    FindBadge: find_badge,
    ListUsers: list_users,
}
"""Answered with the person keys, since names are sealed."""
