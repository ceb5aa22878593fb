"""An operation on a home: carried out by the running till that holds it, through its control socket, or else by us."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from getpass import getpass
from typing import Any

from app import wiring
from app.cli.options import CommandFailed, home_of, settings_of
from app.config import Settings
from app.domain import till_numbers
from app.engine.control import Refused
from app.engine.lock import HomeInUse
from app.engine.remote import Client, EngineGone, NoEngine
from app.home import Home
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import JournalRefused
from replication.identity import Identity, IdentityDamaged, NoIdentity

OPENING_S_MAX = 3.0
"""A till holds its home's lock a little before its socket answers, and a little after."""
OPENING_POLL_S = 0.05


def ask(options: argparse.Namespace, op: str, **args: Any) -> Any:
    """The operation's answer; ``CommandFailed`` with its one line."""
    home = home_of(options)
    settings = settings_of(options, home)
    return asyncio.run(asked(home, settings, op, args))


def did(options: argparse.Namespace, what: str) -> None:
    """Keep in the office's log what a command has done without the engine, as it would be typed; at a centre only.

    It is done, so a log that cannot be written is told and nothing else.
    """
    home = home_of(options)
    try:
        if Identity.load(home.path).member().role == "centre":
            ask(options, "office_did", user="", what=what, done=True)
    except (NoIdentity, IdentityDamaged):
        return
    except CommandFailed as failed:
        print(_("the office's log lacks this: {reason}").format(reason=failed), file=sys.stderr)


def ask_supervisor(options: argparse.Namespace, op: str, **args: Any) -> Any:
    """The answer to what a supervisor decides, who is named ``by``: once there are users, the PIN is asked for."""
    try:
        return ask(options, op, **args)
    except CommandFailed as failed:
        if failed.code != "pin_needed" or not args["by"]:
            raise
    return ask(options, op, **args, secret=_secret())


def _secret() -> str:
    """A supervisor's PIN or badge: typed without an echo, or the next line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    try:
        return getpass(_("PIN, or the badge: ")).strip()
    except (EOFError, KeyboardInterrupt):
        raise CommandFailed(_("no PIN was typed, so nothing was decided")) from None


async def asked(home: Home, settings: Settings, op: str, args: dict[str, Any]) -> Any:
    """The operation on this home, whoever holds it; a till that is just opening or closing is waited for a moment."""
    give_up = time.monotonic() + OPENING_S_MAX
    while True:
        try:
            return await _asked_once(home, settings, op, args)
        except HomeInUse as error:
            if time.monotonic() > give_up:
                raise CommandFailed(sentence(error)) from None
            await asyncio.sleep(OPENING_POLL_S)
        except (Refused, JournalRefused, EngineGone, *wiring.FAILURES) as error:
            raise CommandFailed(sentence(error), getattr(error, "code", "")) from None


async def _asked_once(home: Home, settings: Settings, op: str, args: dict[str, Any]) -> Any:
    if (client := await running(home)) is not None:
        try:
            return await client.call(op, **args)
        finally:
            await client.close()
    async with wiring.opened(home, settings, network=False) as parts:
        return await parts.door.visitor()(op, args, parts.operations[op])


async def running(home: Home) -> Client | None:
    """A connection to the till that has the home open, or None if nobody has."""
    try:
        return await Client.connect(home)
    except NoEngine:
        return None


def numbers(text: str) -> tuple[int, ...]:
    """Several till numbers as argparse wants them."""
    try:
        return till_numbers.parse(text)
    except ValueError:
        said = _("{text!r} are no till numbers; write 2, or 2,3,5, or 2-8").format(text=text)
        raise argparse.ArgumentTypeError(said) from None


def number(text: str) -> int:
    """A till number as argparse wants it."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 99_999:
        raise argparse.ArgumentTypeError(_("{text!r} is no till number; 1 to 99999").format(text=text))
    return int(text)
