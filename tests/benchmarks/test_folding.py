"""Receipts into the books, against the floor of the same rows through bare ``sqlite3``.

10,000 receipts of eight tills (``trading_day.py``: with the vouchers between them, 15,200 records, 90,000 rows) lie
signed in a store, are read from it in runs and folded as a starting till folds what its books lack. The floor writes
the same rows into the same tables, as many in one transaction, with ``executemany`` and an fsync for each commit.
The third figure is the first beside a thread that never stops computing: a till catching up verifies and stores
meanwhile, in the same interpreter.

The aim is 12,000 receipts a second alone, so that 6,000 are left beside replication. Run with ``make bench``.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import wiring
from app.books.reader import BooksReader
from app.books.schema import CONTENTS, open_books
from app.books.writer import BooksWriter
from app.facts import codec
from replication.applier import MAX_GROUP_RECORDS, Applier
from replication.core import effects, records
from replication.core.model import Feed, FeedHead, Record
from replication.store import Store
from tests.benchmarks import trading_day

TILLS = 8
RECEIPTS = 10_000
ROUNDS = 3
NETWORK = "5f8c1d3a-7b1e-4f7a-9a59-0c1d2e3f4a5b"


def filled_store(folder: Path) -> Store:
    """A store with everything that the tills wrote."""
    store = Store.open(folder / "store.sqlite")
    key = Ed25519PrivateKey.generate()
    heads: dict[Feed, FeedHead] = {}
    written: list[Record] = []
    for tick, (till_no, fact) in enumerate(trading_day.facts(TILLS, RECEIPTS)):
        topic, kind, body = codec.write(fact)
        feed = Feed(trading_day.member(till_no), topic)
        head = heads.get(feed, FeedHead(0, records.genesis(NETWORK, feed), ""))
        record = records.write(
            key, NETWORK, feed, seq=head.seq + 1, hlc=f"{tick:016d}-00000", prev=head.hash, kind=kind, body=body
        )
        heads[feed] = FeedHead(record.seq, record.hash, record.hlc)
        written.append(record)
    durable = threading.Event()
    store.submit(effects.Store(1, 1, (), tuple(written), {}, ()), lambda _answer: durable.set())
    durable.wait()
    return store


def fold(store: Store, place: Path, troubles: list[str]) -> tuple[float, float]:
    """Fold the whole store into new books: seconds that passed, and seconds of CPU in the folding."""
    database = open_books(place)
    writer = BooksWriter(database)
    busy_s = 0.0

    def apply(run: list[Record]) -> None:
        nonlocal busy_s
        began = time.thread_time()
        writer.apply(run)
        busy_s += time.thread_time() - began

    applier = Applier(apply, troubles.append)  # type: ignore[arg-type]
    began = time.perf_counter()
    for run in store.records_after({}):
        applier.put(run, lambda: None)
    applier.stop()
    took_s = time.perf_counter() - began
    database.dispose()
    return took_s, busy_s


def beside_a_busy_thread(work: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    stop = threading.Event()

    def spin() -> None:
        while not stop.is_set():
            sum(range(1_000))

    thread = threading.Thread(target=spin)
    thread.start()
    try:
        return work()
    finally:
        stop.set()
        thread.join()


def floor(books: Path, place: Path, groups: int) -> float:
    """Seconds that the rows of these books take through ``executemany`` into empty tables, in so many commits."""
    shutil.copy(books, place)
    connection = sqlite3.connect(place, isolation_level=None)
    rows = {table.name: connection.execute(f"SELECT * FROM {table.name}").fetchall() for table in CONTENTS}
    for name in rows:
        connection.execute(f"DELETE FROM {name}")
    connection.execute("VACUUM")
    connection.execute("PRAGMA synchronous=FULL")
    began = time.perf_counter()
    for group in range(groups):
        connection.execute("BEGIN IMMEDIATE")
        for name, all_rows in rows.items():
            part = all_rows[group * len(all_rows) // groups : (group + 1) * len(all_rows) // groups]
            if part:
                places = ", ".join("?" * len(part[0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({places})", part)
        connection.execute("COMMIT")
    took_s = time.perf_counter() - began
    connection.close()
    return took_s


@pytest.mark.benchmark
@pytest.mark.timeout(300)
def test_ten_thousand_receipts_into_the_books(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sys.setswitchinterval(wiring.SWITCH_INTERVAL_S)  # as a running till has it
    store = filled_store(tmp_path)
    took: list[tuple[float, float]] = []
    beside: list[tuple[float, float]] = []
    floors: list[float] = []
    troubles: list[str] = []
    for number in range(ROUNDS):
        place = tmp_path / f"books-{number}.sqlite"
        took.append(fold(store, place, troubles))
        floors.append(floor(place, tmp_path / f"floor-{number}.sqlite", 15_200 // MAX_GROUP_RECORDS))
        other = tmp_path / f"beside-{number}.sqlite"
        beside.append(beside_a_busy_thread(lambda place=other: fold(store, place, troubles)))  # type: ignore[misc]
    store.close()
    database = open_books(tmp_path / "books-0.sqlite")
    reader = BooksReader(database)
    assert (reader.turnover(None, None).receipts, reader.passed_over(), troubles) == (RECEIPTS, {}, [])
    database.dispose()
    with capsys.disabled():
        print(f"\n{RECEIPTS} receipts, the best of {ROUNDS} rounds")
        for name, (took_s, busy_s) in (("read and fold", min(took)), ("beside a busy", min(beside))):
            each = busy_s / RECEIPTS * 1e6
            print(f"{name:14} {RECEIPTS / took_s:7.0f} receipts/s   folding takes {each:5.1f} µs of CPU each")
        ratio = min(took)[0] / min(floors)
        print(f"{'bare sqlite3':14} {RECEIPTS / min(floors):7.0f} receipts/s   ratio {ratio:4.2f}")
