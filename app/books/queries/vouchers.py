"""A voucher with its ledger summed up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, false, func, select

from app.books.queries.resources import balance
from app.books.questions import Question
from app.books.questions.resources import AskBalance
from app.books.questions.vouchers import FindVoucher
from app.books.tables.vouchers import voucher_blocks, vouchers
from app.books.views import VoucherView
from app.domain import resource
from app.domain.voucher import state_of

_VOUCHER = (
    select(vouchers, func.coalesce(voucher_blocks.c.blocked, false()).label("blocked"))
    .outerjoin(voucher_blocks, voucher_blocks.c.code == vouchers.c.code)
    .where(vouchers.c.code == bindparam("code"))
)


def voucher(connection: Connection, question: FindVoucher) -> VoucherView | None:
    """The voucher with its balance; None if no till has told of it. Without a day nothing is expired."""
    row = connection.execute(_VOUCHER, {"code": question.code}).one_or_none()
    if row is None:
        return None
    ledger = balance(connection, AskBalance(resource.name(resource.VOUCHER, question.code)))
    return VoucherView(
        code=row.code,
        voucher_kind=row.voucher_kind,
        value_minor=row.value_minor,
        held_minor=ledger.held,
        redeemed_minor=ledger.used,
        balance_minor=ledger.left,
        currency=row.currency,
        issued_by=row.issued_by,
        issued_at=row.issued_at,
        expires_on=row.expires_on,
        till_no=row.till_no,
        receipt_no=row.receipt_no,
        state=state_of(row.value_minor, ledger.left, row.expires_on, question.day, blocked=bool(row.blocked)),
        vat_key=row.vat_key,
        ident_no=row.ident_no,
        reloadable=row.reloadable,
        replaces=row.replaces,
        blocked=bool(row.blocked),
        vat_rate_bp=row.vat_rate_bp,
    )


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {FindVoucher: voucher}
