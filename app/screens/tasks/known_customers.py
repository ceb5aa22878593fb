"""Customers to search among. They are sealed, so they are opened once and then searched in memory.

A number that is typed whole, or a customer's card, is found at once, however many customers there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from app.books.questions.customers import AllCustomers, FindCustomer
from app.books.views import CustomerView
from app.domain.customer import Person, is_customer_no, searchable
from app.screens.tasks.choosing import Choice, Choose, Column, Found
from app.screens.tasks.desk import Desk
from app.text import gettext as _
from app.till.ports import Books

MAX_SHOWN = 50
MAX_WORDS = 8
AT_ONCE_S = 0.05
"""So long it is waited for all of them when the one that was typed is known already."""

Searched = list[tuple[str, CustomerView]]


class KnownCustomers:
    """Every customer that can be chosen, by name, for one task."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._opening: asyncio.Task[Searched] | None = None

    def changed(self) -> None:
        """They have to be looked at anew."""
        self._opening = None

    async def find(self, text: str) -> Found:
        """Those that have every word, the one with exactly this number first; ``OSError`` or ``JournalRefused``."""
        if self._opening is None or (self._opening.done() and self._opening.exception() is not None):
            self._opening = asyncio.create_task(self._open(), name="till-customers")
            # Nobody may want it any more when it fails.
            self._opening.add_done_callback(lambda opening: opening.cancelled() or opening.exception())
        no = text.strip()
        one = await self._desk.look(FindCustomer(no), fresh=True) if is_customer_no(no) else None
        wait_s = None if one is None or one.forgotten else AT_ONCE_S
        await asyncio.wait({self._opening}, timeout=wait_s)
        if one is not None and not self._opening.done():
            return Found([_choice(one)], more=True)
        every = self._opening.result()
        words = text.casefold().split()[:MAX_WORDS]
        found = await asyncio.to_thread(_having, every, words)
        found.sort(key=lambda view: view.customer_no != no)
        return Found([_choice(view) for view in found[:MAX_SHOWN]], more=len(found) > MAX_SHOWN)

    async def _open(self) -> Searched:
        await self._desk.services.engine.settled()
        return await asyncio.to_thread(_opened, self._desk.services.books)


async def which_customer(desk: Desk, title: str) -> str | None:
    """A customer's number for something else than the sale; None: Esc."""
    known = KnownCustomers(desk)
    picked = await desk.choose(Choose(title, columns(), find=known.find, empty=_("No such customer.")))
    return None if picked is None else str(picked.value)


async def names_of(desk: Desk, numbers: Iterable[str]) -> dict[str, str]:
    """The names of these customers; empty for one that cannot be read here. Not fresh."""
    wanted = {no for no in numbers if no}

    def read() -> dict[str, str]:
        found = {no: desk.services.books.ask(FindCustomer(no)) for no in wanted}
        return {no: view.person.name if view and view.person else "" for no, view in found.items()}

    return await asyncio.to_thread(read)


def columns() -> tuple[Column, ...]:
    """What a list of customers shows."""
    return Column(_("Number"), 12), Column(_("Name"), 0), Column(_("City"), 18), Column("", 9)


def address(person: Person) -> str:
    """Street and city in one line."""
    return ", ".join(part for part in (person.street, f"{person.postcode} {person.city}".strip()) if part)


def name_of(view: CustomerView) -> str:
    """What to call the customer."""
    return view.person.name if view.person else _("(cannot be read here)")


def _opened(books: Books) -> Searched:
    views = [view for view in books.ask(AllCustomers()) if not view.forgotten]
    views.sort(key=lambda view: (view.person.name.casefold() if view.person else "\U0010ffff", view.customer_no))
    return [(searchable(view.customer_no, view.person), view) for view in views]


def _having(every: Searched, words: list[str]) -> list[CustomerView]:
    return [view for searched, view in every if all(word in searched for word in words)]


def _choice(view: CustomerView) -> Choice:
    person = view.person
    state = _("blocked") if view.blocked else ""
    cells = (view.customer_no, name_of(view), person.city if person else "", state)
    parts = () if person is None else (address(person), person.phone, person.email, person.note)
    return Choice(cells, view.customer_no, " · ".join(part for part in parts if part))
