"""A customer's account of a period: opening balance, items, payments, closing balance. Pure.

Days are those of the shop's zone. What was owed before the period is its opening balance, so that statements of
periods that follow each other follow each other too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

import msgspec

from app.books.questions.accounts import AccountItem
from app.domain.customer import Person
from app.office.outputs.figures import MANNERS, figure
from app.office.reports.table import ReportColumn, ReportTable, Row
from app.text import gettext as _
from app.text import language, mark

WORDS: Mapping[str, str] = {
    "credit": mark("Bought on credit"),
    "payment": mark("Payment"),
    "note": mark("Delivery note"),
    "invoice": mark("Invoice"),
    "settled": mark("Overpayment settled"),
}


class Entry(msgspec.Struct, frozen=True):
    """An item with its day (ISO) and what is owed after it."""

    day: str
    item: AccountItem
    owed_minor: int


class Statement(msgspec.Struct, frozen=True):
    """A period of an account; above zero is owed by the customer."""

    customer_no: str
    from_day: str
    until_day: str
    opening_minor: int
    entries: tuple[Entry, ...]

    @property
    def closing_minor(self) -> int:
        return self.entries[-1].owed_minor if self.entries else self.opening_minor


def statement_of(
    customer_no: str, items: Sequence[AccountItem], from_day: str, until_day: str, zone: tzinfo | None = None
) -> Statement:
    """The statement of these days (ISO, inclusive); ``items`` the oldest first, ``zone`` None: this machine's."""
    opening = owed = 0
    entries = []
    for item in items:
        day = datetime.fromisoformat(item.at).astimezone(zone).date().isoformat()
        if day > until_day:
            break
        owed += item.amount_minor
        if day < from_day:
            opening = owed
        else:
            entries.append(Entry(day, item, owed))
    return Statement(customer_no, from_day, until_day, opening, tuple(entries))


def table_of(statement: Statement, person: Person | None, currency: str) -> ReportTable:
    """The statement as every output takes it; ``person`` None: only the number is known."""
    columns = (
        ReportColumn("day", _("Day"), "date"),
        ReportColumn("what", _("What"), "text"),
        ReportColumn("number", _("Number"), "text"),
        ReportColumn("receipt_no", _("Receipt"), "text"),
        ReportColumn("owed", _("Charged"), "money", sum=True),
        ReportColumn("paid", _("Paid"), "money", sum=True),
        ReportColumn("balance", _("Account balance"), "money"),
    )
    rows = [Row((statement.from_day, _("Opening balance"), None, None, None, None, statement.opening_minor))]
    charged = paid = 0
    for entry in statement.entries:
        amount = entry.item.amount_minor
        is_charge = entry.item.kind not in ("payment", "settled")
        charged += amount if is_charge else 0
        paid += 0 if is_charge else -amount
        rows.append(
            Row(
                (
                    entry.day,
                    _(WORDS[entry.item.kind]),
                    entry.item.number or None,
                    entry.item.receipt_no or None,
                    amount if is_charge else None,
                    None if is_charge else -amount,
                    entry.owed_minor,
                )
            )
        )
    closing = (statement.until_day, _("Closing balance"), None, None, charged, paid, statement.closing_minor)
    title = _("Account statement of customer {no}").format(no=statement.customer_no)
    span = f"{day_said(statement.from_day)} – {day_said(statement.until_day)}"
    subtitle = " · ".join(part for part in (address(person), span) if part)
    notes = () if statement.entries else (_("Nothing was booked in this period."),)
    return ReportTable(title, subtitle, columns, (*rows, Row(closing, style="total")), currency, notes)


def day_said(day: str) -> str:
    """The day as the language writes it."""
    return figure(day, "date", "", MANNERS[language()])


def address(person: Person | None) -> str:
    """Where it is sent to, on one line; empty if nobody knows."""
    if person is None:
        return ""
    city = " ".join(part for part in (person.postcode, person.city) if part)
    return ", ".join(part for part in (person.name, person.street, city, person.country) if part)


def file_of(table: ReportTable, form: str, head: str) -> bytes:
    """The statement as a file of that format (``app.office.outputs``), without a chart; ``head`` is whose it is."""
    from app.office.outputs import every
    from app.office.outputs.pdf_file import Paper

    return every.made(table, every.FORMATS[form], every.Wishes(paper=Paper(head=head, chart="")))
