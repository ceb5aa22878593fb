"""Wiring's half for what is on paper: documents as pages, in the words and with the head of this till's settings.

It knows no printer, so that the screens, which show pages too, need not load one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import msgspec

from app import config
from app.config import Settings
from app.domain.branch import PaperTexts
from app.domain.customer import Person
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from app.receipt_settings import ReceiptSettings
from app.text import gettext as _
from app.text import mark
from peripherals import escpos
from peripherals.logo import MAX_DOWN, MIN_DOTS, LogoError, read_logo
from peripherals.print_job import Picture
from receipts import Page, ShopHead, documents, text, wording
from receipts.documents import Document, about
from receipts.letterhead import Advert, HeadLine
from receipts.ringing import Strip, closing
from receipts.security import Seals, secured, unsealed
from receipts.slips import States, unstated

Opened = Callable[[str, str], str | None]
"""Opens what was sealed with the key of this person; None if the key is not here, or erased."""
Named = Callable[[str], str]
"""A user's name by the id; what is no user's id stays as it is."""
Texts = Callable[[], PaperTexts]
"""What the office wants on this till's paper, as it is now."""

NOTHING_PLANNED = PaperTexts()


def unplanned() -> PaperTexts:
    """What the settings say: where no books are at hand."""
    return PaperTexts()


def nobody(_person_id: str, _sealed: str) -> str | None:
    """Opens nothing: where no keys are at hand, addresses stay unprinted."""
    return None


def nameless(user: str) -> str:
    """Every user by the id: where no books are at hand."""
    return user


def page_of(
    settings: Settings,
    opened: Opened,
    named: Named,
    document: Document,
    states: States = unstated,
    site: str = "",
    seals: Seals = unsealed,
    strip: Strip | None = None,
    texts: Texts = unplanned,
) -> Page | None:
    """The document as this till of that site prints it. Facts carry users' ids; paper carries names and signed
    statements. Of a receipt whose ``strip`` is on the paper already, only the rest. ``texts``: the office's."""
    cashier = getattr(document, "cashier", "")
    if cashier and isinstance(document, Fact):
        document = msgspec.structs.replace(document, cashier=named(cashier))
    person_id, sealed, happened_at = about(document)
    if not happened_at:
        return None
    shop, words, zone = (
        shop_of(settings.receipt, site, texts()),
        wording(settings.till.language),
        local_zone(happened_at),
    )
    buyer = _person(opened(person_id, sealed)) if sealed else None
    if strip is not None and isinstance(document, ReceiptCompleted):
        page: Page | None = Page((closing(strip, document, shop, words, zone=zone, buyer=buyer),))
    else:
        page = documents.page_of(document, shop, words, zone=zone, buyer=buyer, states=states)
    if page is not None and settings.receipt.security and isinstance(document, ReceiptCompleted):
        return secured(page, document, shop, words, zone, seals)
    return page


def shop_of(said: ReceiptSettings, site: str = "", planned: PaperTexts = NOTHING_PLANNED) -> ShopHead:
    """What the office or else the settings want the paper to say; a site that the head names is not named again."""
    said = msgspec.structs.replace(
        said,
        head=said.head if planned.head is None else planned.head,
        foot=said.foot if planned.foot is None else planned.foot,
    )
    lines = tuple(
        line if isinstance(line, str) else HeadLine(line.text, (no == 0) if line.bold is None else line.bold, line.red)
        for no, line in enumerate(said.head)
    )
    named = any(site in (line if isinstance(line, str) else line.text) for line in lines)
    return ShopHead(
        lines,
        foot=said.foot,
        logo=bool(said.logo),
        till_serial=said.till_serial,
        branch="" if named else site,
        adverts=tuple(Advert(each.text, str(each.first or ""), str(each.last or "")) for each in said.adverts),
        article_nos=said.article_nos,
        voucher_terms=said.voucher_terms,
    )


def text_of(
    settings: Settings,
    opened: Opened,
    named: Named,
    receipt: ReceiptCompleted,
    *,
    site: str = "",
    texts: Texts = unplanned,
) -> str:
    """The receipt as plain text, as wide as this till's paper."""
    page = page_of(settings, opened, named, receipt, site=site, texts=texts)
    return "" if page is None else text(page, profile_of(settings).columns)


def profile_of(settings: Settings) -> escpos.PrinterProfile:
    """The printer's profile with the configured columns; ``ConfigError`` if there is none of that name."""
    try:
        said = settings.printer
        return escpos.profile(said.profile, said.columns or None, red=said.red, code_page=said.code_page)
    except escpos.UnknownProfile as error:
        raise config.ConfigError(_("till.toml: printer.profile: {reason}; correct it").format(reason=error)) from None


_LOGO_PROBLEMS = {
    "missing": mark("there is no file {path}; put the picture there, or remove the key"),
    "no_picture": mark("{path} is no picture; save it as PNG"),
    "too_large": mark("{path} has more than a megabyte; save it as a PNG in black and white"),
    "too_small": mark("{path} has {width} × {height} dots; a logo has at least {least} × {least}"),
    "too_wide": mark("{path} is {width} dots wide, the paper {across}; make the picture smaller"),
    "too_high": mark("{path} is {height} dots high; make it {most} or less"),
}


def logo_of(settings: Settings, home: Path, across: int) -> Picture | None:
    """The logo of the settings; ``ConfigError`` says what is wrong with it and what to do."""
    if not settings.receipt.logo:
        return None
    path = home / settings.receipt.logo
    try:
        return read_logo(path, across)
    except LogoError as error:
        reason = _(_LOGO_PROBLEMS[error.problem]).format(
            path=path, width=error.width, height=error.height, across=across, least=MIN_DOTS, most=MAX_DOWN
        )
        raise config.ConfigError(f"till.toml: receipt.logo: {reason}") from None


def _person(text: str | None) -> Person | None:
    """Who was sealed; nobody if it cannot be opened or read: the document is printed all the same."""
    try:
        return None if text is None else msgspec.json.decode(text, type=Person)
    except msgspec.MsgspecError:
        return None


def local_zone(instant: str) -> tzinfo:
    """This machine's zone at that instant: summer receipts stay in summer time."""
    return datetime.fromisoformat(instant).astimezone().tzinfo or UTC
