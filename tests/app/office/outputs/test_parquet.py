"""Parquet, read back by pyarrow, pandas and DuckDB: typed and exact."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
from pyarrow import parquet

from app import text
from app.office.outputs.every import FORMATS, format_of, made, write
from app.office.outputs.parquet_file import parquet_file
from app.office.reports.table import ReportColumn, ReportTable, Row
from tests.app.office.outputs.tables import EMPTY, GROUPED, NASTY


def test_columns_are_typed_and_say_their_units() -> None:
    text.use("en")
    read = parquet.read_table(io.BytesIO(parquet_file(GROUPED)))
    assert [(field.name, field.type) for field in read.schema] == [
        ("group_1", pa.string()),
        ("article", pa.string()),
        ("day", pa.date32()),
        ("quantity", pa.int64()),
        ("receipts", pa.int64()),
        ("gross", pa.int64()),
        ("vat", pa.int64()),
    ]
    said = read.schema.field("gross").metadata
    assert (said[b"kind"], said[b"unit"], said[b"decimals"], said[b"currency"]) == (b"money", b"minor", b"2", b"EUR")
    assert read.schema.metadata[b"currency"] == b"EUR"
    assert read.schema.metadata[b"title"] == b"Turnover by article"
    assert read.to_pylist()[2] == {
        "group_1": "Drinks", "article": NASTY, "day": date(2026, 8, 15), "quantity": 3000, "receipts": 3,
        "gross": 1500, "vat": 1900,
    }  # fmt: skip


def test_duckdb_sums_it_to_the_cent(tmp_path: Path) -> None:
    path = tmp_path / "turnover.parquet"
    write(GROUPED, path, format_of(path))
    with duckdb.connect() as asked:
        found = asked.execute(
            "select group_1, sum(gross)::bigint from read_parquet(?) group by 1 order by 1", [str(path)]
        )
        assert found.fetchall() == [("Drinks", 500), ("Food", 127_966)]


def test_months_stay_text_and_nothing_is_still_typed() -> None:
    monthly = msgspec.structs.replace(GROUPED, rows=(Row(("x", "2026-08", 1, 1, 1, 1)),))
    assert parquet.read_table(io.BytesIO(parquet_file(monthly))).schema.field("day").type == pa.string()
    assert parquet.read_table(io.BytesIO(parquet_file(EMPTY))).schema.field("gross").type == pa.int64()


def test_a_row_of_others_among_numbers_makes_the_column_text_and_loses_nothing() -> None:
    columns = (ReportColumn("till", "Till", "number"), ReportColumn("gross", "Gross", "money", sum=True))
    table = ReportTable("T", "", columns, (Row((1, 500)), Row(("3 others", 700))), "EUR")
    read = parquet.read_table(io.BytesIO(parquet_file(table)))
    assert read.to_pylist() == [{"till": "1", "gross": 500}, {"till": "3 others", "gross": 700}]
    for name in ("csv", "json", "xlsx", "pdf", "text"):
        assert made(table, FORMATS[name])
