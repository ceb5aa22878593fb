"""Users out of CSV files, as facts.

    user;name;role;pin;valid_until;badge;rights

``user``, ``name`` and ``role`` must be there; several roles and rights are separated by ``|``. A PIN is hashed at
once and a badge's number too, so neither reaches a feed; without a PIN the user sets one at the first
login, and who has one already keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from app.books.questions.users import UserView
from app.domain.instant import parse_day
from app.domain.user import is_pin, is_right, is_user, person_id
from app.facts.master import UserSet
from app.office import rows
from app.office.rows import BadRow, Fault, Source, read_rows
from app.text import mark

REQUIRED = ("user", "name", "role")
MAX_NAME = 60
MAX_BADGE_LENGTH = 64

REASONS: dict[str, str] = {
    "user_bad": mark("user {text} is none: 1 to 40 letters, digits and . _ @ -"),
    "user_twice": mark("user {text} stands in line {other} already"),
    "user_name_bad": mark("the name is missing, longer than 60 characters, or cannot be printed"),
    "role_unknown": mark("there is no role {text}; known are {known}"),
    "right_unknown": mark("there is no right {text}"),
    "pin_bad": mark("a PIN has 4 to 12 digits, a password 8 to 64 characters"),
    "until_bad": mark("{text} is no day like 2026-12-31"),
    "badge_bad": mark("the badge's number is longer than 64 characters"),
    "badge_twice": mark("this badge stands in line {other} already"),
    "badge_no_keys": mark("this till holds no keys of the network, so it cannot keep badges; import at another"),
}


class UsersRead(NamedTuple):
    """The facts of the good lines, in the order of the file, and the faults of the others."""

    facts: tuple[UserSet, ...]
    faults: tuple[Fault, ...]


def reason(fault: Fault, gettext: Callable[[str], str]) -> str:
    """The fault's reason, translated."""
    return gettext({**rows.REASONS, **REASONS}[fault.code]).format_map(fault.values)


def read_users(
    source: Source,
    *,
    roles: Collection[str],
    known: Mapping[str, UserView],
    hash_pin: Callable[[str], str],
    hash_badge: Callable[[str], str | None],
    seal: Callable[[str, str], str | None],
) -> UsersRead:
    """Users of a CSV file; ``roles`` are those that the network has, ``known`` the users as they are."""
    users: dict[str, int] = {}
    badges: dict[str, int] = {}

    def user_of(line: int, row: Mapping[str, str]) -> UserSet:
        fact = _user(row, roles, known, hash_pin, hash_badge, seal)
        _check_new(fact, users, badges)
        users[fact.user] = line
        if fact.badge_hash:
            badges[fact.badge_hash] = line
        return fact

    return UsersRead(*read_rows(source, REQUIRED, user_of))


def _user(
    row: Mapping[str, str],
    roles: Collection[str],
    known: Mapping[str, UserView],
    hash_pin: Callable[[str], str],
    hash_badge: Callable[[str], str | None],
    seal: Callable[[str, str], str | None],
) -> UserSet:
    user, name = row["user"], row["name"]
    if not is_user(user):
        raise BadRow("user_bad", text=user[:40])
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise BadRow("user_name_bad")
    theirs, rights = _parts(row["role"]), _parts(row.get("rights", ""))
    for role in theirs:
        if role not in roles:
            raise BadRow("role_unknown", text=role[:40], known=", ".join(sorted(roles)))
    for right in rights:
        if not is_right(right):
            raise BadRow("right_unknown", text=right[:40])
    pin, badge = row.get("pin", ""), row.get("badge", "").upper()
    if pin and not is_pin(pin):
        raise BadRow("pin_bad")
    if len(badge) > MAX_BADGE_LENGTH:
        raise BadRow("badge_bad")
    before = known.get(user)
    badge_hash = hash_badge(badge) if badge else before.badge_hash if before else ""
    if badge_hash is None:
        raise BadRow("badge_no_keys")
    valid_until = row.get("valid_until", "")
    try:
        valid_until = parse_day(valid_until) if valid_until else ""
    except ValueError:
        raise BadRow("until_bad", text=valid_until[:40]) from None
    pin_hash = hash_pin(pin) if pin else before.pin_hash if before else ""
    person = seal(person_id(user), name)
    if person is None:
        raise BadRow("persons_locked")
    return UserSet(user, person, theirs, rights, pin_hash, badge_hash, valid_until)


def _check_new(fact: UserSet, users: Mapping[str, int], badges: Mapping[str, int]) -> None:
    if fact.user in users:
        raise BadRow("user_twice", text=fact.user, other=str(users[fact.user]))
    if fact.badge_hash in badges:
        raise BadRow("badge_twice", other=str(badges[fact.badge_hash]))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split("|") if part.strip()))
