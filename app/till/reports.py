"""X and Z reports.

A *period* is what one Z report closes. Everything booked carries its number (``Counter.period``), so the Z reports
partition the receipts whatever the clocks say:

1. A Z report is refused while a sale is open. Parked sales may stay: they are no receipts yet.
2. What was counted replaces what was expected: the difference is a movement of the period that it ends.
3. What lies in the drawer then is the next period's opening float, booked in the same step. So a drawer holds what the
   movements and the cash of *its* period come to. Money that leaves for the safe is a
   ``cash_transfer`` before the Z report.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import msgspec

from app.books.questions.parked import AskParked
from app.books.questions.periods import AskPeriod, AskTills, FindZReport
from app.domain.instant import iso
from app.domain.money import format_minor
from app.facts.base import Fact
from app.facts.sales import Period, Sum, ZReportClosed
from app.till import typed
from app.till.cash import moved
from app.till.commands import XReport, ZReport
from app.till.counting import Counted, compared, counted_of
from app.till.effects import Effect, Event
from app.till.figures import bounded, figures_fields
from app.till.refusals import Refusal
from app.till.steps import Steps, look

if TYPE_CHECKING:
    from app.till.counter import Counter


def x_report(counter: Counter, command: XReport) -> Steps:
    """Figures without closing anything: of this till or of all, of now, of a day, or of a Z report again."""
    typed.scope(command.scope)
    z_no = None if command.z_no is None else _z_no(command.z_no)
    day = None if command.date is None else typed.day(command.date)
    if z_no is not None and (day is not None or command.scope == "network"):
        raise Refusal("z_no_or_day")
    counted = None if command.counted is None else counted_of(command.counted)
    yield from counter.allowed("x_report")
    now = yield from counter.period()
    fields: dict[str, Any] = {"scope": command.scope, "date": day, "z_no": None, "closed": False}
    if counted is not None and (command.scope == "network" or day is not None or z_no not in (None, now)):
        raise Refusal("counted_only_now")
    if command.print_ and (command.scope == "network" or day is not None or z_no not in (None, now)):
        raise Refusal("print_only_now")
    if command.scope == "network":
        figures = yield from look(AskPeriod(None, counter.till.currency, day=day), fresh=True)
        fields["tills"] = yield from _by_till(counter, day)
    elif z_no is not None and z_no != now:
        closed = yield from look(FindZReport(counter.till.till_no, z_no), fresh=True)
        if closed is None:
            raise Refusal("unknown_z_report", {"no": str(z_no)})
        figures = closed.figures
        fields |= {"z_no": z_no, "closed": True}
    else:
        asked = None if day is not None else now
        question = AskPeriod(counter.till.till_no, counter.till.currency, z_no=asked, day=day)
        figures = yield from look(question, fresh=True)
        fields["z_no"] = asked
    if counted is not None:
        figures = msgspec.structs.replace(figures, drawers=compared(figures.drawers, counted))
    if command.print_:
        # Nothing has happened that is worth a fact; the number 0 makes it an X report.
        paper = _closed(counter, 0, bounded(figures), "")
        yield from counter.journal((), counter.sale, printed=paper)
    parked = yield from look(AskParked())
    return {**fields, **figures_fields(figures), "parked": len(parked)}


def _by_till(counter: Counter, day: str | None) -> Generator[Effect, Event, list[dict[str, Any]]]:
    """A row for each till that has booked anything."""
    rows = []
    for till_no, last_z in (yield from look(AskTills())):
        figures = yield from look(AskPeriod(till_no, counter.till.currency, day=day))
        fields = figures_fields(figures)
        row = {name: fields[name] for name in ("receipts", "gross", "first_receipt_no", "last_receipt_no", "drawers")}
        rows.append({"till_no": till_no, "z_no": None if day is not None else last_z + 1, **row})
    return rows


def z_report(counter: Counter, command: ZReport) -> Steps:
    """Close the period: figures, differences and the next period's opening float in one durable step."""
    if counter.sale is not None:
        raise Refusal("sale_open")
    counted = {} if command.counted is None else counted_of(command.counted)
    yield from counter.allowed("z_report")
    z_no = yield from counter.period()
    question = AskPeriod(counter.till.till_no, counter.till.currency, z_no=z_no)
    figures = _closing((yield from look(question, fresh=True)), counted)
    number = yield from counter.next_number("z_report")
    closed = _closed(counter, z_no, bounded(figures), number)
    differences = [
        moved(counter, "difference", drawer.currency, drawer.difference_minor, z_no)
        for drawer in figures.drawers
        if drawer.difference_minor
    ]
    floats = [
        moved(counter, "opening_float", drawer.currency, left, z_no + 1, f"Z {z_no}")
        for drawer in figures.drawers
        if (left := drawer.expected_minor + drawer.difference_minor)
    ]
    facts: tuple[Fact, ...] = (*differences, closed, *floats)
    yield from counter.journal(facts, None, printed=closed)
    counter.z_no = z_no + 1
    parked = yield from look(AskParked(), fresh=True)
    return {**z_report_fields(closed), "parked": len(parked)}


def _closed(counter: Counter, z_no: int, figures: Period, number: str) -> ZReportClosed:
    return ZReportClosed(
        z_no=z_no,
        till_no=counter.till.till_no,
        closed_at=iso(counter.now.wall_ms),
        business_day=counter.now.day,
        cashier=counter.clerk.cashier,
        figures=figures,
        z_report_no=number,
    )


def z_report_fields(closed: ZReportClosed) -> dict[str, Any]:
    """A Z report for programs."""
    differences = {
        drawer.currency: format_minor(drawer.difference_minor, drawer.currency)
        for drawer in closed.figures.drawers
        if drawer.counted_minor is not None
    }
    return {
        "z_no": closed.z_no,
        "z_report_no": closed.z_report_no,
        "till_no": closed.till_no,
        "cashier": closed.cashier,
        "closed_at": closed.closed_at,
        "business_day": closed.business_day,
        **figures_fields(closed.figures),
        "difference": differences,
    }


def _closing(figures: Period, counted: Counted) -> Period:
    """The figures with what was counted, and the differences among the movements as they will be booked."""
    drawers = compared(figures.drawers, counted)
    booked = [
        Sum("difference" if drawer.currency == figures.currency else f"difference/{drawer.currency}", 1, amount)
        for drawer in drawers
        if (amount := drawer.difference_minor)
    ]
    movements = tuple(sorted((*figures.movements, *booked), key=lambda row: row.key))
    return msgspec.structs.replace(figures, drawers=drawers, movements=movements)


def _z_no(text: str) -> int:
    number = text.strip()
    if not number.isascii() or not number.isdigit() or len(number) > 9 or not int(number):
        raise Refusal("unknown_z_report", {"no": typed.shown(text)})
    return int(number)
