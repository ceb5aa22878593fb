"""Who stands at the till: login, approval in place, PINs, training mode, the drawer by right."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from app.books.questions.users import FindBadge, FindUser, UserView
from app.domain.user import is_pin, is_user
from app.facts.master import UserSet
from app.till import numbering, standing
from app.till.commands import (
    Approve,
    ApproveBadge,
    Login,
    LoginBadge,
    Logout,
    OpenDrawer,
    ProgramStart,
    SetPin,
    Training,
)
from app.till.effects import BadgeHashed, CheckPin, Effect, Event, HashBadge, HashPin, PinChecked, PinHashed
from app.till.guessing import MAX_NAMES, Guesses
from app.till.refusals import Refusal
from app.till.standing import Approval, check_valid, is_over, permissions_of, permitted
from app.till.steps import Asking, Steps, look

if TYPE_CHECKING:
    from app.till.counter import Counter

NO_PIN = "$argon2id$v=19$m=65536,t=3,p=4$6ii4OHx9x5P8c1g1nATa2Q$Zc0bPz7IWXIq5yV8Fzmst8lN3ftNd2nd/cI0xZ7i9ho"
"""A hash that no PIN fits: a user who does not exist takes as long to refuse as a wrong PIN."""

MAX_BADGE_LENGTH = 64


def program_start(counter: Counter, _: ProgramStart) -> Steps:
    """The program has started: an entry of the audit log, and which receipt comes next."""
    counter.audit("program_start")
    yield from counter.journal((), counter.sale)
    yield from numbering.receipt_number(counter)
    return {}


def login(counter: Counter, command: Login) -> Steps:
    """Somebody stands at the till from now on."""
    user = yield from _identified(counter, command.user, command.pin)
    return (yield from _stood(counter, user))


def login_badge(counter: Counter, command: LoginBadge) -> Steps:
    """Log in with what was read off a badge; its number is never kept, only its hash."""
    user = yield from _of_badge(counter, command.badge)
    return (yield from _stood(counter, user))


def logout(counter: Counter, _: Logout) -> Steps:
    """Nobody stands at the till any more; the open sale waits for the next."""
    if counter.user is not None:
        counter.audit("logout")
        yield from counter.journal((), counter.sale)
    counter.user = counter.approval = None
    return {}


def approve(counter: Counter, command: Approve) -> Steps:
    """Somebody who may approve vouches for the next restricted action."""
    user = yield from _identified(counter, command.user, command.pin)
    return (yield from _approved(counter, user))


def approve_badge(counter: Counter, command: ApproveBadge) -> Steps:
    """The same by a badge."""
    user = yield from _of_badge(counter, command.badge)
    return (yield from _approved(counter, user))


def _approved(counter: Counter, user: UserView) -> Steps:
    theirs = yield from permissions_of(counter, user)
    if not theirs.approves:
        raise Refusal("cannot_approve", {"user": user.name})
    counter.approval = Approval(user.user, theirs, counter.now.wall_ms)
    return {"user": user.user, "seconds": standing.APPROVAL_MS // 1_000}


def set_pin(counter: Counter, command: SetPin) -> Steps:
    """Set one's own first PIN, change it with the old one, or set another's by right."""
    if not counter.has_users:
        raise Refusal("no_users")
    if not is_pin(command.pin):
        raise Refusal("bad_pin")
    if command.old_pin is not None:
        user = yield from _identified(counter, command.user, command.old_pin)
    else:
        user = yield from _whose_pin(counter, command.user.strip())
    hashed = yield HashPin(command.pin)
    assert isinstance(hashed, PinHashed)
    fact = UserSet(
        user=user.user,
        person=user.person,
        roles=user.roles,
        rights=user.rights,
        pin_hash=hashed.text,
        badge_hash=user.badge_hash,
        valid_until=user.valid_until,
    )
    yield from counter.journal((fact,), counter.sale)
    return {"user": user.user}


def training(counter: Counter, command: Training) -> Steps:
    """Training mode on or off, between two sales."""
    approved_by = (yield from permitted(counter, "training")) if counter.has_users else ""
    if counter.sale is not None:
        raise Refusal("sale_open")
    counter.audit("training_on" if command.on else "training_off", approved_by=approved_by)
    yield from counter.journal((), None)
    counter.training, counter.assigned_no = command.on, ""
    return {"training": command.on}


def open_drawer(counter: Counter, command: OpenDrawer) -> Steps:
    """Open the drawer without a sale: its entry in the audit log is what opens it."""
    approved_by = (yield from permitted(counter, "open_drawer")) if counter.has_users else ""
    entry = counter.audit("open_drawer", command.reason, approved_by)
    yield from counter.journal((), counter.sale, printed=entry)
    return {}


def _whose_pin(counter: Counter, typed: str) -> Generator[Effect, Event, UserView]:
    """Whose PIN may be set without the old one: one's own first while nobody else is logged in, by right anybody's."""
    user = (yield from look(FindUser(typed), fresh=True)) if is_user(typed) else None
    if user is not None and not user.pin_hash:
        check_valid(counter, user)
        yield from _may_set_first(counter, user)
        return user
    if counter.user is None:
        raise Refusal("login_refused")
    yield from counter.allowed("users", typed)
    if user is None:
        raise Refusal("unknown_user", {"user": typed[:40]})
    return user


def _may_set_first(counter: Counter, user: UserView) -> Asking:
    """Refused to somebody else who is logged in: who gives a supervisor a PIN could approve with it."""
    if counter.user is None or counter.user.user == user.user:
        return
    try:
        yield from counter.allowed("users", user.user)
    except Refusal:
        raise Refusal("first_pin_own", {"user": user.name}) from None


def _identified(counter: Counter, typed: str, pin: str) -> Generator[Effect, Event, UserView]:
    """The user of that name and PIN; whether the name or the PIN is wrong is not told."""
    if not counter.has_users:
        raise Refusal("no_users")
    name, now_ms = typed.strip()[:40], counter.now.wall_ms
    guesses = counter.guesses.get(name, Guesses())
    seconds = guesses.seconds_left(now_ms)
    if seconds:
        raise Refusal("login_locked", {"seconds": str(seconds)})
    user = (yield from look(FindUser(name), fresh=True)) if is_user(name) else None
    if user is not None and not user.pin_hash:
        raise Refusal("pin_unset", {"user": user.name})
    checked = yield CheckPin(user.pin_hash if user else NO_PIN, pin if is_pin(pin) else "")
    assert isinstance(checked, PinChecked)
    if user is None or not checked.fits:
        yield from _missed(counter, name, guesses, user)
        raise Refusal("login_refused")
    counter.guesses.pop(name, None)
    check_valid(counter, user)
    return user


def _of_badge(counter: Counter, number: str) -> Generator[Effect, Event, UserView]:
    """Whose badge it is; one of nobody, or of somebody who may not be here any more, is logged and refused."""
    if not counter.has_users:
        raise Refusal("no_users")
    number = number.strip()
    found = None
    if 0 < len(number) <= MAX_BADGE_LENGTH:
        hashed = yield HashBadge(number.upper())
        assert isinstance(hashed, BadgeHashed)
        found = (yield from look(FindBadge(hashed.text), fresh=True)) if hashed.text else None
    if found is not None and not is_over(counter, found):
        return found
    counter.audit("login_failed", "badge", user=found.user if found is not None else "")
    yield from counter.journal((), counter.sale)
    if found is not None:
        check_valid(counter, found)
    raise Refusal("badge_unknown")


def _missed(counter: Counter, name: str, guesses: Guesses, user: UserView | None) -> Asking:
    """A wrong PIN is counted and logged; a name that is none is not, since it may be a PIN in the wrong field."""
    if name not in counter.guesses and len(counter.guesses) >= MAX_NAMES:
        del counter.guesses[next(iter(counter.guesses))]
    counter.guesses[name] = guesses.missed(counter.now.wall_ms)
    counter.audit("login_failed", user=user.user if user else "")
    yield from counter.journal((), counter.sale)


def _stood(counter: Counter, user: UserView) -> Steps:
    """The user stands at the till, once that is in the log."""
    theirs = yield from permissions_of(counter, user)
    counter.audit("login", user=user.user)
    yield from counter.journal((), counter.sale)
    counter.user, counter.approval = user, None
    return {"user": user.user, "name": user.name, "roles": list(user.roles), "rights": sorted(theirs.rights)}
