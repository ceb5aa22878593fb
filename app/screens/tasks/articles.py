"""Articles: searched by any part of name, number, barcode, group or by price, and rung up; what is known of one."""

from __future__ import annotations

import asyncio
from typing import Any

from app.books.questions.articles import ListArticleGroups, SearchArticles
from app.books.views import FoundArticle
from app.screens import wording
from app.screens.tasks.choosing import Choice, Choose, Column, Found
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import local
from app.till.commands import Scan
from app.till.queries.articles import AskArticle

DETAILS, GROUP = "details", "group"
MOST = 50
"""Rows of a search: of more, something more exact is typed sooner than they are read."""

SETTLES_S = 0.01
"""A scanner types a key in a millisecond: only the whole code is searched for."""


async def search(desk: Desk, given: Given) -> None:
    """Enter rings the marked article up, with the quantity and the price that were typed before the search."""
    text, group = given.text, ""
    while (picked := await desk.choose(_search(desk, text, group))) is not None:
        text = picked.text
        match picked.name:
            case "details":
                await _details(desk, picked.value.ident_no)
            case "group":
                group = await _which_group(desk, group)
            case _ if await ring(desk, picked.value.code, given, needs_price=picked.value.open_price):
                return


async def ring(desk: Desk, code: str, given: Given, *, needs_price: bool) -> bool:
    """Sell it, and say so; what has no price of its own is asked for one. False: it was refused, or given up."""
    price = given.price
    if needs_price and not price:
        field = Field("price", _("Price"), Kind.AMOUNT, required=True)
        form = Form(_("What does it cost?"), [field], finish=_("Sell"), minor_digits=desk.services.minor_digits)
        filled = await desk.fill(form)
        if filled is None:
            return False
        price = filled["price"]
    reply = await desk.do(Scan(code=code, quantity=given.quantity or None, price=price or None))
    if reply is None:
        return False
    desk.tell(wording.sold(code, reply.fields))
    return True


def _search(desk: Desk, text: str, group: str) -> Choose:
    services, view = desk.services, desk.view
    day = services.clock().date().isoformat()

    async def find(typed: str) -> Found:
        await asyncio.sleep(SETTLES_S)
        asked = SearchArticles(typed, day, group, view.price_list, services.till_no, view.currency, MOST)
        found = await desk.look(asked)
        return Found([Choice(_cells(article), article) for article in found.articles], found.more)

    return Choose(
        _("Articles of {group}").format(group=group) if group else _("Articles"),
        (
            Column(_("Article"), 0),
            Column(_("Group"), 13),
            Column(_("Number"), 13),
            Column(_("Unit"), 4),
            Column(_("Price"), 9, numeric=True),
        ),
        find=find,
        prompt=_("Part of name, number, group; 4,99 <5 3-5"),
        actions=(Action(4, DETAILS, _("Details")), Action(6, GROUP, _("Group"))),
        alone=(GROUP,),
        empty=_("No article is found for this."),
        text=text,
    )


def _cells(article: FoundArticle) -> tuple[str, ...]:
    group = ", ".join(article.article_groups) if article.in_assortment else _("not sold here")
    price = "" if article.price_minor is None else wording.money(article.price_minor, article.currency)
    return article.name, group, article.ident_no, article.unit, _("open") if article.open_price else price


async def _which_group(desk: Desk, group: str) -> str:
    groups = await desk.look(ListArticleGroups())

    async def find(typed: str) -> Found:
        wanted = typed.casefold()
        return Found([Choice((name,), name) for name in groups if wanted in name.casefold()])

    every = [Action(6, GROUP, _("All"))] if group else []
    picked = await desk.choose(
        Choose(
            _("Article groups"),
            (Column(_("Group"), 0),),
            find=find,
            actions=every,
            alone=(GROUP,),
            empty=_("No such article group."),
        )
    )
    if picked is None:
        return group
    return "" if picked.name == GROUP else str(picked.value)


async def _details(desk: Desk, ident_no: str) -> None:
    known = await desk.ask(AskArticle(ident_no, desk.view.price_list))
    if known is not None:
        await desk.read(Sheet(str(known["name"]), details(known)))


def details(known: dict[str, Any]) -> str:
    """What a till knows of an article, a line each: numbers, prices by list, VAT."""
    rate = known["vat_rate"]
    said = [
        (_("Number"), known["ident_no"]),
        (_("Barcodes"), ", ".join(known["barcodes"])),
        (_("Group"), ", ".join(known["article_groups"])),
        (_("Unit"), known["unit"]),
        (_("Price"), _("is asked for") if known["open_price"] else ""),
        *(
            (_("Price list {no}").format(no=number), f"{local(price)} {known['currency']}")
            for number, price in known["prices"].items()
        ),
        (_("VAT"), f"{known['vat_key']}: " + (_("no rate") if rate is None else f"{local(str(rate))} %")),
        (_("Age limit"), str(known["age_limit"]) if known["age_limit"] else ""),
        (_("Deposit article"), known["container_deposit"]),
        (_("Discounts"), "" if known["discountable"] else _("none")),
        (_("This till"), "" if known["in_assortment"] else _("does not sell it")),
    ]
    return "\n".join(f"{label + ':':18}{value}" for label, value in said if value)
