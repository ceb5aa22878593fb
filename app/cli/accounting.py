"""``tillmesh accounting``: Z reports for the accountant, and the accounts that they are booked to."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from app.cli.ask import ask, did, numbers
from app.cli.office_books import day, open_books_of, written
from app.cli.options import CommandFailed, accept_common, command, show
from app.domain.account_data import CHARTS, proposed
from app.domain.money import format_minor
from app.text import gettext as _
from app.text import local


def add_commands(commands: Any) -> None:
    """``export`` and ``propose``."""
    group = command(commands, "accounting", _export, _("Z reports as a file for the accounting (DATEV)"))
    parts = group.add_subparsers(metavar=_("what"), required=True)
    export = parts.add_parser("export", help=_("the bookings of the Z reports of some days"))
    accept_common(export)
    export.set_defaults(run=_export)
    export.add_argument("--format", choices=("datev", "cash-book"), default="datev", help=_("which of DATEV's files"))
    export.add_argument("--from", dest="from_", type=day, required=True, metavar="DAY", help=_("the first day"))
    export.add_argument("--until", type=day, required=True, metavar="DAY", help=_("the last day"))
    export.add_argument("--till", type=numbers, default=(), help=_("only of these tills"))
    export.add_argument("--out", type=Path, default=Path(), help=_("the folder or file to write; here if left out"))
    propose = parts.add_parser("propose", help=_("accounts of a standard chart, to correct and to import"))
    accept_common(propose)
    propose.set_defaults(run=_propose)
    propose.add_argument("--chart", choices=CHARTS, required=True, help=_("SKR 03 or SKR 04"))
    propose.add_argument("--consultant", type=int, default=1001, help=_("the accountant's number (Berater)"))
    propose.add_argument("--client", type=int, default=1, help=_("the shop's number there (Mandant)"))
    propose.add_argument("--out", type=Path, default=None, help=_("the file to write"))


def _export(options: argparse.Namespace) -> int:
    from app.office.interfaces.accounting import accounting_file

    ask(options, "settled")
    with open_books_of(options) as books:
        made = accounting_file(books, options.format, options.from_, options.until, datetime.now(UTC), options.till)
    file = written(options.out, made.name, made.content)
    did(options, f"accounting export --from {options.from_} --until {options.until} --out {file}")
    data = {
        "file": str(file),
        "z_reports": made.z_reports,
        "bookings": made.bookings,
        "gross": format_minor(made.gross_minor, made.currency),
        "cash": format_minor(made.cash_minor, made.currency),
        "currency": made.currency,
    }
    said = _("{file}: {bookings} bookings of {z_reports} Z reports, turnover {gross} {currency}")
    show(options, data, lambda: [said.format(**{**data, "gross": local(str(data["gross"]))})])
    return 0


def _propose(options: argparse.Namespace) -> int:
    settings, accounts = proposed(options.chart, options.consultant, options.client)
    values = {
        "accounting": [msgspec.to_builtins(settings)],
        "account": [msgspec.to_builtins(each) for each in accounts],
    }
    text = json.dumps(values, ensure_ascii=False, indent=1)
    if options.out is None:
        print(text)
        return 0
    if options.out.suffix not in ("", ".json"):  # it is imported by its ending
        raise CommandFailed(
            _("{file}: the proposal is written as JSON; let the file end in .json").format(file=options.out)
        )
    file = written(options.out, f"skr{options.chart}.json", text.encode())
    said = _("{file}: correct it with the accountant, then run: tillmesh import settings {file}")
    show(options, {"file": str(file), "accounts": len(accounts)}, lambda: [said.format(file=file)])
    return 0
