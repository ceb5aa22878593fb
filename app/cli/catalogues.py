"""``tillmesh catalogues``: list, show, set, put, take, assign, remove: what only some tills get."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app import till_words
from app.cli.ask import ask, numbers
from app.cli.options import CommandFailed, accept_by, accept_common, show
from app.office.rows import decoded
from app.sentences import sentence
from app.text import gettext as _


def add_commands(commands: Any) -> None:
    """The group and its commands."""
    group = commands.add_parser("catalogues", help=_("catalogues that go only to the tills they are assigned to"))
    accept_common(group)
    parts = group.add_subparsers(metavar=_("what"), required=True)
    _part(parts, "list", _list, _("every catalogue"), named=False)
    _part(parts, "show", _show, _("one catalogue with its articles and whom it goes to"))

    change = _part(parts, "set", _set, _("make a catalogue, or change it"))
    change.add_argument("--name", help=_("its name"))
    change.add_argument("--from", dest="valid_from", metavar=_("DAY"), help=_("good from this day on: 2026-11-22"))
    change.add_argument("--until", dest="valid_until", metavar=_("DAY"), help=_("good up to this day"))
    beside = change.add_mutually_exclusive_group()
    beside.add_argument("--beside", action="store_true", default=None, help=_("its tills sell everything else too"))
    beside.add_argument("--alone", action="store_false", dest="beside", help=_("its tills sell nothing else"))

    put = _part(parts, "put", _put, _("put articles in, each as NUMBER or NUMBER=PRICE"))
    put.add_argument("articles", nargs="*", metavar=_("ARTICLE"), help=_("17 or 17=4.99; without a price: its own"))
    put.add_argument("--group", action="append", default=[], dest="groups", help=_("all articles of this group"))
    put.add_argument("--file", type=Path, help=_("a CSV file with the columns ident_no and price"))
    put.add_argument("--skip-bad", action="store_true", help=_("put the good lines in though others are bad"))
    take = _part(parts, "take", _take, _("take articles out"))
    take.add_argument("idents", nargs="+", metavar=_("ARTICLE"), help=_("ident number"))

    assign = _part(parts, "assign", _assign, _("say which tills and device groups it goes to"))
    assign.add_argument("--tills", type=numbers, help=_("these tills and no others: 2-8 or 2,3,5"))
    assign.add_argument("--no-tills", action="store_const", const=(), dest="tills", help=_("no till by its number"))
    assign.add_argument("--group", action="append", dest="groups", help=_("this device group; may be repeated"))
    assign.add_argument("--no-groups", action="store_const", const=[], dest="groups", help=_("no device group"))
    _part(parts, "remove", _remove, _("remove it: nobody sells by it any more"))


def _part(parts: Any, name: str, run: Any, help_text: str, *, named: bool = True) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parts.add_parser(name, help=help_text, description=help_text)
    accept_common(parser)
    parser.set_defaults(run=run)
    if run not in (_list, _show):
        accept_by(parser)
    if named:
        parser.add_argument("catalogue", help=_("its id"))
    return parser


def _list(options: argparse.Namespace) -> int:
    rows = ask(options, "catalogues")
    show(options, {"catalogues": rows}, lambda: [till_words.catalogue(row) for row in rows])
    return 0


def _show(options: argparse.Namespace) -> int:
    row = ask(options, "catalogue_shown", catalogue=options.catalogue)
    show(options, row, lambda: till_words.catalogue_sheet(row))
    return 0


def _set(options: argparse.Namespace) -> int:
    said = {name: getattr(options, name) for name in ("name", "valid_from", "valid_until", "beside")}
    value = {name: each for name, each in said.items() if each is not None}
    answer = ask(options, "catalogue_set", catalogue=options.catalogue, by=options.by, value=value)
    show(options, answer, lambda: [_("{key} is set").format(key=options.catalogue)])
    return 0


def _put(options: argparse.Namespace) -> int:
    if options.file is not None:
        return _imported(options)
    articles = [_article(text) for text in options.articles]
    answer = ask(
        options, "catalogue_put", catalogue=options.catalogue, by=options.by, articles=articles, groups=options.groups
    )
    show(options, answer, lambda: [till_words.put(answer)])
    return 0


def _imported(options: argparse.Namespace) -> int:
    try:
        text = decoded(options.file.read_bytes())
    except OSError as error:
        raise CommandFailed(sentence(error)) from None
    answer = ask(
        options, "catalogue_import", catalogue=options.catalogue, by=options.by, text=text, skip_bad=options.skip_bad
    )
    faults = [_("line {line}: {reason}").format(**fault) for fault in answer["faults"]]
    show(options, answer, lambda: [*faults, till_words.put(answer)])
    return 1 if faults and not options.skip_bad else 0


def _article(text: str) -> dict[str, str]:
    ident_no, _equals, price = text.partition("=")
    return {"ident_no": ident_no.strip(), "price": price.strip()}


def _take(options: argparse.Namespace) -> int:
    answer = ask(options, "catalogue_take", catalogue=options.catalogue, by=options.by, idents=options.idents)
    show(options, answer, lambda: [till_words.taken(answer)])
    return 0


def _assign(options: argparse.Namespace) -> int:
    tills = None if options.tills is None else list(options.tills)
    ask(options, "catalogue_assign", catalogue=options.catalogue, by=options.by, tills=tills, groups=options.groups)
    row = ask(options, "catalogue_shown", catalogue=options.catalogue)
    show(options, {name: row[name] for name in ("catalogue", "tills", "groups")}, lambda: [till_words.goes_to(row)])
    return 0


def _remove(options: argparse.Namespace) -> int:
    answer = ask(options, "catalogue_remove", catalogue=options.catalogue, by=options.by)
    show(options, answer, lambda: [_("{key} is removed").format(key=options.catalogue)])
    return 0
