from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from replication import quarantine_table
from replication.core import effects, records
from replication.core.events import Stored, StoreFailed
from replication.core.model import Chunk, Feed, FeedHead, Record
from replication.store import LogRow, Store, StoreDamaged, StoreUnavailable
from replication.store_writer import BLOCK_ROWS

NETWORK = "ab" * 16
SALES, MEMBERSHIP = Feed("m1", "sales"), Feed("m1", "membership")
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def written(feed: Feed, count: int, after: Record | None = None, size: int = 10) -> list[Record]:
    """A run of records."""
    run: list[Record] = []
    for _ in range(count):
        last = run[-1] if run else after
        seq = last.seq + 1 if last else 1
        prev = last.hash if last else records.genesis(NETWORK, feed)
        hlc = f"{1_700_000_000_000 + seq:016d}-00000"
        body = {"text": "x" * size}
        run.append(records.write(KEY, NETWORK, feed, seq=seq, hlc=hlc, prev=prev, kind="note/1", body=body))
    return run


class Batches:
    """Submits batches and collects the answers."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.answers: SimpleQueue[Stored | StoreFailed] = SimpleQueue()
        self.epoch = 1
        self._next = 1

    def submit(
        self,
        run: list[Record] | None = None,
        *,
        chunks: tuple[Chunk, ...] = (),
        keep: dict[str, str | None] | None = None,
        quarantine: tuple[tuple[str, str, str], ...] = (),
    ) -> int:
        batch = effects.Store(self._next, self.epoch, chunks, tuple(run or ()), keep or {}, quarantine)
        self._next += 1
        self.store.submit(batch, self.answers.put)
        return batch.batch_id

    def answer(self) -> Stored | StoreFailed:
        return self.answers.get(timeout=10)

    def write(self, *args: object, **kwargs: object) -> None:
        assert self.submit(*args, **kwargs) == (found := self.answer()).batch_id  # type: ignore[arg-type]
        assert isinstance(found, Stored)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store.open(path)
    yield opened
    opened.close()


@pytest.fixture
def batches(store: Store) -> Batches:
    return Batches(store)


def test_what_was_written_is_there_after_opening_again(path: Path) -> None:
    run = written(SALES, 3)
    store = Store.open(path)
    Batches(store).write(run, chunks=(Chunk("d1", b"one"), Chunk("d1", b"two")), keep={"open_sale": "{}"})
    store.close()
    again = Store.open(path)
    try:
        assert again.records(SALES, 0, 10) == run
        assert again.heads() == {SALES: FeedHead(3, run[-1].hash, run[-1].hlc)}
        assert again.chunks("d1") == (Chunk("d1", b"one"), Chunk("d1", b"two"))
        assert again.kept("open_sale") == "{}"
        assert again.kept_all() == {"open_sale": "{}"}
    finally:
        again.close()


def test_chunks_go_on_where_they_ended(path: Path) -> None:
    for data in (b"one", b"two", b"three"):
        store = Store.open(path)
        Batches(store).write(chunks=(Chunk("d1", data), Chunk(f"other-{data!r}", data)))
        store.close()
    store = Store.open(path)
    assert [chunk.data for chunk in store.chunks("d1")] == [b"one", b"two", b"three"]
    assert store.chunks("unknown") == ()
    store.close()


def test_records_are_read_in_runs(batches: Batches) -> None:
    run = written(SALES, 7)
    batches.write(run)
    assert batches.store.records(SALES, 2, 3) == run[2:5]
    assert batches.store.records(SALES, 7, 3) == []
    assert batches.store.records(Feed("nobody", "sales"), 0, 3) == []


def test_what_follows_the_books_comes_membership_first(batches: Batches) -> None:
    sales, membership = written(SALES, 5), written(MEMBERSHIP, 2)
    batches.write(sales)
    batches.write(membership)
    assert list(batches.store.records_after({SALES: 2}, limit=2)) == [membership, sales[2:4], sales[4:]]
    assert list(batches.store.records_after({SALES: 5, MEMBERSHIP: 2})) == []
    assert batches.store.membership_records() == membership


def test_answers_come_in_the_order_of_the_batches(batches: Batches) -> None:
    ids = [batches.submit(keep={"n": str(n)}) for n in range(500)]
    assert [batches.answer().batch_id for _ in ids] == ids
    assert batches.store.kept("n") == "499"
    assert batches.store.queued_bytes == 0


def test_kept_values_can_be_taken_back(batches: Batches) -> None:
    batches.write(keep={"a": "1", "b": "2"})
    batches.write(keep={"a": None, "b": "3"})
    assert batches.store.kept_all() == {"b": "3"}


def test_a_record_is_never_written_over(batches: Batches) -> None:
    run = written(SALES, 1)
    batches.write(run)
    batches.submit(written(SALES, 1, size=99), keep={"a": "1"})
    failed = batches.answer()
    assert isinstance(failed, StoreFailed)
    assert failed.reason.startswith("store_failed: ")
    assert batches.store.records(SALES, 0, 5) == run
    assert batches.store.kept_all() == {}


def test_a_failure_fails_all_that_was_built_on_it_and_the_next_epoch_goes_on(batches: Batches) -> None:
    run = written(SALES, 2)
    batches.write(run[:1])
    batches.submit(run[:1])
    batches.submit(keep={"a": "1"})
    assert isinstance(batches.answer(), StoreFailed)
    assert isinstance(batches.answer(), StoreFailed)
    batches.submit(keep={"b": "1"})
    assert isinstance(batches.answer(), StoreFailed)
    batches.epoch += 1
    batches.write(run[1:], chunks=(Chunk("d1", b"one"),))
    assert batches.store.kept_all() == {}
    assert batches.store.heads()[SALES].seq == 2


def test_a_full_disk_leaves_nothing_half_written_and_selling_goes_on_when_there_is_room(path: Path) -> None:
    run = written(SALES, 1)
    store = Store.open(path)
    batches = Batches(store)
    batches.write(run)
    limit = store._writer._connection
    pages = limit.execute("PRAGMA page_count").fetchone()[0]
    limit.execute(f"PRAGMA max_page_count={pages + 1}")
    more = written(SALES, 1, after=run[-1], size=60_000)
    batches.submit(more, chunks=(Chunk("d1", b"c" * 60_000),), keep={"open_sale": "paid"})
    failed = batches.answer()
    assert isinstance(failed, StoreFailed)
    assert failed.reason.startswith("disk_full: ")
    assert "free some space" in failed.reason
    assert store.records(SALES, 0, 10) == run
    assert store.chunks("d1") == ()
    assert store.kept_all() == {}
    limit.execute("PRAGMA max_page_count=1000000")
    batches.epoch += 1
    batches.write(more, chunks=(Chunk("d1", b"c"),))
    store.close()
    again = Store.open(path)
    assert again.records(SALES, 0, 10) == run + more
    again.close()


def test_a_batch_after_closing_is_answered(path: Path) -> None:
    store = Store.open(path)
    batches = Batches(store)
    batches.submit(keep={"a": "1"})
    store.close()
    store.close()
    assert isinstance(batches.answer(), Stored)
    batches.submit(keep={"a": "2"})
    assert isinstance(batches.answer(), StoreFailed)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE chunks SET data = x'00' WHERE id & 0xFFFFFFFF = 2",
        "UPDATE chunks SET data = x'545758' WHERE id & 0xFFFFFFFF = 2",
        "DELETE FROM chunks WHERE id & 0xFFFFFFFF = 1",
    ],
)
def test_a_torn_chunk_is_named_and_never_used(path: Path, damage: str) -> None:
    store = Store.open(path)
    Batches(store).write(chunks=(Chunk("d1", b"one"), Chunk("d1", b"two")))
    store.close()
    meddle(path, damage)
    store = Store.open(path)
    with pytest.raises(StoreDamaged, match="document d1"):
        store.chunks("d1")
    store.close()


def test_a_changed_record_is_named_and_never_used(path: Path) -> None:
    store = Store.open(path)
    Batches(store).write(written(SALES, 2))
    store.close()
    meddle(path, "UPDATE records SET text = replace(text, 'xx', 'yy') WHERE id & 0xFF = 2")
    store = Store.open(path)
    assert len(store.records(SALES, 0, 1)) == 1
    with pytest.raises(StoreDamaged, match="record 2 of m1/sales"):
        store.records(SALES, 0, 2)
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM records WHERE id & 0xFF = 3",  # in the middle
        "DELETE FROM records WHERE id & 0xFF = 1",
        "DELETE FROM records",
        "UPDATE records SET id = id + 1 WHERE id & 0xFF = 5",
        "UPDATE records SET hlc = '9' || substr(hlc, 2) WHERE id & 0xFF = 5",
        "UPDATE records SET hash = '0' || substr(hash, 2) WHERE id & 0xFF = 5",
        "DROP TABLE records",
    ],
)
def test_a_record_that_is_missing_is_damage(path: Path, statement: str) -> None:
    store = Store.open(path)
    Batches(store).write(written(SALES, 5))
    store.close()
    meddle(path, statement)
    with pytest.raises(StoreDamaged):
        whole(path)


def test_a_document_without_its_chunks_or_under_another_name_is_damage(path: Path) -> None:
    store = Store.open(path)
    Batches(store).write(chunks=(Chunk("aa", b"one"), Chunk("bb", b"two")))
    assert store.chunks("cc") == ()
    store.close()
    meddle(path, "DELETE FROM chunks WHERE data = CAST('one' AS BLOB)")
    store = Store.open(path)
    with pytest.raises(StoreDamaged, match="aa"):
        store.chunks("aa")
    store.close()
    raw = path.read_bytes()
    for at in (raw.index(b"bb"), raw.rindex(b"bb")):  # in the table, and in its index
        path.write_bytes(raw[:at] + b"b\x63" + raw[at + 2 :])
        store = Store.open(path)
        with pytest.raises(StoreDamaged, match="bb"):
            store.chunks("bb")
        store.close()


def whole(path: Path) -> list[Record]:
    """Everything that can be read from a store."""
    store = Store.open(path)
    try:
        store.heads()
        return [record for run in store.records_after({}, 2) for record in run]
    finally:
        store.close()


def test_what_is_written_while_it_is_read_is_no_damage(batches: Batches) -> None:
    run = written(SALES, 3_000)
    reading = threading.Thread(target=lambda: [batches.submit([record]) for record in run])
    reading.start()
    seen = 0
    while seen < len(run):
        seen = len(batches.store.records(SALES, 0, 10_000))
        assert len(batches.store.records(SALES, max(0, seen - 3), 2)) >= min(seen, 2)
    reading.join()


def test_a_file_that_is_no_store_is_left_alone(path: Path) -> None:
    path.write_bytes(b"this is a letter to my mother, not a database" * 100)
    with pytest.raises(StoreDamaged, match="move the file away"):
        Store.open(path)
    assert path.read_bytes().startswith(b"this is a letter")


def test_a_store_of_a_later_program_is_left_alone(path: Path) -> None:
    Store.open(path).close()
    meddle(path, "UPDATE meta SET value = '99' WHERE key = 'format'")
    with pytest.raises(StoreDamaged, match="update Tillmesh"):
        Store.open(path)


def test_a_folder_that_is_missing_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="check rights"):
        Store.open(tmp_path / "missing" / "store.sqlite")


def test_refused_records_are_kept_as_evidence(batches: Batches) -> None:
    batches.write(quarantine=(("m1/sales", "bad signature", "{}"),))
    (row,) = batches.store.quarantine()
    assert row[1:] == ("m1/sales", "bad signature", "{}")


def test_a_flood_of_refused_records_is_kept_within_bounds_and_counted(
    batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine_table, "MAX_ROWS", 10)
    for number in range(0, 30, 2):
        batches.write(quarantine=tuple(("m1/sales", f"reason {n}", "{}") for n in (number, number + 1)))
    assert [row.reason for row in batches.store.quarantine()] == [f"reason {n}" for n in (0, *range(21, 30))]
    assert batches.store.quarantined() == (10, 20)
    monkeypatch.setattr(quarantine_table, "MAX_BYTES", 1_000)
    batches.write(quarantine=tuple(("m1/sales", f"large {n}", "x" * 400) for n in range(3)))
    assert [row.reason for row in batches.store.quarantine()] == ["reason 0", "large 1", "large 2"]
    assert batches.store.quarantined() == (3, 30)
    batches.store.close()
    lines = [row.detail for row in Store.read_only(batches.store.path).log(10) if row.what == "quarantined"]
    assert len(lines) == 1  # at most one a minute
    assert "dropped" in lines[0]
    again = Store.open(batches.store.path)
    assert again.quarantined() == (3, 30)
    again.close()


def test_no_junk_drives_out_where_it_began_and_what_proves_a_fork(
    batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine_table, "MAX_ROWS", 10)
    batches.write(quarantine=(("m1/sales", "first", "{}"), ("m1/sales", "fork", "both")))
    batches.write(quarantine=tuple(("m1/sales", f"junk {n}", "{}") for n in range(20)))
    batches.write(quarantine=tuple((f"carrier name {n}", "foreign", "{}") for n in range(20)))
    rows = batches.store.quarantine()
    assert [row.reason for row in rows[:2]] == ["first", "fork"]
    assert len(rows) == 10
    assert rows[-1].feed == "carrier name 19"


def test_a_batch_that_fails_leaves_the_count_of_the_quarantine_as_it_was(batches: Batches) -> None:
    batches.write(written(SALES, 1), quarantine=(("m1/sales", "one", "{}"),))
    batches.submit(written(SALES, 1), quarantine=(("m1/sales", "two", "{}"),))  # the record is there already
    assert isinstance(batches.answer(), StoreFailed)
    assert batches.store.quarantined() == (1, 0)
    batches.epoch += 1
    batches.write(quarantine=(("m1/sales", "three", "{}"),))
    assert [row.reason for row in batches.store.quarantine()] == ["one", "three"]
    assert batches.store.quarantined() == (2, 0)


def test_the_sync_log_reads_in_order_and_is_pruned(path: Path) -> None:
    at_ms = time.time_ns() // 1_000_000
    store = Store.open(path)
    store.submit_log([LogRow(at_ms - 91 * 86_400_000, "sent", "till 2", "long ago")])
    store.submit_log([LogRow(at_ms, "sent", "till 2", f"line {n}") for n in range(5)])
    store.close()
    store = Store.open(path)
    assert [row.detail for row in store.log(3)] == ["line 2", "line 3", "line 4"]
    assert len(store.log(100)) == 5
    store.close()


def test_the_log_is_written_while_the_disk_is_idle(batches: Batches, path: Path) -> None:
    batches.store.submit_log([LogRow(1_000_000_000_000_000, "connected", "till 2", "")])
    other = Store.read_only(path)
    give_up = time.monotonic() + 30
    while not other.log(1) and time.monotonic() < give_up:
        time.sleep(0.01)
    assert other.log(1)
    other.close()


def test_who_reads_the_log_finds_what_was_noted_before(batches: Batches) -> None:
    """A line noted a moment before was missing: lines wait for an idle disk."""
    for n in range(5):
        batches.store.submit_log([LogRow(1_000_000_000_000_000, "connected", "till 2", str(n))])
        assert [row.detail for row in batches.store.log(10)] == [str(at) for at in range(n + 1)]


def test_readers_do_not_wait_for_the_writer(batches: Batches) -> None:
    batches.write(written(SALES, 50))
    found: list[int] = []

    def read() -> None:
        found.extend(len(batches.store.records(SALES, 0, 50)) for _ in range(20))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for n in range(50):
        batches.submit(keep={"n": str(n)})
    for reader in readers:
        reader.join()
    assert found == [50] * 80
    for _ in range(50):
        assert isinstance(batches.answer(), Stored)


def meddle(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_long_run_is_written_in_blocks_and_comes_back_in_order(store: Store, path: Path) -> None:
    run = written(SALES, 2 * BLOCK_ROWS + 7)
    chunks = tuple(Chunk("d" * 32, b"change %d" % number) for number in range(3 * BLOCK_ROWS + 1))
    Batches(store).write(run, chunks=chunks)
    assert store.records(SALES, 0, 1_000) == run
    assert store.chunks("d" * 32) == chunks


@pytest.mark.parametrize("place", [BLOCK_ROWS + 3, 2 * BLOCK_ROWS + 3])
def test_a_record_that_is_there_already_fails_a_long_run_whole(store: Store, place: int) -> None:
    (there,) = written(SALES, 1)
    batches = Batches(store)
    batches.write([there])
    batches.submit([*written(MEMBERSHIP, place), there])
    assert isinstance(batches.answer(), StoreFailed)
    assert store.records(SALES, 0, 1_000) == [there]
    assert store.records(MEMBERSHIP, 0, 1_000) == []
