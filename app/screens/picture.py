"""``python -m app.screens.picture OUT.svg``: the till's screens as pictures, made by the program itself.

The real screen, router, session and runner on an engine in memory with a few sample
articles; the keys are pressed as a cashier would. ``--scene receipt`` shows the screen after payment,
``--scene network`` that of the network, ``--scene search`` or ``count`` those of tasks. ``--scene paper`` is what comes
out of the printer, as a PNG.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec
from textual import events

from app import text
from app.books.questions import Question
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.domain.card import CardAnswer, CardOrder, TerminalDay
from app.domain.statement import Examined
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.facts.sales import ReceiptCompleted
from app.screens.picture_devices import devices
from app.screens.picture_network import log_lines, status
from app.screens.picture_shop import answer
from app.screens.services import TillServices
from app.screens.till.app import TillApp
from app.till.completing import TillIdentity
from app.till.ports import Books, Engine, Readiness, Weight
from app.till.queries.every import Queries
from app.till.runner import Runner
from app.till.session import Session
from receipts import Page, ShopHead, compose, wording
from receipts import text as text_of

NOW = datetime(2026, 11, 21, 18, 37, tzinfo=UTC)
WIDTH, HEIGHT = 80, 24
SCENES = {
    "sale": "2000000260204\r3*2000000000015\r2000000000022\r2*2000000000039\r2500<f6>3*",
    "payment": "2000000260204\r3*2000000000015\r2000000000022\r+1000\r2000",
    "receipt": "2000000260204\r3*2000000000015\r2000000000039\r2500<f6>+5000\r",
}
TASKS = {
    "search": "<f2>vogel 1",
    "count": "/41\r<down><down><down>2\r5\r4\r6\r5\r11",
    "functions": "<f10>",
    "tenders": "2000000260204\r2000000000022\r+<f10>",
    "devices": "/61\r",
}
"""Scenes of the screens beside the sale."""
PAPER = "paper"
"""No screen but the receipt of this sale, with the slip of the voucher on it."""
PAPER_KEYS = "2000000260204\r3*2000000000015\r10%\r2000000000039\r2500<f6>+5000\r"
PAPER_DOTS_PER_INCH = 140
NETWORK = "network"
"""A scene of its own, on another engine: that of a stand where something is always wrong."""
_ELSEWHERE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""A picture fetches nothing: the viewer's own fixed-width font will do."""


_FOLDER = tempfile.TemporaryDirectory(prefix="tillmesh-picture-")
"""Books in memory would be others in each thread that asks."""
_NEW_BOOKS = BooksReader(open_books(Path(_FOLDER.name) / "books.sqlite"))


class PictureBooks:
    """The sample shop."""

    def ask(self, question: Question[Any]) -> Any:
        """Articles, drawer and reference data; whatever else is asked, these books are new."""
        found = answer(question)
        return _NEW_BOOKS.ask(question) if found is NotImplemented else found


class PictureEngine:
    """An engine without disk or network that says it has two peers, or what it is given to say."""

    def __init__(self, said: dict[str, Any] | None = None) -> None:
        self._said = said or {"online": True, "peers": [{"till_no": 1}, {"till_no": 2}], "pending": 0}
        self.printed: list[ReceiptCompleted] = []

    async def append(
        self,
        facts: Sequence[Fact],
        *,
        keep: str | None,  # noqa: ARG002 - nothing is written
        claim_id: str | None = None,  # noqa: ARG002
        printed: Fact | None = None,  # noqa: ARG002
    ) -> None:
        """Nothing is written; receipts are remembered."""
        self.printed += [fact for fact in facts if isinstance(fact, ReceiptCompleted)]

    async def keep(self, text: str | None) -> None:
        """Nothing is kept."""

    async def release_claim(self, claim_id: str) -> None:
        """Nothing is claimed."""

    async def claim(self, *resources: str) -> Granted:  # noqa: ARG002 - everything is granted
        """Granted."""
        return Granted("picture")

    async def cancel_claims(self) -> None:
        """Nothing waits."""

    async def weigh(self, unit_price_minor: int, tare_g: int) -> Weight:  # noqa: ARG002 - there is no scale
        """Nothing."""
        return Weight(reason="no_scale")

    async def cancel_weighing(self) -> None:
        """Nothing waits."""

    async def charge(self, order: CardOrder) -> CardAnswer:  # noqa: ARG002 - there is no card terminal
        """Nothing."""
        return CardAnswer("declined", "no_terminal")

    async def cancel_charge(self) -> None:
        """Nothing waits."""

    async def settle_charge(self, charge_id: str, *, charged: bool, by: str) -> CardAnswer:  # noqa: ARG002 - the same
        """Nothing waits."""
        return CardAnswer("declined", "unknown")

    async def close_terminal(self) -> TerminalDay:
        """Nothing to close."""
        return TerminalDay("no_terminal")

    async def examine(self, text: str) -> Examined:  # noqa: ARG002 - nothing is scanned
        """Good."""
        return Examined()

    async def open_gate(self, name: str) -> str:  # noqa: ARG002 - every gate opens
        """It opens."""
        return ""

    async def settled(self) -> None:
        """Everything is."""

    async def status(self) -> dict[str, Any]:
        """How the network stands."""
        return self._said

    async def readiness(self) -> Readiness:
        """It may sell."""
        return Readiness()

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Nothing changes."""


class Granted(msgspec.Struct, frozen=True):
    """A claim's answer."""

    claim_id: str
    granted: bool = True
    coverage: ClaimCoverage = ClaimCoverage(complete=True, promised=(), missing=())
    reason: str = ""


def sample_services(said: dict[str, Any] | None = None) -> TillServices:
    """Till 3 of a pet shop's fair stand; ``said`` is how its network stands."""
    engine, books = cast("Engine", PictureEngine(said)), cast("Books", PictureBooks())
    draws = iter(range(1, 1_000_000))
    runner = Runner(
        Session(TillIdentity(3, "picture", "EUR", "Neumann"), 123),
        engine,
        books,
        lambda: int(NOW.timestamp() * 1000),
        lambda: next(draws).to_bytes(32, "big"),
        receipt_text=_paper,
        day=lambda _wall_ms: NOW.date().isoformat(),
    )
    return TillServices(
        runner=runner,
        engine=engine,
        books=books,
        cashier="Neumann",
        clock=lambda: NOW,
        receipt_text=_paper,
        ask=Queries(runner).ask,
        network_log=log_lines,
        till_no=3,
    )


def _page(receipt: ReceiptCompleted) -> Page:
    shop = ShopHead(("Vogel & Co", "Messestand 7.12", "USt-IdNr DE999999999"))
    return compose(receipt, shop, wording(text.language()))


def _paper(receipt: ReceiptCompleted) -> str:
    return text_of(_page(receipt), 42)


async def picture(scene: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> str:
    """The scene as SVG; ``scene`` is one of ``SCENES``, ``TASKS`` or ``NETWORK``."""
    said = {NETWORK: status, "devices": devices}.get(scene)
    services = sample_services(said() if said else None)
    return await _played(services, {**SCENES, **TASKS}.get(scene, "<ctrl+n>"), size)


async def paper() -> bytes:
    """A receipt with a voucher's slip as a PNG, as the program makes it for customers who want no paper."""
    from receipts.pdf import pdf
    from receipts.png import png

    services = sample_services()
    await _played(services, PAPER_KEYS, (WIDTH, HEIGHT))
    receipt = cast("PictureEngine", services.engine).printed[-1]
    document = pdf(_page(receipt), title=receipt.receipt_no, made_at=NOW)
    return png(document, PAPER_DOTS_PER_INCH)


async def _played(services: TillServices, keys: str, size: tuple[int, int]) -> str:
    """The screen after these keys."""
    app = TillApp(services)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in re.findall(r"<[\w+]+>|.", keys, re.DOTALL):
            if key.startswith("<"):
                app.post_message(events.Key(key[1:-1], None))
            else:
                app.post_message(events.Key("enter" if key == "\r" else key, key))
        for _ in range(200):
            await pilot.pause()
            if app.idle and not app.router.waiting:
                break
        await pilot.pause(0.2)
        return _ELSEWHERE.sub("", app.export_screenshot(title="Tillmesh"))


def _size(given: str) -> tuple[int, int]:
    columns, _x, rows = given.partition("x")
    return int(columns), int(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the picture."""
    parser = argparse.ArgumentParser(
        prog="python -m app.screens.picture", description="A screen of the till as a picture."
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--scene", choices=sorted((*SCENES, *TASKS, NETWORK, PAPER)), default="sale")
    parser.add_argument("--size", type=_size, default=(WIDTH, HEIGHT), metavar="COLUMNSxROWS")
    parser.add_argument("--lang", choices=text.LANGUAGES, default=text.DEFAULT_LANGUAGE)
    options = parser.parse_args(arguments)
    text.use(options.lang)
    try:
        if options.scene == PAPER:
            options.out.write_bytes(asyncio.run(paper()))
        else:
            options.out.write_text(asyncio.run(picture(options.scene, options.size)), encoding="utf-8")
    except OSError as error:
        parser.exit(1, f"{options.out}: {error.strerror}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
