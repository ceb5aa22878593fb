"""``tillmesh network join``: which of the code's numbers this till becomes, and its first data."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import TextIO

from app import wiring, wiring_joining
from app.cli.options import CommandFailed, home_of, settings_of, show
from app.cli.progress import Progress
from app.config import Settings
from app.domain import till_numbers
from app.engine.lock import HomeInUse, HomeLock
from app.engine.operations import Who
from app.home import Home
from app.sentences import sentence
from app.text import gettext as _
from app.wiring_session import log_to
from replication.enrolment import EnrolmentRefused


def run(options: argparse.Namespace) -> int:
    home = home_of(options)
    settings = settings_of(options, home)
    try:
        with HomeLock(home):
            who, left = _let_in(options, home, settings)
    except (HomeInUse, *wiring.FAILURES) as error:
        raise CommandFailed(sentence(error)) from None
    data = {"network": who.network, "till_no": who.till_no, "member": who.member_id, "home": str(home.path)}
    log_to(home)
    progress = Progress(sys.stderr)
    ended = asyncio.run(wiring_joining.provision(home, settings, progress.records))
    progress.end(ended.complete, ended.came)
    show(
        options,
        {**data, "provisioned": ended.complete, "came": ended.came},
        lambda: [_("this is now till {till_no} of network {network}").format(**data), *_unasked(left)],
    )
    return 0


def _let_in(options: argparse.Namespace, home: Home, settings: Settings) -> tuple[Who, list[int]]:
    """Who this home is now, and which other numbers it could have had, if nobody chose."""
    peers = tuple(getattr(options, "peers", ()))
    asks = not options.no and sys.stdin.isatty() and sys.stderr.isatty() and not getattr(options, "json", False)
    while True:
        offered = wiring.Offers("") if options.no else asyncio.run(wiring.offers(home, settings, options.code, peers))
        slots = offered.slots
        chosen = choose(offered, sys.stdin, sys.stderr) if asks and len(slots) > 1 else 0
        try:
            who = asyncio.run(wiring.join(home, settings, options.code, peers, chosen or options.no))
        except EnrolmentRefused as error:
            if not chosen or error.code != "slot_taken":
                raise
            print(sentence(error), file=sys.stderr)
        else:
            return who, [] if chosen else [slot.no for slot in slots if slot.no != who.till_no]


def choose(offered: wiring.Offers, typed: TextIO, said: TextIO) -> int:
    """The number that somebody chooses of these; Enter takes the first. ``CommandFailed`` at the end of input."""
    slots = offered.slots
    said.write(_("Which till of network {network} is this?").format(network=offered.network) + "\n")
    said.writelines(f"{slot.no:>5}  {slot.name:<24} {slot.site}".rstrip() + "\n" for slot in slots)
    while True:
        said.write(_("Number [{no}]: ").format(no=slots[0].no))
        said.flush()
        line = typed.readline()
        if not line:
            raise CommandFailed(_("no number was chosen, so this till has joined nothing; name one with --no"))
        answer = line.strip() or str(slots[0].no)
        if answer in {str(slot.no) for slot in slots}:
            return int(answer)
        said.write(_("{answer} is not in the list").format(answer=answer) + "\n")


def _unasked(left: Sequence[int]) -> list[str]:
    if not left:
        return []
    said = _("it got the lowest number that was free; the code is good for {numbers} as well (--no chooses)")
    return [said.format(numbers=till_numbers.written(left))]
