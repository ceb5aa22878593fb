"""One receipt, a till's newest number, and turnover."""

from __future__ import annotations

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select

from app.books.tables.receipts import receipt_taxes, receipt_tenders, receipts
from app.books.views import ReceiptView, TurnoverView
from app.domain.number_range import default_prefix
from app.facts.sales import ReceiptCompleted

_RECEIPT = (
    select(receipts.c.body, receipts.c.member_id)
    .where(receipts.c.receipt_no == bindparam("receipt_no"))
    .order_by(receipts.c.stamp)
    .limit(1)
)
_LAST = select(func.max(receipts.c.sequence)).where(receipts.c.prefix == bindparam("prefix"))

counted: ColumnElement[bool] = receipts.c.receipt_type != "training"
"""Receipts that count: those of training are no turnover."""

_decoder = msgspec.json.Decoder(ReceiptCompleted)


def receipt(connection: Connection, receipt_no: str) -> ReceiptView | None:
    """The receipt as journalled; None if no till has told of it."""
    row = connection.execute(_RECEIPT, {"receipt_no": receipt_no}).one_or_none()
    return None if row is None else ReceiptView(receipt=_decoder.decode(row.body), member_id=row.member_id)


def last_receipt_sequence(connection: Connection, till_no: int) -> int:
    """The number part of the newest receipt of the till's own range; 0 if it has none."""
    return connection.execute(_LAST, {"prefix": default_prefix("receipt", till_no)}).scalar() or 0


def turnover(connection: Connection, till_no: int | None, day: str | None) -> TurnoverView:
    """Sums over the receipts of a till (None: of all tills) on a business day (None: of all days)."""
    chosen: ColumnElement[bool] = counted
    if till_no is not None:
        chosen = and_(chosen, receipts.c.till_no == till_no)
    if day is not None:
        chosen = and_(chosen, receipts.c.business_day == day)
    head = select(func.coalesce(func.sum(receipts.c.total_minor), 0), func.count(), func.max(receipts.c.currency))
    gross, count, currency = connection.execute(head.where(chosen)).one()
    key, rate = receipt_taxes.c.vat_key, receipt_taxes.c.vat_rate_bp
    amounts = (receipt_taxes.c.gross_minor, receipt_taxes.c.net_minor, receipt_taxes.c.tax_minor)
    taxes = select(key, rate, *(func.sum(amount) for amount in amounts)).join(receipts).where(chosen)
    tenders = select(receipt_tenders.c.tender, func.sum(receipt_tenders.c.amount_minor)).join(receipts).where(chosen)
    return TurnoverView(
        gross_minor=int(gross),
        receipts=count,
        currency=currency or "",
        by_vat=tuple(
            (vat_key, rate_bp, int(gross), int(net), int(tax))
            for vat_key, rate_bp, gross, net, tax in connection.execute(taxes.group_by(key, rate).order_by(key, rate))
        ),
        by_tender=tuple(
            (tender, int(amount))
            for tender, amount in connection.execute(
                tenders.group_by(receipt_tenders.c.tender).order_by(receipt_tenders.c.tender)
            )
        ),
    )
