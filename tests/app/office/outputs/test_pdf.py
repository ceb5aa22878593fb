"""The report on paper, read back by pypdfium2: every row, every page's headings, the same bytes each time."""

from __future__ import annotations

import io
import itertools
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import matplotlib as mpl
import msgspec
import pypdfium2
import pytest
from PIL import Image

from app.office.outputs import picture
from app.office.outputs.chart import chart_of
from app.office.outputs.every import FORMATS, CannotWrite, Wishes, made
from app.office.outputs.figures import MANNERS
from app.office.outputs.pdf_file import Paper, pdf_file
from app.office.outputs.pdf_layout import EDGE, ROWS_MOST
from app.office.reports.table import ReportColumn, ReportTable, Row
from tests.app.office.outputs.tables import EMPTY, GROUPED, by_day

GERMAN = MANNERS["de"]
PLAIN = Paper(chart="")
PATH = 2
"""PDFium's number for a drawn path."""


@contextmanager
def read(data: bytes) -> Iterator[Any]:
    document = pypdfium2.PdfDocument(data)
    try:
        yield document
    finally:
        document.close()


def pages_of(data: bytes) -> list[str]:
    """The text of each page."""
    with read(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_everything_of_the_report_stands_on_the_sheet() -> None:
    made_at = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    paper = Paper(head="Vogelpark GmbH\nAm See 1", foot="Only for 5 €", made_at=made_at, chart="")
    (page,) = pages_of(pdf_file(GROUPED, GERMAN, paper))
    for said in (
        "Vogelpark GmbH", "Am See 1", "Turnover by article", "1.8. to 31.8.2026, all tills", "Gross EUR", "Käsespätzle",
        "14.08.2026", "1.234,56", "2,255", "-10,00", '=SUM(A1:A9);"Glühwein, groß" 5 €', "7,00 %", "1.279,66",
        "A sentence across.", "1.284,66", "Without training.", "Only for 5 €", "22.11.2026 15:00", "Page 1/1",
    ):  # fmt: skip
        assert said in page


def test_the_day_in_the_foot_is_written_as_the_rest_of_the_report() -> None:
    paper = Paper(made_at=datetime(2026, 11, 22, 15, 0, tzinfo=UTC), chart="")
    (page,) = pages_of(pdf_file(GROUPED, MANNERS["en"], paper))
    assert "2026-11-22 15:00" in page
    assert "22.11.2026" not in page


def test_the_same_report_is_the_same_bytes() -> None:
    assert pdf_file(GROUPED, GERMAN, Paper()) == pdf_file(GROUPED, GERMAN, Paper())


def test_every_page_has_headings_and_its_number_inside_the_sheet() -> None:
    data = pdf_file(by_day(150), GERMAN, PLAIN)
    pages = pages_of(data)
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert "Gross EUR" in page
        assert f"Page {number}/3" in page
    assert sum(page.count(".2026") for page in pages) == 150, "each day once"
    assert "Total" in pages[-1]
    with read(data) as document:
        for page in document:
            written = page.get_textpage()
            right = max(written.get_charbox(at)[2] for at in range(written.count_chars()))
            assert right <= page.get_width() - EDGE + 1


def test_a_sum_does_not_begin_a_page_and_a_heading_does_not_end_one() -> None:
    columns = (ReportColumn("name", "Name", "text"), ReportColumn("n", "Count", "number", sum=True))
    for before in range(44, 56):  # one of these ends at the page's end
        lines = [Row((f"line {n}", n), 1) for n in range(before)]
        rows = (*lines, Row(("Sum", 1), 0, "sum"), Row(("Heading", None), 0, "group"), Row(("after", 1), 1))
        pages = pages_of(pdf_file(ReportTable("T", "", columns, rows, "EUR"), GERMAN, PLAIN))
        for first, second in itertools.pairwise(pages):
            assert ("Sum" in second) <= (f"line {before - 1}" in second)
            assert ("Heading" in first) <= ("after" in first)


def test_wide_reports_lie_across_wrap_and_are_refused_at_last() -> None:
    def wide(count: int) -> ReportTable:
        columns = tuple(ReportColumn(f"c{n}", f"Column {n}", "money") for n in range(count))
        name = ReportColumn("name", "Name", "text")
        rows = (
            Row(("A name that is long enough to need several lines where there is little room", *[99_999_99] * count)),
        )
        return ReportTable("Wide", "", (name, *columns), rows, "EUR")

    sizes = {}
    for count in (2, 8, 15):
        with read(pdf_file(wide(count), GERMAN, PLAIN)) as document:
            sizes[count] = document[0].get_size()
            said = document[0].get_textpage().get_text_range()
            assert said.count("99.999,99") == count
            assert "A name that is long" in said.replace("\r\n", " ")
            assert "little room" in said.replace("\r\n", " ")
    assert sizes[2][0] < sizes[2][1]
    assert sizes[15][0] > sizes[15][1]
    with pytest.raises(ValueError, match=r"too many columns for a sheet of A4.*XLSX"):
        pdf_file(wide(40), GERMAN, PLAIN)


def test_long_words_are_broken_and_nothing_runs_into_the_next_column() -> None:
    columns = (ReportColumn("name", "Name", "text"), ReportColumn("n", "Count", "number"))
    rows = (Row(("Donaudampfschifffahrtsgesellschaft" * 5, 7)), Row(("x", 8)))
    with read(pdf_file(ReportTable("T", "", columns, rows, "EUR"), GERMAN, PLAIN)) as document:
        written = document[0].get_textpage()
        assert "\n7" in written.get_text_range() or " 7" in written.get_text_range()
        assert (
            max(written.get_charbox(at)[2] for at in range(written.count_chars())) < document[0].get_width() - EDGE + 1
        )


def test_a_report_without_data_has_a_sheet_that_says_so() -> None:
    (page,) = pages_of(pdf_file(EMPTY, GERMAN, Paper()))
    assert "There is nothing in this period." in page


def test_the_logo_is_there_and_a_broken_one_is_told() -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (300, 100), "#cc3311").save(drawn, "PNG")
    with read(pdf_file(GROUPED, GERMAN, Paper(logo=drawn.getvalue(), chart=""))) as document:
        picture_of = document[0].render(scale=1).to_pil()
    assert (204, 51, 17) in {picture_of.getpixel((x, 50)) for x in range(picture_of.width)}
    with pytest.raises(CannotWrite, match="logo cannot be read: it must be a PNG or a JPEG"):
        made(GROUPED, FORMATS["pdf"], Wishes(paper=Paper(logo=b"GIF89a", chart="")))


@pytest.mark.parametrize("table", [GROUPED, by_day(10), by_day(60)], ids=["names", "bars", "line"])
def test_the_chart_is_drawn_as_vectors(table: ReportTable, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), read(pdf_file(table, GERMAN, Paper())) as document:
        kinds = [each.type for each in document[0].get_objects()]
        seen = document[0].render(scale=1).to_pil()
    assert kinds.count(PATH) > 30
    assert (47, 93, 138) in seen.get_flattened_data()
    assert caplog.messages == []


def test_a_chart_says_what_it_leaves_out_and_takes_no_name_for_a_formula() -> None:
    columns = (ReportColumn("name", "Name", "text"), ReportColumn("n", "Count", "number"))
    table = ReportTable("T", "", columns, tuple(Row((f"$\\foo${n}", n)) for n in range(1, 31)), "EUR")
    assert "The chart shows the 25 largest; 5 are left out." in pages_of(pdf_file(table, GERMAN, Paper()))[-1]


def test_a_chart_has_the_same_bytes_each_time_whatever_the_users_taste() -> None:
    chart = chart_of(by_day(5), GERMAN)
    assert chart is not None
    drawn = picture.svg(chart, GERMAN, 300, 150)
    with mpl.rc_context({"axes.facecolor": "red", "font.size": 20}):
        assert picture.svg(chart, GERMAN, 300, 150) == drawn


def test_too_long_a_report_is_refused_with_what_to_do() -> None:
    long = msgspec.structs.replace(by_day(1), rows=by_day(1).rows * ROWS_MOST)
    with pytest.raises(ValueError, match=r"takes 20000 rows, and this report has 40000: save it as XLSX or CSV"):
        pdf_file(long, GERMAN, PLAIN)
