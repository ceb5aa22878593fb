"""What commands of the office share that ask the books themselves: opening them, days, and writing a file whole."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path

from app import wiring
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.cli.options import CommandFailed, home_of, settings_of
from app.domain.instant import parse_day
from app.engine.control import Refused
from app.engine.vault import Vault
from app.office.places import books_place
from app.office.whole_file import write_whole
from app.sentences import sentence
from app.text import gettext as _


def day(text: str) -> str:
    """A day as argparse wants it: ``2026-11-22``."""
    try:
        return parse_day(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("{text!r} is no day; write it like 2026-11-22").format(text=text)) from None


@contextlib.contextmanager
def open_books_of(options: argparse.Namespace) -> Iterator[BooksReader]:
    """The home's books, to be read in this process; whatever is refused becomes the command's one line."""
    home = home_of(options)
    settings = settings_of(options, home)
    try:
        database = open_books(books_place(home, settings))
        try:
            yield BooksReader(database, Vault(home.persons))
        finally:
            database.dispose()
    except (Refused, *wiring.FAILURES) as error:
        raise CommandFailed(sentence(error), getattr(error, "code", "")) from None


def written(out: Path, name: str, content: bytes) -> Path:
    """The file ``out``, or ``name`` in the folder ``out``: there whole or not at all. ``CommandFailed`` if not."""
    try:
        return write_whole(out, name, content)
    except Refused as refused:
        raise CommandFailed(str(refused), refused.code) from None
