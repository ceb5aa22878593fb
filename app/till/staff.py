"""Users kept at the till: who may log in, in which roles; by the right to manage users.

A name is sealed, a PIN and a badge's number are hashed before anything is journalled. Somebody who may manage users
must always be left: the first user of a shop is one, and the last one can be neither blocked nor removed.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from app.books.questions.users import FindBadge, FindUser, ListUsers, UserView
from app.domain.user import Role, is_pin, is_right, is_user, permissions, person_id, roles_of
from app.facts.master import UserSet
from app.till import typed
from app.till.commands import SetUser
from app.till.effects import BadgeHashed, Effect, Event, HashBadge, HashPin, PinHashed
from app.till.refusals import Refusal
from app.till.steps import Asking, Steps, look, reference, seal
from app.till.users import MAX_BADGE_LENGTH

if TYPE_CHECKING:
    from app.till.counter import Counter

MAX_NAME = 60
MANAGES = "users"


def set_user(counter: Counter, command: SetUser) -> Steps:
    """Create a user, change one or remove one; fields left out stay as they are."""
    user = command.user.strip()
    yield from counter.allowed("users", user)
    if not is_user(user):
        raise Refusal("user_id_bad", {"user": typed.shown(command.user)})
    known = yield from look(FindUser(user), fresh=True)
    if known is None and command.removed:
        raise Refusal("unknown_user", {"user": user})
    before = known or UserView(user, user)
    roles = before.roles if command.roles is None else tuple(dict.fromkeys(command.roles))
    rights = before.rights if command.rights is None else tuple(dict.fromkeys(command.rights))
    until = before.valid_until
    if command.valid_until is not None:
        until = typed.day(command.valid_until) if command.valid_until else ""
    yield from _check(counter, UserView(user, "", roles, rights, valid_until=until), removed=command.removed)
    person = before.person
    if command.name is not None or known is None:
        person = yield from _sealed(user, command.name or "")
    fact = UserSet(
        user=user,
        person=person,
        roles=roles,
        rights=rights,
        pin_hash=(yield from _pin_hash(command.pin, before.pin_hash)),
        badge_hash=(yield from _badge_hash(command.badge, user, before.badge_hash)),
        valid_until=until,
        removed=command.removed,
    )
    yield from counter.journal((fact,), counter.sale)
    return {
        "user": user,
        "roles": list(roles),
        "rights": list(rights),
        "valid_until": until or None,
        "has_pin": bool(fact.pin_hash),
        "has_badge": bool(fact.badge_hash),
        "removed": fact.removed,
    }


def _check(counter: Counter, wanted: UserView, *, removed: bool) -> Asking:
    """Roles and rights are known, and somebody is left who may manage users."""
    known = (yield from reference()).all(Role)
    for role in wanted.roles:
        if role not in roles_of(known):
            raise Refusal("unknown_role", {"text": typed.shown(role), "known": ", ".join(roles_of(known))})
    for right in wanted.rights:
        if not is_right(right):
            raise Refusal("unknown_right", {"text": typed.shown(right)})
    others = [each for each in (yield from look(ListUsers(), fresh=True)) if each.user != wanted.user]
    left = others if removed else [*others, wanted]
    if not any(
        permissions(known, each.roles, each.rights).has(MANAGES)
        for each in left
        if not each.valid_until or each.valid_until >= counter.now.day
    ):
        raise Refusal("nobody_manages_users")


def _sealed(user: str, name: str) -> Generator[Effect, Event, str]:
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise Refusal("user_name_bad")
    sealed = yield from seal(person_id(user), name)
    if sealed is None:
        raise Refusal("persons_locked")
    return sealed


def _pin_hash(pin: str | None, known: str) -> Generator[Effect, Event, str]:
    if pin is None:
        return known
    if not is_pin(pin):
        raise Refusal("bad_pin")
    hashed = yield HashPin(pin)
    assert isinstance(hashed, PinHashed)
    return hashed.text


def _badge_hash(badge: str | None, user: str, known: str) -> Generator[Effect, Event, str]:
    """The hash of a badge that nobody else has; empty takes it away."""
    if badge is None or not badge.strip():
        return known if badge is None else ""
    if len(badge.strip()) > MAX_BADGE_LENGTH:
        raise Refusal("badge_bad")
    hashed = yield HashBadge(badge.strip().upper())
    assert isinstance(hashed, BadgeHashed)
    if hashed.text is None:
        raise Refusal("persons_locked")
    holder = yield from look(FindBadge(hashed.text))
    if holder is not None and holder.user != user:
        raise Refusal("badge_taken", {"user": holder.name})
    return hashed.text
