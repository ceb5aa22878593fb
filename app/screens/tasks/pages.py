"""Pages of the assortment, for a keypad without a touch screen: the number and Enter ring an article up."""

from __future__ import annotations

from app.screens.tasks.articles import ring
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.keys_of_page import KeysOfPage
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.till.keypad import Keypad, Place, keypad

BEFORE, AFTER, ON, PAGE = "before", "after", "on", "page"


async def pages(desk: Desk, given: Given) -> None:
    """``2/23``: page 2 at once. Enter rings up and goes back to the sale, F4 rings up and stays."""
    found = await _open(desk, int(given.text) if _is_number(given.text) else 1)
    while found is not None:
        picked = await desk.choose(_keys(found))
        if picked is None:
            return
        match picked.name:
            case "before" | "after":
                by = 1 if picked.name == AFTER else -1
                found = await _open(desk, (found.number - 1 + by) % len(found.names) + 1) or found
            case "page":
                number = int(picked.text) if _is_number(picked.text) else await _which(desk, found)
                found = await _open(desk, number) or found
            case _:
                given = Given(quantity=picked.text or given.quantity, price=given.price)
                if await ring(desk, picked.value.ident_no, given, needs_price=picked.value.open_price):
                    if picked.name != ON:
                        return
                    given = Given()


async def _open(desk: Desk, number: int) -> Keypad | None:
    """The page of this number; None, and told: there is none."""
    services, view = desk.services, desk.view
    day = services.clock().date().isoformat()
    place = Place(services.till_no, services.site, day, view.price_list)
    found = await keypad(desk.look, place, number)
    if found is None and number == 1:
        desk.refuse("no_pages")
    elif found is None:
        desk.refuse("no_such_page", str(number))
    return found


def _keys(found: Keypad) -> KeysOfPage:
    actions = [Action(4, ON, _("& stay"))]
    if len(found.names) > 1:
        actions = [Action(2, BEFORE, _("Before")), Action(3, AFTER, _("Next")), *actions, Action(6, PAGE, _("Page"))]
    title = _("Page {no} of {pages}: {name}").format(no=found.number, pages=len(found.names), name=found.page.name)
    return KeysOfPage(title, found.page, actions, (BEFORE, AFTER, PAGE))


async def _which(desk: Desk, found: Keypad) -> int:
    rows = [Choice((name,), number) for number, name in enumerate(found.names, 1)]
    picked = await desk.choose(Choose(_("Pages of the assortment"), (Column(_("Page"), 0),), rows))
    return found.number if picked is None else int(picked.value)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 2
