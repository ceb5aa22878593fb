"""A report as a workbook: the report as it is laid out, its data as a plain table with filters, and a chart.

Numbers are numbers (money as decimals, with the currency's places as format), days are days; a text is always a text,
whatever a spreadsheet would take it for. Sums are those of the report, as values: readers that reckon nothing see them
too. The same table gives the same bytes. openpyxl is imported at the first use, and writes row by row.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.office.outputs.chart import Chart, chart_of
from app.office.outputs.figures import Manner, at_right, day_of, digits, figure, heading, printable
from app.office.outputs.flat import flat
from app.office.reports.table import Cell, ColumnKind, ReportColumn, ReportTable, Row
from app.text import gettext as _

ROWS_MOST = 1_048_000
"""A sheet has 1,048,576; some are for title and notes."""
TEXT_MOST = 32_000
"""Characters of a cell: Excel takes 32,767."""
HEADINGS_AT = 4
"""The row of the columns' headings on the first sheet; they and what is above stay in view."""
A4 = "9"
"""Its number among Excel's sizes of paper."""
WIDEST, NARROWEST = 50, 9
LOOKED_AT = 2000
"""So many rows say how wide a column is to be."""
_BORN = datetime(1980, 1, 1)  # noqa: DTZ001 - a zip file's first day, without a zone


def xlsx_file(table: ReportTable, manner: Manner, chart_key: str = "") -> bytes:
    """The workbook. ``ValueError`` in a sentence for more rows than a sheet has."""
    if len(table.rows) > ROWS_MOST:
        raise ValueError(
            _("A sheet takes {most} rows, and this report has {count}: save it as CSV or Parquet.").format(
                most=ROWS_MOST, count=len(table.rows)
            )
        )
    return _Workbook(table, manner).made(chart_key)


class _Workbook:
    """One workbook in the making."""

    def __init__(self, table: ReportTable, manner: Manner) -> None:
        from openpyxl import Workbook

        self._table, self._manner = table, manner
        self._book = Workbook(write_only=True)

    def made(self, chart_key: str) -> bytes:
        self._laid_out(self._book.create_sheet(_("Report")))
        self._plain(self._book.create_sheet(_("Data")))
        chart = chart_of(self._table, self._manner, chart_key)
        if chart is not None:
            self._drawn(self._book.create_sheet(_("Chart")), chart)
        self._book.properties.title = printable(self._table.title)
        self._book.properties.creator = "Tillmesh"
        out = io.BytesIO()
        self._book.save(out)
        return _without_clock(out.getvalue())

    def _laid_out(self, sheet: Any) -> None:
        from openpyxl.styles import Border, Font, Side

        table = self._table
        sheet.freeze_panes = f"A{HEADINGS_AT + 1}"
        sheet.print_title_rows = f"{HEADINGS_AT}:{HEADINGS_AT}"
        sheet.page_setup.paperSize = A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.oddFooter.right.text = "&P/&N"
        self._widths(sheet, table.columns, [row.cells for row in table.rows if row.style not in ("group", "text")])
        strong, over = Font(bold=True), Side(style="thin")
        sheet.append([self._text(sheet, table.title, Font(bold=True, size=14))])
        sheet.append([self._text(sheet, table.subtitle)])
        sheet.append([])
        sheet.append(self._headings(sheet, table.columns, strong))
        for row in table.rows:
            if row.style in ("group", "text", "blank"):
                words = str(row.cells[0] or "")
                sheet.append([self._text(sheet, words, strong if row.style == "group" else None)])
                continue
            font = strong if row.style in ("sum", "total") else None
            cells = [self._cell(sheet, row, at, font) for at in range(len(table.columns))]
            if font is not None:
                line = Side(style="double") if row.style == "total" else over
                for cell, column in zip(cells, table.columns, strict=True):
                    if column.sum:
                        cell.border = Border(top=line)
            sheet.append(cells)
        for note in table.notes:
            sheet.append([])
            sheet.append([self._text(sheet, note)])

    def _cell(self, sheet: Any, row: Row, at: int, font: Any) -> Any:
        from openpyxl.styles import Alignment

        kind, value = self._table.columns[at].kind, row.cells[at]
        cell = self._value(sheet, figure(value, kind, "", self._manner) if kind == "month" else value, kind, font)
        if at == 0 and not at_right(self._table.columns[0], 0):
            cell.alignment = Alignment(horizontal="left", indent=row.level)
        return cell

    def _plain(self, sheet: Any) -> None:
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        data = flat(self._table, _("Group"))
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(data.columns))}{len(data.rows) + 1}"
        self._widths(sheet, data.columns, data.rows)
        sheet.append(self._headings(sheet, data.columns, Font(bold=True)))
        for cells in data.rows:
            sheet.append(
                [self._value(sheet, cell, column.kind) for cell, column in zip(cells, data.columns, strict=True)]
            )

    def _drawn(self, sheet: Any, chart: Chart) -> None:
        """The chart over cells of its own, so that it can be changed in a spreadsheet."""
        from openpyxl.chart import BarChart, LineChart, Reference
        from openpyxl.utils import get_column_letter

        sheet.column_dimensions["A"].width = WIDEST / 2
        drawn = LineChart() if chart.style == "line" else BarChart()
        if chart.style == "names":
            drawn.type = "bar"
            drawn.x_axis.scaling.orientation = "maxMin"  # the first one on top
        drawn.title = printable(chart.title)
        drawn.y_axis.title = printable(chart.axis)
        drawn.y_axis.number_format = "#,##0"
        drawn.x_axis.delete = drawn.y_axis.delete = False
        if len(chart.series) == 1:
            drawn.legend = None
        drawn.width, drawn.height = 24, max(11, 4 + 0.6 * len(chart.labels)) if chart.style == "names" else 11
        last, series = len(chart.labels) + 1, chart.series
        drawn.add_data(
            Reference(sheet, min_col=2, max_col=1 + len(series), max_row=last, min_row=1), titles_from_data=True
        )
        drawn.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
        sheet.add_chart(drawn, f"{get_column_letter(len(series) + 3)}2")
        sheet.append([self._text(sheet, name) for name in ("", *(each.name for each in series))])
        for label, *values in zip(chart.labels, *(each.values for each in series), strict=True):
            sheet.append([self._text(sheet, label), *values])

    def _headings(self, sheet: Any, columns: Sequence[ReportColumn], font: Any) -> list[Any]:
        from openpyxl.styles import Alignment, Border, Side

        cells = []
        for at, column in enumerate(columns):
            cell = self._text(sheet, heading(column.heading, column.kind, self._table.currency), font)
            cell.border = Border(bottom=Side(style="thin"))
            cell.alignment = Alignment(horizontal="right" if at_right(column, at) else "left", wrap_text=True)
            cells.append(cell)
        return cells

    def _value(self, sheet: Any, cell: Cell, kind: ColumnKind, font: Any = None) -> Any:
        from openpyxl.cell import WriteOnlyCell

        if isinstance(cell, str) and (kind != "date" or day_of(cell) is None):
            return self._text(sheet, cell, font)
        made = WriteOnlyCell(sheet, day_of(cell) if isinstance(cell, str) else self._number(cell, kind))
        made.number_format = self._format(kind)
        if font is not None:
            made.font = font
        return made

    def _number(self, cell: int | None, kind: ColumnKind) -> Decimal | int | None:
        places = digits(kind, self._table.currency) + (2 if kind == "percent" else 0)
        return cell if cell is None or not places else Decimal(cell).scaleb(-places)

    def _format(self, kind: ColumnKind) -> str:
        match kind:
            case "money":
                places = digits(kind, self._table.currency)
                return "#,##0." + "0" * places if places else "#,##0"
            case "percent":
                return "0.00%"
            case "number":
                return "#,##0"
            case "date":
                return "dd.mm.yyyy" if self._manner.day_first else "yyyy-mm-dd"
        return "General"

    def _text(self, sheet: Any, text: str, font: Any = None) -> Any:
        """A cell that is a text, even where it begins with an equals sign or is called #N/A."""
        from openpyxl.cell import WriteOnlyCell

        made = WriteOnlyCell(sheet, printable(text)[:TEXT_MOST])
        made.data_type = "s"
        if font is not None:
            made.font = font
        return made

    def _widths(self, sheet: Any, columns: Sequence[ReportColumn], rows: Sequence[Sequence[Cell]]) -> None:
        from openpyxl.utils import get_column_letter

        for at, column in enumerate(columns):
            texts = (figure(row[at], column.kind, self._table.currency, self._manner) for row in rows[:LOOKED_AT])
            widest = max([len(column.heading) + 4, *map(len, texts)])
            sheet.column_dimensions[get_column_letter(at + 1)].width = max(NARROWEST, min(WIDEST, widest + 2))


def _without_clock(data: bytes) -> bytes:
    """The same workbook with neither the time it was made at nor files' times in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as anew:
        for name, content in _members(made):
            anew.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _members(made: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    from openpyxl.packaging.core import DocumentProperties
    from openpyxl.xml.functions import fromstring, tostring

    for name in made.namelist():
        content = made.read(name)
        if name == "docProps/core.xml":
            properties = DocumentProperties.from_tree(fromstring(content))
            properties.created = properties.modified = _BORN
            content = tostring(properties.to_tree())
        yield name, content
