"""``tillmesh simulators printer``: a printer on its real wire that needs no paper.

Faults are lines on standard input (``paper_out``, ``cover_open``, ``drop``, …); its end means nothing, since a
simulator in the background has none.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from app import config
from app.cli.options import CommandFailed, accept_common, show
from app.text import gettext as _
from peripherals.simulators.printer import WIRE_FAULTS, PrinterSimulator
from peripherals.simulators.printer_machine import FAULTS

MAX_FAULT_CHARS = 40


def add_commands(commands: Any) -> None:
    """The group and its devices."""
    group = commands.add_parser("simulators", help=_("devices on their real wire, for practice and tests"))
    accept_common(group)
    devices = group.add_subparsers(metavar=_("device"), required=True)
    printer = devices.add_parser("printer", help=_("a receipt printer; its paper is a text file"))
    accept_common(printer)
    printer.add_argument("--paper", type=Path, required=True, help=_("the file that takes the paper"))
    printer.add_argument("--raw", type=Path, help=_("a file that takes all bytes as they came"))
    printer.add_argument("--columns", type=int, default=42, help=_("characters on a line"))
    printer.set_defaults(run=_printer)


def _printer(options: argparse.Namespace) -> int:
    host, port = config.address(getattr(options, "listen", "127.0.0.1:9100"))

    async def run() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        simulator = PrinterSimulator(paper=options.paper, raw=options.raw, columns=options.columns)
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
        listening = asyncio.create_task(_take_faults(simulator))
        try:
            await ended.wait()
        finally:
            listening.cancel()
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


async def _take_faults(simulator: PrinterSimulator) -> None:
    """Carry out the faults that are typed or written to standard input."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        with contextlib.suppress(RuntimeError, ValueError, OSError):  # the loop or the input has ended
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line.strip()[:MAX_FAULT_CHARS])

    # A thread of its own that nobody waits for: a read from a terminal cannot be cancelled.
    threading.Thread(target=read, name="faults", daemon=True).start()
    while True:
        line = await lines.get()
        if line and not await simulator.command(line):
            known = ", ".join((*FAULTS, *WIRE_FAULTS))
            print(_("there is no fault called {name}; there are: {known}").format(name=line, known=known), flush=True)
