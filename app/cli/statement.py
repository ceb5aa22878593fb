"""``tillmesh statement``: a customer's account of a period, or those of all customers, as files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from app.books.questions.accounts import AskAccount, CustomersWithAccount
from app.books.questions.customers import FindCustomer
from app.books.reader import BooksReader
from app.cli.ask import ask, did
from app.cli.office_books import day, open_books_of, written
from app.cli.options import CommandFailed, command, show
from app.config import CURRENCY
from app.domain.money import format_minor
from app.office.interfaces.statement import Statement, file_of, statement_of, table_of
from app.text import gettext as _

FORMATS = ("pdf", "csv", "xlsx", "json", "text")


def add_commands(commands: Any) -> None:
    """The command."""
    parser = command(commands, "statement", _statement, _("a customer's account: opening, items, payments, closing"))
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("customer", nargs="?", help=_("the customer's number"))
    who.add_argument("--all", action="store_true", help=_("of everybody with something open or booked in the period"))
    parser.add_argument("--from", dest="from_", type=day, required=True, metavar="DAY", help=_("the first day"))
    parser.add_argument("--until", type=day, required=True, metavar="DAY", help=_("the last day"))
    parser.add_argument("--format", choices=FORMATS, default="pdf", help=_("which kind of file"))
    parser.add_argument("--out", type=Path, default=None, help=_("the folder or file to write; printed if left out"))


def _statement(options: argparse.Namespace) -> int:
    if options.from_ > options.until:
        raise CommandFailed(_("the period ends before it begins"))
    if options.all and (options.out is None or not options.out.is_dir()):
        raise CommandFailed(_("name the folder for the statements with --out"))
    ask(options, "settled")
    head = ask(options, "hello")["network"]
    done = []
    with open_books_of(options) as books:
        for number in books.ask(CustomersWithAccount()) if options.all else (options.customer,):
            items = books.ask(AskAccount(number))
            made = statement_of(number, items, options.from_, options.until)
            if options.all and not made.entries and not made.opening_minor:
                continue
            if not options.all and not items and books.ask(FindCustomer(number)) is None:
                raise CommandFailed(_("no customer has the number {no}").format(no=number[:40]))
            file = None if options.out is None else _written(options, books, made, head)
            done.append((made, file))
            if options.out is None and not getattr(options, "json", False):
                print(_content(books, made, "text", head).decode())
    if options.out is not None and done:
        did(options, f"statement {'--all' if options.all else options.customer} --out {options.out}")
    show(options, [_data(*each) for each in done], lambda: [str(file) for _made, file in done if file is not None])
    return 0


def _content(books: BooksReader, made: Statement, form: str, head: str) -> bytes:
    found = books.ask(FindCustomer(made.customer_no))
    table = table_of(made, None if found is None else found.person, CURRENCY)
    return file_of(table, form, head)


def _written(options: argparse.Namespace, books: BooksReader, made: Statement, head: str) -> Path:
    ending = "txt" if options.format == "text" else options.format
    name = f"statement-{_safe(made.customer_no)}-{made.from_day}-{made.until_day}.{ending}"
    return written(options.out, name, _content(books, made, options.format, head))


def _safe(number: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in number)


def _data(made: Statement, file: Path | None) -> dict[str, Any]:
    def money(amount_minor: int) -> str:
        return format_minor(amount_minor, CURRENCY)

    items = [
        {**msgspec.to_builtins(each.item), "day": each.day, "owed": money(each.owed_minor)} for each in made.entries
    ]
    for item in items:
        item["amount"] = money(item.pop("amount_minor"))
    return {
        "customer_no": made.customer_no,
        "from": made.from_day,
        "until": made.until_day,
        "opening": money(made.opening_minor),
        "closing": money(made.closing_minor),
        "items": items,
        "file": None if file is None else str(file),
    }
