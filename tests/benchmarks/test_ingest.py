"""Receipts into books on PostgreSQL, against the floor of the same rows by plain ``COPY``.

10,000 receipts of eight tills with five lines each (``trading_day.py``: with the vouchers between them, 15,200 records,
99,000 rows) are folded in batches as the applier makes them. The server is as it is installed: every commit is on
disk. The floor copies the same rows into the same tables of a second database, indexes and all, in as many commits.
The last figure is two offices that bring all of it into one database at once.

The aim is 3,000 receipts a second with two cores. Run with ``make bench``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, Table, select

from app.books.reader import BooksReader
from app.books.schema import CONTENTS, open_books
from app.books.writer import BooksWriter
from replication.applier import MAX_GROUP_RECORDS
from replication.core.model import Record
from tests.benchmarks import trading_day
from tests.postgres import Server, running_server

TILLS, RECEIPTS = 8, 10_000
PRICES = (499, 1_290, 89, 250, 799)
ROUNDS = 3
AIM = 3_000
RATIO = 6.0
"""Folding may take so many times the floor: reading JSON, checking sums, looking for what is there already."""
AS_INSTALLED = ("fsync", "synchronous_commit", "full_page_writes")

Batch = list[Record]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as running:
        for setting in AS_INSTALLED:
            running.execute(f"ALTER SYSTEM SET {setting} = on")
        running.execute("SELECT pg_reload_conf()")
        yield running


def batches() -> list[Batch]:
    made: list[Batch] = [[]]
    for run in trading_day.runs(TILLS, RECEIPTS, PRICES):
        if len(made[-1]) >= MAX_GROUP_RECORDS:
            made.append([])
        made[-1] += run
    return made


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def fold(engine: Engine, given: list[Batch]) -> None:
    writer = BooksWriter(engine)
    for batch in given:
        writer.apply(batch)
    writer.close()


def copy(engine: Engine, rows: dict[Table, list[Any]], commits: int) -> None:
    driver: Any = engine.raw_connection()
    for part in range(commits):
        with driver.cursor() as cursor:
            for table, whole in rows.items():
                names = ", ".join(f'"{column.name}"' for column in table.columns)
                with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as stream:
                    for row in whole[part * len(whole) // commits : (part + 1) * len(whole) // commits]:
                        stream.write_row(row)
        driver.commit()
    driver.close()


def at_once(urls: list[str], given: list[Batch]) -> None:
    engines = [open_books(url) for url in urls]
    threads = [threading.Thread(target=fold, args=(engine, given)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()


@pytest.mark.benchmark
@pytest.mark.timeout(300)
def test_ten_thousand_receipts_into_books_on_postgresql(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    given = batches()
    folds: list[float] = []
    floors: list[float] = []
    shared: list[float] = []
    for _ in range(ROUNDS):
        with server.database() as url, server.database() as other, server.database() as third:
            engine, floor = open_books(url), open_books(other)
            folds.append(seconds(lambda engine=engine: fold(engine, given)))  # type: ignore[misc]
            with engine.connect() as connection:
                rows: dict[Table, list[Any]] = {
                    table: [tuple(row) for row in connection.execute(select(table))] for table in CONTENTS
                }
            floors.append(seconds(lambda floor=floor, rows=rows: copy(floor, rows, len(given))))  # type: ignore[misc]
            assert BooksReader(floor).fingerprint() == BooksReader(engine).fingerprint()
            shared.append(seconds(lambda third=third: at_once([third, third], given)))  # type: ignore[misc]
            both = open_books(third)
            assert BooksReader(both).fingerprint() == BooksReader(engine).fingerprint()
            assert BooksReader(engine).turnover(None, None).receipts == RECEIPTS
            for each in (engine, floor, both):
                each.dispose()
    ratio = min(folds) / min(floors)
    with capsys.disabled():
        count = sum(map(len, rows.values()))
        print(f"\n{RECEIPTS} receipts, {count} rows, on PostgreSQL, the best of {ROUNDS} rounds")
        for name, took in (("one office", folds), ("two offices", shared), ("plain COPY", floors)):
            print(f"{name:12} {RECEIPTS / min(took):7.0f} receipts/s   {count / min(took):8.0f} rows/s")
        print(f"{'ratio':12} {ratio:7.2f}   aim {AIM} receipts/s")
    assert ratio < RATIO
