"""What holds of a run: one moment of the books, one currency, several networks, nothing written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import create_engine

from app import text
from app.facts.circulation import CustomerSet
from app.office.reports import asking
from app.office.reports.definition import Layout, Query, Report
from app.office.reports.engines import BooksNotReadable, opened, reference_of
from app.office.reports.making import Choices, changed
from app.office.reports.predefined import PREDEFINED
from app.office.reports.running import Asked, ReportRefused, run
from app.office.reports.surroundings import surroundings
from tests.app.books.shelf import receipt
from tests.app.office.reports.conftest import TODAY, asked
from tests.app.office.reports.shop import facts, fold

TOTAL = Report("Total", Query("receipts"), Layout(("total", "receipts")))
SWISS = msgspec.structs.replace(receipt(9, 1, 500), currency="CHF", business_day="2026-08-02")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    if request.param == "sqlite":
        yield tmp_path / "books.sqlite"
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield url


def test_a_report_sees_one_moment_of_the_books_and_writes_nothing(place: Path | str) -> None:
    first = facts(count=5)
    fold(place, first)
    with opened(place) as engine:
        before = run(TOTAL, [asked(engine)], "EUR")
        fold(place, [*first, ("later", receipt(7, 1, 12_345)), ("later", CustomerSet("10009"))])
        assert run(TOTAL, [asked(engine)], "EUR") == before
        with pytest.raises(Exception, match=r"(?i)read-?only"):
            engine.raw_sql("DELETE FROM receipts")
    with opened(place) as engine:
        assert run(TOTAL, [asked(engine)], "EUR").rows[-1].cells[1] == 6


def test_amounts_of_two_currencies_are_never_added_up(tmp_path: Path) -> None:
    place = tmp_path / "books.sqlite"
    fold(place, [*facts(count=5), ("swiss", SWISS)])
    with opened(place) as engine:
        with pytest.raises(ReportRefused, match=r"CHF, EUR .*currency"):
            run(TOTAL, [asked(engine)], "EUR")
        only = msgspec.structs.replace(TOTAL, query=Query("receipts", where={"currency": ("CHF",)}))
        table = run(only, [asked(engine)], "EUR")
    assert (table.currency, table.rows[-1].cells) == ("CHF", (500, 1))


def test_the_period_below_the_title_is_written_as_the_language_writes_days(tmp_path: Path) -> None:
    place = tmp_path / "books.sqlite"
    fold(place, facts(count=3))
    days = Choices(start="2026-08-01", until="2026-08-02", events=())
    said = {}
    for language in ("de", "en"):
        with opened(place) as engine:
            books = asked(engine)
            text.use(language)
            said[language] = run(changed(TOTAL, days), [books], "EUR").subtitle
    assert said == {"de": "01.08.2026 – 02.08.2026", "en": "2026-08-01 – 2026-08-02"}


def test_networks_are_added_up_and_told_apart(tmp_path: Path) -> None:
    for name, count in (("own", 10), ("fair", 20)):
        fold(tmp_path / name, facts(seed=count, count=count))
    by_tenant = Report("T", Query("receipts"), Layout(("tenant", "receipts")))
    with opened(tmp_path / "own") as own, opened(tmp_path / "fair") as fair:
        books = [
            Asked(engine, surroundings(reference_of(engine), TODAY), name)
            for engine, name in ((own, "own"), (fair, "fair"))
        ]
        assert [row.cells for row in run(by_tenant, books, "EUR").rows] == [("fair", 20), ("own", 10), ("Total", 30)]
        one = Report("T", Query("receipts", where={"tenant": ("fair",)}), Layout(("till", "receipts")))
        assert run(one, books, "EUR").rows[-1].cells == ("Total", 20)


def test_a_report_that_is_too_long_is_refused(sqlite_books: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_ROWS", 10)
    with pytest.raises(ReportRefused, match="too many rows"):
        run(Report("T", Query("receipts"), Layout(("receipt", "total"))), [sqlite_books], "EUR")


def test_a_database_that_has_no_books_is_told(postgres_database: str, postgres_url: str) -> None:
    with pytest.raises(BooksNotReadable, match="cannot be read"), opened(postgres_database):
        pass
    with (
        pytest.raises(BooksNotReadable, match="cannot be read") as told,
        opened(f"{postgres_url}&password=secret&port=1"),
    ):
        pass
    assert "secret" not in str(told.value)


def test_sqlite_answers_from_the_index_alone(shop_file: Path) -> None:
    """Reading the receipts whole takes twenty times as long."""
    for name in ("turnover-by-day", "turnover-by-till", "turnover-by-cashier", "turnover-by-hour", "customers"):
        said: list[str] = []
        with opened(shop_file) as engine:
            books = asked(engine)
            engine.con.set_trace_callback(said.append)
            run(changed(PREDEFINED[name], Choices(period="all")), [books], "EUR")
        plain = create_engine(f"sqlite:///{shop_file}")
        with plain.connect() as connection:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said[-1]}")]
        plain.dispose()
        assert any("COVERING INDEX receipts_by_day" in step for step in plan), (name, plan)
