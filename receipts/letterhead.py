"""What stands at the top of every page of this shop, and how codes and people are shown on it."""

from __future__ import annotations

import msgspec

from app.domain.customer import Person
from receipts.page import Block, Gap, Line

_SHOWN_OF_A_CODE = 4


class ShopHead(msgspec.Struct, frozen=True):
    """Who sells: the first of ``lines`` is the name, then the full address, VAT id and so on.

    ``till_serial`` is the till's serial number where the law asks for one; ``foot`` is
    printed before the thanks.
    """

    lines: tuple[str, ...]
    foot: tuple[str, ...] = ()
    till_serial: str = ""


def head_of(shop: ShopHead) -> list[Block]:
    """The shop's name and address."""
    return [Line(line, align="center", bold=index == 0, tall=index == 0) for index, line in enumerate(shop.lines)]


def title(text: str) -> list[Block]:
    """What the page is, in large letters."""
    return [Gap(), Line(text, align="center", bold=True, tall=True, wide=True)]


def address(person: Person | None) -> list[Block]:
    """A buyer's name and address; nothing if nobody can be named."""
    if person is None:
        return []
    town = " ".join(part for part in (person.postcode, person.city) if part)
    lines = (person.name, person.street, town, person.country, person.vat_id)
    return [Gap(), *(Line(line) for line in lines if line)]


def masked(code: str) -> str:
    """Enough of a code to name the voucher, too little to use it: ``***WTB1``."""
    return f"***{code[-_SHOWN_OF_A_CODE:]}" if len(code) > _SHOWN_OF_A_CODE else "***"
