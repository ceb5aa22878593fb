"""``tillmesh simulators printer``: a printer on its real wire that needs no paper."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Any

from app import config
from app.cli.options import CommandFailed, accept_common, show
from app.text import gettext as _
from peripherals.simulators.printer import PrinterSimulator


def add_commands(commands: Any) -> None:
    """The group and its devices."""
    group = commands.add_parser("simulators", help=_("devices on their real wire, for practice and tests"))
    accept_common(group)
    devices = group.add_subparsers(metavar=_("device"), required=True)
    printer = devices.add_parser("printer", help=_("a receipt printer; its paper is a text file"))
    accept_common(printer)
    printer.add_argument("--paper", type=Path, required=True, help=_("the file that takes the paper"))
    printer.set_defaults(run=_printer)


def _printer(options: argparse.Namespace) -> int:
    host, port = config.address(getattr(options, "listen", "127.0.0.1:9100"))

    async def run() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        simulator = PrinterSimulator(paper=options.paper)
        bound = await simulator.start(host, port)
        show(
            options,
            {"event": "ready", "listen": f"{host}:{bound}", "paper": str(options.paper)},
            lambda: [
                _("printer on {host}:{port}, paper in {paper}; Ctrl-C ends it").format(
                    host=host, port=bound, paper=options.paper
                )
            ],
        )
        try:
            await ended.wait()
        finally:
            await simulator.stop()

    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run())
    except OSError as error:
        raise CommandFailed(
            _("cannot listen on {host}:{port}: {reason}; choose another --listen").format(
                host=host, port=port, reason=error.strerror
            )
        ) from None
    return 0
