"""``tillmesh practice --till N``: opens till N of a practice network, which is made when it is first wanted.

Till 1 founds the network and imports the sample articles. Any other till is released by till 1 and
joins it: through till 1's running engine, or, if nobody has it open, through one that runs for this moment.
All devices are simulated; the printer's paper is ``paper.txt`` in the till's home.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from importlib import resources
from typing import Any

import msgspec

from app import home as homes
from app import wiring, wiring_joining
from app.cli import till
from app.cli.ask import asked, number, running
from app.cli.options import CommandFailed, command, passed_on, settings_of
from app.config import Settings
from app.engine.control import Refused
from app.engine.lock import HomeLock
from app.home import Home
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import JournalRefused

SETTINGS = """\
# Settings of a practice till; README.md says what else there is.
[printer]
simulated = true

[devices.display]
kind = "display"
simulated = true

[devices.scanner]
kind = "scanner"
simulated = true

[devices.scale]
kind = "scale"
simulated = true

[devices.badge-reader]
kind = "badge_reader"
simulated = true

[devices.card-terminal]
kind = "card_terminal"
simulated = true

[receipt]
head = {head}
"""


def add_commands(commands: Any) -> None:
    """The command."""
    practice = command(commands, "practice", _practice, _("open a till of the practice network"))
    till.accept_user(practice)
    practice.add_argument("--till", type=number, default=1, help=_("which one; 1 is the first"))


def _practice(options: argparse.Namespace) -> int:
    home = homes.practice(options.till)
    try:
        asyncio.run(prepare(options.till, settings_of(options, home)))
    except (Refused, JournalRefused, *wiring.FAILURES) as error:
        raise CommandFailed(sentence(error)) from None
    return till.open_screens(home, settings_of(options, home), passed_on(options), getattr(options, "user", None))


async def prepare(till_no: int, settings: Settings) -> Home:
    """The practice till's home, a member of the practice network afterwards."""
    home = homes.practice(till_no)
    if (home.path / "identity").is_dir():
        return home
    first = homes.practice(1)
    if not (first.path / "identity").is_dir():
        _settle_in(first)
        await wiring.found(first, settings, _("practice"), 1, "till", till_name=_("Till {no}").format(no=1))
        await asked(first, settings, "imports", {"what": "articles", "text": sample_articles()})
    if till_no != 1:
        _settle_in(home)
        await _enrol(first, home, till_no, settings)
    return home


async def _enrol(first: Home, home: Home, till_no: int, settings: Settings) -> None:
    slot = {"no": till_no, "name": _("Till {no}").format(no=till_no)}
    network = msgspec.structs.replace(settings.network, listen="127.0.0.1:0", discovery=False)
    alone = msgspec.structs.replace(settings, network=network)

    async def join(code: str, port: int) -> None:
        with HomeLock(home):
            await wiring.join(home, alone, code, [f"127.0.0.1:{port}"])
        # Till 1 may be gone when the new one is opened, so it gets its data now.
        await wiring_joining.provision(home, alone, lambda _done, _of: None)

    if (client := await running(first)) is not None:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(client.close)
            hello, released = await client.call("hello"), await client.call("release", **slot)
            await join(released["code"], hello["port"])
        return
    async with wiring.opened(first, alone, network=True) as parts:
        released = await parts.operations["release"](slot)
        await join(released["code"], parts.node.port)


def sample_articles() -> str:
    """The sample catalogue that comes with the package."""
    return resources.files("app.office").joinpath("sample", "articles.csv").read_text("utf-8")


def _settle_in(home: Home) -> None:
    home.make()
    if not home.settings.exists():
        head = [_("Tillmesh pet shop"), _("Practice: not a valid receipt")]
        home.settings.write_text(SETTINGS.format(head=msgspec.json.encode(head).decode()), "utf-8")
