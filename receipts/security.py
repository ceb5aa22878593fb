"""The security data at a receipt's end: what it says in short, signed by its till, for a scanner.

It is the network's own proof, no fiscal one: a receipt's number, time, total and taxes as ``digital.py`` says them,
sealed as ``app.domain.receipt_seal`` describes, so that anybody who has the network's root can tell that this till
said so and nobody changed it since. Of the lines there are as many as the symbol has room for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from app.facts.sales import ReceiptCompleted
from receipts.digital import NoRoom, digital
from receipts.letterhead import ShopHead
from receipts.page import Block, Gap, Line, Page, Rule, Section, Symbol
from receipts.wording import Wording

Seals = Callable[[str], str]
"""Puts a till's seal under a canonical text; empty: it cannot."""
SYMBOL_BYTES = 660
"""What a QR code of 97 modules holds at level M: 3 dots each, 36 mm, on the narrowest paper."""


def unsealed(_: str) -> str:
    """Seals nothing: where there is no key to sign with."""
    return ""


def secured(page: Page, receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo, seals: Seals) -> Page:
    """The page with the receipt's security data at the end of its first section.

    The page as it is if the till cannot seal or the symbol has no room, and for training, which proves nothing.
    """
    if receipt.receipt_type == "training" or not (trial := seals("-")):
        return page
    room = SYMBOL_BYTES - (len(trial.encode()) - 1)
    try:
        whole = seals(digital(receipt, shop, words, zone, lambda said: len(said.encode()) <= room))
    except NoRoom:
        return page
    said = words.documents.security
    block: tuple[Block, ...] = (
        Gap(), Rule(), Line(said.title, align="center", bold=True), Gap(), Symbol(whole), Gap(), Line(said.note),
    )  # fmt: skip
    first, *others = page.sections
    return Page((Section(first.name, first.blocks + block), *others))
