"""``tillmesh serve``: the till of this home in a browser.

The engine is joined or started and runs as long as the till is served, with or without a tab that shows it: so the
till stays in its network. Each tab opens the screens as ``tillmesh`` opens them in a terminal.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

from app import config, wiring_screens
from app.cli.options import CommandFailed, command, home_of, passed_on, settings_of, show
from app.cli.till import refuse_homeless
from app.engine import detached
from app.home import Home
from app.plain_sentences import reason as reason_of
from app.sentences import sentence
from app.text import gettext as _
from app.text import language
from replication.net import addresses
from replication.net.websocket import PortInUse

DEFAULT_LISTEN = "127.0.0.1:7419"


def add_commands(commands: Any) -> None:
    """The command."""
    serve = command(commands, "serve", _serve, _("the till in a browser on this machine"))
    serve.add_argument(
        "--allow-network",
        action="store_true",
        help=_("let --listen be an address that other machines reach, without encryption"),
    )


def _serve(options: argparse.Namespace) -> int:
    listen = getattr(options, "listen", None) or DEFAULT_LISTEN
    if hasattr(options, "listen"):
        del options.listen  # where browsers connect; where other tills do is in the settings
    home = home_of(options)
    settings_of(options, home)
    refuse_homeless(home)
    _warn(listen, allowed=options.allow_network)
    try:
        asyncio.run(_served(home, config.address(listen), passed_on(options), options))
    except wiring_screens.FAILURES as error:
        raise CommandFailed(sentence(error)) from None
    return 0


def _warn(listen: str, *, allowed: bool) -> None:
    """Nobody opens a till to a network by accident."""
    from app.screens.served.door import is_loopback

    host, _port = config.address(listen)
    if is_loopback(host):
        return
    danger = _(
        "at {listen} everybody in the network reaches this till: nothing is encrypted, so PINs and sales can be read on"
        " the way, and only the till's own login keeps strangers out (a till without users lets everybody in)"
    ).format(listen=listen)
    if not allowed:
        raise CommandFailed(
            _(
                "{danger}; listen on 127.0.0.1 and reach it through an encrypted tunnel, or say --allow-network as well"
            ).format(danger=danger)
        )
    print(_("Warning: {danger}.").format(danger=danger), file=sys.stderr)


async def _served(
    home: Home, listen: tuple[str, int], engine_options: Sequence[str], options: argparse.Namespace
) -> None:
    from app.screens.served.server import TillServer, names_of

    command_line = [sys.executable, "-P", "-m", "app", "--home", str(home.path), *engine_options, "--keep-engine"]
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    host, wanted = listen
    server = TillServer(command_line, "Tillmesh", language(), names_of(host))
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(_engine(home, engine_options))
        try:
            port = await stack.enter_async_context(server.listening(host, wanted))
        except OSError as error:
            why = "" if error.errno == errno.EADDRINUSE else reason_of(error)
            raise PortInUse(addresses.joined(host, wanted), why) from None
        url = f"http://{addresses.joined(host, port)}/"
        text = _("the till is open at {url}; Ctrl-C ends it").format(url=url)
        show(options, {"event": "ready", "url": url, "port": port}, lambda: [text])
        await ended.wait()


@contextlib.asynccontextmanager
async def _engine(home: Home, options: Sequence[str]) -> AsyncIterator[None]:
    """The home's engine; one that we started ends with us."""
    client, process = await detached.joined(home, options)
    await client.close()
    try:
        yield
    finally:
        if process is not None and process.poll() is None:
            await detached.stop(process)
