"""X and Z reports: read, printed, the day closed with a count or without one, earlier day ends looked up."""

from __future__ import annotations

from typing import Any

from app.screens import wording
from app.screens.card_words import TERMINAL
from app.screens.tasks.card_payments import offer_day_end
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.counting import Counted, close_day, counted_drawer
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.devices import copied_day_end
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.figures import report
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import local
from app.till.commands import XReport, ZReport
from app.till.queries.overdraws import AskOverdraws
from app.till.queries.reports import AskReport, AskReports

PRINT = "print"
TILL, NETWORK = "till", "network"
SETTLED = "settled"


async def reports(desk: Desk, given: Given) -> None:
    """Choose what is wanted, until Esc; a day end ends it too. Given ``TERMINAL`` the card terminal's is offered."""
    if given.text == TERMINAL:
        await offer_day_end(desk)
        return
    while True:
        rows = (
            ("x", _("X report of this till")),
            ("all", _("X report of all tills")),
            ("day", _("Figures of a day")),
            ("z_counted", _("Day end with a cash count")),
            ("z", _("Day end without a cash count")),
            ("earlier", _("Earlier day ends of this till")),
            ("earlier_all", _("Earlier day ends of all tills")),
        )
        picked = await desk.choose(
            Choose(_("Reports"), (Column(_("Report"), 0),), [Choice((name,), what) for what, name in rows])
        )
        match picked.value if picked is not None else None:
            case None:
                return
            case "x":
                await x_report(desk, Given())
            case "all":
                await _shown(desk, _("X report of all tills"), XReport(scope=NETWORK))
            case "day":
                await _of_a_day(desk)
            case "z_counted":
                if await _closed_with_count(desk):
                    return
            case "z":
                if await _closed(desk):
                    return
            case "earlier":
                await _earlier(desk, TILL)
            case _:
                await _earlier(desk, NETWORK)


async def x_report(desk: Desk, given: Given) -> None:
    """This till's figures so far; a number typed before the function is that of a Z report."""
    if given.text:
        await _shown(desk, f"Z {given.text}", XReport(z_no=given.text))
        return
    title = _("X report of this till")
    while await _shown(desk, title, XReport(), (Action(2, PRINT, _("Print")),)) == PRINT:
        if await desk.do(XReport(print_=True)) is not None:
            desk.tell(_("The X report is printed."))


async def _shown(desk: Desk, title: str, command: XReport, actions: tuple[Action, ...] = ()) -> str | None:
    """Reckon and show a report; the action that was chosen."""

    async def reckoned(_far: object) -> tuple[dict[str, Any], int] | None:
        reply = await desk.do(command)
        overdraws = await desk.ask(AskOverdraws()) if reply is not None and command.z_no is None else None
        if reply is None:
            return None
        open_ = [each for each in overdraws["overdraws"] if each["state"] != SETTLED] if overdraws else []
        return reply.fields, len(open_)

    found = await desk.long(title, reckoned)
    if found is None:
        return None
    return await desk.read(Sheet(title, report(found[0], overdraws=found[1]), actions))


async def _of_a_day(desk: Desk) -> None:
    today = desk.services.clock().date().isoformat()
    scopes = (Option(TILL, _("This till")), Option(NETWORK, _("All tills")))
    fields = [
        Field("date", _("Day"), Kind.DATE, today, required=True),
        Field("scope", _("Tills"), Kind.CHOICE, TILL, required=True, options=scopes),
    ]
    filled = await desk.fill(Form(_("Figures of a day"), fields, finish=_("Show")))
    if filled is not None:
        title = _("Figures of {day}").format(day=wording.date(filled["date"]))
        await _shown(desk, title, XReport(scope=filled["scope"], date=filled["date"]))


async def _closed_with_count(desk: Desk) -> bool:
    """Whether the day was closed."""
    closed: list[dict[str, Any]] = []

    async def close(counted: Counted) -> bool:
        wanted = await desk.confirm(_("Day end"), _("Day end with this count?"), counted.said)
        fields = await close_day(desk, counted) if wanted else None
        closed.extend(() if fields is None else (fields,))
        return fields is not None

    if await counted_drawer(desk, close) is None:
        return False
    await desk.read(Sheet(f"Z {closed[0]['z_no']}", report(closed[0])))
    await offer_day_end(desk)
    return True


async def _closed(desk: Desk) -> bool:
    about = _("What the drawer should hold is taken for what it holds.")
    if not await desk.confirm(_("Day end"), _("Day end without a cash count?"), about):
        return False
    reply = await desk.do(ZReport())
    if reply is None:
        return False
    desk.tell(wording.day_end(reply.fields))
    await desk.read(Sheet(f"Z {reply.fields['z_no']}", report(reply.fields)))
    await offer_day_end(desk)
    return True


async def _earlier(desk: Desk, scope: str) -> None:
    while True:
        found = await desk.ask(AskReports(scope))
        if found is None:
            return
        picked = await desk.choose(_list(found["z_reports"]))
        if picked is None:
            return
        z_no, till_no = picked.value
        fields = await desk.ask(AskReport(z_no, till_no))
        if fields is None:
            continue
        sheet = Sheet(f"Z {z_no}", report(fields), (Action(2, PRINT, _("Print")),))
        while await desk.read(sheet) == PRINT:
            await copied_day_end(desk, till_no, z_no)


def _list(rows: list[dict[str, Any]]) -> Choose:
    columns = (
        Column("Z", 6, numeric=True),
        Column(_("Till"), 5, numeric=True),
        Column(_("Closed"), 12),
        Column(_("Number"), 14),
        Column(_("Cashier"), 0),
        Column(_("Receipts"), 8, numeric=True),
        Column(_("Total"), 13, numeric=True),
    )
    choices = [
        Choice(
            (
                str(row["z_no"]),
                str(row["till_no"]),
                wording.instant(row["closed_at"]),
                row["z_report_no"],
                row["cashier"],
                str(row["receipts"]),
                local(row["gross"]),
            ),
            (row["z_no"], row["till_no"]),
        )
        for row in rows
    ]
    return Choose(_("Earlier day ends"), columns, choices, empty=_("No day has been closed yet."))
