"""Bookings as DATEV's cash book online reads them: the standard ASCII file. Pure: bookings in, bytes out.

The format, as DATEV's help document 1002367 ("Kassenbewegungen in DATEV Kassenbuch online importieren") describes it:
a header line with 13 names, a line per movement, ``;`` between fields, UTF-8, amounts with their sign and a decimal
comma and never zero, ``BelegDatum`` as day and month, euros only, at most 6 MB.

A cash book has what comes into the drawer and what leaves it. Everything sold is booked as coming in, and every tender
but cash as leaving again at once, so that the sum of the lines is what the drawer has more than before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.domain.vat import format_rate
from app.office.interfaces.booking import Booking
from app.office.interfaces.datev_batch import MAX_DOCUMENT, MAX_TEXT, amount, text

COLUMNS: Sequence[str] = (
    "Währung", "VorzBetrag", "RechNr", "BelegDatum", "Belegtext", "UStSatz", "BU", "Gegenkonto", "Kost1", "Kost2",
    "Kostmenge", "Skonto", "Nachricht",
)  # fmt: skip
CURRENCY = "EUR"
MAX_BYTES = 6 * 1024 * 1024
_NOT_IN_DOCUMENT = re.compile(r"[^A-Za-z0-9$&%*+\-/]")


def movements(bookings: Iterable[Booking]) -> list[tuple[int, Booking, str]]:
    """The bookings as they move cash: (amount with its sign, booking, contra account).

    What moves other drawers only (foreign cash) is no line of this cash book.
    """
    found = []
    for each in bookings:
        if each.of == "line" or (each.of == "movement" and each.drawer):
            found.append((each.amount_minor, each, each.contra))
        elif each.of == "tender" and not each.drawer:
            found.append((-each.amount_minor, each, each.account))
    return found


def cash_book(bookings: Iterable[Booking]) -> bytes:
    """The file."""
    lines = [";".join(text(name, 40) for name in COLUMNS)]
    lines += [_line(*moved) for moved in movements(bookings)]
    return ("\r\n".join(lines) + "\r\n").encode()


def _line(amount_minor: int, booking: Booking, contra: str) -> str:
    sign = "+" if amount_minor > 0 else "-"
    rate = "" if booking.vat_rate_bp is None else _rate(booking.vat_rate_bp)
    document = _NOT_IN_DOCUMENT.sub("-", booking.document)
    fields = (
        text(CURRENCY, 3),
        sign + amount(abs(amount_minor), CURRENCY),
        text(document, MAX_DOCUMENT),
        text(booking.day[8:10] + booking.day[5:7], 4),
        text(booking.text, MAX_TEXT),
        rate,
        booking.tax_key,
        contra,
        text(booking.cost_centre, 36),
        *[""] * 4,
    )
    return ";".join(fields)


def _rate(rate_bp: int) -> str:
    whole, _point, part = format_rate(rate_bp).partition(".")
    return f"{whole},{part:0<2}"
