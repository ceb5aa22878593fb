"""``[receipt]`` of ``till.toml``: what the shop wants to stand on its paper, and how often.

.. code-block:: toml

    [receipt]
    head = [{text = "Zoo Neumann", red = true}, "Messestand 4", "USt-IdNr. DE123456789"]
    logo = "logo.png"             # beside till.toml, a dot per pixel: as wide as the paper at most
    foot = ["Umtausch binnen 14 Tagen"]
    adverts = [{from = 2026-12-01, to = 2026-12-24, text = "Heiligabend geöffnet bis 14 Uhr"}]
    article_nos = true            # the article's number under every line
    copies = 1                    # so many more of every receipt and invoice, marked as copies
    voucher_terms = "Gültig drei Jahre ab Ende des Jahres, in dem er gekauft wurde."
    security = true               # a code at the end that proves what the receipt says
    till_serial = "ZN-0042"       # where the law asks for one
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from app.text import gettext as _

LINES_MAX = 8
LINE_MAX = 200
TEXT_MAX = 1_000
ADVERTS_MAX = 50
COPIES_MAX = 3


class HeadLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line of the head with a style. ``bold`` left out: only the first line is. Red is bold on one-coloured paper."""

    text: str
    bold: bool | None = None
    red: bool = False


class AdvertSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Advertising on receipts of business days from ``from`` to ``to``, both included; left out: no limit."""

    text: str
    first: date | None = msgspec.field(default=None, name="from")
    last: date | None = msgspec.field(default=None, name="to")


class ReceiptSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[receipt]``"""

    head: tuple[str | HeadLine, ...] = ()
    foot: tuple[str, ...] = ()
    adverts: tuple[AdvertSetting, ...] = ()
    article_nos: bool = False
    copies: int = 0
    security: bool = False
    """A signed statement of number, time, total and taxes at the end of each receipt."""
    voucher_terms: str = ""
    till_serial: str = ""
    logo: str = ""
    """A picture that stands above the head; a path from the home."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """What cannot be printed: the key, and what is wrong with it."""
        head = tuple(line.text if isinstance(line, HeadLine) else line for line in self.head)
        for key, lines in (("head", head), ("foot", self.foot)):
            if len(lines) > LINES_MAX:
                yield key, _("has too many lines; {most} at most").format(most=LINES_MAX)
            if any(len(line) > LINE_MAX for line in lines):
                yield key, _("has a line that is too long; {most} characters at most").format(most=LINE_MAX)
        if len(self.adverts) > ADVERTS_MAX:
            yield "adverts", _("are too many; {most} at most").format(most=ADVERTS_MAX)
        for no, advert in enumerate(self.adverts):
            if advert.first and advert.last and advert.last < advert.first:
                yield f"adverts[{no}]", _("ends before it begins; change from or to")
            if not 0 < len(advert.text) <= TEXT_MAX:
                yield f"adverts[{no}]", _("needs a text of at most {most} characters").format(most=TEXT_MAX)
        if len(self.voucher_terms) > TEXT_MAX:
            yield "voucher_terms", _("needs a text of at most {most} characters").format(most=TEXT_MAX)
        if len(self.till_serial) > LINE_MAX:
            yield "till_serial", _("needs a text of at most {most} characters").format(most=LINE_MAX)
        if not 0 <= self.copies <= COPIES_MAX:
            yield "copies", _("must be between 0 and {most}").format(most=COPIES_MAX)
