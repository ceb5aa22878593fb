"""CSV, JSON and text: exact, read back by somebody else, harmless in a spreadsheet and on a terminal."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from app.office.outputs import every
from app.office.outputs.csv_file import SPREADSHEETS, CsvManner, csv_file
from app.office.outputs.every import CannotWrite, format_of
from app.office.outputs.text_file import text_lines
from app.office.reports.table import ReportColumn, ReportTable, Row
from tests.app.office.outputs.tables import EMPTY, GROUPED


@pytest.mark.parametrize("language", ["de", "en"])
def test_csv_is_read_by_pandas_without_sums_and_headings(language: str) -> None:
    manner = SPREADSHEETS[language]
    data = csv_file(GROUPED, manner)
    assert data.startswith(b"\xef\xbb\xbf")
    frame = pd.read_csv(io.BytesIO(data), sep=manner.separator, decimal=manner.decimal, encoding="utf-8-sig")
    assert list(frame.columns) == ["Group", "Article", "Day", "Quantity", "Receipts", "Gross", "VAT"]
    assert list(frame["Group"]) == ["Food", "Food", "Drinks", "Drinks"]
    assert list(frame["Gross"]) == [1234.56, 45.10, 15.00, -10.00]
    assert list(frame["Quantity"]) == [12, 2.255, 3, -5]
    assert frame["Day"][0] == "2026-08-14"


def test_a_name_is_no_formula_in_a_spreadsheet_and_a_negative_amount_is_a_number() -> None:
    data = csv_file(GROUPED, CsvManner(";", ",")).decode()
    assert '"\'=SUM(A1:A9);""Glühwein' in data
    assert ";-10,00;" in data


def test_signs_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="must differ"):
        csv_file(GROUPED, CsvManner(",", ","))


def test_json_has_exact_amounts_and_the_layout() -> None:
    read = json.loads(every.made(GROUPED, every.FORMATS["json"]))
    assert read["rows"][1]["cells"] == {
        "article": "Käsespätzle",
        "day": "2026-08-14",
        "quantity": "12",
        "receipts": 11,
        "gross": "1234.56",
        "vat": "7.00",
    }
    assert [row["style"] for row in read["rows"]][-1] == "total"
    lines = [row["cells"]["gross"] for row in read["rows"] if row["style"] == "line"]
    assert sum(map(Decimal, lines)) == Decimal(read["rows"][-1]["cells"]["gross"])


def test_text_is_aligned_indented_and_ruled() -> None:
    assert text_lines(GROUPED, "de")[2:11] == [
        "",
        "Article                             Day         Quantity  Receipts  Gross EUR      VAT",
        "--------------------------------------------------------------------------------------",
        "Food",
        "  Käsespätzle                       14.08.2026        12        11   1.234,56   7,00 %",
        "  Cheese by weight                  14.08.2026     2,255         4      45,10   7,00 %",
        "                                                --------            ---------",
        "Food                                              14,255             1.279,66",
        "",
    ]


def test_a_report_without_data_says_so() -> None:
    assert text_lines(EMPTY, "en") == ["Turnover by article", "2020", "", "There is nothing in this period."]


def test_an_escape_character_in_a_name_reaches_no_terminal() -> None:
    rows = (Row(("\x1b[2Jgone", None, None, None, None, None)),)
    shown = "\n".join(text_lines(msgspec.structs.replace(GROUPED, rows=rows), "en"))
    assert "\x1b" not in shown
    assert "?[2Jgone" in shown


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_other_currencies_have_their_own_decimals(currency: str) -> None:
    table: ReportTable = msgspec.structs.replace(GROUPED, currency=currency)
    wanted = {"JPY": "123456", "KWD": "123.456"}[currency]
    assert json.loads(every.made(table, every.FORMATS["json"]))["rows"][1]["cells"]["gross"] == wanted


def test_the_ending_says_the_format_and_a_wrong_one_names_the_known() -> None:
    assert format_of(Path("a/b.CSV")).name == "csv"
    assert format_of(Path("b.csv"), "json").name == "json"
    with pytest.raises(CannotWrite, match=r"b\.doc: its ending says no format; take one of \.csv"):
        format_of(Path("b.doc"))
    with pytest.raises(CannotWrite, match="There is no format doc; there are csv"):
        format_of(Path("b.csv"), "doc")


def test_a_file_takes_the_place_of_the_old_one_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old")
    size = every.write(GROUPED, path, format_of(path))
    assert path.stat().st_size == size > 500
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_is_told_and_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CannotWrite, match=r"report\.json cannot be written: No space left on device"):
        every.write(GROUPED, path, format_of(path))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(CannotWrite, match="cannot be written"):
        every.write(GROUPED, tmp_path / "missing" / "report.json", format_of(path))


def test_numbers_that_begin_rows_stand_at_the_left_and_are_indented() -> None:
    columns = (ReportColumn("till", "Till", "number"), ReportColumn("n", "Count", "number", sum=True))
    rows = (Row(("Branch: North", None), 0, "group"), Row((3, 5), 1), Row(("Total", 5), 0, "total"))
    lines = text_lines(ReportTable("T", "", columns, rows, "EUR"), "en")
    assert lines[2:] == [
        "Till   Count",
        "------------",
        "Branch: North",
        "  3        5",
        "       =====",
        "Total      5",
    ]
