"""What files can hold, and what people call it."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.user import MANAGES_USERS
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.text import gettext as _
from app.text import mark

KINDS = {
    "articles": (mark("Articles"), mark("with barcodes, groups, prices of all lists")),
    "prices": (mark("Prices"), mark("of price lists, with their first and last day")),
    "vat_rates": (mark("VAT rates"), mark("of each key, from a day on")),
    "customers": (mark("Customers"), mark("names, addresses, groups, credit")),
    "suppliers": (mark("Suppliers"), mark("numbers and names")),
    "users": (mark("Users"), mark("who works at tills and in the office")),
    "vouchers": (mark("Vouchers"), mark("codes and what they are worth")),
    "orders": (mark("Orders"), mark("of a web shop, to be picked up")),
    "settings": (mark("All settings"), mark("tenders, promotions, groups, cost centres, …")),
    "overdraws": (mark("Overdraws"), mark("what was used beyond its value")),
}


async def choose_kind(desk: OfficeDesk, title: str, offered: Collection[str]) -> str | None:
    """Have one chosen; None: Esc. Users only by who manages them."""
    manages = MANAGES_USERS in desk.rights
    choices = [
        Choice((_(name), _(about)), what)
        for what, (name, about) in KINDS.items()
        if what in offered and (manages or what != "users")
    ]
    picked = await desk.choose(Choose(title, [Column(_("What"), 20), Column("", 0)], choices))
    return None if picked is None else str(picked.value)
