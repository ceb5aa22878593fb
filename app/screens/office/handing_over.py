"""What other programs and people are given: accounting, sales for a merchandise system, customers' statements."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from app.books.questions.accounts import AskAccount
from app.books.questions.customers import FindCustomer, SearchCustomers
from app.config import CURRENCY
from app.domain.money import format_minor
from app.engine.control import Refused
from app.office.interfaces import deliveries
from app.office.interfaces.accounting import AccountingFile, accounting_file
from app.office.interfaces.deliveries import Delivery
from app.office.interfaces.statement import file_of, statement_of, table_of
from app.office.whole_file import check_folder, write_whole
from app.screens.office.attempts import tried
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column, Found
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import local, mark, moment

DELIVER, COPY = "deliver", "copy"
CUSTOMERS_SHOWN = 50


class Handed(NamedTuple):
    """Something that is handed over, and the right that it needs beside that of the menu's entry."""

    title: str
    about: str
    task: Callable[[OfficeDesk], Awaitable[None]]
    right: str = ""


async def handing_over(desk: OfficeDesk) -> None:
    """Which of them."""
    tasks = [each for each in HANDED_OVER if not each.right or each.right in desk.rights]
    at = 0
    while True:
        picked = await desk.choose(
            Choose(
                _("Handing over"),
                [Column(_("Task"), 24), Column("", 0)],
                [Choice((_(each.title), _(each.about)), number) for number, each in enumerate(tasks)],
                at=at,
            )
        )
        if picked is None:
            return
        at = int(picked.value)
        await tasks[at].task(desk)


def _period(desk: OfficeDesk) -> list[Field]:
    """The last month, until somebody says otherwise."""
    last = desk.services.clock().date().replace(day=1) - timedelta(days=1)
    return [
        Field("from", _("First day"), Kind.DATE, last.replace(day=1).isoformat(), required=True),
        Field("until", _("Last day"), Kind.DATE, last.isoformat(), required=True),
    ]


def _folder() -> Field:
    return Field("folder", _("Folder"), Kind.TEXT, required=True, hint="/media/disk")


async def accounting(desk: OfficeDesk) -> None:
    """The bookings of some days as a file."""
    formats = [Option("datev", _("DATEV bookings")), Option("cash-book", _("DATEV cash book"))]
    filled = await desk.fill(
        Form(
            _("Accounting"),
            [
                *_period(desk),
                Field("format", _("File"), Kind.CHOICE, "datev", required=True, options=formats),
                Field("tills", _("Tills"), Kind.NUMBERS, hint=_("all if left out")),
                _folder(),
            ],
            finish=_("Write"),
        )
    )
    if filled is None:
        return
    tills = tuple(int(no) for no in filled["tills"].split(",") if no)

    def made() -> tuple[Path, AccountingFile]:
        folder = check_folder(Path(filled["folder"]))
        books = desk.services.books
        found = accounting_file(books, filled["format"], filled["from"], filled["until"], datetime.now(UTC), tills)
        return write_whole(folder, found.name, found.content), found

    done = await tried(desk, made, _("Accounting"))
    if done is not None:
        file, found = done
        await desk.did(f"accounting export --from {filled['from']} --until {filled['until']} --out {file}")
        said = _("{file}: {bookings} bookings of {z_reports} Z reports, turnover {gross} {currency}").format(
            file=file,
            bookings=found.bookings,
            z_reports=found.z_reports,
            gross=local(format_minor(found.gross_minor, found.currency)),
            currency=found.currency,
        )
        await desk.read(Sheet(_("Accounting"), said))


async def sales(desk: OfficeDesk) -> None:
    """The deliveries there were; F2 makes the next one, F4 copies them all to another folder."""
    home = desk.services.home
    while True:
        found = await tried(desk, lambda: deliveries.deliveries(home))
        if found is None:
            return
        choices = [
            Choice(
                (str(each.number), moment(each.made_at), str(each.receipts), str(each.lines),
                 local(format_minor(each.gross_minor, CURRENCY))),
                each.number,
            )
            for each in found
        ]  # fmt: skip
        picked = await desk.choose(
            Choose(
                _("Deliveries of sales"),
                [
                    Column(_("Delivery"), 9, numeric=True),
                    Column(_("Made"), 17),
                    Column(_("Receipts"), 10, numeric=True),
                    Column(_("Lines"), 10, numeric=True),
                    Column(_("Turnover"), 0, numeric=True),
                ],
                choices,
                actions=(Action(2, DELIVER, _("Deliver")), Action(4, COPY, _("Copy"))),
                alone=(DELIVER, COPY),
                empty=_("Nothing has been delivered yet. F2 delivers everything that was sold."),
            )
        )
        if picked is None:
            return
        if picked.name == DELIVER:
            await _delivered(desk)
        elif picked.name == COPY:
            await _copied(desk)
        else:
            await _again(desk, int(picked.value))


async def _delivered(desk: OfficeDesk) -> None:
    members = await desk.ask("members")
    if members is None:
        return
    sites = {member["till_no"]: member.get("site", "") for member in members}
    services = desk.services

    def deliver() -> tuple[Delivery | None]:
        return (deliveries.deliver(services.home, services.books, datetime.now(UTC), sites=sites),)

    done = await tried(desk, deliver, _("Deliveries of sales"))
    if done is not None:
        made = done[0]
        if made is not None:
            await desk.did(f"sales deliver ({made.number})")
        desk.tell(
            _("nothing was sold since the last delivery")
            if made is None
            else _("delivery {number}: {receipts} receipts").format(number=made.number, receipts=made.receipts)
        )


async def _again(desk: OfficeDesk, number: int) -> None:
    """The delivery as it was, into a folder."""
    forms = [Option("csv", "CSV"), Option("json", "JSON")]
    filled = await desk.fill(
        Form(
            _("Delivery {number}").format(number=number),
            [Field("format", _("File"), Kind.CHOICE, "csv", required=True, options=forms), _folder()],
            finish=_("Write"),
        )
    )
    if filled is None:
        return

    def write() -> Path:
        content = deliveries.content(desk.services.home, number, filled["format"])
        folder = check_folder(Path(filled["folder"]))
        return write_whole(folder, f"sales-{number:06}.{filled['format']}", content)

    if (file := await tried(desk, write)) is not None:
        await desk.did(f"sales show {number} --out {file}")
        desk.tell(_("{file} is written").format(file=file))


async def _copied(desk: OfficeDesk) -> None:
    filled = await desk.fill(Form(_("Second copy of all deliveries"), [_folder()], finish=_("Copy")))
    if filled is None:
        return
    folder = Path(filled["folder"])
    copied = await tried(desk, lambda: deliveries.copy(desk.services.home, folder), _("Deliveries of sales"))
    if copied is not None:
        await desk.did(f"sales copy --to {folder}")
        desk.tell(_("{count} deliveries copied to {folder}").format(count=len(copied), folder=folder))


async def statement(desk: OfficeDesk) -> None:
    """Whose account, of which days; read, and written as a file by a key."""

    async def find(text: str) -> Found:
        found = await desk.look(SearchCustomers(text, CUSTOMERS_SHOWN + 1))
        choices = [
            Choice((each.customer_no, each.person.name if each.person else ""), each.customer_no)
            for each in found[:CUSTOMERS_SHOWN]
        ]
        return Found(choices, more=len(found) > CUSTOMERS_SHOWN)

    columns = [Column(_("Customer"), 20), Column(_("Name"), 0)]
    picked = await desk.choose(Choose(_("Customers' statements"), columns, find=find))
    if picked is None or picked.value is None:
        return
    number = str(picked.value)
    formats = [Option(name, name.upper()) for name in ("pdf", "csv", "xlsx", "json")]
    filled = await desk.fill(
        Form(
            _("Statement of {no}").format(no=number),
            [
                *_period(desk),
                Field("format", _("File"), Kind.CHOICE, "pdf", options=formats),
                Field("folder", _("Folder"), Kind.TEXT, hint=_("only shown if left out")),
            ],
            finish=_("Show"),
        )
    )
    if filled is None:
        return

    def made() -> tuple[str, Path | None]:
        if filled["from"] > filled["until"]:
            raise Refused("period_bad", _("the period ends before it begins"))
        books = desk.services.books
        found = books.ask(FindCustomer(number))
        items = books.ask(AskAccount(number))
        account = statement_of(number, items, filled["from"], filled["until"])
        table = table_of(account, found.person if found else None, CURRENCY)
        file = None
        if filled["folder"]:
            folder = check_folder(Path(filled["folder"]))
            name = f"statement-{number}-{filled['from']}-{filled['until']}.{filled['format']}"
            file = write_whole(folder, name, file_of(table, filled["format"], desk.services.network))
        return file_of(table, "text", "").decode(), file

    done = await tried(desk, made, _("Customers' statements"))
    if done is not None:
        text, file = done
        if file is not None:
            await desk.did(f"statement {number} --out {file}")
            desk.tell(_("{file} is written").format(file=file))
        await desk.read(Sheet(_("Statement of {no}").format(no=number), text))


HANDED_OVER = (
    Handed(mark("Accounting"), mark("Z reports for DATEV: bookings, cash book"), accounting),
    Handed(mark("Sales"), mark("everything sold, for a merchandise system"), sales, "office_master"),
    Handed(mark("Customers' statements"), mark("what a customer owes and paid, as a file"), statement),
)
