"""The reports that every office has, by name. Own ones stand beside them in files (``own.py``). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.office.reports.definition import Form, Layout, Query, Report
from app.text import mark

_MONTH = "this_month"
_ALL = "all"


def _sales(
    title: str,
    about: str,
    *columns: str,
    source: str = "receipts",
    period: str = _MONTH,
    order: str = "",
    limit: int = 0,
    chart: str = "",
    groups: tuple[str, ...] = (),
    where: dict[str, tuple[str | int, ...]] | None = None,
    unsold: bool = False,
    compare: str = "",
    landscape: bool = False,
    variable: str = "",
) -> Report:
    query = Query(source, period=period, where=where or {}, compare=compare, variable=variable)  # type: ignore[arg-type]
    layout = Layout(columns, groups=groups, order=order, limit=limit, unsold=unsold)
    return Report(title, query, layout, about, Form(chart=chart, landscape=landscape))  # type: ignore[arg-type]


_TURNOVER = ("receipts", "turnover", "average", "discounts", "share")
_GOODS = ("quantity", "turnover", "share")

PREDEFINED: Mapping[str, Report] = {
    "turnover-by-day": _sales(
        mark("Turnover by day"), mark("each day's receipts, goods, totals and tax"),
        "day", "receipts", "turnover", "average", "discounts", "total", "net", "tax",
        chart="bars", landscape=True,
    ),
    "turnover-by-hour": _sales(
        mark("Turnover by hour"), mark("when people buy"), "hour", *_TURNOVER, chart="bars",
    ),
    "turnover-by-weekday": _sales(
        mark("Turnover by weekday"), mark("on which days people buy"), "weekday", *_TURNOVER, chart="bars",
    ),
    "turnover-by-month": _sales(
        mark("Turnover by month"), mark("this year's months"),
        "month", *_TURNOVER, period="this_year", chart="bars",
    ),
    "turnover-by-till": _sales(
        mark("Turnover by till"), mark("each till with its branch"), "till", *_TURNOVER,
        groups=("branch",), chart="bars",
    ),
    "turnover-by-branch": _sales(
        mark("Turnover by branch"), mark("branches beside each other"), "branch", *_TURNOVER, chart="bars",
    ),
    "turnover-by-cashier": _sales(
        mark("Turnover by cashier"), mark("who sold how much"), "cashier", *_TURNOVER, order="-turnover", chart="bars",
    ),
    "turnover-by-group": _sales(
        mark("Turnover by article group"), mark("the first group of each article"),
        "article_group", *_GOODS, "discounts", "returned", source="goods", order="-turnover", chart="bars",
    ),
    "turnover-by-article": _sales(
        mark("Turnover by article"), mark("every article that was sold, by group"),
        "article", "article_name", *_GOODS, source="goods", groups=("article_group",),
    ),
    "top-sellers": _sales(
        mark("Top sellers"), mark("the fifty articles that bring the most"),
        "article", "article_name", *_GOODS, source="goods", order="-turnover", limit=50, chart="bars",
    ),
    "slow-sellers": _sales(
        mark("Slow sellers"), mark("the fifty articles that bring the least, also nothing at all"),
        "article", "article_name", "quantity", "turnover", source="goods", order="turnover", limit=50, unsold=True,
    ),
    "vat": _sales(
        mark("VAT"), mark("gross, net and tax of each rate, as receipts print them"),
        "vat_key", "vat_rate", "gross", "net", "tax", source="taxes",
    ),
    "vat-by-month": _sales(
        mark("VAT by month"), mark("each month's rates"),
        "vat_key", "vat_rate", "gross", "net", "tax", source="taxes", groups=("month",), period="this_year",
    ),
    "tenders": _sales(
        mark("Turnover by tender"), mark("how people paid"),
        "tender", "tender_name", "payments", "amount", "amount_share", source="tenders", chart="bars",
    ),
    "z-reports": _sales(
        mark("Z reports"), mark("day ends, as they were printed"),
        "z_no", "z_report", "day", "cashier", "receipts", "total", source="z_reports", groups=("till",),
    ),
    "cash-movements": _sales(
        mark("Cash movements"), mark("floats, cash in and out"),
        "day", "till", "movement", "reason", "cashier", "amount", source="cash",
    ),
    "cash-differences": _sales(
        mark("Cash differences"), mark("what was missing or too much at day ends"),
        "day", "z_no", "cashier", "amount", source="cash", groups=("till",), where={"movement": ("difference",)},
    ),
    "vouchers-outstanding": _sales(
        mark("Vouchers outstanding"), mark("what is left of each voucher, and how old it is"),
        "voucher", "voucher_kind", "day", "age", "expires_on", "value", "used", "held", "balance",
        source="vouchers", period=_ALL, groups=("age_class",), where={"state": ("open", "blocked")}, landscape=True,
    ),
    "vouchers-by-age": _sales(
        mark("Vouchers outstanding by age"), mark("how many, and what is left of them"),
        "age_class", "voucher_kind", "count", "value", "balance",
        source="vouchers", period=_ALL, where={"state": ("open", "blocked")}, chart="bars",
    ),
    "coupons-used": _sales(
        mark("Coupons used"), mark("how often, and what they took off prices"),
        "campaign", "discount_name", "times", "amount", source="discounts", where={"rule": ("coupon",)},
        order="-amount",
    ),
    "coupons-issued": _sales(
        mark("Coupons issued"), mark("single-use coupons, and how many of them were used"),
        "campaign", "state", "count", "uses", source="coupons", period=_ALL,
    ),
    "discounts": _sales(
        mark("Discounts"), mark("what was taken off prices, by whom and why"),
        "rule", "discount_name", "times", "amount", source="discounts", groups=("cashier",),
    ),
    "overdraws": _sales(
        mark("Overdraws"), mark("what was used beyond its value and is not settled"),
        "resource", "day", "overdrawn", "pieces", source="overdraws", period=_ALL,
    ),
    "customers": _sales(
        mark("Customers"), mark("who bought how much"),
        "customer", "customer_name", *_TURNOVER, groups=("customer_group",), where={"customer": ("*",)},
        order="-turnover",
    ),
    "credits": _sales(
        mark("Credits"), mark("what customers owe, and their limits"),
        "customer", "customer_name", "limit", "used", "paid", "owed",
        source="credits", period=_ALL, groups=("state",), where={"state": ("owing", "blocked")},
    ),
    "deposits": _sales(
        mark("Deposits on orders"), mark("what was paid on orders that are still open"),
        "order", "customer", "day", "due_on", "paid", "open",
        source="deposits", period=_ALL, where={"state": ("open",)},
    ),
    "container-deposits": _sales(
        mark("Container deposits"), mark("what was taken and given back for bottles and crates"),
        "article", "article_name", "quantity", "gross", "returned",
        source="lines", where={"business_case": ("container_deposit",)},
    ),
    "delivery-notes": _sales(
        mark("Delivery notes not invoiced"), mark("by customer, the oldest first"),
        "day", "delivery_note", "receipt", "amount", "open",
        source="delivery_notes", period=_ALL, groups=("customer",), where={"state": ("open",)},
    ),
    "cost-centres": _sales(
        mark("Statements of cost centres"), mark("each cost centre's receipts of each month"),
        "day", "receipt", "cashier", "customer", "total",
        period="last_month", groups=("month",), where={"cost_centre": ("*",)}, variable="cost_centre_name",
    ),
    "comparison-of-months": _sales(
        mark("This month and the one before"), mark("by weekday"),
        "weekday", "receipts", "turnover", period="this_month", compare="previous", landscape=True,
    ),
    "comparison-of-years": _sales(
        mark("This year and the one before"), mark("by article group"),
        "article_group", "quantity", "turnover", source="goods", period="this_year", compare="year_before",
        landscape=True,
    ),
    "comparison-of-events": _sales(
        mark("Comparison of events"), mark("by till; name them: --event NAME=FROM..UNTIL, twice or more"),
        "till", "receipts", "turnover", period=_ALL, landscape=True,
    ),
}  # fmt: skip
