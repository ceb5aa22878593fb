"""Books that several offices write: every record counts once, whoever brings it, and whoever dies over it."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select, text

from app.books.postgres import BooksUnavailable
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.books.tables.base import positions
from app.books.turns import BooksBehind
from app.books.versions import TABLE
from app.books.writer import BooksWriter
from app.engine.catching_up import CatchingUp
from app.facts.circulation import VoucherIssued
from replication.core.model import Feed, Record
from tests.app.books.sharers import shared_records
from tests.app.books.shelf import CODES, Books, arrival, receipt, records_of
from tests.benchmarks import trading_day


@pytest.fixture
def engine(postgres_database: str) -> Iterator[Engine]:
    made = open_books(postgres_database)
    yield made
    made.dispose()


@contextmanager
def writing(engine: Engine) -> Iterator[BooksWriter]:
    writer = BooksWriter(engine)
    try:
        yield writer
    finally:
        writer.close()


def alone(records: list[Record]) -> tuple[str, dict[tuple[str, str], int], dict[Feed, int]]:
    """What books say that nobody shares."""
    books = Books()
    books.writer.rebuild(records)
    said = books.reader.fingerprint(), books.reader.passed_over(), books.writer.positions()
    books.close()
    return said


def together(engine: Engine) -> tuple[str, dict[tuple[str, str], int], dict[Feed, int]]:
    reader = BooksReader(engine)
    return reader.fingerprint(), reader.passed_over(), how_far(engine)


def how_far(engine: Engine) -> dict[Feed, int]:
    with engine.connect() as connection:
        return {Feed(row.member_id, row.topic): row.seq for row in connection.execute(select(positions))}


def started(url: str, seed: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "tests.app.books.sharers", url, str(seed)]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_offices_that_fold_the_same_feeds_at_once_count_everything_once(engine: Engine, postgres_database: str) -> None:
    """Three of them, of which one is killed in the middle."""
    offices = [started(postgres_database, seed) for seed in (1, 2, 3)]
    try:
        for office in offices:
            assert office.stdout is not None
            assert office.stdout.readline() == "ready\n"
        for office in offices:
            assert office.stdin is not None
            office.stdin.write("go\n")
            office.stdin.flush()
        while len(how_far(engine)) < 3:
            assert any(office.poll() is None for office in offices)
            time.sleep(0.01)
        offices[0].kill()
        assert [office.wait(60) for office in offices[1:]] == [0, 0]
    finally:
        for office in offices:
            office.kill()
            office.communicate()
    assert together(engine) == alone(shared_records())


def test_a_record_that_another_office_folded_is_skipped(engine: Engine) -> None:
    records = records_of([("a", receipt(1, n, 100)) for n in (1, 2, 3, 4)])
    with writing(engine) as one, writing(engine) as other:
        one.apply(records[:2])
        other.apply(records[:3])
        assert (one.positions(), other.positions()) == ({Feed("a", "sales"): 2}, {Feed("a", "sales"): 3})
        one.apply(records[2:])
        other.apply(records)
    assert together(engine) == alone(records)


def test_who_waits_for_his_turn_sees_what_was_written_meanwhile(engine: Engine) -> None:
    records = records_of([("a", receipt(1, n, 100)) for n in (1, 2, 3)])
    with writing(engine) as one, writing(engine) as other:
        with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
            one._turn.take(connection, set(), {})
            waiting = threading.Thread(target=other.apply, args=(records,))
            waiting.start()
            locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while not connection.execute(text(locks)).scalar():
                assert waiting.is_alive()
            one._fold(connection, records[:2])
            one._move(connection, {Feed("a", "sales"): 2})
        waiting.join()
    assert together(engine) == alone(records)


@pytest.mark.parametrize("where", ["between statements", "in a block"])
def test_an_office_that_hangs_in_a_batch_does_not_keep_the_others_out(postgres_database: str, where: str) -> None:
    impatient = open_books(f"{postgres_database}&options={quote('-c lock_timeout=300ms')}")
    records = records_of([("a", receipt(1, n, 100)) for n in (1, 2, 3)])
    through = threading.Event()
    failed: list[Exception] = []
    with writing(impatient) as one, writing(impatient) as other:
        fold = one._fold

        def hang(connection: Connection, batch: Sequence[Record]) -> None:
            fold(connection, batch[:1])
            if where == "in a block":
                cursor: Any = connection.connection.cursor()
                with cursor.copy("COPY passed_over FROM STDIN") as copy:
                    copy.write("stuck")
                    assert through.wait(60)
            else:
                assert through.wait(60)
                fold(connection, batch[1:])

        def work() -> None:
            try:
                one.apply(records[:2])
            except BooksUnavailable as error:
                failed.append(error)

        one._fold = hang  # type: ignore[method-assign]
        stuck = threading.Thread(target=work)
        stuck.start()
        while not _locks(impatient):
            assert stuck.is_alive()
        with pytest.raises(BooksUnavailable):
            other.apply(records)
        while not open_again(f"{postgres_database}&options={quote('-c lock_timeout=100ms')}"):
            pass
        while not other.positions():
            with suppress(BooksUnavailable):  # who has just begun to hang is given the time
                other.apply(records)
        through.set()
        stuck.join()
        assert len(failed) == 1
    assert together(impatient) == alone(records)
    impatient.dispose()


def open_again(url: str) -> bool:
    """Whether an office can be started."""
    try:
        open_books(url).dispose()
    except BooksUnavailable:
        return False
    return True


def _locks(engine: Engine) -> int:
    with engine.connect() as connection:
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        return int(connection.execute(text(held)).scalar() or 0)


def test_books_folded_anew_by_another_office_get_back_what_that_one_did_not_know(engine: Engine) -> None:
    mine = records_of([("a", receipt(1, n, 100)) for n in (1, 2)])
    theirs = records_of([("b", VoucherIssued(CODES[0], "multi_purpose", 500, "EUR", "t", 1, "r"))])
    late = records_of([("a", receipt(1, n, 100)) for n in (1, 2, 3)])[2:]
    store = {Feed("a", "sales"): [*mine, *late]}

    def records_after(known: dict[Feed, int]) -> Iterator[list[Record]]:
        for feed, held in store.items():
            yield held[known.get(feed, 0) :]

    with writing(engine) as one, writing(engine) as other:
        one.apply(mine)
        other.rebuild(theirs)
        with pytest.raises(BooksBehind):
            one.apply(late)
        # Even if it is another feed that brings it to light.
        CatchingUp(one, records_after).apply(theirs)
        assert one.positions() == {Feed("a", "sales"): 3, Feed("b", "circulation"): 1}
    assert together(engine) == alone([*theirs, *mine, *late])


def test_books_out_of_a_backup_get_what_they_lack(engine: Engine) -> None:
    records = records_of([("a", receipt(1, n, 100)) for n in (1, 2, 3)])
    with writing(engine) as one:
        one.apply(records[:2])
        with engine.begin() as connection:
            for table in ("receipts", "receipt_lines", "receipt_taxes", "receipt_tenders", "positions"):
                connection.execute(text(f"DELETE FROM {table}"))
        with pytest.raises(BooksBehind):
            one.apply(records[2:])
        CatchingUp(one, lambda known: iter([records[known.get(Feed("a", "sales"), 0) :]])).apply(records[2:])
    assert together(engine) == alone(records)


def test_books_that_another_version_has_changed_are_left_alone(engine: Engine) -> None:
    records = records_of([("a", receipt(1, n, 100)) for n in (1, 2)])
    with writing(engine) as one:
        one.apply(records[:1])
        with engine.begin() as connection:
            connection.execute(TABLE.update().values(version_num="99"))
        before = together(engine)
        with pytest.raises(BooksUnavailable):
            one.apply(records[1:])
        assert together(engine) == before


def test_what_the_server_cannot_hold_is_passed_over_and_stops_nobody(engine: Engine) -> None:
    # An index holds 2,700 bytes, squeezed; this cannot be.
    code = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(200))
    long = VoucherIssued(code, "multi_purpose", 1, "EUR", "t", 1, "r")
    vouchers = [VoucherIssued(code, "multi_purpose", 1, "EUR", "t", 1, "r") for code in CODES]
    with writing(engine) as one:
        one.apply(records_of([("a", vouchers[0]), ("a", long), ("a", receipt(1, 1, 5)), ("a", vouchers[1])]))
        assert one.positions() == {Feed("a", "circulation"): 3, Feed("a", "sales"): 1}
    reader = BooksReader(engine)
    assert set(reader.voucher_codes()) == set(CODES)
    assert reader.passed_over() == {(VoucherIssued.kind, "unreadable"): 1}
    assert reader.turnover(None, None).receipts == 1


@settings(max_examples=3)
@given(st.integers(0, 2**32))
def test_whatever_brings_records_to_which_office_they_count_once(
    servers_books: tuple[Engine, Engine], seed: int
) -> None:
    """Two offices hear of the same by LAN, internet and carrier: each in an order of its own, with repeats. Now and
    then one of them is started anew, or folds the books anew from what has come to it so far.
    """
    rng = random.Random(seed)
    records = list(trading_day.records(3, 20))[-24:]
    first = {record.feed: record.seq for record in reversed(records)}
    records = [msgspec.structs.replace(each, seq=each.seq - first[each.feed] + 1) for each in records]
    engine = servers_books[0]
    came: list[list[Record]] = [[], []]
    arrivals = [arrival(records, random.Random(rng.random())) for _ in came]
    writers = [BooksWriter(engine) for _ in came]
    writers[0].rebuild([])

    def after(heard: list[Record], known: dict[Feed, int]) -> list[Record]:
        return [each for each in heard if each.seq > known.get(each.feed, 0)]

    try:
        while arrivals:
            at = rng.randrange(len(came))
            batch = next(arrivals[at], None)
            if batch is None:
                break
            came[at] += [each for each in batch[-6:] if each not in came[at]]
            CatchingUp(writers[at], lambda known, at=at: iter([after(came[at], known)])).apply(batch)  # type: ignore[misc]
            if rng.random() < 0.05:
                writers[at].close()
                writers[at] = BooksWriter(engine)
                writers[at].apply(after(came[at], writers[at].positions()))
            if rng.random() < 0.05:
                writers[at].rebuild(came[at])
        for at, rest in enumerate(arrivals):
            heard = [*came[at], *(each for batch in rest for each in batch if each not in came[at])]
            catching_up = CatchingUp(writers[at], lambda known, heard=heard: iter([after(heard, known)]))  # type: ignore[misc]
            catching_up.apply(records)
    finally:
        for writer in writers:
            writer.close()
    assert together(engine) == alone(records)
