"""The pages of the assortment as a till has them: those that were set, or else one for each article group."""

from __future__ import annotations

from typing import Protocol, TypeVar

import msgspec

from app.books.questions import Question
from app.books.questions.articles import FindGroupPage, FindKeypad, ListArticleGroups
from app.books.views import PageView

T = TypeVar("T")

MAX_GROUP_PAGES = 99


class Look(Protocol):
    """Asks the books."""

    async def __call__(self, question: Question[T]) -> T: ...


class Place(msgspec.Struct, frozen=True):
    """Whose pages, on which day (ISO), and at whose prices."""

    till_no: int
    site: str
    day: str
    price_list: int = 1


class Keypad(msgspec.Struct, frozen=True):
    """The names of all pages, and the page of a number (from 1). ``made``: by groups, for nobody has set any."""

    names: tuple[str, ...]
    number: int
    page: PageView
    made: bool


async def keypad(look: Look, place: Place, number: int) -> Keypad | None:
    """The till's pages with this one open; None: there is no such page."""
    pages = await look(FindKeypad(place.till_no, place.day, place.price_list, place.site))
    if pages:
        names = tuple(page.name for page in pages)
        return Keypad(names, number, pages[number - 1], made=False) if 1 <= number <= len(pages) else None
    groups = (await look(ListArticleGroups()))[:MAX_GROUP_PAGES]
    if not 1 <= number <= len(groups):
        return None
    page = await look(FindGroupPage(groups[number - 1], place.till_no, place.day, place.price_list))
    return Keypad(groups, number, page, made=True)
