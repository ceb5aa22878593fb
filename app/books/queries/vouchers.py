"""A voucher with its ledger summed up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, false, func, select

from app.books.queries.resources import balance, held_sum, settled_sum, used_sum
from app.books.questions import Question
from app.books.questions.resources import AskBalance
from app.books.questions.vouchers import AllVouchers, FindVoucher
from app.books.tables.resources import resource_grants, resource_holds
from app.books.tables.vouchers import voucher_blocks, vouchers
from app.books.views import VoucherView
from app.domain import resource
from app.domain.resource import Balance
from app.domain.voucher import state_of

_blocked = func.coalesce(voucher_blocks.c.blocked, false()).label("blocked")
_VOUCHER = (
    select(vouchers, _blocked)
    .outerjoin(voucher_blocks, voucher_blocks.c.code == vouchers.c.code)
    .where(vouchers.c.code == bindparam("code"))
)
_granted = (
    select(resource_grants.c.resource, func.sum(resource_grants.c.amount).label("granted"))
    .group_by(resource_grants.c.resource)
    .subquery()
)
_taken = (
    select(
        resource_holds.c.resource,
        held_sum.label("held"),
        used_sum.label("used"),
        settled_sum.label("settled"),
    )
    .group_by(resource_holds.c.resource)
    .subquery()
)
_name = resource.name(resource.VOUCHER, "") + vouchers.c.code
_ALL = (
    select(
        vouchers,
        _blocked,
        func.coalesce(_granted.c.granted, 0).label("granted"),
        func.coalesce(_taken.c.held, 0).label("held"),
        func.coalesce(_taken.c.used, 0).label("used"),
        func.coalesce(_taken.c.settled, 0).label("settled"),
    )
    .outerjoin(voucher_blocks, voucher_blocks.c.code == vouchers.c.code)
    .outerjoin(_granted, _granted.c.resource == _name)
    .outerjoin(_taken, _taken.c.resource == _name)
    .order_by(vouchers.c.code)
)


def voucher(connection: Connection, question: FindVoucher) -> VoucherView | None:
    """The voucher with its balance; None if no till has told of it. Without a day nothing is expired."""
    row = connection.execute(_VOUCHER, {"code": question.code}).one_or_none()
    if row is None:
        return None
    ledger = balance(connection, AskBalance(resource.name(resource.VOUCHER, question.code)))
    return _view(row, ledger, question.day)


def all_vouchers(connection: Connection, question: AllVouchers) -> tuple[VoucherView, ...]:
    """Every voucher, by code: the ledger is summed up in one go."""
    rows = connection.execute(_ALL)
    return tuple(_view(row, _ledger(row), question.day) for row in rows)


def _ledger(row: Row[Any]) -> Balance:
    return Balance(int(row.granted), int(row.held), int(row.used), int(row.settled))


def _view(row: Row[Any], ledger: Balance, day: str | None) -> VoucherView:
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
        state=state_of(row.value_minor, ledger.left, row.expires_on, day, blocked=bool(row.blocked)),
        vat_key=row.vat_key,
        ident_no=row.ident_no,
        reloadable=row.reloadable,
        replaces=row.replaces,
        blocked=bool(row.blocked),
        vat_rate_bp=row.vat_rate_bp,
    )


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    FindVoucher: voucher,
    AllVouchers: all_vouchers,
}
