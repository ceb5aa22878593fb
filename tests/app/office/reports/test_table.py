"""What a report comes out as."""

from __future__ import annotations

import msgspec
import pytest

from app.office.reports.table import ReportColumn, ReportTable, Row

COLUMNS = (ReportColumn("group", "Group", "text"), ReportColumn("gross", "Gross", "money", sum=True))


def test_a_table_survives_json() -> None:
    rows = (
        Row(("Drinks", None), 0, "group"),
        Row(("1234", 380), 1),
        Row((None, 380), 0, "total"),
    )
    table = ReportTable("Turnover", "August", COLUMNS, rows, "EUR", ("A note.",))
    assert msgspec.json.decode(msgspec.json.encode(table), type=ReportTable) == table
    assert [row.cells for row in table.lines] == [("1234", 380)]


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells in a table of 2 columns"):
        ReportTable("Turnover", "", COLUMNS, (Row(("Drinks",)),), "EUR")
