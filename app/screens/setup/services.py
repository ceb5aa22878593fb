"""What the setup assistant is given by wiring. Each may raise ``SetupFailed`` with a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from app.screens.tasks.showing import Far
from app.till.ports import Heard


class SetupFailed(Exception):
    """It cannot be done; the text is for whoever sits there."""


class Offer(msgspec.Struct, frozen=True):
    """A till that has been released and that nobody is bound to yet."""

    no: int
    name: str
    site: str


class Offers(msgspec.Struct, frozen=True):
    """What a code is good for."""

    network: str
    tills: tuple[Offer, ...]


class Membership(msgspec.Struct, frozen=True):
    """What this machine has become."""

    network: str
    till_no: int
    address: str = ""
    """Where others reach it."""


class Contents(msgspec.Struct, frozen=True):
    """What a newcomer has got, by kind; ``complete``: all that the others have."""

    complete: bool
    came: Mapping[str, int]


class FoundPrinter(msgspec.Struct, frozen=True):
    """A printer that answers in the network, or a port of this machine: where it is, and what it is called."""

    address: str
    name: str


class Trial(Protocol):
    """A device that is being tried out."""

    def view(self) -> Mapping[str, Any]:
        """How it is (``peripherals.supervision.DeviceView``)."""

    async def test(self) -> str:
        """Have it do something that can be seen; what is wrong, as its ``error``, or nothing."""


async def _no_ports() -> Sequence[str]:
    return ()


def _no_trial(_name: str, _hear: Callable[[Heard], None]) -> AbstractAsyncContextManager[Trial]:
    raise SetupFailed


async def _no_devices(_name: str, _settings: Mapping[str, Any] | None) -> None:
    raise SetupFailed


@dataclass(frozen=True)
class SetupServices:
    """Everything the assistant does to the world."""

    home: Path
    clock: Callable[[], datetime]
    speak: Callable[[str], None]
    """The language from now on, in this process and in the till's settings."""
    found: Callable[[str, int, str, str, str], Awaitable[Membership]]
    """Name of the network, number, role (``till`` or ``centre``), name and site of this till."""
    offers: Callable[[str], Awaitable[Offers]]
    """What this code is good for."""
    join: Callable[[str, int], Awaitable[Membership]]
    """By code, as this number."""
    provision: Callable[[Far], Awaitable[Contents]]
    """Fetch what the others have; cancelled it goes on with the till's first start."""
    practise: Callable[[], Awaitable[None]]
    """Make the practice network, if there is none yet."""
    printers: Callable[[], Awaitable[Sequence[FoundPrinter]]]
    """Look for printers; takes seconds."""
    use_printer: Callable[[str, bool, int], Awaitable[None]]
    """This address (empty: none), or a simulated one, from now on."""
    test_print: Callable[[], Awaitable[str]]
    """Print a test page on it; what the printer said if it is not printed, empty if it is."""
    write_protocol: Callable[[str], Path]
    """Keep this text in the home, for whoever asks later."""
    listening: Callable[[Callable[[Heard], None]], AbstractAsyncContextManager[None]] = lambda _hear: nullcontext()
    """As long as it is open, what the scanners of the till's settings read is told."""
    ports: Callable[[], Awaitable[Sequence[str]]] = _no_ports
    """Serial ports of this machine that nothing in the settings uses, by names that stay the same."""
    use_device: Callable[[str, Mapping[str, Any] | None], Awaitable[None]] = _no_devices
    """The device of this name has these settings from now on; None: there is none any more."""
    trial: Callable[[str, Callable[[Heard], None]], AbstractAsyncContextManager[Trial]] = _no_trial
    """As long as it is open, this device runs, and what it reads is told."""
    role: str = "till"
    """What a founder is if nobody says otherwise: ``till`` or ``centre``."""
