"""What reports' periods, columns and formats are called on the screens. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.office.reports.dimensions import DIMENSIONS
from app.office.reports.measures import ATTRIBUTES, MEASURES
from app.text import gettext as _
from app.text import mark

PERIODS: Mapping[str, str] = {
    "today": mark("Today"),
    "yesterday": mark("Yesterday"),
    "last_7_days": mark("7 days"),
    "last_30_days": mark("30 days"),
    "this_week": mark("This week"),
    "last_week": mark("Last week"),
    "this_month": mark("This month"),
    "last_month": mark("Last month"),
    "this_quarter": mark("This quarter"),
    "last_quarter": mark("Last quarter"),
    "this_year": mark("This year"),
    "last_year": mark("Last year"),
    "all": mark("All"),
}
"""In the order in which they are offered; the numbers are typed."""

SOURCES: Mapping[str, str] = {
    "receipts": mark("Receipts"),
    "goods": mark("Goods"),
    "lines": mark("Lines of receipts"),
    "taxes": mark("VAT"),
    "tenders": mark("Payments"),
    "discounts": mark("Discounts"),
    "cash": mark("Cash movements"),
    "z_reports": mark("Z reports"),
    "vouchers": mark("Vouchers"),
    "coupons": mark("Coupons"),
    "overdraws": mark("Overdraws"),
    "credits": mark("Credits"),
    "deposits": mark("Deposits on orders"),
    "delivery_notes": mark("Delivery notes"),
}
"""What reports sum up."""

COMPARISONS: Mapping[str, str] = {
    "previous": mark("the period before"),
    "year_before": mark("a year before"),
}
CHARTS: Mapping[str, str] = {"bars": mark("Bars"), "lines": mark("Line")}

FORMATS: Mapping[str, str] = {
    "pdf": mark("PDF: on A4, to print or to send, also with the chart"),
    "xlsx": mark("Workbook: laid out, data as a table, a chart"),
    "csv": mark("CSV: the data lines, as spreadsheets of this language read them"),
    "json": mark("JSON: for programs, as it is laid out"),
    "parquet": mark("Parquet: for programs, typed; amounts in cents"),
    "text": mark("Text: as it stands on the screen"),
}


def column(key: str) -> str:
    """What a column, group or choice is called."""
    if key in ATTRIBUTES:
        return _(ATTRIBUTES[key])
    return _(MEASURES[key].heading if key in MEASURES else DIMENSIONS[key].heading)
