"""The forms of a till's plan, of a release, and of a block of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import till_words
from app.books.questions.reference import AskReference
from app.domain.branch import MAX_GROUPS, WITHHELD
from app.domain.user import Role, roles_of
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import NO, YES, Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.releasing import CodeSheet
from app.text import gettext as _

BETWEEN_LINES = " | "


async def planned(desk: OfficeDesk, row: Mapping[str, Any]) -> None:
    """Change a till's plan, and its name."""
    fields = await _plan_fields(desk, row["plan"])
    if fields is None:
        return
    named = [Field("name", _("Name"), value=row["name"], required=True)] if row["state"] == "bound" else []
    form = Form(_("Plan of till {no}").format(no=row["no"]), [*named, *fields])
    while (filled := await desk.fill(form)) is not None:
        name = filled.get("name", "")
        said = {"name": name} if name != row["name"] else {}
        answer = await desk.ask("till_set", no=row["no"], plan=_plan(filled), by=desk.user, **said)
        if answer is not None:
            desk.tell(_("Till {no} is planned like that from now on.").format(no=row["no"]))
            return


async def released(desk: OfficeDesk) -> None:
    """Plan numbers and let tills in with them; their code to type, or to scan off the screen."""
    fields = await _plan_fields(desk, {})
    pools = await desk.ask("till_values", subject="number_pool")
    if fields is None or pools is None:
        return
    form = Form(
        _("Release tills"),
        [
            Field("numbers", _("Numbers"), Kind.NUMBERS, required=True, hint=_("5, or several: 2-8")),
            Field("name", _("Name"), value=_("Till {no}"), required=True, hint=_("{no} becomes the number")),
            Field("site", _("Where they stand")),
            _choice("pool", _("Numbers from the pool"), "", [(each["key"], each["key"]) for each in pools]),
            *fields,
        ],
        finish=_("Release"),
    )
    while (filled := await desk.fill(form)) is not None:
        answer = await desk.ask(
            "till_release",
            nos=[int(no) for no in filled["numbers"].split(",")],
            name=filled["name"],
            site=filled["site"],
            plan={name: value for name, value in _plan(filled).items() if value},
            pools=[filled["pool"]] if filled["pool"] else [],
            by=desk.user,
        )
        if answer is not None:
            await desk.read(CodeSheet(answer))
            return


async def numbered(desk: OfficeDesk, row: Mapping[str, Any]) -> None:
    """Hand out the next block of a pool to a till."""
    pools = await desk.ask("till_values", subject="number_pool")
    if pools is None:
        return
    picked = await desk.choose(
        Choose(
            _("Numbers for till {no}").format(no=row["no"]),
            [Column(_("Pool"), 0)],
            [Choice((till_words.value(pool),), pool["key"]) for pool in pools],
            empty=_(
                "There is no number pool yet: leave this, F9 makes one. Without one a till has numbers of its own."
            ),
        )
    )
    if picked is None or picked.value is None:
        return
    answer = await desk.ask("till_block", no=row["no"], pool=picked.value, by=desk.user)
    if answer is not None:
        desk.tell(till_words.block(answer))


async def _plan_fields(desk: OfficeDesk, plan: Mapping[str, Any]) -> list[Field] | None:
    """The fields of a plan with what is there; None: it cannot be asked."""
    branches = await desk.ask("till_values", subject="branch")
    groups = await desk.ask("till_values", subject="device_group")
    catalogues = await desk.ask("catalogues")
    if branches is None or groups is None or catalogues is None:
        return None
    roles = roles_of((await desk.look(AskReference())).all(Role))
    mine = [*plan.get("groups", ()), *("",) * MAX_GROUPS]
    known = [(each["key"], each["name"]) for each in groups]
    return [
        _choice("branch", _("Branch"), plan.get("branch", ""), [(each["key"], each["name"]) for each in branches]),
        *(
            _choice(f"group_{place}", _("Device group {number}").format(number=place + 1), mine[place], known)
            for place in range(MAX_GROUPS)
        ),
        _choice("role", _("At most the role"), plan.get("role", ""), [(key, role.name) for key, role in roles.items()]),
        Field(
            "catalogues",
            _("Catalogues"),
            value=", ".join(plan.get("catalogues", ())),
            hint=_("of {known}").format(known=", ".join(each["catalogue"] for each in catalogues) or _("none so far")),
        ),
        *(
            Field(
                f"send_{kind}",
                _("Send {what}").format(what=_(till_words.KINDS[kind])),
                Kind.CHOICE,
                NO if kind in plan.get("withheld", ()) else YES,
                required=True,
                options=(Option(YES, _("yes")), Option(NO, _("no"))),
            )
            for kind in WITHHELD
        ),
        lines_field("head", _("Above receipts"), plan.get("head", ())),
        lines_field("foot", _("Below receipts"), plan.get("foot", ())),
    ]


def lines_field(name: str, label: str, lines: Sequence[str]) -> Field:
    """Several lines of text in one field."""
    return Field(name, label, value=BETWEEN_LINES.join(lines), hint=_("lines with | between them"))


def lines_of(text: str) -> list[str]:
    """The lines of such a field."""
    return [line for each in text.split(BETWEEN_LINES.strip()) if (line := each.strip())]


def _choice(name: str, label: str, value: str, known: Sequence[tuple[str, str]]) -> Field:
    options = (Option("", _("none")), *(Option(key, called) for key, called in known))
    return Field(name, label, Kind.CHOICE, value, options=options)


def _plan(filled: Mapping[str, str]) -> dict[str, Any]:
    groups = (filled[f"group_{place}"] for place in range(MAX_GROUPS))
    return {
        "branch": filled["branch"],
        "groups": list(dict.fromkeys(filter(None, groups))),
        "role": filled["role"],
        "catalogues": [each for part in filled["catalogues"].split(",") if (each := part.strip())],
        "withheld": [kind for kind in WITHHELD if filled[f"send_{kind}"] == NO],
        "head": lines_of(filled["head"]),
        "foot": lines_of(filled["foot"]),
    }
