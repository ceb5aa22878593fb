"""From a receipt to paper: receipt -> page -> lines. Pure: no clock, no randomness, no I/O.

* ``wording.py``  every word and number format of a page, in German and English
* ``document_wording.py``  what documents beyond a plain receipt say (``german_documents.py``, ``english_documents.py``)
* ``page.py``     the page as a value: sections of blocks, independent of width and printer
* ``compose.py``  a completed receipt as a page (``items.py`` its lines, ``hospitality.py`` what a host fills in)
* ``delivery_note.py``, ``cost_centre.py``  what goes with the goods, and to a cost centre's bookkeeping
* ``ringing.py``  a receipt that is printed while its sale is being rung; ``ahead.py`` its head, printed before that
* ``card_slip.py``  what a card terminal said of a payment
* ``deposit.py``  what is paid on an order, until it is picked up
* ``slips.py``    vouchers, tokens, coupons, parked sales, orders, cash movements
* ``z_report.py``, ``invoice.py``  day ends and collective invoices
* ``enrolment.py``  the slip that lets a till in
* ``sync_protocol.py``  with whom the till has spoken, and what failed
* ``security.py``  the signed end of a receipt
* ``test_page.py``   shows whether a printer prints what receipts need
* ``letterhead.py``  what stands at the top of every page, and how codes and people are shown
* ``documents.py``  every fact that is printed, and the page it becomes
* ``layout.py``   a section at a width: lines of at most that many columns, symbols, cuts
* ``characters.py``  text from outside in characters of one column each
* ``text.py``     a page as plain text, for screens, logs and tests
* ``pdf.py``      a page as a file for customers who want no paper; ``png.py`` a picture of that
* ``digital.py``  a receipt in a few lines that can be signed, for a QR code on a screen
* ``qr.py``       QR codes as modules, where nobody else draws them; ``bars.py`` Code 128

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
