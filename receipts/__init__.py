"""From a receipt to paper: receipt -> page -> lines. Pure: no clock, no randomness, no I/O.

* ``wording.py``  every word and number format of a page, in German and English
* ``page.py``     the page as a value: sections of blocks, independent of width and printer
* ``compose.py``  a completed receipt, and a slip for each voucher sold with it, as a page
* ``layout.py``   a section at a width: lines of at most that many columns, symbols, cuts
* ``text.py``     a page as plain text, for screens, logs and tests

Bytes are made in ``peripherals/escpos.py`` from neutral instructions; ``app/engine/printing.py``
is the small bridge, so that neither side knows the other.
"""

from __future__ import annotations

from receipts.compose import ShopHead, compose
from receipts.page import Page, marked
from receipts.text import text
from receipts.wording import ENGLISH, GERMAN, Wording, wording

__all__ = ["ENGLISH", "GERMAN", "Page", "ShopHead", "Wording", "compose", "marked", "text", "wording"]
