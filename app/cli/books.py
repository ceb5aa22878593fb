"""``tillmesh books status`` and ``books upgrade``: where this home's books are, of which version, and how far."""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import func, select

from app.books.address import is_url
from app.books.postgres import BooksUnavailable
from app.books.reader import BooksReader
from app.books.schema import SCHEMA_VERSION, BooksDamaged, open_books, version_at
from app.books.tables.base import positions
from app.cli.options import CommandFailed, accept_common, command, home_of, settings_of, show
from app.office.places import books_place, shown
from app.text import gettext as _

MEMBERSHIP = ("network.", "slot.", "member.", "audience.", "authority.")
"""Kinds of records that are about members (``replication/core/membership.py``) and never meant for the books."""
FAILURES = (BooksDamaged, BooksUnavailable, OSError)


def add_commands(commands: Any) -> None:
    """The group."""
    books = command(commands, "books", _status, _("where the books are, of which version, and how far"))
    parts = books.add_subparsers(metavar=_("what"))
    for name, run, about in (
        ("status", _status, _("where the books are, of which version, and how far")),
        ("upgrade", _upgrade, _("bring the books to this program's version, as opening them does")),
    ):
        part = parts.add_parser(name, help=about, description=about)
        accept_common(part)
        part.set_defaults(run=run)


def _status(options: argparse.Namespace) -> int:
    home = home_of(options)
    place = books_place(home, settings_of(options, home))
    try:
        version = version_at(place)
        far = _far(place) if version == SCHEMA_VERSION else {}
    except FAILURES as error:
        raise CommandFailed(str(error)) from None
    data = {
        "place": shown(place),
        "kept_in": "postgresql" if is_url(place) else "sqlite",
        "version": version or "",
        "newest": SCHEMA_VERSION,
        **far,
    }

    def lines() -> list[str]:
        said = [_("the books are in {place}").format(**data)]
        if version is None:
            return [*said, _("there are none yet; they are made when this home is opened")]
        if version != SCHEMA_VERSION:
            return [*said, _("version {version}; this program's is {newest}: `tillmesh books upgrade`").format(**data)]
        return [
            *said,
            _("version {version}, {records} records of {feeds} feeds, {receipts} receipts").format(**data),
            *(
                _("passed over: {records} × {kind} ({reason})").format(**each)  # what this version cannot read
                for each in far["passed_over"]
            ),
        ]

    show(options, data, lines)
    return 0


def _upgrade(options: argparse.Namespace) -> int:
    home = home_of(options)
    place = books_place(home, settings_of(options, home))
    try:
        before = version_at(place)
        open_books(place).dispose()
    except FAILURES as error:
        raise CommandFailed(str(error)) from None
    data = {
        "place": shown(place),
        "before": before or "",
        "version": SCHEMA_VERSION,
        "changed": before != SCHEMA_VERSION,
    }

    def lines() -> list[str]:
        if before == SCHEMA_VERSION:
            return [_("the books have version {version} already").format(**data)]
        return [_("the books have version {version} now; what they lack comes when this home is opened").format(**data)]

    show(options, data, lines)
    return 0


def _far(place: Any) -> dict[str, Any]:
    engine = open_books(place)
    try:
        reader = BooksReader(engine)
        with engine.connect() as connection:
            records, feeds = connection.execute(select(func.sum(positions.c.seq), func.count())).one()
        return {
            "records": int(records or 0),
            "feeds": feeds,
            "receipts": reader.turnover(None, None).receipts,
            "passed_over": [
                {"kind": kind, "reason": reason, "records": count}
                for (kind, reason), count in sorted(reader.passed_over().items())
                if not kind.startswith(MEMBERSHIP)
            ],
        }
    finally:
        engine.dispose()
