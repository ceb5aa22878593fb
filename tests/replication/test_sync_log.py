"""The sync log: what it keeps, for how long, and that nothing floods it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from replication.core.link import SUMMARY_BURST, SUMMARY_PAUSE_MS, Link
from replication.core.model import Member
from replication.log_table import DAY_MS, HOUR_MS, LOG_DAYS, TIDY_ROWS, LogRow, LogTable
from replication.store import Store
from replication.sync_log import BURST, WINDOW_MS, SyncLog

NOW_MS = 1_763_750_000_000


class Time:
    def __init__(self) -> None:
        self.ms = NOW_MS

    def __call__(self) -> int:
        return self.ms


def a_log() -> tuple[SyncLog, list[LogRow], Time]:
    rows: list[LogRow] = []
    clock = Time()
    return SyncLog(rows.extend, clock), rows, clock


def table(path: Path) -> tuple[LogTable, sqlite3.Connection]:
    Store.open(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    return LogTable(connection), connection


def details(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT detail FROM synclog ORDER BY no")]


def test_a_flood_of_events_is_a_few_lines_and_a_sum() -> None:
    log, rows, clock = a_log()
    for n in range(10_000):
        log.add("dropped", "stranger", f"nonsense {n}", {"x/1": 1}, 10)
    log.add("connected", "friend", "10.0.0.1:1")
    assert len(rows) == BURST + 1
    clock.ms += WINDOW_MS
    log.look()
    assert len(rows) == BURST + 2
    assert rows[-1].detail == f"{10_000 - BURST} more within a minute; the last: nonsense 9999"
    assert json.loads(rows[-1].kinds) == {"x/1": 10_000 - BURST}
    assert rows[-1].bytes == (10_000 - BURST) * 10


def test_what_was_held_back_is_told_at_the_end_and_when_the_clock_is_put_back() -> None:
    log, rows, clock = a_log()
    for _ in range(BURST + 5):
        log.add("dropped", "stranger", "nonsense")
    clock.ms -= 10 * DAY_MS
    log.look()
    assert rows[-1].detail.startswith("5 more")
    for _ in range(BURST + 7):
        log.add("dropped", "stranger", "nonsense")
    log.close()
    assert rows[-1].detail.startswith("7 more")


def test_a_flood_under_ever_new_names_is_bounded_too() -> None:
    log, rows, _clock = a_log()
    for n in range(20_000):
        log.add("dropped", f"stranger {n}", "nonsense")
    assert len(rows) <= 1_000 + BURST


def test_the_log_keeps_ninety_days_by_the_clock_it_is_given(tmp_path: Path) -> None:
    clock = Time()
    store = Store.open(tmp_path / "store.sqlite", clock)
    store.submit_log([LogRow(NOW_MS + day * DAY_MS, "clock", "p", f"day {day}") for day in range(10)])
    store.close()
    clock.ms = NOW_MS + LOG_DAYS * DAY_MS + 4 * DAY_MS
    Store.open(tmp_path / "store.sqlite", clock).close()
    store = Store.open(tmp_path / "store.sqlite", lambda: NOW_MS)
    assert [row.detail for row in store.log(100)] == [f"day {day}" for day in range(4, 10)]
    store.close()


def test_traffic_older_than_a_day_is_summed_up_by_peer_and_hour(tmp_path: Path) -> None:
    log, connection = table(tmp_path / "store.sqlite")
    hour_ms = NOW_MS - NOW_MS % HOUR_MS
    rows = [
        LogRow(hour_ms + minute * 60_000, what, peer, "…", '{"note/1": 2}', 100)
        for minute in range(60)
        for peer in ("a", "b")
        for what in ("sent", "received")
    ]
    log.add(
        [*rows, LogRow(hour_ms + HOUR_MS - 1, "fork", "a", "a fork"), LogRow(hour_ms + 2 * DAY_MS, "sent", "a", "new")]
    )
    log.tidy(hour_ms + HOUR_MS + DAY_MS)
    found = connection.execute("SELECT what, peer, kinds, bytes FROM synclog ORDER BY no").fetchall()
    summed = [(what, peer, '{"note/1": 120}', 6_000) for peer in ("a", "b") for what in ("sent", "received")]
    assert found == [*summed, ("fork", "a", "", 0), ("sent", "a", "", 0)]
    assert "note/1 ×120; 6000 bytes in an hour" in details(connection)
    connection.close()


def test_tidying_takes_a_bounded_step_a_minute_so_a_wrong_clock_does_not_take_all(tmp_path: Path) -> None:
    log, connection = table(tmp_path / "store.sqlite")
    log.add([LogRow(NOW_MS, "clock", "p", str(n)) for n in range(3 * TIDY_ROWS)])
    for _ in range(5):
        log.tidy(NOW_MS + 5 * 365 * DAY_MS)
    assert len(details(connection)) == 2 * TIDY_ROWS
    connection.close()


def test_a_tidying_changes_a_bounded_number_of_rows_however_full_the_log_is(tmp_path: Path) -> None:
    log, connection = table(tmp_path / "store.sqlite")
    connection.execute("BEGIN")
    log.add([LogRow(NOW_MS + n, "sent", "p", "…", '{"note/1": 1}', 1) for n in range(20_000)])
    before = connection.total_changes
    log.tidy(NOW_MS + 2 * DAY_MS)
    assert 0 < connection.total_changes - before <= TIDY_ROWS + 1
    connection.close()


def test_a_store_of_an_older_version_gets_the_new_columns_and_keeps_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    Store.open(path, lambda: NOW_MS).close()
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE synclog")
    connection.execute(
        "CREATE TABLE synclog (no INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, what TEXT NOT NULL,"
        " peer TEXT NOT NULL, detail TEXT NOT NULL)"
    )
    connection.execute("INSERT INTO synclog (at_ms, what, peer, detail) VALUES (?, 'sent', 'p', 'old')", (NOW_MS,))
    connection.commit()
    connection.close()
    for _ in range(2):  # and once more, now that they are there
        store = Store.open(path, lambda: NOW_MS)
        store.submit_log([LogRow(NOW_MS, "sent", "p", "new", '{"note/1": 1}', 7)])
        store.close()
    store = Store.open(path, lambda: NOW_MS)
    assert (
        store.log(2)
        == [
            LogRow(NOW_MS, "sent", "p", "new", '{"note/1": 1}', 7),
        ]
        * 2
    )
    assert store.log(3)[0] == LogRow(NOW_MS, "sent", "p", "old")
    store.close()


def test_the_log_is_read_by_peer_time_and_sort(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store.sqlite", lambda: NOW_MS)
    sorts = (("sent", "a"), ("received", "b"), ("clock", "a"), ("sent", "c"))
    store.submit_log([LogRow(NOW_MS + n, what, peer, str(n)) for n, (what, peer) in enumerate(sorts)])
    store.close()
    store = Store.open(tmp_path / "store.sqlite")
    assert [row.detail for row in store.log(9, peers=["a"])] == ["0", "2"]
    assert [row.detail for row in store.log(9, peers=["a", "c"], what=["sent"])] == ["0", "3"]
    assert [row.detail for row in store.log(9, since_ms=NOW_MS + 2)] == ["2", "3"]
    assert [row.detail for row in store.log(1, what=["sent", "received"])] == ["3"]
    assert store.log(9, peers=[]) == []
    store.close()


def test_a_busy_link_is_summed_up_once_a_minute_and_nothing_is_left_uncounted() -> None:
    link = Link(1, Member("m", 1, "", "till", "", b""), "m", "", 0)
    lines = 0
    counted = size = 0
    for second in range(3_600):
        link.sent["note/1"] += 3
        link.bytes_out += 50
        for what, kinds, told in link.summary(second * 1_000):
            assert what == "sent"
            lines, counted, size = lines + 1, counted + kinds["note/1"], size + told
    for _what, kinds, told in link.summary(3_600_000, last=True):
        counted, size = counted + kinds["note/1"], size + told
    assert lines <= SUMMARY_BURST + 3_600_000 // SUMMARY_PAUSE_MS
    assert (counted, size) == (3 * 3_600, 50 * 3_600)
