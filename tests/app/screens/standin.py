"""A shop for the screens' tests: the real session and runner on the in-memory engine of ``tests/app/till``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from app import text
from app.domain.money import format_minor
from app.domain.statement import Examined
from app.engine.charging import Terminal
from app.facts.circulation import VoucherIssued
from app.facts.master import ArticleSet
from app.facts.sales import ReceiptCompleted
from app.screens.services import TillServices
from app.till.commands import Command
from app.till.customer_lines import words_for
from app.till.effects import UNASKED, Consent, Refuse, Reply
from app.till.ports import Engine, JournalRefused, Weight
from app.till.queries.every import Queries
from app.till.session import Session
from tests.app.till.fake_engine import FakeNetwork, Policies, make_till

BIRD_SEED, PEN, LEASH = "4006381333931", "2000000000015", "2000000000022"
"""4.99, 0.89 and 29.99."""


class Shop:
    """Till 3 of a network, with 122 receipts behind it; what it did, and what can be made to go wrong."""

    def __init__(
        self, folder: Path, policy: Policies = "refuse", *, weighs: bool = False, terminal: Terminal | None = None
    ) -> None:
        self.network = FakeNetwork()
        self.till = make_till(self.network, folder, 3, policy, weighs=weighs, terminal=terminal)
        self.till.session.reconcile(123, None, completed=False)
        self.article(ArticleSet("1003", "Hundeleine Leder 120 cm", 2999, "EUR", "1", barcodes=(LEASH,)))
        self.queries = Queries(self.till.runner)
        self.commands: list[Command] = []
        self.status_now: dict[str, Any] = {"online": True, "peers": [{}, {}], "pending": 0}
        self.changed: list[Callable[[str], None]] = []
        self.fails: Exception | None = None
        self.delay_s = 0.0

    def article(self, article: ArticleSet) -> None:
        """Set an article."""
        self.till.engine.say([article])

    def fill_disk(self) -> None:
        """The next append finds the disk full."""
        self.till.engine.refusals.append(JournalRefused("disk_full"))

    @property
    def session(self) -> Session:
        return self.till.session

    async def run(self, command: Command, consent: Consent = UNASKED) -> Reply | Refuse:
        if self.fails is not None:
            raise self.fails
        await asyncio.sleep(self.delay_s)
        self.commands.append(command)
        return await self.till.runner.run(command, consent)

    @property
    def receipts(self) -> list[ReceiptCompleted]:
        return self.till.engine.printed

    @property
    def vouchers(self) -> list[str]:
        """Codes of the vouchers issued."""
        kind = VoucherIssued.kind
        return [str(record.body["code"]) for record in self.till.engine.written if record.kind == kind]

    # -- what the screens ask an engine

    async def settled(self) -> None:
        if self.fails is not None:
            raise self.fails

    async def status(self) -> dict[str, Any]:
        if self.fails is not None:
            raise self.fails
        return self.status_now

    async def examine(self, text: str) -> Examined:
        return await self.till.engine.examine(text)

    async def cancel_claims(self) -> None:
        await self.till.engine.cancel_claims()

    async def weigh(self, unit_price_minor: int, tare_g: int) -> Weight:
        return await self.till.engine.weigh(unit_price_minor, tare_g)

    async def cancel_weighing(self) -> None:
        await self.till.engine.cancel_weighing()

    async def cancel_charge(self) -> None:
        await self.till.engine.cancel_charge()

    def on_change(self, callback: Callable[[str], None]) -> None:
        self.changed.append(callback)

    def close(self) -> None:
        self.network.close()


def receipt_text(receipt: ReceiptCompleted) -> str:
    """A receipt of 42 columns."""

    def row(name: str, amount_minor: int) -> str:
        return f"{name[:30]:30}{format_minor(amount_minor, 'EUR'):>12}"

    lines = [row(line.name, line.gross_minor) for line in receipt.lines]
    total = row("SUMME", receipt.total_minor)
    return "\n".join(["Tierbedarf Neumann".center(42), "", *lines, "", total, receipt.receipt_no])


def services(shop: Shop, *, keys: dict[str, object] | None = None, crash_log: Path | None = None) -> TillServices:
    """What wiring would give the screens of this shop."""
    return TillServices(
        runner=shop,
        engine=cast("Engine", shop),
        books=shop.till.books,
        cashier="Neumann",
        clock=lambda: datetime(2026, 11, 21, 18, 37, tzinfo=UTC),
        receipt_text=receipt_text,
        ask=shop.queries.ask,
        keys=keys or {},
        crash_log=crash_log,
        till_no=3,
        customer_words=words_for(text.language()),
    )
