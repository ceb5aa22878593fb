"""The ``tillmesh`` command: reads the arguments and hands over to one file of ``app/cli`` per group of commands.

Exit status: 0 done; 1 refused or failed, with one line on stderr; 2 usage.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from app import text
from app.cli import backup, carrier, drive, engine, files, network, observe, practice, simulate, simulators, state, till
from app.cli.options import CommandFailed, accept_common, language_of
from app.text import gettext as _

GROUPS = (network, files, drive, engine, observe, state, backup, carrier, simulators, practice, simulate)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    text.use(language_of(given))
    options = parser().parse_args(given)
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


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    whole = argparse.ArgumentParser(prog="tillmesh", description=_("Tills that form their own network."))
    accept_common(whole)
    till.accept_user(whole)
    whole.set_defaults(run=till.run)
    commands = whole.add_subparsers(metavar=_("command"))
    for group in GROUPS:
        group.add_commands(commands)
    return whole


if __name__ == "__main__":
    sys.exit(main())
