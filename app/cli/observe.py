"""``tillmesh observe``: any automerge-repo client on this machine may read the network's documents."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
from typing import Any

from app import config, wiring
from app.cli.options import CommandFailed, command, home_of, settings_of, show
from app.home import Home
from app.sentences import sentence
from app.text import gettext as _
from replication.crdt import CrdtError
from replication.identity import Identity
from replication.net.observer import ObserverServer
from replication.observing import ROOT_FILE, ObserverBusy, RootDocument, Showcase, url_of
from replication.store import Store

DEFAULT_LISTEN = "127.0.0.1:7418"


def add_commands(commands: Any) -> None:
    """The command."""
    observe = command(commands, "observe", _observe, _("let automerge-repo clients on this machine read, never write"))
    observe.add_argument(
        "--origin", action="append", default=[], help=_("a web page's origin that may read too; may be repeated")
    )


def _observe(options: argparse.Namespace) -> int:
    home = home_of(options)
    settings_of(options, home)
    listen = config.address(getattr(options, "listen", None) or DEFAULT_LISTEN)

    def ready(root: str, port: int) -> None:
        data = {"event": "ready", "url": root, "listen": f"ws://{_host(listen[0])}:{port}", "port": port}
        text = _("the network's documents can be read at {listen}; begin with {url}; Ctrl-C ends it").format(**data)
        show(options, data, lambda: [text])

    try:
        asyncio.run(_serve(home, listen, options.origin, ready))
    except (*wiring.FAILURES, ObserverBusy, CrdtError) as error:
        raise CommandFailed(sentence(error)) from None
    return 0


async def _serve(home: Home, listen: tuple[str, int], origins: list[str], ready: Any) -> None:
    identity = Identity.load(home.path)
    with contextlib.ExitStack() as stack:
        store = Store.read_only(home.store)
        stack.callback(store.close)
        root = RootDocument(home.path / ROOT_FILE, os.urandom)
        stack.callback(root.close)
        showcase = Showcase(store, identity.network_id, identity.founder_id, root)
        server = ObserverServer(showcase, f"tillmesh-observer-{identity.member_id}", origins=origins)
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        port = await server.start(*listen)
        try:
            ready(url_of(showcase.root_id), port)
            await ended.wait()
        finally:
            await server.stop()


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host
