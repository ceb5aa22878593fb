"""``python -m app.screens.picture OUT.svg``: the sale screen as a picture, made by the program itself.

The real screen, router, session and runner on an engine in memory with a few sample
articles; the keys are pressed as a cashier would. ``--scene receipt`` shows the screen after payment,
``--scene network`` that of the network.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec
from textual import events

from app import text
from app.books.questions import Question
from app.books.questions.articles import FindForSale
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.books.views import ArticleView, ForSale
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.facts.sales import ReceiptCompleted
from app.screens.picture_network import log_lines, status
from app.screens.services import TillServices
from app.screens.till.app import TillApp
from app.till.completing import TillIdentity
from app.till.ports import Books, Engine, Readiness
from app.till.runner import Runner
from app.till.session import Session
from receipts import ShopHead, compose, wording
from receipts import text as text_of

NOW = datetime(2026, 11, 21, 18, 37, tzinfo=UTC)
WIDTH, HEIGHT = 80, 24
ARTICLES = (
    ("2000000260204", "0002", "Vogelfutter Wellensittich 1 kg", 399, "2"),
    ("2000000260402", "0004", "Vogelfutter Wellensittich 5 kg", 1519, "2"),
    ("2000000000015", "0101", "Kugelschreiber blau", 89, "1"),
    ("2000000000022", "0102", "Hundeleine Leder 120 cm", 2999, "1"),
    ("2000000000039", "0103", "Napf Edelstahl 0,5 l", 649, "1"),
)
RATES = {"1": 1900, "2": 700}
SCENES = {
    "sale": "2000000260204\r3*2000000000015\r2000000000022\r2*2000000000039\r2500<f6>3*",
    "payment": "2000000260204\r3*2000000000015\r2000000000022\r+1000\r2000",
    "receipt": "2000000260204\r3*2000000000015\r2000000000039\r2500<f6>+5000\r",
}
NETWORK = "network"
"""A scene of its own, on another engine: that of a stand where something is always wrong."""
_ELSEWHERE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""A picture fetches nothing: the viewer's own fixed-width font will do."""


_NEW_BOOKS = BooksReader(open_books("sqlite://"))


class PictureBooks:
    """The sample articles."""

    def article(self, code: str) -> ArticleView | None:
        """By barcode or ident number."""
        for barcode, ident_no, name, price_minor, vat_key in ARTICLES:
            if code in (barcode, ident_no):
                return ArticleView(ident_no, name, price_minor, "EUR", vat_key, "Stk", (barcode,))
        return None

    def ask(self, question: Question[Any]) -> Any:
        """Articles and reference data; whatever else is asked, these books are new."""
        if isinstance(question, FindForSale):
            article = self.article(question.code)
            if article is None:
                return None
            return ForSale(article, article.price_minor, 1, article.vat_key, RATES[article.vat_key])
        return _NEW_BOOKS.ask(question)


class PictureEngine:
    """An engine without disk or network that says it has two peers, or what it is given to say."""

    def __init__(self, said: dict[str, Any] | None = None) -> None:
        self._said = said or {"online": True, "peers": [{"till_no": 1}, {"till_no": 2}], "pending": 0}

    async def append(
        self,
        facts: Sequence[Fact],
        *,
        keep: str | None,
        claim_id: str | None = None,
        printed: Fact | None = None,
    ) -> None:
        """Nothing is written."""

    async def keep(self, text: str | None) -> None:
        """Nothing is kept."""

    async def release_claim(self, claim_id: str) -> None:
        """Nothing is claimed."""

    async def claim(self, resource: str) -> Granted:  # noqa: ARG002 - everything is granted
        """Granted."""
        return Granted("picture")

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
        till_title=text.gettext("Till {no}").format(no=3),
        cashier="Neumann",
        clock=lambda: NOW,
        receipt_text=_paper,
        network_log=log_lines,
    )


def _paper(receipt: ReceiptCompleted) -> str:
    shop = ShopHead(("Vogel & Co", "Messestand 7.12", "USt-IdNr DE999999999"))
    return text_of(compose(receipt, shop, wording(text.language())), 42)


async def picture(scene: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> str:
    """The scene as SVG; ``scene`` is one of ``SCENES`` or ``NETWORK``."""
    app = TillApp(sample_services(status() if scene == NETWORK else None))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in re.findall(r"<[\w+]+>|.", SCENES.get(scene, "<ctrl+n>"), re.DOTALL):
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the picture."""
    parser = argparse.ArgumentParser(prog="python -m app.screens.picture", description="The sale screen as a picture.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--scene", choices=sorted((*SCENES, NETWORK)), default="sale")
    parser.add_argument("--lang", choices=text.LANGUAGES, default=text.DEFAULT_LANGUAGE)
    options = parser.parse_args(arguments)
    text.use(options.lang)
    try:
        options.out.write_text(asyncio.run(picture(options.scene)), encoding="utf-8")
    except OSError as error:
        parser.exit(1, f"{options.out}: {error.strerror}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
