"""The till's devices: how they are, a test print, the drawer, a second receipt; and what may be on the paper or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from app.books.questions.periods import FindZReport
from app.books.questions.receivables import FindInvoice
from app.facts.base import Fact
from app.screens import device_words
from app.screens.tasks import card_payments
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.device_tests import tested
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.practising import machines, practised
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import mark
from app.till.commands import OpenDrawer

DAY_END = "day_end"
TEST, DRAWER, COPY, PRACTISE, REFRESH = "test", "drawer", "copy", "practise", "refresh"
PRINTER, CASH_DRAWER = "printer", "drawer"

TROUBLES = {
    "cover_open": mark("Its cover is open: close it."),
    "paper_out": mark("It is out of paper: put a new roll in."),
    "failure": mark("It has a fault: switch it off and on."),
    "silent": mark("It does not answer: is it switched on?"),
    "offline": mark("It does not answer: is it switched on?"),
    "not_connected": mark("It has not been reached yet."),
    "claimed": mark("Another program uses it: end that one."),
    "not_there": mark("It is not there: on, cable in, address right?"),
    "line_failure": mark("Its line cannot be opened: check baud and frame."),
    "connection_lost": mark("The connection broke off: on, cable in?"),
    "garbage": mark("It answers with rubbish: check baud and frame."),
    "no_fence": mark("It confirms nothing: switch it off and on."),
}
DRAWER_ENDS = {
    "": mark("Not opened yet"),
    "opened": mark("Opened the last time"),
    "not_open": mark("Did not open the last time: locked or stuck?"),
    "unknown": mark("Was told to open the last time; it has no sensor"),
    "not_sent": mark("Could not be told to open: use the key"),
}
DRAWER_STATES = {
    "closed": mark("Shut"),
    "open": mark("Stands open"),
    "too_long": mark("Open for long: close it"),
}
"""Of a drawer with a sensor; of one without only how opening it ended is known."""
SORTS = {
    "z_report": mark("Day end"),
    "x_report": mark("X report"),
    "cash": mark("Cash slip"),
    "invoice": mark("Invoice"),
    "parked": mark("Parked receipt"),
    "sale": mark("Transaction"),
    "order": mark("Order"),
    "voucher": mark("Voucher"),
    "coupons": mark("Coupons"),
    "enrolment": mark("Enrolment code"),
    "sync": mark("Sync protocol"),
    "test": mark("Test page"),
}

Printer = Mapping[str, Any]


class Other(NamedTuple):
    """A device beside printer and drawer, in the list."""

    name: str


async def devices(desk: Desk, _given: Given) -> None:
    """Enter on a print job says what became of it; the actions are in the lowest line."""
    while True:
        status = await desk.status()
        if status is None:
            return
        printer: Printer | None = status.get("printer")
        others = {each["name"]: each for each in device_words.devices_of(status)}
        simulated = await machines(desk)
        picked = await desk.choose(_list(printer, others, card_payments.rows(status), practising=bool(simulated)))
        if picked is None:
            return
        device = others.get(picked.value.name) if isinstance(picked.value, Other) else None
        match picked.name:
            case "test" if device is not None:
                await tested(desk, device)
            case "test":
                await _test_print(desk)
            case "drawer":
                if await desk.do(OpenDrawer()) is not None:
                    desk.tell(_("The drawer is told to open."))
            case "copy":
                await copied(desk)
            case "practise":
                await practised(desk, simulated)
            case "refresh":
                pass
            case _ if device is not None:
                await _about_device(desk, device)
            case _:
                await _looked_at(desk, status, str(picked.value))


async def _about_device(desk: Desk, device: device_words.Device) -> None:
    """All there is to know; a card terminal's day can be ended here."""
    ends_days = device["kind"] == "card_terminal"
    actions = (Action(2, DAY_END, _("Day end")),) if ends_days else ()
    sheet = Sheet(device_words.title(device), device_words.about(device), actions)
    if await desk.read(sheet) == DAY_END:
        await card_payments.offer_day_end(desk)


async def _looked_at(desk: Desk, status: Mapping[str, Any], row: str) -> None:
    """The printer, or what waits for somebody's word: a card payment, a print job."""
    if row in (PRINTER, CASH_DRAWER):
        await desk.read(Sheet(_("Devices"), about(status.get("printer"))))
    elif row.startswith(card_payments.PREFIX):
        await card_payments.settled(desk, status, row)
    else:
        await _decided(desk, row)


async def _test_print(desk: Desk) -> None:
    async def wanted() -> None:
        await desk.devices.test_print()

    if await desk.device(wanted):
        desk.tell(_("The test page is on its way to the printer."))


async def copied(desk: Desk) -> None:
    """A second print of a receipt, marked as a copy."""
    last = desk.view.last
    field = Field("no", _("Receipt"), Kind.CODE, last.receipt_no if last else "", required=True)
    form = Form(_("Print a receipt again"), [field], finish=_("Print"))
    while (filled := await desk.fill(form)) is not None:
        receipt_no = filled["no"].strip()
        found = last.receipt_no == receipt_no if last else False
        receipt = last if found else await desk.receipt(receipt_no)
        if receipt is None:
            desk.refuse("receipt_unknown", receipt_no[:20])
        elif await desk.device(partial(_copy, desk, receipt)):
            desk.tell(_("{no} is printed again, marked as a copy.").format(no=receipt_no))
            return


async def _copy(desk: Desk, document: Fact) -> None:
    await desk.devices.copy(document)


async def copied_day_end(desk: Desk, till_no: int, z_no: int) -> None:
    """A second print of a day end."""
    closed = await desk.look(FindZReport(till_no, z_no))
    if closed is not None and await desk.device(partial(_copy, desk, closed)):
        desk.tell(_("{no} is printed again, marked as a copy.").format(no=f"Z {z_no}"))


async def copied_invoice(desk: Desk, invoice_no: str) -> None:
    """A second print of an invoice; one of a single receipt is that receipt."""
    found = await desk.look(FindInvoice(invoice_no))
    if found is None:
        return
    alone = not found.delivery_notes and len(found.receipt_nos) == 1
    receipt = await desk.receipt(found.receipt_nos[0]) if alone else None
    if await desk.device(partial(_copy, desk, receipt or found)):
        desk.tell(_("{no} is printed again, marked as a copy.").format(no=invoice_no))


async def _decided(desk: Desk, job_no: str) -> None:
    """Whoever looks at the paper knows whether it is there."""
    said = name_of(job_no)
    rows = (("accept", _("It is printed")), ("reprint", _("It is not, or not all of it: print it again")))
    choices = [Choice((name,), what) for what, name in rows]
    picked = await desk.choose(Choose(_("{job}: look at the paper").format(job=said), (Column(said, 0),), choices))
    if picked is None:
        return
    again = picked.value == "reprint"
    if await desk.device(lambda: (desk.devices.reprint if again else desk.devices.accept)(job_no)):
        told = _("{job} is printed again.") if again else _("{job}: printed. What waited goes on.")
        desk.tell(told.format(job=said))


def _list(
    printer: Printer | None,
    others: Mapping[str, device_words.Device],
    payments: Sequence[Choice] = (),
    *,
    practising: bool = False,
) -> Choose:
    columns = (Column(_("Device"), 22), Column(_("State"), 0))
    rows = [*payments, Choice((_("Printer"), printer_state(printer)), PRINTER)]
    if printer is not None:
        if (drawer := printer.get("drawer")) is not None:
            rows.append(Choice((_("Drawer"), drawer_state(drawer)), CASH_DRAWER))
        uncertain = _("may be printed, or not: look at the paper")
        rows += [Choice((name_of(no), uncertain), no) for no in printer.get("uncertain", ())]
        rows += [Choice((name_of(no), _("could not be printed")), no) for no in printer.get("failed", ())]
    rows += [Choice((device_words.title(each), device_words.state(each)), Other(name)) for name, each in others.items()]
    actions = (
        Action(2, TEST, _("Test")),
        Action(3, DRAWER, _("Drawer")),
        Action(4, COPY, _("Copy")),
        *((Action(8, PRACTISE, _("Practise")),) if practising else ()),
        Action(9, REFRESH, _("Again")),
    )
    return Choose(_("Devices"), columns, rows, actions=actions, alone=(DRAWER, COPY, PRACTISE, REFRESH))


def printer_state(printer: Printer | None) -> str:
    """How the printer is, in one line."""
    if printer is None:
        return _("none: set one up in till.toml, [printer] address")
    device = printer.get("device", {})
    if device.get("trouble"):
        state = trouble(device["trouble"])
    elif device.get("paper") == "near_end":
        state = _("ready; the paper will be used up soon")
    else:
        state = _("prints") if device.get("state") == "BUSY" else _("ready")
    waiting = int(printer.get("waiting", 0))
    return _("{state} ({count} waiting)").format(state=state, count=waiting) if waiting else state


def drawer_state(drawer: Mapping[str, Any]) -> str:
    """How the drawer is, or at least how opening it ended, in one line."""
    state, outcome = str(drawer.get("state", "")), str(drawer["outcome"])
    if outcome == "not_open" and state != "open":
        return _(DRAWER_ENDS[outcome])
    if state in DRAWER_STATES:
        return _(DRAWER_STATES[state])
    return _(DRAWER_ENDS.get(outcome, "")) or outcome


def about(printer: Printer | None) -> str:
    """What there is to know and to do about the devices."""
    drawer = (printer or {}).get("drawer")
    lines = [
        f"{_('Printer')}: {printer_state(printer)}",
        *([f"{_('Drawer')}: {drawer_state(drawer)} {trouble(drawer['reason'])}".rstrip()] if drawer else []),
        "",
        _("What waits is printed as soon as the printer can. Selling goes on without it; nothing is lost."),
        _("What may be printed or not waits for somebody who looks at the paper: choose it in the list."),
    ]
    return "\n".join(lines)


def trouble(code: str) -> str:
    """What is wrong, and what to do."""
    return _(TROUBLES[code]) if code in TROUBLES else code


def name_of(job_no: str) -> str:
    """What a print job prints: ``z_report-3-7`` is a day end, ``3-000042-copy`` a copy of that receipt."""
    bare = job_no.removesuffix("-copy")
    sort, _dash, number = bare.partition("-")
    said = f"{_(SORTS[sort])} {number}" if sort in SORTS else _("Receipt {no}").format(no=bare)
    if sort in ("test", "sync", "x_report", "cash", "voucher", "coupons"):
        said = _(SORTS[sort])  # their numbers say nothing to people
    return _("{job}, copy").format(job=said) if bare != job_no else said
