"""A report as JSON: columns, rows as they are laid out, notes. Decimal strings, as everywhere in our JSON: exact."""

from __future__ import annotations

import json
from typing import Any

from app.office.outputs.figures import PLAIN, figure
from app.office.reports.table import Cell, ColumnKind, ReportTable


def as_json(table: ReportTable) -> dict[str, Any]:
    """Plain data. A row's ``cells`` are by column key: money "12.34", quantities "0.25", percentages "19.00", counts as
    numbers, text and days as text; what says nothing is left out.
    """
    return {
        "title": table.title,
        "subtitle": table.subtitle,
        "currency": table.currency,
        "columns": [
            {"key": each.key, "heading": each.heading, "kind": each.kind, "sum": each.sum} for each in table.columns
        ],
        "rows": [
            {
                "style": row.style,
                "level": row.level,
                "cells": {
                    column.key: _value(cell, column.kind, table.currency)
                    for cell, column in zip(row.cells, table.columns, strict=True)
                    if cell is not None
                },
            }
            for row in table.rows
        ],
        "notes": list(table.notes),
    }


def json_file(table: ReportTable) -> bytes:
    """``as_json`` for people who look into it as well: indented, UTF-8, a line feed at the end."""
    return (json.dumps(as_json(table), ensure_ascii=False, indent=1) + "\n").encode()


def _value(cell: Cell, kind: ColumnKind, currency: str) -> str | int:
    assert cell is not None
    return cell if isinstance(cell, str) or kind == "number" else figure(cell, kind, currency, PLAIN)
