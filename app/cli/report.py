"""``tillmesh report``: which there are, what one is, running one, and keeping own ones."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from app.cli import report_files
from app.cli.ask import did, number, numbers
from app.cli.office_books import day
from app.cli.options import CommandFailed, accept_common, home_of, settings_of, show
from app.plain_sentences import reason as reason_of
from app.text import gettext as _
from app.text import language, mark, ngettext

CHOSEN_BY = (
    ("--branch", "branch", mark("only of these branches")),
    ("--device-group", "device_group", mark("only of tills in one of these groups")),
    ("--cashier", "cashier", mark("only of these cashiers")),
    ("--article", "article", mark("only these ident numbers")),
    ("--article-group", "article_group", mark("only these article groups")),
    ("--customer", "customer", mark("only these customers")),
    ("--customer-group", "customer_group", mark("only these customer groups")),
    ("--cost-centre", "cost_centre", mark("only these cost centres")),
    ("--vat-rate", "vat_rate", mark("only these rates: 19, 5.5")),
    ("--tender", "tender", mark("only these tenders")),
    ("--hour", "hour", mark("only these hours of the day: 9, or 9-12")),
    ("--receipt-type", "receipt_type", mark("only receipt, or only void")),
    ("--currency", "currency", mark("only amounts in this currency")),
)
"""Options, the dimension that each chooses by, and its help."""


def add_commands(commands: Any) -> None:
    """The group and its commands."""
    help_text = _("turnover, VAT, tenders, vouchers, … of any period: predefined reports, and own ones in files")
    group = commands.add_parser("report", help=help_text, description=help_text)
    accept_common(group)
    parts = group.add_subparsers(metavar=_("what"), required=True)
    _part(parts, "list", _list, _("every report, predefined or your own"))
    named = _part(parts, "show", _show, _("a report as the file that it is, or would be"))
    named.add_argument("name", help=_("its name"))
    fields = _part(parts, "fields", _fields, _("what own reports can be made of: sources and their columns"))
    fields.add_argument("source", nargs="?", default="", help=_("only this source"))
    copy = _part(parts, "copy", _copy, _("keep a report under another name, as a file that you can change"))
    copy.add_argument("name", help=_("its name"))
    copy.add_argument("to", help=_("the name of the copy: small letters, digits, - and _"))
    remove = _part(parts, "remove", _remove, _("throw an own report away"))
    remove.add_argument("name", help=_("its name"))
    copies = _part(parts, "copies", _copies, _("copy what reports ask into Parquet files, for large books and others"))
    copies.add_argument("folder", type=Path, help=_("where to; a copy that is there is replaced"))
    _accept_run(_part(parts, "run", _run, _("make a report, on the screen or as a file")))


def _part(parts: Any, name: str, run: Any, help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parts.add_parser(name, help=help_text, description=help_text)
    accept_common(parser)
    parser.set_defaults(run=run)
    return parser


def _accept_run(parser: argparse.ArgumentParser) -> None:
    several: dict[str, Any] = {"action": "append", "default": [], "metavar": "VALUE"}
    parser.add_argument("name", help=_("its name, or the path of a file with one"))
    parser.add_argument("--from", dest="since", type=day, default=None, metavar=_("DAY"), help=_("the first day"))
    parser.add_argument("--until", type=day, default=None, metavar=_("DAY"), help=_("the last day"))
    parser.add_argument("--period", default="", help=_("in a word: today, last_week, this_month, last_year, all, …"))
    parser.add_argument(
        "--compare", default="", choices=("previous", "year_before", "none"), help=_("with the period before it")
    )
    parser.add_argument(
        "--event",
        action="append",
        type=_event,
        default=[],
        metavar="NAME=FROM..UNTIL",
        help=_("compare periods that have names; may be repeated"),
    )
    parser.add_argument("--till", type=numbers, default=(), metavar="NO", help=_("only of these tills: 2, 2,3 or 2-8"))
    for option, key, help_text in CHOSEN_BY:
        parser.add_argument(option, dest=f"by_{key}", help=_(help_text), **several)
    parser.add_argument(
        "--where",
        action="append",
        type=_where,
        default=[],
        metavar="COLUMN=VALUE",
        help=_("choose by any other column"),
    )
    parser.add_argument("--var", default="", metavar="COLUMN", help=_("make it once for each value of this column"))
    parser.add_argument("--limit", type=number, default=None, help=_("so many rows of each group"))
    parser.add_argument("--copies", default="", metavar="DIR", help=_("ask these copies instead of the books"))
    parser.add_argument("--tenant", help=_("of these networks of the office; all: of every one"), **several)
    report_files.accept_files(parser)


def _list(options: argparse.Namespace) -> int:
    from app.office.reports.making import known
    from app.office.reports.own import names

    home = home_of(options)
    settings_of(options, home)
    own = names(home.path)
    found = [
        {
            "name": name,
            "title": _(report.title) if report else "",
            "about": _(report.about) if report else _("its file makes no report; `report show` says why"),
            "own": name in own,
        }
        for name, report in known(home)
    ]
    width = max(len(str(row["name"])) for row in found)
    show(
        options,
        {"reports": found},
        lambda: [
            f"{'*' if row['own'] else ' '} {row['name']!s:{width}}  {row['title']}: {row['about']}" for row in found
        ],
    )
    return 0


def _show(options: argparse.Namespace) -> int:
    from app.office.reports import own
    from app.office.reports.making import FAILURES

    home = home_of(options)
    settings_of(options, home)
    try:
        report = own.find(home.path, options.name)
    except FAILURES as failure:
        raise CommandFailed(str(failure)) from None
    show(options, {"name": options.name, **msgspec.to_builtins(report)}, lambda: own.written(report).splitlines())
    return 0


def _fields(options: argparse.Namespace) -> int:
    from app.office.reports.dimensions import DIMENSIONS
    from app.office.reports.measures import ATTRIBUTES, MEASURES
    from app.office.reports.sources.every import SOURCES

    settings_of(options)
    if options.source and options.source not in SOURCES:
        known = ", ".join(SOURCES)
        raise CommandFailed(
            _("there is no {given!r}; known are {known}").format(given=options.source[:40], known=known)
        )
    headings = {key: each.heading for table in (DIMENSIONS, MEASURES) for key, each in table.items()} | dict(ATTRIBUTES)
    found = {
        key: {
            "dimensions": {name: _(headings[name]) for name in source.dimensions},
            "measures": {name: _(headings[name]) for name in source.measures},
        }
        for key, source in SOURCES.items()
        if key == (options.source or key)
    }

    def lines() -> list[str]:
        return [
            line
            for key, columns in found.items()
            for line in (
                f"{key}:",
                *(f"  {what}: {', '.join(names)}" for what, names in columns.items()),
            )
        ]

    show(options, {"sources": found}, lines)
    return 0


def _copy(options: argparse.Namespace) -> int:
    from app.office.reports import own
    from app.office.reports.making import FAILURES

    home = home_of(options)
    settings_of(options, home)
    try:
        path = own.save(home.path, options.to, own.find(home.path, options.name))
    except FAILURES as failure:
        raise CommandFailed(str(failure)) from None
    did(options, f"report copy {options.name} {options.to}")
    show(options, {"name": options.to, "file": str(path)}, lambda: [_("kept as {path}").format(path=path)])
    return 0


def _remove(options: argparse.Namespace) -> int:
    from app.office.reports import own
    from app.office.reports.making import FAILURES

    home = home_of(options)
    settings_of(options, home)
    try:
        own.remove(home.path, options.name)
    except FAILURES as failure:
        raise CommandFailed(str(failure)) from None
    did(options, f"report remove {options.name}")
    show(options, {"removed": options.name}, lambda: [_("{name} is removed").format(name=options.name)])
    return 0


def _copies(options: argparse.Namespace) -> int:
    from app.office.reports.making import FAILURES, copied

    home = home_of(options)
    settings = settings_of(options, home)
    try:
        rows = copied(home, settings, options.folder)
    except FAILURES as failure:
        raise CommandFailed(str(failure)) from None
    except OSError as error:
        reason = reason_of(error)
        said = _("{folder} cannot be written: {reason}; nothing there is a copy now")
        raise CommandFailed(said.format(folder=options.folder, reason=reason)) from None
    show(options, {"folder": str(options.folder), "rows": rows}, lambda: [_rows_copied(rows)])
    return 0


def _rows_copied(rows: int) -> str:
    return ngettext("{count} row copied", "{count} rows copied", rows).format(count=rows)


def _run(options: argparse.Namespace) -> int:
    from app.office.outputs.json_file import as_json
    from app.office.outputs.text_file import text_lines
    from app.office.reports import own
    from app.office.reports.making import FAILURES, Choices, made

    home = home_of(options)
    settings = settings_of(options, home)
    where: dict[str, tuple[str | int, ...]] = {}
    for key, values in (("till", options.till), *((key, getattr(options, f"by_{key}")) for _o, key, _h in CHOSEN_BY)):
        if values:
            where[key] = tuple(values)
    for key, value in options.where:
        where[key] = (*where.get(key, ()), value)
    choices = Choices(
        period=options.period,
        start=options.since or "",
        until=options.until or "",
        compare=options.compare,
        events=tuple(options.event),
        where=where,
        variable=options.var,
        limit=options.limit,
        tenants=tuple(options.tenant),
        copies=options.copies,
    )
    try:
        named = options.name.endswith(own.SUFFIX)
        report = own.read(Path(options.name)) if named else own.find(home.path, options.name)
        # None: what hour it was is what the clocks of this machine said.
        table = made(home, settings, report, choices, today=datetime.now().astimezone().date().isoformat(), zone=None)
    except FAILURES as failure:
        raise CommandFailed(str(failure)) from None
    if report_files.wanted(options):
        report_files.put(options, home, report, table)
        return 0
    show(options, {"name": options.name, **as_json(table)}, lambda: text_lines(table, language()))
    return 0


def _event(text: str) -> Any:
    """``NAME=FROM..UNTIL`` as argparse wants it."""
    from app.office.reports.definition import NamedPeriod

    name, equals, days = text.rpartition("=")
    start, dots, until = days.partition("..")
    if not equals or not dots or not name.strip():
        said = _("{text!r} is no event; write NAME=2026-08-01..2026-08-03").format(text=text)
        raise argparse.ArgumentTypeError(said)
    return NamedPeriod(name.strip(), day(start), day(until))


def _where(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise argparse.ArgumentTypeError(
            _("{text!r}: write COLUMN=VALUE; VALUE * is whatever is not empty").format(text=text)
        )
    return key, value
