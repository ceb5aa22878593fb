"""An article found and priced among 100,000, against the floor of one prepared SQLite select.

The aim of the shop: under 0.5 ms at the median, whatever was typed or scanned. A lookup is four statements
(reference data, article, prices, VAT rate) through SQLAlchemy; the floor is one select by primary key of the
same file on a bare ``sqlite3`` connection, in the same run. Run with ``make bench``.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from app.books.questions.articles import FindForSale
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.books.writer import BooksWriter
from app.domain import codes
from app.domain.in_store_code import GERMAN_MASKS, write
from app.domain.price_list import PriceList
from app.domain.vat_data import GERMAN_RATES
from app.facts import codec
from app.facts.base import Fact
from app.facts.master import ArticleSet, PriceSet, ReferenceSet, VatRateSet
from replication.core.model import Feed, Record

ARTICLES = 100_000
ROUNDS = 1_000
WARM_UP = 100
STEP = 37
"""From article to article: no two lookups after each other are neighbours."""
DAY = "2026-11-21"
MOST_MS = 0.5
MOST_FLOORS = 100
"""What SQLAlchemy and Python may cost beside a select of a few microseconds."""


def barcode(number: int) -> str:
    body = f"40{number:010d}"
    return body + codes.gtin_check_digit(body)


def ident(number: int) -> str:
    return f"{number:06d}"


def label(number: int) -> str:
    return write(f"{1 + number % 9_999:04d}", 1_250, GERMAN_MASKS[4])


def shop() -> Iterator[Fact]:
    for rate in GERMAN_RATES:
        yield VatRateSet(*rate)
    trade = PriceList(2, "Handel", 1, percent_bp=-1_000, round_to_minor=5)
    yield ReferenceSet("price_list", trade.key, msgspec.to_builtins(trade))
    for number in range(ARTICLES):
        yield ArticleSet(ident(number), f"Artikel {number}", 100 + number % 5_000, "EUR", "1", (barcode(number),))
        if number % 10 == 0:
            yield PriceSet(ident(number), 1, 99, "2026-01-01", "2026-12-31")


def records() -> Iterator[Record]:
    for seq, fact in enumerate(shop(), 1):
        topic, kind, body = codec.write(fact)
        body = msgspec.json.decode(msgspec.json.encode(body))
        yield Record(Feed("a", topic), seq, f"{seq:016d}-00000", kind, body, "", "", "", "")


def median_ms(work: Callable[[int], object]) -> float:
    took = []
    for number in range(0, (WARM_UP + ROUNDS) * STEP, STEP):
        began = time.perf_counter_ns()
        found = work(number % ARTICLES)
        took.append((time.perf_counter_ns() - began) / 1e6)
        assert found is not None
    return statistics.median(took[WARM_UP:])


@pytest.mark.benchmark
@pytest.mark.timeout(300)
def test_an_article_among_100_000_is_found_and_priced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "books.sqlite"
    database = open_books(place)
    BooksWriter(database).rebuild(records())
    books = BooksReader(database)
    bare = sqlite3.connect(place)

    def floor(number: int) -> object:
        return bare.execute("SELECT name, price_minor FROM articles WHERE ident_no = ?", (ident(number),)).fetchone()

    asked: dict[str, Callable[[int], FindForSale]] = {
        "barcode": lambda number: FindForSale(barcode(number), DAY, till_no=1),
        "ident": lambda number: FindForSale(ident(number), DAY, till_no=1),
        "short ident": lambda number: FindForSale(str(number), DAY, till_no=1),
        "derived list": lambda number: FindForSale(ident(number), DAY, price_list=2, till_no=1),
        "label": lambda number: FindForSale(label(number), DAY, till_no=1),
    }
    floor_ms = median_ms(floor)
    medians = {name: median_ms(lambda number, ask=ask: books.ask(ask(number))) for name, ask in asked.items()}  # type: ignore[misc]
    with capsys.disabled():
        print(f"\n{'one select':16} p50 {floor_ms:6.3f} ms")
        for name, took_ms in medians.items():
            print(f"{name:16} p50 {took_ms:6.3f} ms   ratio {took_ms / floor_ms:5.1f}")
    bare.close()
    database.dispose()
    assert max(medians.values()) < max(MOST_MS, MOST_FLOORS * floor_ms)
