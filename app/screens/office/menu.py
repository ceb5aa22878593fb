"""Every task of the office: where it stands in the menu, and which right it needs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.books.postgres import BooksUnavailable
from app.screens.office.audit import audit
from app.screens.office.auditor import auditor
from app.screens.office.backups import backups, restoring
from app.screens.office.carrying import carrying
from app.screens.office.desk import OfficeDesk, Task
from app.screens.office.files.handing_out import handing_out
from app.screens.office.files.taking_in import taking_in
from app.screens.office.handing_over import handing_over
from app.screens.office.jobs import jobs
from app.screens.office.live import live
from app.screens.office.log import log
from app.screens.office.login import login
from app.screens.office.master.kinds import master
from app.screens.office.members import members
from app.screens.office.reports.listed import reports
from app.screens.office.shop_orders import shop_orders
from app.screens.office.tenants import tenants
from app.screens.office.tills.catalogues import catalogues
from app.screens.office.tills.flows import flows
from app.screens.office.tills.tills import tills
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import mark

LOCK = "lock"
TITLE_WIDTH = 22


class Entry(msgspec.Struct, frozen=True):
    """A line of the menu. ``right``: who may see and call it (``app.domain.user.RIGHTS``); empty: everybody."""

    title: str
    about: str
    task: Task
    right: str = ""


MENU: Sequence[Entry] = (
    Entry(mark("Live"), mark("turnover per till and hour, who is away, warnings"), live, "office_live"),
    Entry(mark("Tills"), mark("release, plan, number, replace; branches and groups"), tills, "office_tills"),
    Entry(mark("Catalogues"), mark("articles and prices that go only to some tills"), catalogues, "office_tills"),
    Entry(mark("Data flows"), mark("which of the office's data go to which till"), flows, "office_tills"),
    Entry(mark("Master data"), mark("articles, prices, customers, …, with their past"), master, "office_master"),
    Entry(mark("Import"), mark("a file of another program, with what would change"), taking_in, "office_master"),
    Entry(mark("Export"), mark("articles, customers, … for other programs"), handing_out, "office_master"),
    Entry(
        mark("Web shop's orders"), mark("in as they are now, and what became of them out"), shop_orders, "office_master"
    ),
    Entry(mark("Reports"), mark("asked, drawn, saved as files, made"), reports, "office_reports"),
    Entry(mark("Handing over"), mark("accounting, merchandise system, statements"), handing_over, "office_reports"),
    Entry(mark("Audit"), mark("numbers, clocks, drawers, prices that look wrong"), audit, "office_audit"),
    Entry(mark("For an auditor"), mark("all signed feeds, into a folder or a file"), auditor, "office_audit"),
    Entry(mark("Log"), mark("who was here, which tasks were begun, what was done"), log, "office_audit"),
    Entry(mark("Network members"), mark("who belongs to the network, how far known"), members, "office_live"),
    Entry(mark("By stick"), mark("what tills have comes in, what is known goes out"), carrying, "office_tills"),
    Entry(mark("Jobs"), mark("what the office does by itself, and how it went"), jobs, "office_jobs"),
    Entry(mark("Backup"), mark("everything in one checked file; old ones go by rule"), backups, "office_jobs"),
    Entry(mark("Restoring"), mark("a backup, checked, into a new folder"), restoring, "office_jobs"),
    Entry(mark("Tenants"), mark("go over to another network of this office"), tenants, "office_tenants"),
)


async def office(desk: OfficeDesk) -> None:
    """Log in and the menu, until whoever sits there has had enough."""
    while await login(desk):
        locked = await _chosen(desk)
        await desk.leave()
        if not locked:
            return


async def _chosen(desk: OfficeDesk) -> bool:
    """One task after the other; whether somebody else is to log in then."""
    at = 0
    while True:
        shown = [entry for entry in MENU if not entry.right or entry.right in desk.rights]
        title = _("Office of {network}").format(network=desk.services.network)
        picked = await desk.choose(
            Choose(
                f"{title} · {desk.name}" if desk.name else title,
                [Column(_("Task"), TITLE_WIDTH), Column("", 0)],
                [Choice((_(entry.title), _(entry.about)), number) for number, entry in enumerate(shown)],
                at=at,
                actions=[Action(9, LOCK, _("Lock"))] if desk.user else (),
                alone=[LOCK],
            )
        )
        if picked is None:
            if await desk.confirm(_("Office"), _("Close the office?")):
                return False
        elif picked.name == LOCK:
            return True
        elif picked.value is not None:
            at = int(picked.value)
            desk.tell("")  # what was said of another task is over
            if desk.user:
                await desk.ask("office_did", user=desk.user, what=shown[at].title)
            try:
                await shown[at].task(desk)
            except BooksUnavailable as gone:  # what was begun in there was only asked, not done
                await desk.read(Sheet(_("The books cannot be reached"), str(gone)))
            if desk.leave_for is not None:
                return False
