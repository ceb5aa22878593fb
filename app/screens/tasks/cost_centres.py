"""The sale is for a cost centre: which one, for how many guests, as a hospitality receipt."""

from __future__ import annotations

from typing import Any

from app.screens.tasks.choosing import Choice, Choose, Column, Found
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import NO, YES, Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.till.commands import BookToCostCentre
from app.till.queries.tenders import AskCostCentres

NOBODY = "nobody"
MAX_SHOWN = 100


async def cost_centre(desk: Desk, given: Given) -> None:
    """Choose one, or type a number (a short or an old one too), then say what belongs to it."""
    known = await desk.ask(AskCostCentres())
    if known is None:
        return
    centres: list[dict[str, Any]] = known["cost_centres"]
    text = given.text
    while (picked := await desk.choose(_search(desk, centres, text))) is not None:
        text = picked.text
        if picked.name == NOBODY:
            if await desk.do(BookToCostCentre("")) is not None:
                desk.tell(_("The sale is no cost centre's any more."))
                return
        elif await _book(desk, str(picked.value), centres):
            return


def _search(desk: Desk, centres: list[dict[str, Any]], text: str) -> Choose:
    async def find(typed: str) -> Found:
        words = typed.casefold().split()
        found = [each for each in centres if all(word in f"{each['no']} {each['name']}".casefold() for word in words)]
        found.sort(key=lambda each: each["no"] != typed.strip())
        choices = [Choice((each["no"], each["name"], each["company"]), each["no"]) for each in found[:MAX_SHOWN]]
        if typed.strip() and not any(each["no"] == typed.strip() for each in found):
            # The table of typed numbers may know it.
            choices.append(Choice((typed.strip(), _("the number as typed"), ""), typed.strip()))
        return Found(choices, more=len(found) > MAX_SHOWN)

    return Choose(
        _("Cost centre of the sale"),
        (Column(_("Number"), 20), Column(_("Name"), 0), Column(_("Company"), 20)),
        find=find,
        prompt=_("Number or name"),
        actions=(Action(6, NOBODY, _("None")),) if desk.view.cost_centre else (),
        alone=(NOBODY,),
        empty=_("There are no cost centres; type a number."),
        text=text,
    )


async def _book(desk: Desk, no: str, centres: list[dict[str, Any]]) -> bool:
    centre = next((each for each in centres if each["no"] == no), None)
    usual = centre or {"profit_centre": "", "company": "", "hospitality": None}
    said = "" if usual["hospitality"] is None else YES if usual["hospitality"] else NO
    options = (Option(NO, _("no")), Option(YES, _("yes")))
    form = Form(
        _("Cost centre {no} {name}").format(no=no, name=centre["name"] if centre else "").rstrip(),
        [
            Field("guests", _("Guests"), Kind.COUNT, hint=_("may be empty")),
            Field("hospitality", _("Hospitality receipt"), Kind.CHOICE, said, options=options),
            Field("profit_centre", _("Profit centre"), value=usual["profit_centre"]),
            Field("company", _("Company"), value=usual["company"]),
        ],
        finish=_("Book"),
    )
    reply = await desk.do_with(form, lambda filled: _booking(no, filled))
    if reply is None:
        return False
    desk.tell(_("The sale is for cost centre {no}.").format(no=reply.fields["cost_centre"]))
    return True


def _booking(no: str, filled: dict[str, str]) -> BookToCostCentre:
    return BookToCostCentre(
        no,
        filled["profit_centre"],
        filled["company"],
        filled["guests"] or None,
        filled["hospitality"] == YES if filled["hospitality"] else None,
    )
