"""A counter whose sales are printed while they are rung: spool, disk and paper, and how to read what is on it."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

from app.domain.instant import Moment
from app.domain.sale import OpenSale, Payment, SaleLine
from app.domain.sale_steps import with_line, with_payment, without
from app.engine.local import OPEN_SALE
from app.engine.ringer import Ringer
from app.engine.spool import Spool
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from app.till.completing import Clerk, TillIdentity, receipt_of
from app.till.keeping import write_sale
from peripherals.escpos import Composer, profile
from peripherals.print_job import Outcome, Result
from peripherals.simulators.printer_machine import CUT_MARK, PrinterMachine
from receipts import GERMAN, ShopHead, documents
from receipts.page import Section
from receipts.ringing import Strip, closing

SHOP = ShopHead(("Zoo Neumann",))
TILL = TillIdentity(1, "m", "EUR")
NOW = Moment(1_795_286_234_567, "2026-11-21")
NAMES = ("Napf", "Leine", "Kauknochen", "Stroh")
AMOUNT = re.compile(r"(-?\d+,\d\d) [A-Z]$")


class Tray(PrinterMachine):
    """A printer in memory, and its paper. ``ends``: how the next chunks end; without one they are printed."""

    def __init__(self) -> None:
        super().__init__(42)
        self.ends: list[tuple[bool, Result | None]] = []
        """Whether it comes out, and what is heard of it; None: nothing, until the till is killed."""
        self.paper: list[str] = []
        self.chunks = 0
        self.on = asyncio.Event()
        self.on.set()
        self.holding = asyncio.Event()

    async def ready(self) -> None:
        await self.on.wait()

    async def print_chunk(self, data: bytes, sent: Callable[[], None]) -> Result:
        comes_out, heard = self.drawn()
        if heard is not None and heard.outcome is Outcome.NOT_SENT:
            return heard
        sent()
        if comes_out:
            self.chunks += 1
            self.receive(data)
            self.paper += self.take_paper().splitlines()
        if heard is None:
            self.holding.set()
            await asyncio.Event().wait()
        assert heard is not None
        await asyncio.sleep(0)
        return heard

    def drawn(self) -> tuple[bool, Result | None]:
        """How the next chunk ends."""
        return self.ends.pop(0) if self.ends else (True, Result(Outcome.PRINTED))

    @property
    def text(self) -> str:
        return "\n".join(self.paper)

    def pieces(self) -> list[list[str]]:
        """What lies on the counter."""
        return pieces_of(self.paper)


class Counter:
    """The engine's half of a till that prints while it rings."""

    def __init__(
        self,
        tray: Any,
        kept: dict[str, str] | None = None,
        *,
        while_ringing: bool = True,
        head_ahead: bool = False,
        shop: ShopHead = SHOP,
        named: str = "printer",
    ) -> None:
        self.tray = tray
        self.kept = {} if kept is None else kept
        self.sale: OpenSale | None = None
        self.full = False
        self.numbers = 0
        self.training = False
        self.writing = 0
        ringer = Ringer(shop, GERMAN, lambda _: UTC, _closes, head_ahead=head_ahead) if while_ringing else None
        self.look: Mapping[str, str] = {"paper": "ok"}
        self.spool = Spool(
            keep=self.keep,
            printer=tray,
            compose_page=lambda document: documents.page_of(document, shop, GERMAN),
            compose_bytes=Composer(profile("default")).compose,
            columns=42,
            copy_mark=GERMAN.copy_mark,
            ringer=ringer,
            named=named,
            retry_s=0.01,
            look=lambda: self.look,
        )
        self.spool.restore(self.kept, self.kept.get(OPEN_SALE))
        self.spool.start()

    async def keep(self, values: dict[str, str | None]) -> None:
        self.writing += 1
        try:
            await asyncio.sleep(0)
        finally:
            self.writing -= 1
        if self.full:
            raise OSError(28, "No space left on device")
        for key, value in values.items():
            if value is None:
                self.kept.pop(key, None)
            else:
                self.kept[key] = value

    async def become(self, sale: OpenSale | None, facts: Sequence[Fact] = (), printed: Fact | None = None) -> None:
        """A step of the session: durable, then told, as ``LocalEngine`` does."""
        text = write_sale(sale)
        entries = self.spool.entries_for(printed) if printed is not None else {}
        try:
            await self.keep({OPEN_SALE: text, **entries})
        except OSError:
            if printed is not None:
                self.spool.refused(printed)
            raise
        self.sale = sale
        if printed is not None:
            self.spool.enqueue(printed)
        self.spool.rung(text, facts)

    async def ring(self, name: str = "Napf", price: int = 349, sale_id: str = "", **more: Any) -> None:
        begun = self.sale or OpenSale(
            sale_id or f"{random.getrandbits(128):032x}", "2026-11-21T09:31:05.123Z", "EUR", training=self.training
        )
        line = SaleLine(begun.next_line, "sale", name, 1000, "Stk", price, price, vat_key="1", vat_rate_bp=1900, **more)
        await self.become(with_line(begun, line))

    async def take_back(self, number: int) -> None:
        assert self.sale is not None
        await self.become(without(self.sale, number))

    async def pay(self) -> ReceiptCompleted:
        receipt = self.receipt()
        await self.become(None, (receipt,), receipt)
        return receipt

    def receipt(self) -> ReceiptCompleted:
        """What the open sale would become now."""
        assert self.sale is not None
        paid = with_payment(self.sale, Payment(0, "cash", self.sale.total_minor, tender_kind="cash"))
        self.numbers += 1
        return receipt_of(paid, f"1-{self.numbers:06d}", TILL, Clerk("", ""), NOW, 1)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                await asyncio.sleep(0.002)

    async def quiet(self) -> None:
        """Until all is printed that can be."""
        await self.until(lambda: self.spool.status()["waiting"] == 0 and not self.writing and not self.heading)

    @property
    def heading(self) -> bool:
        """Whether the next sale's head is to be printed, or being printed."""
        return self.spool._wanted_head is not None

    def job_of_sale(self) -> str:
        assert self.sale is not None
        return f"sale-{self.sale.sale_id[:8].upper()}"

    async def kill(self) -> dict[str, str]:
        """The disk as the next start finds it."""
        await self.spool.stop(grace_s=0)
        return dict(self.kept)


def _closes(strip: Strip, receipt: ReceiptCompleted) -> Section:
    return closing(strip, receipt, SHOP, GERMAN)


def pieces_of(paper: Iterable[str]) -> list[list[str]]:
    """Pieces of paper without their empty rows; the last one may still hang."""
    pieces: list[list[str]] = [[]]
    for row in paper:
        if row == CUT_MARK[:42]:
            pieces.append([])
        elif row:
            pieces[-1].append(row)
    return [piece for piece in pieces if piece]


def column(piece: Sequence[str]) -> int:
    """The sum of a piece's rows."""
    return sum(minor(found[1]) for row in piece if (found := AMOUNT.search(row)))


def carried(piece: Sequence[str]) -> int:
    """What it carries forward."""
    return next((minor(row.split()[1]) for row in piece if row.startswith("Übertrag")), 0)


def total(piece: Sequence[str]) -> int | None:
    """The total that stands on it."""
    return next((minor(row.split()[1]) for row in piece if row.startswith("SUMME")), None)


def minor(text: str) -> int:
    return int(text.replace(",", ""))
