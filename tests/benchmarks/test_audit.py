"""An audit of books that grow tenfold: what it takes for each receipt, and that memory does not grow along.

The floor is SQLite's own cursor reading every receipt and every line once, as tuples. Run with ``make bench``.
"""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.books.schema import open_books
from app.books.writer import BooksWriter
from app.office.audit.finding import Asked
from app.office.audit.opening import read_books
from app.office.audit.running import Sight, audit
from replication.applier import MAX_GROUP_RECORDS
from replication.core.model import Record
from tests.benchmarks import trading_day

STEPS = ((10, 2_000), (50, 20_000))
"""Tills, and receipts of all of them."""
PRICES = (499, 1_290, 89, 250, 799)
FLOORS_MAX = 10.0
GROWTH_MAX = 20.0
MEMORY_MAX_MB = 60.0
"""By how much the process may grow, whatever there is to look at."""


def resident_mb() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def batches(tills: int, receipts: int) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in trading_day.by_till(tills, receipts // tills, PRICES):
        batch.append(record)
        if len(batch) == MAX_GROUP_RECORDS:
            yield batch
            batch = []
    yield batch


def floor_s(place: Path) -> float:
    connection = sqlite3.connect(place)
    began = time.perf_counter()
    for table in ("receipts", "receipt_lines"):
        for _ in connection.execute(f"SELECT * FROM {table}"):
            pass
    took = time.perf_counter() - began
    connection.close()
    return took


@pytest.mark.benchmark
@pytest.mark.timeout(600)
def test_an_audit_takes_as_long_for_each_receipt_and_no_more_memory(tmp_path: Path) -> None:
    took: list[float] = []
    grown: list[float] = []
    floors: list[float] = []
    for tills, receipts in STEPS:
        place = tmp_path / f"{receipts}.sqlite"
        database = open_books(place)
        writer = BooksWriter(database)
        for batch in batches(tills, receipts):
            writer.apply(batch)
        writer.close()
        database.dispose()
        books = read_books(place)
        before, began = resident_mb(), time.perf_counter()
        found = audit(Sight(books), Asked())
        took.append(time.perf_counter() - began)
        grown.append(resident_mb() - before)
        floors.append(floor_s(place))
        books.dispose()
        print(
            f"{receipts:>8} receipts: {took[-1]:.2f} s, floor {floors[-1]:.2f} s, {took[-1] / floors[-1]:.1f} times, "
            f"{grown[-1]:+.1f} MB, findings {found.counts}"
        )
    assert took[-1] < FLOORS_MAX * floors[-1]
    assert took[-1] < GROWTH_MAX * took[0]
    assert max(grown) < MEMORY_MAX_MB
