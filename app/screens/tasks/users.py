"""Who may log in: users listed, new ones, roles, PINs, badges, blocked and removed; and what each may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from app.domain.user import Role, permissions, plain, roles_of
from app.screens import wording
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import BADGE, Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.till.commands import SetPin, SetUser
from app.till.queries.settings import AskSettings
from app.till.queries.users import AskUsers
from app.till.refusals.users import RIGHTS

NEW, REMOVE, PIN, BLOCK, MAY, NO_BADGE = "new", "remove", "pin", "block", "may", "no_badge"
FIRST_ROLE, USUAL_ROLE = "supervisor", "cashier"
BETWEEN_ROLES = "|"

User = Mapping[str, Any]
Roles = Mapping[str, Role]


async def users(desk: Desk, _given: Given) -> None:
    """Enter changes the marked user; the other actions are in the lowest line."""
    while True:
        found, roles = await desk.ask(AskUsers()), await _roles(desk)
        if found is None or roles is None:
            return
        if not found["users"]:
            if not await _first(desk, roles):
                return
            continue
        picked = await desk.choose(_list(found["users"], roles, _today(desk)))
        if picked is None:
            return
        match picked.name:
            case "new":
                await _made(desk, roles, USUAL_ROLE, "")
            case "pin":
                await _new_pin(desk, picked.value)
            case "block":
                await _blocked(desk, picked.value)
            case "remove":
                await _removed(desk, picked.value)
            case "may":
                await _rights(desk, picked.value, roles)
            case "no_badge":
                await _without_badge(desk, picked.value)
            case _:
                await _changed(desk, picked.value, roles)


async def _roles(desk: Desk) -> Roles | None:
    found = await desk.ask(AskSettings("role"))
    if found is None:
        return None
    return roles_of({row["key"]: msgspec.convert(row["value"], Role) for row in found["values"]})


async def _first(desk: Desk, roles: Roles) -> bool:
    """The first user; False if there is to be none."""
    about = _("There are no users: nobody logs in, and everybody may do everything. As soon as there is one, everybody "
              "logs in. The first is a supervisor, who makes the others.")  # fmt: skip
    return await _made(desk, roles, FIRST_ROLE, about)


async def _made(desk: Desk, roles: Roles, role: str, about: str) -> bool:
    fields = [
        Field("user", _("Logs in as"), required=True, hint=_("short, without blanks")),
        Field("name", _("Name"), required=True),
        Field("role", _("Role"), Kind.CHOICE, role, required=True, options=_options(roles)),
        Field("pin", _("PIN"), Kind.SECRET, hint=_("4 to 12 digits; empty: at the first login")),
        Field("again", _("PIN again"), Kind.SECRET),
        Field("badge", _("Badge"), Kind.SECRET, hint=_("scan it; empty: none"), badge="fills"),
        Field("valid_until", _("Until"), Kind.DATE, hint=_("empty: for good")),
    ]
    form = Form(_("New user"), fields, text=about)
    while (filled := await desk.fill(form)) is not None:
        if filled["pin"] != filled["again"]:
            desk.refuse("pins_differ")
            continue
        command = SetUser(
            filled["user"],
            filled["name"],
            tuple(filled["role"].split(BETWEEN_ROLES)),
            pin=filled["pin"] or None,
            badge=_badge(desk, filled),
            valid_until=filled["valid_until"] or None,
        )
        if await _done(desk, command, _("{user} can log in now.")):
            return True
    return False


async def _changed(desk: Desk, user: User, roles: Roles) -> None:
    mine = BETWEEN_ROLES.join(user["roles"])
    badge = _("scan a new one; empty: the old one stays") if user["has_badge"] else _("scan it; empty: none")
    fields = [
        Field("name", _("Name"), value=user["name"], required=True),
        Field("role", _("Role"), Kind.CHOICE, mine, options=_options(roles, user["roles"])),
        Field("badge", _("Badge"), Kind.SECRET, hint=badge, badge="fills"),
        Field("valid_until", _("Until"), Kind.DATE, user["valid_until"] or "", hint=_("empty: for good")),
    ]
    filled = await desk.fill(Form(_("Change {user}").format(user=user["user"]), fields))
    if filled is None:
        return
    command = SetUser(
        user["user"],
        filled["name"] if filled["name"] != user["name"] else None,
        tuple(role for role in filled["role"].split(BETWEEN_ROLES) if role),
        badge=_badge(desk, filled),
        valid_until=filled["valid_until"],
    )
    await _done(desk, command, _("{user} is changed."))


def _badge(desk: Desk, filled: Mapping[str, str]) -> str | None:
    """The badge's number; None: none was given. What was typed may be a reader's that is a keyboard."""
    return filled.get(BADGE) or desk.services.typed_badge(filled["badge"]) or None


async def _new_pin(desk: Desk, user: User) -> None:
    """Somebody who forgot it gets another; it is typed twice."""
    fields = [
        Field("pin", _("New PIN"), Kind.SECRET, required=True, hint=_("4 to 12 digits")),
        Field("again", _("The new PIN again"), Kind.SECRET, required=True),
    ]
    form = Form(_("New PIN for {user}").format(user=user["name"]), fields)
    while (filled := await desk.fill(form)) is not None:
        if filled["pin"] != filled["again"]:
            desk.refuse("pins_differ")
        elif await desk.do(SetPin(user["user"], filled["pin"])) is not None:
            desk.tell(_("{user} has a new PIN.").format(user=user["name"]))
            return


async def _blocked(desk: Desk, user: User) -> None:
    """Block somebody as from today, or let him log in again."""
    today = _today(desk)
    if is_blocked(user, today):
        await _done(desk, SetUser(user["user"], valid_until=""), _("{user} can log in again."))
        return
    question = _("Block {user}?").format(user=user["name"])
    if await desk.confirm(_("Block a user"), question, _("Nothing is lost: F5 lets the user in again.")):
        yesterday = (date.fromisoformat(today) - timedelta(days=1)).isoformat()
        await _done(desk, SetUser(user["user"], valid_until=yesterday), _("{user} is blocked."))


async def _removed(desk: Desk, user: User) -> None:
    question = _("Remove {user}?").format(user=user["name"])
    if await desk.confirm(_("Remove a user"), question, _("What the user did stays in the log.")):
        await _done(desk, SetUser(user["user"], removed=True), _("{user} is removed."))


async def _without_badge(desk: Desk, user: User) -> None:
    question = _("Take {user}'s badge away?").format(user=user["name"])
    if await desk.confirm(_("Take a badge away"), question, _("It opens nothing any more; the PIN stays.")):
        await _done(desk, SetUser(user["user"], badge=""), _("{user} has no badge any more."))


async def _rights(desk: Desk, user: User, roles: Roles) -> None:
    """Enter gives the marked right, or takes it back; what comes with the role stays with it."""
    own, at = list(user["rights"]), 0
    while True:
        picked = await desk.choose(_rights_of({**user, "rights": own}, roles, at))
        if picked is None:
            return
        right = str(picked.value)
        at = list(RIGHTS).index(right)
        mine = [each for each in own if plain(each) == right]
        if not mine and right in permissions(roles, user["roles"], ()).rights:
            desk.refuse("right_of_role")
            continue
        wanted = [each for each in own if each not in mine] if mine else [*own, right]
        told = _("{user} may not any more: {right}") if mine else _("{user} may: {right}")
        if await desk.do(SetUser(user["user"], rights=tuple(wanted))) is not None:
            own = wanted
            desk.tell(told.format(user=user["name"], right=_(RIGHTS[right])))


def _rights_of(user: User, roles: Roles, at: int) -> Choose:
    by_role = permissions(roles, user["roles"], ()).rights
    own = {plain(each): each for each in user["rights"]}
    rows = []
    for right, name in RIGHTS.items():
        source = _("of the role") if right in by_role else own.get(right) and _("by itself")
        rows.append(Choice(("x" if source else "-", _(name), source or ""), right, about=may(user, roles)))
    columns = (Column("", 2), Column(_("Right"), 0), Column(_("Where from"), 14))
    title = _("What {user} may do").format(user=user["name"])
    return Choose(title, columns, rows, prompt=_("Enter gives it or takes it back"), at=at)


async def _done(desk: Desk, command: SetUser, said: str) -> bool:
    if await desk.do(command) is None:
        return False
    desk.tell(said.format(user=command.user))
    return True


def _list(rows: Sequence[User], roles: Roles, today: str) -> Choose:
    columns = (
        Column(_("Logs in as"), 14),
        Column(_("Name"), 0),
        Column(_("Role"), 16),
        Column(_("PIN"), 4),
        Column(_("Badge"), 7),
        Column(_("Until"), 10),
    )
    choices = [
        Choice(
            (
                row["user"],
                row["name"],
                _role_names(row["roles"], roles),
                _("yes") if row["has_pin"] else _("no"),
                _("yes") if row["has_badge"] else _("no"),
                _("blocked") if is_blocked(row, today) else wording.date(row["valid_until"] or ""),
            ),
            row,
        )
        for row in rows
    ]
    actions = (
        Action(2, NEW, _("New")),
        Action(3, REMOVE, _("Remove")),
        Action(4, PIN, _("PIN")),
        Action(5, BLOCK, _("Block")),
        Action(6, MAY, _("Rights")),
        Action(7, NO_BADGE, _("No badge")),
    )
    return Choose(_("Users"), columns, choices, actions=actions, alone=(NEW,))


def is_blocked(user: User, today: str) -> bool:
    """Whether the user's time is over."""
    return bool(user["valid_until"]) and user["valid_until"] < today


def may(user: User, roles: Roles) -> str:
    """What the user's roles are and how far they go, in words."""
    theirs = permissions(roles, user["roles"], user["rights"])
    limit = _("Discounts up to {percent} %").format(percent=theirs.discount_limit_bp // 100)
    lines = [
        _("Role: {roles}").format(roles=_role_names(user["roles"], roles)),
        *([limit] if "discount" in theirs.rights else []),
        *([_("May approve what others may not do")] if theirs.approves else []),
    ]
    return " · ".join(lines)


def _role_names(names: Sequence[str], roles: Roles) -> str:
    return ", ".join(roles[name].name if name in roles else name for name in names)


def _options(roles: Roles, mine: Sequence[str] = ()) -> list[Option]:
    """Every role; and the user's own several ones together, so that they can stay."""
    several = [Option(BETWEEN_ROLES.join(mine), _role_names(mine, roles))] if len(mine) > 1 else []
    return [*several, *(Option(role.role, role.name) for role in roles.values())]


def _today(desk: Desk) -> str:
    return desk.services.clock().date().isoformat()
