"""From the open sale as the engine keeps it to what is printed of it while it is rung.

Joins the pure halves, ``app/till`` (what the sale is) and ``receipts/ringing.py`` (what its paper says); knows neither
printers nor queues. ``wiring_printer.py`` gives the shop's words, and opens what is sealed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

import msgspec

from app.facts.sales import ReceiptCompleted
from app.till.completing import receipt_line
from app.till.keeping import read_sale
from receipts import ahead, ringing
from receipts.letterhead import ShopHead
from receipts.page import Block, Section
from receipts.ringing import End, Strip
from receipts.wording import Wording

Closes = Callable[[Strip, ReceiptCompleted], Section]
"""The receipt's rest, with everything that its whole page would have."""


class Further(msgspec.Struct, frozen=True):
    """What is to be printed next, the strip with it, and what stands above it should the paper be torn before."""

    section: Section
    strip: Strip
    resume: tuple[Block, ...]


class Ringer:
    """Writes the paper of open sales. ``zone`` is the shop's at an ISO instant; ``closes`` as above.
    ``head_ahead``: the head of the next is printed behind each."""

    def __init__(
        self,
        shop: ShopHead,
        words: Wording,
        zone: Callable[[str], tzinfo],
        closes: Closes,
        *,
        head_ahead: bool = False,
    ) -> None:
        self.head_ahead = ahead.head_ahead(shop) if head_ahead else None
        """What is printed behind a sale's paper, for the next; None: nothing is."""
        self._shop = shop
        self._words = words
        self._zone = zone
        self.closes = closes

    def further(self, text: str, strip: Strip | None) -> Further | None:
        """What the paper does not say yet of the open sale (``app.till.keeping``); None if it says it all.

        ``ValueError`` for a sale that cannot be read. Takes a millisecond or two for a long one: call it in a thread.
        """
        sale = read_sale(text)
        if sale is None:
            return None
        begun = strip or Strip(sale.sale_id, sale.started_at, sale.currency, sale.training)
        lines = [receipt_line(line) for line in sale.lines]
        zone = self._zone(begun.started_at)
        blocks, after = ringing.further(begun, lines, self._shop, self._words, paying=bool(sale.payments), zone=zone)
        if not blocks:
            return None
        return Further(Section("ringing", blocks, cut=False), after, self.resume(begun) if begun.begun else ())

    def resume(self, strip: Strip, receipt_no: str = "") -> tuple[Block, ...]:
        """The head of a piece that goes on with the strip after it was torn."""
        return ringing.continuation(strip, self._shop, self._words, receipt_no)

    def ended(self, end: End) -> Section:
        """The end of a strip whose sale became no receipt."""
        return ringing.ended(end, self._words)

    def unused(self) -> Section:
        """The end of a head that was printed ahead for nothing."""
        return ahead.unused(self._words)

    def torn(self) -> Section:
        """The end of a piece whose strip goes on elsewhere."""
        return ringing.torn(self._words)


class _SaleId(msgspec.Struct):
    sale_id: str


def sale_id_of(text: str | None) -> str:
    """Whose text this is, without reading all of it; empty if it is none's."""
    try:
        return "" if text is None else msgspec.json.decode(text, type=_SaleId).sale_id
    except msgspec.DecodeError:
        return ""
