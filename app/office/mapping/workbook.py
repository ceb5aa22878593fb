"""Rows out of an XLSX file, read as they are needed (openpyxl, read only).

Numbers, days and truth values come as what they are, so no decimal sign is guessed. Formulas count with the value that
the spreadsheet program saved last.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from app.office.mapping.convert import Typed
from app.office.mapping.delimited import NoRows, SourceRow, places
from app.office.mapping.plan import FilePlan
from app.office.rows import MAX_LINES, BadRow

UNPACKED_BYTES_MAX = 512 * 1024 * 1024
"""A workbook is a ZIP file: one that unpacks to more was made to fill memory."""
MAX_COLUMNS = 1_000


class Workbook:
    """A sheet of a workbook; ``headings`` are the file's own, or as many empty ones."""

    def __init__(self, data: bytes, plan: FilePlan) -> None:
        try:
            import openpyxl
        except ImportError:
            raise NoRows(BadRow("no_extra", format="XLSX")) from None
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                unpacked = sum(each.file_size for each in packed.infolist())
            if unpacked <= UNPACKED_BYTES_MAX:
                self._book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        except Exception:  # noqa: BLE001 - openpyxl lets out whatever a broken file makes fail inside
            raise NoRows(BadRow("no_xlsx")) from None
        if unpacked > UNPACKED_BYTES_MAX:
            raise NoRows(BadRow("too_many_rows", limit=str(MAX_LINES)))
        names = self._book.sheetnames
        if plan.sheet and plan.sheet not in names:
            self.close()
            raise NoRows(BadRow("no_sheet", sheet=plan.sheet[:40], known=", ".join(names[:20])))
        self._sheet = self._book[plan.sheet or names[0]]
        self._skip = plan.skip_rows
        self._header = plan.header
        first = next((cells for number, cells in self._cells(MAX_COLUMNS) if number == self._skip + 1), [])
        while first and not first[-1]:
            first.pop()
        if not first:
            self.close()
            raise NoRows(BadRow("empty" if plan.header else "nothing"), self._skip + 1)
        self.headings: Sequence[str] = first if plan.header else [""] * len(first)

    def rows(self, plan: FilePlan) -> Iterator[SourceRow]:
        """Each row with the texts of the plan's fields."""
        return self._rows(places(plan, self.headings))

    def _rows(self, at: Sequence[int | None]) -> Iterator[SourceRow]:
        for number, cells in self._cells(len(self.headings)):
            if number > self._skip + (1 if self._header else 0) and any(cells):
                there = cells + [""] * (len(self.headings) - len(cells))
                yield number, [None if place is None else there[place] for place in at]

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()

    def _cells(self, most: int) -> Iterator[tuple[int, list[str]]]:
        found = self._sheet.iter_rows(values_only=True, max_col=most)
        for number in range(1, MAX_LINES + 1):
            try:
                row = next(found, None)
            except Exception:  # noqa: BLE001 - the same
                raise NoRows(BadRow("no_xlsx"), number) from None
            if row is None:
                return
            yield number, [_text(value) for value in row]
        raise NoRows(BadRow("too_many_rows", limit=str(MAX_LINES)), MAX_LINES)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return Typed("yes" if value else "no")
        case int():
            return Typed(value)
        case float():
            return Typed(int(value) if value.is_integer() and abs(value) < 1e15 else _decimal(value))
        case datetime() | date():
            return Typed(value.strftime("%Y-%m-%d"))
        case time():
            return Typed(value.isoformat())
    return str(value)


def _decimal(value: float) -> str:
    """What the spreadsheet shows: 15 digits, so that 0.1 + 0.2 is 0.3."""
    text = f"{value:.15g}"
    return f"{value:.15f}".rstrip("0") if "e" in text else text
