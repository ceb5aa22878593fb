"""Books as a version made them, kept as SQL: what migrations are tried on ever after.

``python -m tests.app.books.freezing`` writes those of this version into ``frozen/``, for SQLite and for PostgreSQL,
with what was folded into them as records.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, create_mock_engine, insert, select

from app.books.schema import SCHEMA_VERSION
from app.books.tables.base import metadata
from app.books.versions import TABLE
from app.facts.base import Fact
from app.facts.circulation import CustomerSet, OverdrawSettled, ResourceHoldReleased
from app.facts.master import ArticleSet, VatRateSet
from app.facts.sales import CashMoved
from replication.core.model import Feed, Record
from tests.app.books.shelf import Books, records_of
from tests.benchmarks import trading_day

FROZEN = Path(__file__).parent / "frozen"
KEPT_IN = ("sqlite", "postgresql")
END = ";\n--\n"


def said() -> Iterator[tuple[str, Fact]]:
    """A little of most that books know."""
    yield "a", ArticleSet("17", "Bergkäse 'alt'", 1_690, "EUR", "2", ("4006381333931",), ("Käse",))
    yield "a", VatRateSet("2", "2020-01-01", 700)
    yield "b", CustomerSet("10001", "sealed", "A", 500)
    yield "b", CashMoved("m1", 2, 1, "opening_float", "EUR", 10_000, "t", trading_day.DAY, "anna")
    for sequence in range(1, 5):
        for fact in trading_day.sale(1, sequence):
            yield "a", fact
    yield "b", ResourceHoldReleased("h1", "voucher/7010000000000", "t", "void")
    yield "b", OverdrawSettled("o1", "voucher/7010000000000", "h1", 0, 1, "written_off", "x", "chef", 1, "t")


def statements(kept_in: str) -> list[str]:
    """What makes the tables of this version, and their rows."""
    made: list[str] = []
    dialect = create_mock_engine(f"{kept_in}://", lambda *_: None).dialect

    def say(statement: Any, *_: Any) -> None:
        made.append(str(statement.compile(dialect=dialect)).strip())

    engine = create_mock_engine(f"{kept_in}://", say)
    metadata.create_all(engine, checkfirst=False)
    TABLE.create(engine, checkfirst=False)
    made.append(f"INSERT INTO {TABLE.name} VALUES ('{SCHEMA_VERSION}')")
    books = Books()
    books.writer.apply(records_of(list(said())))
    with books.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                filled = insert(table).values(row._asdict())
                made.append(str(filled.compile(dialect=dialect, compile_kwargs={"literal_binds": True})))
    books.close()
    return made


def thaw(connection: Connection, version: str) -> None:
    """Make the books of that version."""
    place = FROZEN / f"{version}.{connection.dialect.name}.sql"
    for statement in place.read_text(encoding="utf-8").split(END):
        if statement.strip():
            connection.exec_driver_sql(
                statement.replace("%", "%%") if connection.dialect.name == "postgresql" else statement
            )


def frozen_records(version: str) -> list[Record]:
    """What was folded into them."""
    lines = (FROZEN / f"{version}.records").read_text(encoding="utf-8").splitlines()
    read = [msgspec.json.decode(line) for line in lines]
    return [Record(Feed(*feed), *rest, "", "", "", "") for feed, *rest in read]


def main() -> None:
    FROZEN.mkdir(exist_ok=True)
    for kept_in in KEPT_IN:
        place = FROZEN / f"{SCHEMA_VERSION}.{kept_in}.sql"
        place.write_text("".join(statement + END for statement in statements(kept_in)), encoding="utf-8")
    lines = [
        msgspec.json.encode([(each.feed.member, each.feed.topic), each.seq, each.hlc, each.kind, each.body]).decode()
        for each in records_of(list(said()))
    ]
    (FROZEN / f"{SCHEMA_VERSION}.records").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
