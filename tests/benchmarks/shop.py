"""A home with articles, and its till in a terminal that has a clock."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from app import config, wiring
from app.domain import codes
from app.domain.vat_data import GERMAN_RATES
from app.facts import codec
from app.facts.master import ArticleSet, VatRateSet
from app.home import Home
from replication.core.model import Entry
from replication.identity import Identity
from tests.app.screens.terminal import python
from tests.benchmarks.homes import batches, write
from tests.benchmarks.timed import TimedTerminal

PRICE_MINOR = 499
RUN = 100
"""Entries of one append; a segment is a multiple of it."""


def barcode(number: int) -> str:
    """The code of article ``number``."""
    body = f"40{number:010d}"
    return body + codes.gtin_check_digit(body)


def stock(home: Home, articles: int) -> None:
    """Give the founder's home so many articles at 4.99, and fold them into its books."""
    facts = [VatRateSet(*rate) for rate in GERMAN_RATES]
    goods = (
        ArticleSet(f"{number:06d}", f"Vogelfutter {number}", PRICE_MINOR, "EUR", "1", (barcode(number),))
        for number in range(articles)
    )
    entries = [Entry(*codec.write(fact)) for fact in (*facts, *goods)]
    runs = [entries[at : at + RUN] for at in range(0, len(entries), RUN)]
    write(home, batches(Identity.load(home.path), runs))

    async def fold() -> None:
        async with wiring.opened(home, config.Settings(), network=False) as parts:
            await parts.engine.settled()

    asyncio.run(fold())


class Till(TimedTerminal):
    """The real ``tillmesh`` of a home: engine and screens as two processes."""

    def __init__(self, home: Home, *options: str, module: str = "app") -> None:
        super().__init__(python("-m", module, "--home", str(home.path), "--lang", "en", *options))

    @property
    def prompt(self) -> str:
        """What the entry is for; empty in the sale."""
        return self.lines[22].partition(">")[0].strip()

    @property
    def next_receipt(self) -> int:
        """The number of the next receipt in the status line."""
        return int(self.lines[0].partition("Receipt 1-")[2].split()[0])

    @property
    def standing(self) -> tuple[str, str]:
        """The marked line's number (empty: none) and the total as shown."""
        marked = next((row for row in self.lines if row.startswith(">")), "")
        return marked[1:4].strip(), self.lines[2][-12:].strip()


@contextlib.contextmanager
def opened(home: Home, *options: str, module: str = "app") -> Iterator[Till]:
    """The till, ready; closed in order at the end."""
    with Till(home, *options, module=module) as terminal:
        terminal.wait_for("Receipt 1-", 60)
        terminal.rest()
        yield terminal
        terminal.write("/99\r\r")
        terminal.ended()
