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

from app.facts.sales import ReceiptCompleted
from app.text import gettext
from app.till.commands import Command
from app.till.effects import Refuse, Reply
from app.till.ports import Books, Engine
from app.till.views import SaleView


class SaleSession(Protocol):
    """The open sale as the session sees it."""

    def view(self) -> SaleView:
        """The sale as it is now."""


class CommandRunner(Protocol):
    """Carries out one command at a time (``app.till.runner.Runner``)."""

    @property
    def session(self) -> SaleSession:
        """The session that the commands go to."""

    async def run(self, command: Command) -> Reply | Refuse:
        """Do it; the answer comes when it is durable."""


async def _nothing() -> Sequence[Mapping[str, Any]]:
    return ()


@dataclass(frozen=True)
class TillServices:
    """Everything a till's screens need.

    ``till_title`` and ``cashier`` stand in the status line; ``clock`` gives local time;
    ``receipt_text`` is the receipt as printed, 42 columns; ``keys`` are the configured
    bindings (``KeymapError`` from ``run`` if they clash); a crash is written to ``crash_log``;
    ``network_log`` are the newest lines of the sync protocol, oldest first.
    """

    runner: CommandRunner
    engine: Engine
    books: Books
    till_title: str
    cashier: str
    clock: Callable[[], datetime]
    receipt_text: Callable[[ReceiptCompleted], str]
    translate: Callable[[str], str] = gettext
    keys: Mapping[str, object] = field(default_factory=dict)
    crash_log: Path | None = None
    minor_digits: int = 2
    network_log: Callable[[], Awaitable[Sequence[Mapping[str, Any]]]] = _nothing
