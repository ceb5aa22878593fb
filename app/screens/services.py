"""What the screens are given by wiring; they reach the world through these values only.

Wiring calls ``await app.screens.till.app.run(TillServices(...))`` and ends with the
exit code it gets. Runner, engine and books are the ports of ``app/till``; the engine may
live in this process or behind the home's socket, the screens cannot tell.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from app.text import DEFAULT_LANGUAGE, gettext
from app.till import customer_lines
from app.till.commands import Command
from app.till.effects import UNASKED, Consent, Refuse, Reply
from app.till.ports import Books, Engine, JournalRefused
from app.till.queries.base import Query
from app.till.views import SaleView


class SaleSession(Protocol):
    """The open sale as the session sees it, and who stands at the till."""

    @property
    def user(self) -> str:
        """Who has logged in; empty: nobody."""

    @property
    def user_name(self) -> str:
        """What the receipt calls whoever has logged in."""

    def view(self) -> SaleView:
        """The sale as it is now."""


class CommandRunner(Protocol):
    """Carries out one command at a time (``app.till.runner.Runner``)."""

    @property
    def session(self) -> SaleSession:
        """The session that the commands go to."""

    async def run(self, command: Command, consent: Consent = UNASKED) -> Reply | Refuse:
        """Do it; the answer comes when it is durable."""


class NotPossible(Exception):
    """What was wanted cannot be; the text is a sentence that says why and what to do."""


SettingValue = str | bool | int | list[str | dict[str, Any]]
"""A text, or the lines of a receipt's head, some with a style."""


class House(Protocol):
    """The till's own file of settings, and its store."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def settings(self) -> Mapping[str, Mapping[str, Any]]:
        """What counts now, by section and key."""

    async def change(self, section: str, key: str, value: SettingValue) -> None:
        """Write it to the file; ``NotPossible`` if the till could not use it."""

    async def verify(self) -> Mapping[str, Any]:
        """Check every signature and chain: ``records``, ``feeds``, ``faults``; takes a while. ``NotPossible``."""


class Tills(Protocol):
    """Who may join. Each raises ``JournalRefused``; its ``reason`` is a sentence for whoever asked."""

    async def slots(self) -> list[dict[str, Any]]:
        """What is released and free: ``no``, ``name``, ``site``, ``expires_at``, ``expired``."""

    async def release(self, nos: Sequence[int], name: str, site: str, *, on_paper: bool) -> dict[str, Any]:
        """Release these numbers by one code: ``code``, ``slots``, ``expires_at``; ``on_paper``: print it too."""


class Devices(Protocol):
    """What prints. Each raises ``JournalRefused``: ``no_printer``, ``unknown_print_job``, ``engine_gone``, …"""

    async def accept(self, job_no: str) -> None:
        """What may be printed or not is printed: go on behind it."""

    async def reprint(self, job_no: str) -> None:
        """It is not: print it again."""

    async def copy(self, document: Fact) -> None:
        """Print a receipt, a day end or an invoice a second time, marked as a copy."""

    async def print_log(self) -> None:
        """Print the newest lines of the sync protocol."""

    async def test_print(self) -> None:
        """Print a test page."""

    async def simulated(self) -> Sequence[Mapping[str, Any]]:
        """The devices that only practise: ``name``, and the ``commands`` that each can be told."""

    async def practise(self, name: str, command: str) -> None:
        """Have a device that practises do this, or something go wrong with it."""

    async def test(self, name: str) -> str:
        """Try another device out; what is wrong with it, as its ``error``, or nothing."""


async def _nothing() -> Sequence[Mapping[str, Any]]:
    return ()


async def _unsigned(_receipt_no: str, _modules: int) -> Mapping[str, Any]:
    raise JournalRefused("not_sealed")


@dataclass(frozen=True)
class TillServices:
    """Everything a till's screens need.

    ``cashier`` stands in the status line as long as nobody logs in; ``clock`` gives local time;
    ``receipt_text`` is the receipt as printed, 42 columns; ``keys`` are the configured
    bindings (``KeymapError`` from ``run`` if they clash); a crash is written to ``crash_log``; ``ask`` answers what
    programs may ask too;
    ``network_log`` are the newest lines of the sync protocol, oldest first; of ``till_no`` overdraws are told
    (0: of none).
    """

    runner: CommandRunner
    engine: Engine
    books: Books
    cashier: str
    clock: Callable[[], datetime]
    receipt_text: Callable[[ReceiptCompleted], str]
    ask: Callable[[Query], Awaitable[Reply | Refuse]]
    translate: Callable[[str], str] = gettext
    keys: Mapping[str, object] = field(default_factory=dict)
    crash_log: Path | None = None
    minor_digits: int = 2
    look: str = "dark"
    """One of ``theme.LOOKS``."""
    keep_setting: Callable[[str, str], None] = lambda _key, _value: None
    """Keep this of the section ``[screens]`` in the till's settings; ``ConfigError`` or ``OSError`` if it cannot be."""
    login_as: str | None = None
    """Somebody has to log in before the till may be used; whose name stands there already (empty: nobody's)."""
    typed_badge: Callable[[str], str] = str
    """The badge's number of what a reader that types has typed."""
    network_log: Callable[[], Awaitable[Sequence[Mapping[str, Any]]]] = _nothing
    digital_receipt: Callable[[str, int], Awaitable[Mapping[str, Any]]] = _unsigned
    """A receipt's signed text (``text``, ``seal``) for a QR code of at most so many modules a side; ``JournalRefused``:
    ``unknown_document``, ``screen_too_small``, ``not_sealed``, ``engine_gone``."""
    devices: Devices | None = None
    tills: Tills | None = None
    house: House | None = None
    till_no: int = 0
    site: str = ""
    customer_words: customer_lines.CustomerWords = customer_lines.WORDS[DEFAULT_LANGUAGE]
    """What is said to customers: in the shop's language, whatever the screens speak."""
