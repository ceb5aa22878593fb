"""Who may stand at a till, and what was done there."""

from __future__ import annotations

import msgspec

from app.books.questions import Question


class UserView(msgspec.Struct, frozen=True):
    """A user as now; ``pin_hash`` and ``badge_hash`` may be empty. ``name`` is the id where it cannot be opened."""

    user: str
    name: str
    roles: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    pin_hash: str = ""
    badge_hash: str = ""
    valid_until: str = ""
    person: str = ""
    """The name as sealed."""


class HasUsers(Question[bool], frozen=True):
    """Whether anybody has to log in."""


class FindUser(Question[UserView | None], frozen=True):
    """A user by what is typed to log in; None for nobody, or somebody removed."""

    user: str


class FindBadge(Question[UserView | None], frozen=True):
    """The user whose badge has this keyed hash."""

    badge_hash: str


class ListUsers(Question[tuple[UserView, ...]], frozen=True):
    """All users, by id."""
