"""From a receipt to paper: receipt -> page -> lines. Pure: no clock, no randomness, no I/O.

* ``wording.py``  every word and number format of a page, in German and English (``document_wording.py`` the rest)
* ``page.py``     the page as a value: sections of blocks, independent of width and printer
* ``compose.py``  a completed receipt as a page (``items.py`` its lines, ``hospitality.py`` what a host fills in)
* ``slips.py``    vouchers, tokens, coupons, parked sales, orders, cash movements
* ``z_report.py``, ``invoice.py``  day ends and collective invoices
* ``enrolment.py``  the slip that lets a till in
* ``letterhead.py``  what stands at the top of every page, and how codes and people are shown
* ``documents.py``  every fact that is printed, and the page it becomes
* ``layout.py``   a section at a width: lines of at most that many columns, symbols, cuts
* ``text.py``     a page as plain text, for screens, logs and tests

Bytes are made in ``peripherals/escpos.py`` from neutral instructions; ``app/engine/printing.py``
is the small bridge, so that neither side knows the other.
"""

from __future__ import annotations

from receipts.compose import compose
from receipts.documents import page_of, printed_as
from receipts.letterhead import ShopHead
from receipts.page import Page, marked
from receipts.text import text
from receipts.wording import ENGLISH, GERMAN, Wording, wording

__all__ = [
    "ENGLISH", "GERMAN", "Page", "ShopHead", "Wording", "compose", "marked", "page_of", "printed_as", "text", "wording",
]  # fmt: skip
