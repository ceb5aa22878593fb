"""What stands at the top of every page of this shop, and how codes and people are shown on it."""

from __future__ import annotations

import msgspec

from app.domain.customer import Person
from receipts.page import Block, Gap, Line, Logo

_SHOWN_OF_A_CODE = 4


class HeadLine(msgspec.Struct, frozen=True):
    """A line at the top, in its own style."""

    text: str
    bold: bool = False
    red: bool = False


class Advert(msgspec.Struct, frozen=True):
    """Advertising, line by line, on receipts of business days (ISO 8601) ``first`` to ``last``; empty: no limit."""

    text: str
    first: str = ""
    last: str = ""


class ShopHead(msgspec.Struct, frozen=True):
    """Who sells, and what the shop wants its paper to say.

    The first of ``lines`` is the name, then the full address, VAT id and so on; plain text is bold in the first only.
    ``branch`` follows them. ``till_serial`` is the till's serial number where the law asks for one; ``foot`` is
    printed before the thanks, ``adverts`` behind. ``article_nos``: the article's number under every line.
    ``logo``: the printer has one, to be printed above them.
    """

    lines: tuple[str | HeadLine, ...]
    foot: tuple[str, ...] = ()
    till_serial: str = ""
    branch: str = ""
    adverts: tuple[Advert, ...] = ()
    article_nos: bool = False
    voucher_terms: str = ""
    logo: bool = False


def head_of(shop: ShopHead) -> list[Block]:
    """The shop's logo, name and address, and which branch this is."""
    blocks: list[Block] = [Logo()] if shop.logo else []
    for index, line in enumerate(shop.lines):
        each = line if isinstance(line, HeadLine) else HeadLine(line, bold=index == 0)
        blocks.append(Line(each.text, align="center", bold=each.bold, tall=index == 0, red=each.red))
    if shop.branch:
        blocks.append(Line(shop.branch, align="center"))
    return blocks


def foot_of(shop: ShopHead, day: str, thanks: str) -> list[Block]:
    """The shop's last lines, its thanks, and what it advertises on this business day.

    ``thanks`` is empty where there is nothing to thank for, and nothing to win a customer with either.
    """
    lines = [Line(each, align="center") for each in (*shop.foot, thanks) if each]
    blocks: list[Block] = [Gap(), *lines] if lines else []
    for advert in shop.adverts:
        if thanks and advert.first <= day and (not advert.last or day <= advert.last):
            blocks += [Gap(), *(Line(each, align="center") for each in advert.text.splitlines())]
    return blocks


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
