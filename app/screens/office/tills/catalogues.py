"""Travelling catalogues: a list, each with its articles and prices, and whom it goes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import till_words
from app.domain import till_numbers
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import NO, YES, Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _

NEW, REMOVE, CHANGE, ASSIGN, ARTICLES = "new", "remove", "change", "assign", "articles"
PUT, TAKE, GROUP = "put", "take", "group"


async def catalogues(desk: OfficeDesk) -> None:
    """The list, until it is left; Enter reads one."""
    while True:
        rows = await desk.ask("catalogues")
        if rows is None:
            return
        picked = await desk.choose(_list(rows))
        if picked is None:
            return
        match picked.name:
            case "new":
                await _set(desk, {})
            case "change":
                await _set(desk, picked.value)
            case "assign":
                await _assign(desk, picked.value)
            case "articles":
                await _articles(desk, picked.value["catalogue"])
            case "remove":
                key = picked.value["catalogue"]
                if await desk.confirm(_("Catalogues"), _("Remove {key}?").format(key=key)):
                    await desk.ask("catalogue_remove", catalogue=key, by=desk.user)
            case _:
                shown = await desk.ask("catalogue_shown", catalogue=picked.value["catalogue"])
                if shown is not None:
                    await desk.read(Sheet(picked.value["name"], "\n".join(till_words.catalogue_sheet(shown))))


def _list(rows: list[dict[str, Any]]) -> Choose:
    choices = [
        Choice(
            (row["catalogue"], row["name"], till_words.days(row), str(row["articles"]), till_words.goes_to(row)), row
        )
        for row in rows
    ]
    columns = (
        Column(_("Id"), 10), Column(_("Name"), 0), Column(_("Good"), 23), Column(_("Articles"), 8, numeric=True),
        Column(_("It goes"), 16),
    )  # fmt: skip
    actions = (
        Action(2, NEW, _("New")), Action(3, REMOVE, _("Remove")), Action(4, CHANGE, _("Change")),
        Action(5, ASSIGN, _("Assign")), Action(6, ARTICLES, _("Articles")),
    )  # fmt: skip
    empty = _("There is none yet. F2 makes one: articles and prices that go only to some tills.")
    return Choose(_("Catalogues"), columns, choices, actions=actions, alone=(NEW,), empty=empty)


async def _set(desk: OfficeDesk, now: Mapping[str, Any]) -> None:
    key = [] if now else [Field("catalogue", _("Id"), required=True, hint=_("short, like fair"))]
    form = Form(
        _("Catalogue {name}").format(name=now["catalogue"]) if now else _("New catalogue"),
        [
            *key,
            Field("name", _("Name"), value=now.get("name", ""), required=True),
            Field("valid_from", _("From"), Kind.DATE, now.get("valid_from", ""), hint=_("empty: always")),
            Field("valid_until", _("Until"), Kind.DATE, now.get("valid_until", ""), hint=_("empty: for good")),
            Field("beside", _("Its tills also sell"), Kind.CHOICE, YES if now.get("beside") else NO, required=True,
                  options=(Option(NO, _("nothing else")), Option(YES, _("everything else")))),
        ],
    )  # fmt: skip
    while (filled := await desk.fill(form)) is not None:
        value: dict[str, Any] = {name: filled[name] for name in ("name", "valid_from", "valid_until")}
        value["beside"] = filled["beside"] == YES
        catalogue = now["catalogue"] if now else filled["catalogue"]
        if await desk.ask("catalogue_set", catalogue=catalogue, value=value, by=desk.user) is not None:
            return


async def _assign(desk: OfficeDesk, row: Mapping[str, Any]) -> None:
    known = await desk.ask("till_values", subject="device_group")
    if known is None:
        return
    groups = ", ".join(each["key"] for each in known)
    form = Form(
        _("Whom {name} goes to").format(name=row["name"]),
        [
            Field("tills", _("Tills"), Kind.NUMBERS, till_numbers.written(row["own_tills"]), hint=_("2-8, or 2,3,5")),
            Field("groups", _("Device groups"), value=", ".join(row["groups"]),
                  hint=_("of {known}").format(known=groups or _("none so far"))),
        ],
        text=_("It travels to these tills and to no others."),
    )  # fmt: skip
    while (filled := await desk.fill(form)) is not None:
        tills = till_numbers.parse(filled["tills"]) if filled["tills"] else ()
        named = [each for part in filled["groups"].split(",") if (each := part.strip())]
        answer = await desk.ask(
            "catalogue_assign", catalogue=row["catalogue"], tills=list(tills), groups=named, by=desk.user
        )
        if answer is not None:
            return


async def _articles(desk: OfficeDesk, catalogue: str) -> None:
    at = 0
    while True:
        row = await desk.ask("catalogue_shown", catalogue=catalogue)
        if row is None:
            return
        entries = row["entries"]
        choices = [Choice((each["ident_no"], each["name"], each["price"], each["own_price"]), each) for each in entries]
        picked = await desk.choose(
            Choose(
                _("Articles of {name}").format(name=row["name"]),
                [
                    Column(_("Ident no."), 14), Column(_("Name"), 0), Column(_("Price there"), 11, numeric=True),
                    Column(_("Own price"), 10, numeric=True),
                ],
                choices,
                actions=(Action(2, PUT, _("Put in")), Action(3, TAKE, _("Take out")), Action(4, GROUP, _("Group"))),
                alone=(PUT, GROUP),
                empty=_("It has no articles yet. F2 puts one in, F4 a whole group."),
                at=at,
            )
        )  # fmt: skip
        if picked is None:
            return
        at = next((place for place, each in enumerate(entries) if each is picked.value), 0)
        if picked.name == TAKE:
            await desk.ask("catalogue_take", catalogue=catalogue, idents=[picked.value["ident_no"]], by=desk.user)
        elif picked.name == GROUP:
            await _put_group(desk, catalogue)
        else:
            await _put(desk, catalogue, {} if picked.name == PUT else picked.value)


async def _put(desk: OfficeDesk, catalogue: str, now: Mapping[str, Any]) -> None:
    form = Form(
        _("Article of the catalogue"),
        [
            Field("ident_no", _("Ident no."), Kind.CODE, now.get("ident_no", ""), required=True),
            Field("price", _("Price there"), Kind.AMOUNT, now.get("price", ""), hint=_("empty: its own price")),
        ],
    )
    while (filled := await desk.fill(form)) is not None:
        articles = [{"ident_no": filled["ident_no"], "price": filled["price"]}]
        if await desk.ask("catalogue_put", catalogue=catalogue, articles=articles, by=desk.user) is not None:
            return


async def _put_group(desk: OfficeDesk, catalogue: str) -> None:
    form = Form(
        _("A whole group"),
        [Field("group", _("Article group"), required=True)],
        text=_("All articles that are in the group now, at their own prices."),
    )
    while (filled := await desk.fill(form)) is not None:
        answer = await desk.ask(
            "catalogue_put", catalogue=catalogue, articles=[], groups=[filled["group"]], by=desk.user
        )
        if answer is not None:
            desk.tell(till_words.put(answer))
            return
