"""Bookings as DATEV's EXTF Buchungsstapel. Pure: bookings in, bytes out.

The format (DATEV-Format, header version 700, category 21, format version 13), as DATEV's developer portal describes it
under "DATEV-Format: Buchungsstapel" (developer.datev.de) and DATEV's help document 9211385 ff.: line 1 is the header
with 31 fields, line 2 the names of 125 columns, then a line per booking; fields are parted by ``;``, texts stand in
double quotes, amounts have a decimal comma and no sign (``S``/``H`` says which side ``Konto`` is on), lines end with
CR LF, characters are those of Windows-1252. ``Belegdatum`` has day and month only: a file belongs to one business year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from app.domain.account import Accounting, year_of
from app.domain.money import format_minor
from app.office.interfaces.booking import Booking

VERSION, CATEGORY, FORMAT_NAME, FORMAT_VERSION = 700, 21, "Buchungsstapel", 13
ORIGIN = "TM"
"""Two characters that name the program that made it."""
ENCODING = "cp1252"
MAX_BOOKINGS = 99_999
MAX_AMOUNT_MINOR = 10**12 - 1
MAX_TEXT, MAX_DOCUMENT, MAX_COST_CENTRE, MAX_LABEL = 60, 36, 36, 30

COLUMNS: Sequence[str] = (
    "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz",
    "WKZ Basis-Umsatz", "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum", "Belegfeld 1",
    "Belegfeld 2", "Skonto", "Buchungstext", "Postensperre", "Diverse Adressnummer", "Geschäftspartnerbank",
    "Sachverhalt", "Zinssperre", "Beleglink",
    *(f"Beleginfo - {part} {number}" for number in range(1, 9) for part in ("Art", "Inhalt")),
    "KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge", "EU-Land u. UStID (Bestimmung)",
    "EU-Steuersatz (Bestimmung)", "Abw. Versteuerungsart", "Sachverhalt L+L", "Funktionsergänzung L+L",
    "BU 49 Hauptfunktionstyp", "BU 49 Hauptfunktionsnummer", "BU 49 Funktionsergänzung",
    *(f"Zusatzinformation - {part} {number}" for number in range(1, 21) for part in ("Art", "Inhalt")),
    "Stück", "Gewicht", "Zahlweise", "Forderungsart", "Veranlagungsjahr", "Zugeordnete Fälligkeit", "Skontotyp",
    "Auftragsnummer", "Buchungstyp", "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)",
    "Sachverhalt L+L (Anzahlungen)", "EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)", "Herkunft-Kz",
    "Buchungs GUID", "KOST-Datum", "SEPA-Mandatsreferenz", "Skontosperre", "Gesellschaftername", "Beteiligtennummer",
    "Identifikationsnummer", "Zeichnernummer", "Postensperre bis", "Bezeichnung SoBil-Sachverhalt",
    "Kennzeichen SoBil-Buchung", "Festschreibung", "Leistungsdatum", "Datum Zuord. Steuerperiode", "Fälligkeit",
    "Generalumkehr (GU)", "Steuersatz", "Land", "Abrechnungsreferenz", "BVV-Position", "EU-Land u. UStID (Ursprung)",
    "EU-Steuersatz (Ursprung)", "Abw. Skontokonto",
)  # fmt: skip
_AT = {name: place for place, name in enumerate(COLUMNS)}
_NOT_IN_DOCUMENT = re.compile(r"[^A-Za-z0-9$&%*+\-/]")


def batch(
    bookings: Iterable[Booking], settings: Accounting, currency: str, from_day: str, until_day: str, made_at: datetime
) -> bytes:
    """The file; days are ISO and of one business year. ``made_at`` is the wall clock of who makes it."""
    lines = [_header(settings, currency, from_day, until_day, made_at), ";".join(COLUMNS)]
    lines += [_line(booking, currency, settings) for booking in bookings]
    return ("\r\n".join(lines) + "\r\n").encode(ENCODING, "replace")


def _german(day: str) -> str:
    """As accountants write it, and short enough that two fit into the label."""
    return ".".join(reversed(day.split("-")))


def _header(settings: Accounting, currency: str, from_day: str, until_day: str, made_at: datetime) -> str:
    made = made_at.strftime("%Y%m%d%H%M%S") + f"{made_at.microsecond // 1000:03}"
    label = text(f"Kassen {_german(from_day)}-{_german(until_day)}", MAX_LABEL)
    year_begins, _next = year_of(from_day, settings.year_begins)
    fields: list[str] = [
        text("EXTF", 4), str(VERSION), str(CATEGORY), text(FORMAT_NAME, 40), str(FORMAT_VERSION), made, "",
        text(ORIGIN, 2), text("", 0), text("", 0), str(settings.consultant), str(settings.client),
        year_begins.replace("-", ""), str(settings.account_digits), from_day.replace("-", ""),
        until_day.replace("-", ""), label, text("", 0), "1", "0", str(int(settings.finalised)), text(currency, 3),
        "", text("", 0), "", "", text(settings.chart, 2), "", "", text("", 0), text("Tillmesh", 16),
    ]  # fmt: skip
    return ";".join(fields)


def _line(booking: Booking, currency: str, settings: Accounting) -> str:
    fields = [""] * len(COLUMNS)
    said = {
        "Umsatz (ohne Soll/Haben-Kz)": amount(abs(booking.amount_minor), currency),
        "Soll/Haben-Kennzeichen": text("S" if booking.amount_minor > 0 else "H", 1),
        "WKZ Umsatz": text(currency, 3),
        "Konto": booking.account,
        "Gegenkonto (ohne BU-Schlüssel)": booking.contra,
        "BU-Schlüssel": text(booking.tax_key, 4) if booking.tax_key else "",
        "Belegdatum": booking.day[8:10] + booking.day[5:7],
        "Belegfeld 1": text(_NOT_IN_DOCUMENT.sub("-", booking.document), MAX_DOCUMENT),
        "Buchungstext": text(booking.text, MAX_TEXT),
        "KOST1 - Kostenstelle": text(booking.cost_centre, MAX_COST_CENTRE) if booking.cost_centre else "",
        "Festschreibung": str(int(settings.finalised)),
    }
    for name, value in said.items():
        fields[_AT[name]] = value
    return ";".join(fields)


def amount(amount_minor: int, currency: str) -> str:
    """With a decimal comma and no thousands' separator."""
    return format_minor(amount_minor, currency).replace(".", ",")


def text(said: str, longest: int) -> str:
    """In quotes, on one line, cut off where the field ends."""
    line = "".join(char if char.isprintable() else " " for char in said)[:longest]
    return '"' + line.replace('"', '""') + '"'
