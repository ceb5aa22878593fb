"""A report as Parquet, typed, for programs that reckon on: pandas, DuckDB, Spark.

Exact as it is in the books: money is int64 in minor units, quantities int64 in thousandths, percentages int64 in basis
points; each column's metadata says its ``kind``, ``unit`` and ``decimals``, and money's its ``currency``. Days are
date32. The schema's metadata has title, subtitle and notes. pyarrow is imported at the first use.
"""

from __future__ import annotations

import io
import json
from typing import Any

from app.office.outputs.figures import day_of, digits
from app.office.outputs.flat import Flat, flat
from app.office.reports.table import EXACT_KINDS, ReportColumn, ReportTable
from app.text import gettext as _

UNITS = {"money": "minor", "quantity": "thousandths", "percent": "basis points", "number": "one"}


def parquet_file(table: ReportTable) -> bytes:
    """The data lines; columns are called by their keys, groups' ``group_1``, ``group_2``, …"""
    import pyarrow as pa
    from pyarrow import parquet

    data = flat(table, _("Group"))
    fields, arrays = [], []
    for at, column in enumerate(data.columns):
        kind, values = _typed(pa, data, at, column)
        arrays.append(pa.array(values, kind))
        fields.append(pa.field(column.key, kind, metadata=_said(column, table.currency)))
    about = {"title": table.title, "subtitle": table.subtitle, "currency": table.currency,
             "notes": json.dumps(table.notes, ensure_ascii=False)}  # fmt: skip
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=about)), out)
    return out.getvalue()


def _typed(pa: Any, data: Flat, at: int, column: ReportColumn) -> tuple[Any, list[Any]]:
    """The column's type and its values; a column of days in which something is none is text."""
    cells = [row[at] for row in data.rows]
    if column.kind in EXACT_KINDS:
        if any(isinstance(cell, str) for cell in cells):  # "3 others" where numbers of tills stand
            return pa.string(), [cell if cell is None else str(cell) for cell in cells]
        return pa.int64(), cells
    days = [day_of(cell) for cell in cells] if column.kind == "date" else []
    if days and all(day is not None or cell is None for day, cell in zip(days, cells, strict=True)):
        return pa.date32(), days
    return pa.string(), cells


def _said(column: ReportColumn, currency: str) -> dict[str, str]:
    said = {"heading": column.heading, "kind": column.kind}
    if column.kind in EXACT_KINDS:
        said |= {"unit": UNITS[column.kind], "decimals": str(digits(column.kind, currency))}
    return said | ({"currency": currency} if column.kind == "money" else {})
