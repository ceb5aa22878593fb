"""Rows to an XLSX file (openpyxl, row by row): numbers and days are such, everything else is text, never a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from app.office.mapping.fields import Sort
from app.office.mapping.plan import FieldPlan, FilePlan
from app.office.mapping.writing import Row, Unwritable, columns_of, table
from app.text import gettext as _

_FORMATS = {Sort.AMOUNT: "#,##0.00", Sort.PERCENT: "0.00", Sort.QUANTITY: "0.000", Sort.DAY: "yyyy-mm-dd"}
MAX_DIGITS = 15
"""What a spreadsheet's numbers hold exactly."""
MAX_TITLE = 31


def workbook(plan: FilePlan, sorts: Sequence[Sort], rows: Iterable[Row]) -> bytes:
    """The file. ``Unwritable``."""
    try:
        import openpyxl
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.utils.exceptions import IllegalCharacterError
    except ImportError:
        told = _("{format} files need the programs of the office; install tillmesh with the extra office")
        raise Unwritable(told.format(format="XLSX")) from None
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet((plan.sheet or plan.what)[:MAX_TITLE])
    head = plan.skip_rows + (1 if plan.header else 0)
    if plan.header:
        sheet.freeze_panes = f"A{head + 1}"
    of = {place: (each, sort) for place, each, sort in zip(columns_of(plan), plan.fields, sorts, strict=True)}

    def cell(number: int, place: int, text: str) -> Any:
        value = _value(*of[place], text) if number > head and place in of else text
        if isinstance(value, str) and value[:1] not in "=#":
            return value
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            made.data_type = "s"  # "=1+1" is a name like any other, and so is "#N/A"
        elif place in of and of[place][1] in _FORMATS and not isinstance(value, int):
            made.number_format = _FORMATS[of[place][1]]
        return made

    headings = [each.source or each.to for each in plan.fields]
    try:
        for number, row in enumerate(table(plan, headings, rows), 1):
            try:
                sheet.append([cell(number, place, text) if text else None for place, text in enumerate(row)])
            except IllegalCharacterError:
                told = _("row {row}: a text has characters that a workbook cannot hold")
                raise Unwritable(told.format(row=number)) from None
        out = io.BytesIO()
        book.save(out)
    finally:
        book.close()
    return out.getvalue()


def _value(each: FieldPlan, sort: Sort, text: str) -> str | int | float | date:
    """The cell's value: what cannot be held exactly stays text."""
    if each.table or each.value is not None or sort in (Sort.TEXT, Sort.YES_NO):
        return text
    try:
        if sort is Sort.DAY:
            return date.fromisoformat(text)
        if len(text) > MAX_DIGITS:
            return text
        return float(text) if "." in text else int(text)
    except ValueError:
        return text
