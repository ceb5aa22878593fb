"""How long reports take over books that grow from a hundred thousand receipt lines to ten million.

The books are made by SQL (``grown_books.py``), on SQLite and on PostgreSQL where it is installed. The floor is the
least that any answer costs there: one pass over the index that has all that turnover by day needs, with one sum.

The aim is turnover by day over ten million lines within two seconds. Making the largest takes minutes and 6 GB of
disk. Run with ``make bench``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.books.schema import open_books
from app.office.reports.engines import opened, reference_of
from app.office.reports.making import Choices, changed
from app.office.reports.predefined import PREDEFINED
from app.office.reports.running import Asked, run
from app.office.reports.surroundings import surroundings
from tests.benchmarks.grown_books import DAYS, grow

SIZES = (100_000, 1_000_000, 10_000_000)
AIM_S = 2.0
ROUNDS = 3
WHOLE = ("turnover-by-day", "turnover-by-hour", "turnover-by-till", "turnover-by-cashier")
"""Of all days: what stands beside each receipt."""
A_MONTH = ("turnover-by-group", "top-sellers")
"""Of one month: what reads the lines."""
TODAY = "2026-03-15"
FLOOR = "SELECT COUNT(*), SUM(total_minor) FROM receipts WHERE receipt_type <> 'training' AND business_day > ''"


@contextmanager
def place(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path | str]:
    if kind == "sqlite":
        file = tmp_path / "books.sqlite"
        yield file
        for left in tmp_path.glob(f"{file.name}*"):
            left.unlink()
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield url


def best(work: object) -> float:
    took = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()  # type: ignore[operator]
        took.append(time.perf_counter() - began)
    return min(took)


def times(books: Path | str) -> dict[str, float]:
    """Seconds of each report, and of the floor."""
    with opened(books) as engine:
        asked = Asked(engine, surroundings(reference_of(engine), TODAY))
        found = {"floor": best(lambda: engine.raw_sql(FLOOR).fetchall())}
        for names, period in ((WHOLE, "all"), (A_MONTH, "last_month")):
            for name in names:
                report = changed(PREDEFINED[name], Choices(period=period))
                found[name] = best(lambda report=report: run(report, [asked], "EUR"))  # type: ignore[misc]
        by_day = changed(PREDEFINED["turnover-by-day"], Choices(period="all"))
        assert len(run(by_day, [asked], "EUR").lines) == DAYS
    return found


@pytest.mark.benchmark
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_reports_over_books_that_grow(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    before: dict[str, float] = {}
    for lines in SIZES:
        with place(kind, tmp_path, request) as books:
            database = open_books(books)
            began = time.perf_counter()
            grow(database, lines)
            database.dispose()
            made_s = time.perf_counter() - began
            found = times(books)
        with capsys.disabled():
            print(f"\n{kind}: {lines} lines, made in {made_s:.0f} s")
            for name, took_s in found.items():
                ratio = took_s / found["floor"]
                growth = f"   {took_s / before[name]:5.1f} times as long" if name in before else ""
                print(f"  {name:20} {took_s * 1000:8.0f} ms   ratio {ratio:6.1f}{growth}")
            within = "within" if found["turnover-by-day"] <= AIM_S else "beyond"
            print(f"  turnover by day is {within} the aim of {AIM_S:.0f} s")
        before = found
