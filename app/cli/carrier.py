"""``tillmesh carrier``: the network by folder or USB stick."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from app import carrier_words
from app.cli.ask import ask, numbers
from app.cli.options import accept_common, show
from app.text import gettext as _


def add_commands(commands: Any) -> None:
    """``carrier write`` and ``carrier read``."""
    group = commands.add_parser("carrier", help=_("carry the network in a folder or on a USB stick"))
    accept_common(group)
    parts = group.add_subparsers(metavar=_("what"), required=True)
    for name, run, text in (
        ("write", _write, _("put all that this till knows there, for others to read")),
        ("read", _read, _("take in what other tills have put there")),
    ):
        part = parts.add_parser(name, help=text, description=text)
        accept_common(part)
        part.add_argument("folder", type=Path, help=_("the folder or the stick"))
        part.set_defaults(run=run)
        if run is _write:
            part.add_argument(
                "--for", dest="tills", type=numbers, metavar=_("NUMBERS"), default=(),
                help=_("only what these tills may see, for a stick that others might read"),
            )  # fmt: skip


def _write(options: argparse.Namespace) -> int:
    # A running till of an earlier version knows no tills.
    said = {"tills": list(options.tills)} if options.tills else {}
    answer = ask(options, "carrier_write", path=_place(options), **said)
    show(options, answer, lambda: carrier_words.written(answer))
    return 0


def _read(options: argparse.Namespace) -> int:
    answer = ask(options, "carrier_read", path=_place(options))
    for line in carrier_words.faults(answer):
        print(line, file=sys.stderr)
    show(options, answer, lambda: carrier_words.read(answer))
    # What could be taken is taken; a folder of which nothing could be is a command that failed.
    return int(bool(answer["refused"]) and not answer["taken"] and not answer["known"])


def _place(options: argparse.Namespace) -> str:
    """Absolute: the till that does the work runs in another folder than whoever asks."""
    folder: Path = options.folder
    return str(folder.expanduser().absolute())
