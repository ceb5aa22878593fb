"""Receipts, and their lines, taxes, tenders and discounts. Receipts of training are none.

``turnover`` is the gross of goods: a voucher that was sold is no turnover, whatever is bought with it is.
``total`` is what receipts come to, as Z reports print it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.business_case import GOODS
from app.office.reports.sources.source import Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from app.office.reports.sources.source import Tables

_OF_RECEIPT = (
    "day", "utc_hour", "till", "cashier", "receipt", "receipt_type", "customer", "customer_group", "cost_centre",
    "currency",
)  # fmt: skip
_OF_LINE = (
    *_OF_RECEIPT, "business_case", "article", "article_group", "article_group_2", "article_group_3", "vat_key",
    "vat_rate",
)  # fmt: skip


def _heads(tables: Tables) -> ir.Table:
    """What every part of a receipt can be chosen by; all of it stands in the index over days."""
    receipts = tables("receipts")
    counted = receipts.filter(receipts.receipt_type != "training")
    return counted.select(
        day=counted.business_day,
        utc_hour=counted.finished_at.left(13),
        # Reckoned, so that SQLite does not take the index over tills and read every receipt whole.
        till=counted.till_no + 0,
        cashier=counted.cashier,
        receipt=counted.receipt_no,
        receipt_type=counted.receipt_type,
        customer=counted.customer_no,
        customer_group=counted.customer_group,
        cost_centre=counted.cost_centre,
        currency=counted.currency,
        member_id=counted.member_id,
        total=counted.total_minor,
        turnover=counted.goods_minor,
        discounts=counted.discounts_minor,
        tax=counted.tax_minor,
        net=counted.total_minor - counted.tax_minor,
    )


def _parts(tables: Tables, name: str) -> ir.Table:
    """The rows of a table of parts beside their receipts."""
    parts = tables(name)
    heads = _heads(tables).select(*_OF_RECEIPT, "member_id")
    renamed = parts.rename(part_of="receipt_no", part_member="member_id", part_row="row")
    if "currency" in parts.columns:
        renamed = renamed.rename(part_currency="currency")
    same = [heads.receipt == renamed.part_of, heads.member_id == renamed.part_member]
    return heads.inner_join(renamed, same)


def _receipts(tables: Tables) -> ir.Table:
    import ibis

    return _heads(tables).mutate(receipts=ibis.literal(1))


def _lines(tables: Tables) -> ir.Table:
    import ibis

    lines = _parts(tables, "receipt_lines")
    goods = lines.business_case.isin(GOODS)
    return lines.select(
        *_OF_RECEIPT,
        "business_case",
        "article_group",
        "article_group_2",
        "article_group_3",
        "vat_key",
        article=lines.ident_no,
        vat_rate=lines.vat_rate_bp,
        article_name=lines.name,
        turnover=ibis.ifelse(goods, lines.gross_minor, 0),
        gross=lines.gross_minor,
        quantity=lines.quantity_milli,
        discounts=lines.discounts_minor,
        returned=ibis.ifelse(goods & (lines.gross_minor < 0), -lines.gross_minor, 0),
        lines=ibis.literal(1),
    )


def _goods(tables: Tables) -> ir.Table:
    lines = _lines(tables)
    return lines.filter(lines.business_case.isin(GOODS))


def _taxes(tables: Tables) -> ir.Table:
    taxes = _parts(tables, "receipt_taxes")
    return taxes.select(
        *_OF_RECEIPT,
        "vat_key",
        vat_rate=taxes.vat_rate_bp,
        gross=taxes.gross_minor,
        net=taxes.net_minor,
        tax=taxes.tax_minor,
    )


def _tenders(tables: Tables) -> ir.Table:
    import ibis

    tenders = _parts(tables, "receipt_tenders")
    return tenders.select(
        *_OF_RECEIPT,
        "tender",
        "tender_kind",
        amount=tenders.amount_minor,
        payments=ibis.ifelse(tenders.role == "change", 0, 1),
    )


def _discounts(tables: Tables) -> ir.Table:
    import ibis

    discounts = _parts(tables, "receipt_discounts")
    return discounts.select(
        *_OF_RECEIPT,
        "rule",
        campaign=discounts.rule_id,
        discount_name=discounts.name,
        amount=discounts.amount_minor,
        times=ibis.literal(1),
    )


SOURCES = (
    Source("receipts", _receipts, _OF_RECEIPT, ("receipts", "turnover", "total", "net", "tax", "discounts")),
    Source("goods", _goods, _OF_LINE, ("turnover", "quantity", "discounts", "returned", "lines"), ("article_name",)),
    Source(
        "lines",
        _lines,
        _OF_LINE,
        ("turnover", "gross", "quantity", "discounts", "returned", "lines"),
        ("article_name",),
    ),
    Source("taxes", _taxes, (*_OF_RECEIPT, "vat_key", "vat_rate"), ("gross", "net", "tax")),
    Source("tenders", _tenders, (*_OF_RECEIPT, "tender", "tender_kind"), ("amount", "payments")),
    Source("discounts", _discounts, (*_OF_RECEIPT, "rule", "campaign"), ("amount", "times"), ("discount_name",)),
)  # fmt: skip
