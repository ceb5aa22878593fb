"""Wiring's half for documents without paper: what the engine tells of one as a file, and a receipt as signed text.

PDF and PNG are made by whoever wants them: what draws them takes a third of a second to import, and stays out of the
engine and of every start.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from app.config import ConfigError, Settings
from app.facts.sales import ReceiptCompleted
from app.wiring_paper import Named, Opened, Texts, local_zone, logo_of, page_of, profile_of, shop_of, unplanned
from receipts import Page, text, wording
from receipts.digital import digital
from receipts.page import without_slips


class Shown(msgspec.Struct, frozen=True):
    """A document as the engine's operation ``document`` tells of it."""

    name: str
    made_at: str
    columns: int
    page: Page

    def text(self) -> str:
        """As plain text."""
        return text(self.page, self.columns)

    def pdf(self, settings: Settings, home: Path) -> bytes:
        """As a PDF, with the logo that is in the home. ``ValueError`` if that or the page cannot be drawn."""
        from receipts.pdf import Dots, pdf

        dots = profile_of(settings).dots
        try:
            logo = logo_of(settings, home, dots)
        except ConfigError as error:
            raise ValueError(str(error)) from None
        return pdf(
            self.page,
            self.columns,
            title=self.name,
            made_at=datetime.fromisoformat(self.made_at),
            logo=Dots(logo.across, logo.rows, dots) if logo else None,
        )

    def png(self, settings: Settings, home: Path) -> bytes:
        """As a picture of that. ``ValueError`` also if it would be too large."""
        from receipts.png import png

        return png(self.pdf(settings, home))


def shown(answer: dict[str, Any]) -> Shown:
    """The operation's answer."""
    return msgspec.convert(answer, Shown)


def pdf_of(
    settings: Settings,
    home: Path,
    opened: Opened,
    named: Named,
    receipt: ReceiptCompleted,
    *,
    site: str,
    texts: Texts = unplanned,
) -> bytes:
    """The receipt as a PDF, without slips that are worth money. ``ValueError`` as ``Shown.pdf``."""
    page = page_of(settings, opened, named, receipt, site=site, texts=texts)
    assert page is not None, "a receipt has a page"
    columns = profile_of(settings).columns
    return Shown(receipt.receipt_no, receipt.finished_at, columns, without_slips(page)).pdf(settings, home)


def said_of(settings: Settings, site: str, texts: Texts, receipt: ReceiptCompleted, fits: Callable[[str], bool]) -> str:
    """The most of the receipt that fits, in the shop's language; ``NoRoom`` if nothing does."""
    shop, words = shop_of(settings.receipt, site, texts()), wording(settings.till.language)
    return digital(receipt, shop, words, local_zone(receipt.finished_at), fits)
