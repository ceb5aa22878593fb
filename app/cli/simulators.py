"""``tillmesh simulators KIND``: a device on its real wire that needs no hardware: TCP, or a device file (``--pty``).

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
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, get_args

from app import config
from app.cli.ask import ask
from app.cli.options import CommandFailed, accept_common, command, show
from app.plain_sentences import reason as reason_of
from app.text import gettext as _
from app.text import mark
from peripherals.display.codec import CommandSet
from peripherals.simulators.badge_machine import BadgeMachine
from peripherals.simulators.card_terminal_machine import CardTerminalMachine
from peripherals.simulators.display_machine import DisplayMachine
from peripherals.simulators.gate_machine import GateMachine
from peripherals.simulators.printer import PrinterSimulator
from peripherals.simulators.scale_machine import DialogMachine, MettlerMachine
from peripherals.simulators.scanner_machine import ENDS, ScannerMachine
from peripherals.simulators.serving import WIRE_FAULTS, Machine, Simulator

MAX_FAULT_CHARS = 1_300


class Kind(NamedTuple):
    """A sort of simulated device. ``options`` adds what its machine needs to be told, ``machine`` makes it."""

    help: str
    options: Callable[[argparse.ArgumentParser], None]
    machine: Callable[[argparse.Namespace], Machine]


def _scanner_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--aim", default="", help=_("an AIM identifier before each code, like ]E0"))
    parser.add_argument("--end", choices=list(ENDS), default="cr", help=_("what ends a code"))


def _badge_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--decimal", action="store_true", help=_("numbers in decimal, not in hex"))
    parser.add_argument("--last-byte-first", action="store_true", help=_("the last byte of a number first"))


def _card_terminal_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--think", type=float, default=0.0, help=_("seconds until the customer's card is in"))


def _display_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--command-set", choices=get_args(CommandSet), default="epson", help=_("as it is switched to"))


def _no_options(_parser: argparse.ArgumentParser) -> None:
    """There is nothing to be told."""


def _shown(lines: tuple[str, str]) -> None:
    print(*(f"|{line}|" for line in lines), flush=True)


def _passed(count: int) -> None:
    print(_("open: {count}").format(count=count), flush=True)


def _scale_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--protocol", choices=["mettler8217", "dialog06"], default="mettler8217", help=_("how it talks")
    )
    parser.add_argument("--grams", type=int, default=0, help=_("what lies on it at first"))


KINDS: Mapping[str, Kind] = {
    "scale": Kind(
        mark("a scale; `load GRAMS` puts goods on it, `auto` lets them come and go"),
        _scale_options,
        lambda options: (MettlerMachine if options.protocol == "mettler8217" else DialogMachine)(options.grams),
    ),
    "scanner": Kind(
        mark("a barcode scanner; `scan CODE` scans"),
        _scanner_options,
        lambda options: ScannerMachine(aim=options.aim, end=options.end),
    ),
    "badge-reader": Kind(
        mark("a badge reader; `badge HEX` holds a badge to it"),
        _badge_options,
        lambda options: BadgeMachine(decimal=options.decimal, last_byte_first=options.last_byte_first),
    ),
    "card-terminal": Kind(
        mark("a card terminal (ZVT)"),
        _card_terminal_options,
        lambda options: CardTerminalMachine(serial=options.pty is not None, think_s=options.think),
    ),
    "display": Kind(
        mark("a customer display; what it shows is printed"),
        _display_options,
        lambda options: DisplayMachine(options.command_set, _shown),
    ),
    "gate": Kind(
        mark("a relay board; each time that it opens is printed"), _no_options, lambda _: GateMachine(_passed)
    ),
}
"""By the word on the command line. The printer is a command of its own: it has paper."""


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
    printer.add_argument("--clone", action="store_true", help=_("of another maker than Epson"))
    printer.add_argument("--pace", type=int, default=0, help=_("baud at which it takes bytes; 0: at once"))
    _accept_pty(printer)
    printer.set_defaults(run=_printer)
    told = command(devices, "tell", _tell, _("tell a simulated device of a running till what to do"))
    told.add_argument("name", nargs="?", help=_("its name in till.toml, or printer; none: lists all"))
    told.add_argument("fault", nargs="*", help=_("what it is to do; none: lists what it can be told"))
    for name, kind in KINDS.items():
        device = devices.add_parser(name, help=_(kind.help))
        accept_common(device)
        _accept_pty(device)
        kind.options(device)
        device.set_defaults(run=partial(_device, name, kind))


def _tell(options: argparse.Namespace) -> int:
    if options.fault:
        ask(options, "practise", name=options.name, command=" ".join(options.fault)[:MAX_FAULT_CHARS])
        show(options, {"done": True}, list)
        return 0
    found = [each for each in ask(options, "simulated") if options.name in (None, each["name"])]
    if not found:
        raise CommandFailed(_("no simulated device runs there; open a practice till, or write simulated = true"))
    show(options, {"simulated": found}, lambda: [f"{each['name']}: {', '.join(each['commands'])}" for each in found])
    return 0


def _accept_pty(device: argparse.ArgumentParser) -> None:
    device.add_argument("--pty", type=Path, help=_("a device file that is made here, instead of --listen"))


def _device(name: str, kind: Kind, options: argparse.Namespace) -> int:
    machine = kind.machine(options)

    def ready(where: str) -> str:
        return _("{device} at {where}; Ctrl-C ends it").format(device=name, where=where)

    return _served(options, lambda: Simulator(machine), "127.0.0.1:0", {}, ready)


def _printer(options: argparse.Namespace) -> int:
    def simulator() -> Simulator:
        return PrinterSimulator(
            paper=options.paper, raw=options.raw, columns=options.columns, clone=options.clone, baud=options.pace
        )

    def ready(where: str) -> str:
        return _("printer at {where}, paper in {paper}; Ctrl-C ends it").format(where=where, paper=options.paper)

    return _served(options, simulator, "127.0.0.1:9100", {"paper": str(options.paper)}, ready)


def _served(
    options: argparse.Namespace,
    make: Callable[[], Simulator],
    listen: str,
    about: Mapping[str, str],
    ready: Callable[[str], str],
) -> int:
    """Serve it until somebody ends the program; ``about`` and ``ready`` are told once it can be reached."""
    host, port = config.address(getattr(options, "listen", listen))

    async def run() -> None:
        simulator = make()
        try:
            if options.pty is not None:
                await simulator.start_pty(options.pty)
                where = str(options.pty)
            else:
                where = f"{host}:{await simulator.start_tcp(host, port)}"
            show(options, {"event": "ready", "listen": where, **about}, lambda: [ready(where)])
            await _until_ended(simulator.command, (*simulator.machine.FAULTS, *WIRE_FAULTS))
        finally:
            await simulator.stop()

    return _ran(run, str(options.pty or f"{host}:{port}"))


def _ran(run: Callable[[], Coroutine[Any, Any, None]], where: str) -> int:
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run())
    except OSError as error:
        raise CommandFailed(
            _("cannot listen on {where}: {reason}; choose another --listen or --pty").format(
                where=where, reason=reason_of(error)
            )
        ) from None
    return 0


async def _until_ended(command: Callable[[str], Awaitable[bool]], known: Sequence[str]) -> None:
    """Carry faults out until somebody ends the program."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    listening = asyncio.create_task(_take_faults(command, known))
    try:
        await ended.wait()
    finally:
        listening.cancel()


async def _take_faults(command: Callable[[str], Awaitable[bool]], known: Sequence[str]) -> None:
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
        if line and not await command(line):
            there_are = _("there is no fault called {name}; there are: {known}")
            print(there_are.format(name=line, known=", ".join(known)), flush=True)
