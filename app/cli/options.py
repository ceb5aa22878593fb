"""What all commands share: the common options of docs/drive.md, output, and failures of one line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from app import config, home
from app.books import address as books_address
from app.config import Settings
from app.home import Home
from app.text import DEFAULT_LANGUAGE, LANGUAGES, use
from app.text import gettext as _


class CommandFailed(Exception):
    """The command is refused or failed; the text is one line that says what and what to do. ``code``: of a refusal."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


def accept_by(parser: argparse.ArgumentParser) -> None:
    """``--by``: whose word it is, for commands that change data."""
    parser.add_argument("--by", default="", help=_("the user who says so"))


def accept_common(parser: argparse.ArgumentParser, *, dials: bool = True) -> None:
    """The options every command takes. Without defaults, so that they may stand before or after the command.

    ``dials`` False: the command has a use of its own for ``--peer``.
    """
    absent = argparse.SUPPRESS
    group = parser.add_argument_group(_("common options"))
    group.add_argument("--home", metavar="DIR", default=absent, help=_("folder of this till (or TILLMESH_HOME)"))
    group.add_argument("--listen", metavar="HOST:PORT", type=_address, default=absent, help=_("where others connect"))
    if dials:
        group.add_argument(
            "--peer",
            metavar="HOST:PORT",
            type=_address,
            action="append",
            default=absent,
            dest="peers",
            help=_("always dial this address; may be repeated"),
        )
    group.add_argument("--no-discovery", action="store_true", default=absent, help=_("do not use mDNS"))
    group.add_argument(
        "--books", metavar="URL", type=_books, default=absent, help=_("the centre's books on PostgreSQL")
    )
    group.add_argument("--lang", choices=LANGUAGES, default=absent, help=_("language of all texts"))
    group.add_argument("--json", action="store_true", default=absent, help=_("print data as JSON"))


def command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], help_text: str, *, dials: bool = True
) -> argparse.ArgumentParser:
    """A command of its own with the common options."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    accept_common(parser, dials=dials)
    parser.set_defaults(run=run)
    return parser


def language_of(arguments: Sequence[str]) -> str:
    """The language the arguments ask for, before they are parsed, so that help and errors speak it too."""
    chosen = DEFAULT_LANGUAGE
    for at, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            asked = value if equals else next(iter(arguments[at + 1 : at + 2]), "")
            chosen = asked if asked in LANGUAGES else chosen
    return chosen


def home_of(options: argparse.Namespace) -> Home:
    """The home the options choose."""
    return home.chosen(getattr(options, "home", None))


def settings_of(options: argparse.Namespace, place: Home | None = None) -> Settings:
    """The home's settings with the options in their place; the language is spoken from now on."""
    try:
        settings = config.load((place or home_of(options)).settings)
    except config.ConfigError as error:
        raise CommandFailed(str(error)) from None
    settings = overridden_by(options, settings)
    use(settings.till.language)
    return settings


def overridden_by(options: argparse.Namespace, settings: Settings) -> Settings:
    """The settings with the options in their place."""
    return config.overridden(
        settings,
        listen=getattr(options, "listen", None),
        peers=getattr(options, "peers", ()),
        discovery=False if getattr(options, "no_discovery", False) else None,
        language=getattr(options, "lang", None),
        books=getattr(options, "books", None),
    )


def passed_on(options: argparse.Namespace) -> list[str]:
    """The common options (but the home) as arguments for a process of ours."""
    arguments = []
    if (listen := getattr(options, "listen", None)) is not None:
        arguments += ["--listen", listen]
    for peer in getattr(options, "peers", ()):
        arguments += ["--peer", peer]
    if getattr(options, "no_discovery", False):
        arguments.append("--no-discovery")
    if (books := getattr(options, "books", None)) is not None:
        arguments += ["--books", books]
    if (language := getattr(options, "lang", None)) is not None:
        arguments += ["--lang", language]
    return arguments


def show(options: argparse.Namespace, data: Any, lines: Callable[[], Sequence[str]]) -> None:
    """Print data: as JSON if asked for, else as lines for people."""
    if getattr(options, "json", False):
        print(json.dumps(data, ensure_ascii=False))
    else:
        for line in lines():
            print(line)
    sys.stdout.flush()


def _books(text: str) -> str:
    try:
        return books_address.checked(text)
    except ValueError as error:
        # What was typed may have a password in it, so it is not said again.
        raise argparse.ArgumentTypeError(str(error)) from None


def _address(text: str) -> str:
    try:
        config.address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
