"""A cell as people read it, and as a decimal string for programs. Pure.

Cells are exact integers (``app/office/reports/table.py``); here they get their decimal sign, and nothing is rounded.
"""

from __future__ import annotations

from datetime import date

import msgspec

from app.domain.money import MINOR_DIGITS
from app.domain.quantity import MILLI
from app.office.reports.table import EXACT_KINDS, Cell, ColumnKind, ReportColumn

PERCENT_DIGITS = 2
"""Basis points are hundredths of a percent."""
QUANTITY_DIGITS = len(str(MILLI)) - 1
_DAY_PARTS = 3


class Manner(msgspec.Struct, frozen=True):
    """How numbers and days are written. ``day_first``: 24.12.2026 instead of 2026-12-24."""

    decimal: str = "."
    thousands: str = ""
    day_first: bool = False


PLAIN = Manner()
"""For programs: 1234.56, 2026-12-24."""
MANNERS = {"de": Manner(",", ".", day_first=True), "en": Manner(".", ",")}
"""For people, by language."""


def figure(cell: Cell, kind: ColumnKind, currency: str, manner: Manner) -> str:
    """The cell in this manner; empty for None.

    >>> figure(-123456, "money", "EUR", MANNERS["de"]), figure(250, "quantity", "EUR", MANNERS["de"])
    ('-1.234,56', '0,25')
    >>> figure(1900, "percent", "EUR", MANNERS["de"]), figure("2026-08-14", "date", "EUR", MANNERS["de"])
    ('19,00 %', '14.08.2026')
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _day(cell) if kind in ("date", "month") and manner.day_first else printable(cell)
    written = _decimal(cell, digits(kind, currency), manner)
    if kind == "quantity" and manner.decimal in written:
        return written.rstrip("0").rstrip(manner.decimal)
    return f"{written} %" if kind == "percent" and manner is not PLAIN else written


def digits(kind: ColumnKind, currency: str) -> int:
    """How many decimals an integer of this kind has; a currency that is not known has two."""
    match kind:
        case "money":
            return MINOR_DIGITS.get(currency, 2)
        case "quantity":
            return QUANTITY_DIGITS
        case "percent":
            return PERCENT_DIGITS
    return 0


def heading(name: str, kind: ColumnKind, currency: str) -> str:
    """A column's heading with its unit, where the unit is not in every cell.

    >>> heading("Gross", "money", "EUR"), heading("Day", "date", "EUR")
    ('Gross EUR', 'Day')
    """
    return f"{name} {currency}" if kind == "money" and currency else name


def at_right(column: ReportColumn, at: int) -> bool:
    """Whether column ``at`` stands at the right, as what is added up does; tills, hours, … that begin rows do not."""
    return column.kind in EXACT_KINDS and (at > 0 or column.sum or column.kind != "number")


def _decimal(value: int, places: int, manner: Manner) -> str:
    whole, part = divmod(abs(value), 10**places)
    written = f"{whole:,}".replace(",", manner.thousands)
    sign = "-" if value < 0 else ""
    return f"{sign}{written}{manner.decimal}{part:0{places}d}" if places else sign + written


def _day(iso: str) -> str:
    """24.12.2026 of 2026-12-24; a month (2026-12) as 12.2026; whatever else as it is."""
    parts = iso.split("-")
    if not 1 < len(parts) <= _DAY_PARTS or not all(part.isascii() and part.isdigit() for part in parts):
        return iso
    return ".".join(reversed(parts))


def printable(text: str) -> str:
    """The text with everything that is not printable as ``?``: names come from files and other tills."""
    return text if text.isprintable() else "".join(mark if mark.isprintable() else "?" for mark in text)


def day_of(cell: Cell) -> date | None:
    """The cell as a day; None if it is none."""
    try:
        return date.fromisoformat(cell) if isinstance(cell, str) else None
    except ValueError:
        return None
