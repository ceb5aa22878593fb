"""The ``tillmesh`` command: reads the arguments and hands over to one file of ``app/cli`` per group of commands.

Exit status: 0 done; 1 refused or failed, with one line on stderr; 2 usage.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from app import text
from app.cli import importing, till
from app.cli.options import CommandFailed, accept_common, language_of
from app.text import gettext as _

GROUPS = {
    "network": ("network",),
    "files": ("import", "export"),
    "mappings": ("mappings",),
    "overdraws": ("overdraws",),
    "drive": ("drive",),
    "serve": ("serve",),
    "engine": ("node", "engine"),
    "observe": ("observe",),
    "receipt": ("receipt",),
    "office": ("office",),
    "books": ("books",),
    "tenants": ("tenants",),
    "tills": ("tills",),
    "catalogues": ("catalogues",),
    "master": ("master",),
    "accounting": ("accounting",),
    "sales": ("sales",),
    "statement": ("statement",),
    "orders": ("orders",),
    "jobs": ("jobs",),
    "state": ("status", "log", "verify", "rebuild"),
    "audit": ("audit",),
    "exporting": ("export-network",),
    "report": ("report",),
    "backup": ("backup", "restore"),
    "carrier": ("carrier",),
    "simulators": ("simulators",),
    "practice": ("practice",),
    "simulate": ("simulate",),
}
"""Files of ``app/cli`` and the commands in each: only the file that is asked for is imported."""


class _NotUnderstood(Exception):
    """The arguments fit none of the commands they seemed to name."""


class _Parser(argparse.ArgumentParser):
    """Leaves it to the parser of all commands to say what is wrong."""

    def error(self, message: str) -> NoReturn:
        raise _NotUnderstood(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    text.use(language_of(given))
    # Whoever calls with arguments goes on living in a process of its own.
    with importing.for_good() if arguments is None else contextlib.nullcontext():
        options = understood(given)
    try:
        return int(options.run(options))
    except CommandFailed as failure:
        print(f"tillmesh: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read our output is gone; nothing is left to say to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def understood(given: Sequence[str]) -> argparse.Namespace:
    """The options, by the parser of the commands that are named in them; by that of all if it does not understand."""
    named = [group for group, names in GROUPS.items() if not set(names).isdisjoint(given)]
    if not {"-h", "--help"}.isdisjoint(given):
        named = list(GROUPS)
    try:
        return _parser(named, _Parser(prog="tillmesh")).parse_args(given)
    except _NotUnderstood:
        return parser().parse_args(given)


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    return _parser(list(GROUPS), argparse.ArgumentParser(prog="tillmesh"))


def _parser(groups: Sequence[str], whole: argparse.ArgumentParser) -> argparse.ArgumentParser:
    whole.description = _("Tills that form their own network.")
    accept_common(whole)
    till.accept_user(whole)
    till.accept_keeping(whole)
    whole.set_defaults(run=till.run)
    commands = whole.add_subparsers(metavar=_("command"))
    for group in groups:
        import_module(f"app.cli.{group}").add_commands(commands)
    return whole


if __name__ == "__main__":
    sys.exit(main())
