"""An office that grows: 10 tills with 10⁴ receipt lines, 100 with 10⁵, 1,000 with 10⁶ and with 10⁷; on SQLite and on
PostgreSQL. The last step takes minutes and 12 GB of disk; where they are not free it is left out, and that is said.

Each till's day (``trading_day.py``) comes in runs of its own feeds, as a till's does that catches up, and is folded in
the applier's batches; then reports are asked for as the office asks for them. Printed are receipts a second, how much
memory the process took more than before, how large the books are, and seconds per report; and, from step to step, how
many times longer it takes with ten times the lines: 10 is linear. More reports over as many lines are in
``test_reports.py``, whose books are made by SQL. Run with ``make bench``.
"""

from __future__ import annotations

import gc
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text

from app.books.schema import open_books
from app.books.writer import BooksWriter
from app.office.reports import engines
from app.office.reports.predefined import PREDEFINED
from app.office.reports.running import Asked, run
from app.office.reports.surroundings import Surroundings
from replication.applier import MAX_GROUP_RECORDS
from replication.core.model import Record
from tests.benchmarks import trading_day
from tests.postgres import running_server

STEPS = ((10, 10_000), (100, 100_000), (1_000, 1_000_000), (1_000, 10_000_000))
"""Tills, and receipt lines of all of them."""
LAST_STEP_GB = 30
"""What has to be free for the last one."""
PRICES = (499, 1_290, 89, 250, 799)
REPORTS = ("turnover-by-day", "turnover-by-till", "turnover-by-article", "vat", "tenders", "vouchers-by-age")
TODAY = "2026-11-22"
GROWTH_MAX = 20.0
"""Ten times the lines may take so many times as long: twice as much as in proportion."""


class Grown(NamedTuple):
    """One office of a size."""

    receipts: int
    receipts_per_s: float
    memory_mb: float
    size_mb: float
    report_s: dict[str, float]


def resident_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def batches(tills: int, lines: int) -> Iterator[list[Record]]:
    """The tills' records, one till's after another's, in batches as the applier makes them."""
    batch: list[Record] = []
    for record in trading_day.by_till(tills, lines // len(PRICES) // tills, PRICES):
        batch.append(record)
        if len(batch) == MAX_GROUP_RECORDS:
            yield batch
            batch = []
    yield batch


def grown(place: Path | str, tills: int, lines: int) -> Grown:
    database = open_books(place)
    writer = BooksWriter(database)
    before_mb, folding_s = resident_mb(), 0.0
    for batch in batches(tills, lines):
        began = time.perf_counter()
        writer.apply(batch)
        folding_s += time.perf_counter() - began
    memory_mb = resident_mb() - before_mb
    writer.close()
    if isinstance(place, str):
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # as its own housekeeping does within a minute
            size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    database.dispose()  # what SQLite's log has goes into the file
    if isinstance(place, Path):
        size = place.stat().st_size
    receipts = lines // len(PRICES)
    took = reported(place, receipts)
    if isinstance(place, Path):
        place.unlink()
    return Grown(receipts, receipts / folding_s, memory_mb, size / 1e6, took)


def reported(place: Path | str, receipts: int) -> dict[str, float]:
    took: dict[str, float] = {}
    with engines.opened(place) as engine:
        for name in REPORTS:
            began = time.perf_counter()
            table = run(PREDEFINED[name], [Asked(engine, Surroundings(TODAY))], "EUR")
            took[name] = time.perf_counter() - began
            if name == "turnover-by-day":
                assert receipts in table.rows[-1].cells
    return took


@contextmanager
def a_place(kind: str, folder: Path) -> Iterator[Path | str]:
    if kind == "sqlite":
        yield folder / "books.sqlite"
        return
    with running_server() as server, server.database() as url:
        yield url


def steps_here(folder: Path) -> tuple[tuple[int, int], ...]:
    return STEPS if shutil.disk_usage(folder).free > LAST_STEP_GB * 1e9 else STEPS[:-1]


@pytest.mark.benchmark
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_office_grows_from_ten_tills_to_a_thousand(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = steps_here(tmp_path)
    steps: list[Grown] = []
    for size in sizes:
        with a_place(kind, tmp_path) as place:
            steps.append(grown(place, *size))
    with capsys.disabled():
        print(f"\n{kind}: receipts of {len(PRICES)} lines")
        if len(sizes) < len(STEPS):
            print(f"without the last step: less than {LAST_STEP_GB} GB are free")
        heads = (f"{tills:,} tills, {lines:,} lines" for tills, lines in sizes)
        print(f"{'':24}{''.join(f'{head:>30}' for head in heads)}   growth")
        print(f"{'receipts/s':24}{''.join(f'{step.receipts_per_s:30.0f}' for step in steps)}")
        print(f"{'memory, MB more':24}{''.join(f'{step.memory_mb:30.1f}' for step in steps)}")
        print(f"{'books, MB':24}{''.join(f'{step.size_mb:30.1f}' for step in steps)}")
        for name in REPORTS:
            seconds = [step.report_s[name] for step in steps]
            print(f"{name:24}{''.join(f'{each:29.3f}s' for each in seconds)}   {seconds[-1] / seconds[-2]:5.1f}×")
    for name in REPORTS:
        assert steps[2].report_s[name] < GROWTH_MAX * max(steps[1].report_s[name], 0.05), name
