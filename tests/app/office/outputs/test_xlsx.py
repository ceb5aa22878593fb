"""The workbook, read back by openpyxl and pandas."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import msgspec
import openpyxl
import pandas as pd
import pytest

from app.office.outputs import xlsx_file as module
from app.office.outputs.figures import MANNERS
from app.office.outputs.xlsx_file import xlsx_file
from app.office.reports.table import Row
from tests.app.office.outputs.tables import EMPTY, GROUPED, NASTY, by_day

DAY = datetime(2026, 8, 14)  # noqa: DTZ001 - workbooks know no zones


def read(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_report_is_laid_out_with_numbers_as_numbers() -> None:
    book = read(xlsx_file(GROUPED, MANNERS["de"]))
    assert book.sheetnames == ["Report", "Data", "Chart"]
    sheet = book["Report"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "Turnover by article"
    assert rows[3] == ["Article", "Day", "Quantity", "Receipts", "Gross EUR", "VAT"]
    assert rows[4][0] == "Food"
    assert rows[5] == ["Käsespätzle", DAY, 12, 11, 1234.56, 0.07]
    assert rows[7][:5] == ["Food", None, 14.255, None, 1279.66]
    assert rows[14][4] == 1284.66
    assert rows[16][0] == "Without training."
    assert sheet.freeze_panes == "A5"
    assert [cell.number_format for cell in sheet[6]][1:] == ["dd.mm.yyyy", "General", "#,##0", "#,##0.00", "0.00%"]
    assert sheet["A8"].font.bold
    assert sheet["E8"].border.top.style == "thin"
    assert sheet["E15"].border.top.style == "double"
    assert sheet["A6"].alignment.indent == 1


def test_no_name_becomes_a_formula_or_an_error() -> None:
    rows = (Row((NASTY, None, None, None, None, None)), Row(("#N/A", None, None, None, None, None)),
            Row(("\x1bgone\x00", None, None, None, None, None)))  # fmt: skip
    sheet = read(xlsx_file(msgspec.structs.replace(GROUPED, rows=rows), MANNERS["en"]))["Report"]
    assert [(sheet[at].value, sheet[at].data_type) for at in ("A5", "A6", "A7")] == [
        (NASTY, "s"),
        ("#N/A", "s"),
        ("?gone?", "s"),
    ]


def test_the_data_are_a_plain_table_for_pandas_with_a_filter() -> None:
    data = xlsx_file(GROUPED, MANNERS["en"])
    frame = pd.read_excel(io.BytesIO(data), sheet_name="Data")
    assert list(frame["Group"]) == ["Food", "Food", "Drinks", "Drinks"]
    assert list(frame["Gross EUR"]) == [1234.56, 45.10, 15.00, -10.00]
    assert frame["Day"].dt.strftime("%d.%m.%Y")[0] == "14.08.2026"
    assert read(data)["Data"].auto_filter.ref == "A1:G5"


@pytest.mark.parametrize(("days", "kind"), [(5, "BarChart"), (40, "LineChart")])
def test_the_chart_is_the_spreadsheets_own_over_its_data(days: int, kind: str) -> None:
    sheet = read(xlsx_file(by_day(days), MANNERS["en"]))["Chart"]
    (chart,) = sheet._charts
    assert type(chart).__name__ == kind
    assert chart.series[0].val.numRef.f == f"'Chart'!$B$2:$B${days + 1}"
    assert chart.series[0].cat.numRef.f == f"'Chart'!$A$2:$A${days + 1}"
    assert [cell.value for cell in sheet["B"]][:3] == ["Gross", 100, 200]


def test_the_same_report_is_the_same_bytes_and_knows_no_time() -> None:
    data = xlsx_file(GROUPED, MANNERS["en"])
    assert xlsx_file(GROUPED, MANNERS["en"]) == data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert {member.date_time for member in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert book.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2


def test_without_data_there_is_no_chart_but_the_sentence() -> None:
    book = read(xlsx_file(EMPTY, MANNERS["en"]))
    assert book.sheetnames == ["Report", "Data"]
    assert "There is nothing in this period." in [cell.value for cell in book["Report"]["A"]]


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS_MOST", 5)
    with pytest.raises(ValueError, match="takes 5 rows, and this report has 8: save it as CSV or Parquet"):
        xlsx_file(by_day(7), MANNERS["en"])
