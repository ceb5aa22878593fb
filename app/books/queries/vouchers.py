"""A voucher's ledger summed up, and the vouchers that were used beyond their value."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, case, func, select

from app.books.schema import voucher_holds, vouchers
from app.books.views import VoucherView
from app.domain.voucher import state_of
from app.facts.circulation import ClaimCoverage

_is_redeemed = voucher_holds.c.redeemed_stamp.is_not(None)
_is_held = and_(voucher_holds.c.held_stamp.is_not(None), voucher_holds.c.released_stamp.is_(None), ~_is_redeemed)
_redeemed = func.coalesce(func.sum(case((_is_redeemed, voucher_holds.c.redeemed_minor), else_=0)), 0)
_held = func.coalesce(func.sum(case((_is_held, voucher_holds.c.held_minor), else_=0)), 0)
# SUM over 64-bit integers is a decimal in PostgreSQL; int() below brings both databases together.

_VOUCHER = select(vouchers).where(vouchers.c.code == bindparam("code"))
_USED = select(_held.label("held"), _redeemed.label("redeemed")).where(voucher_holds.c.code == bindparam("code"))
_OVERDRAWN = (
    select(vouchers.c.code, vouchers.c.currency, (_held + _redeemed - vouchers.c.value_minor).label("beyond"))
    .join(voucher_holds, voucher_holds.c.code == vouchers.c.code)
    .group_by(vouchers.c.code, vouchers.c.currency, vouchers.c.value_minor)
    .having(_held + _redeemed > vouchers.c.value_minor)
    .order_by(vouchers.c.code)
)
_USES = (
    select(voucher_holds)
    .where(voucher_holds.c.code == bindparam("code"), _is_redeemed | _is_held)
    .order_by(func.coalesce(voucher_holds.c.held_stamp, voucher_holds.c.redeemed_stamp))
)

_coverage = msgspec.json.Decoder(ClaimCoverage)


def voucher(connection: Connection, code: str, day: str | None) -> VoucherView | None:
    """The voucher with its balance; None if no till has told of it. Without a day nothing is expired."""
    row = connection.execute(_VOUCHER, {"code": code}).one_or_none()
    if row is None:
        return None
    held, redeemed = connection.execute(_USED, {"code": code}).one()
    balance = row.value_minor - int(held) - int(redeemed)
    return VoucherView(
        code=row.code,
        voucher_kind=row.voucher_kind,
        value_minor=row.value_minor,
        held_minor=int(held),
        redeemed_minor=int(redeemed),
        balance_minor=balance,
        currency=row.currency,
        issued_by=row.issued_by,
        issued_at=row.issued_at,
        expires_on=row.expires_on,
        till_no=row.till_no,
        receipt_no=row.receipt_no,
        state=state_of(row.value_minor, balance, row.expires_on, day),
        vat_key=row.vat_key,
    )


def overdraws(connection: Connection) -> list[dict[str, Any]]:
    """Every voucher used beyond its value, with all uses that count: ``resource``, ``amount_minor``, ``uses``."""
    found = []
    for code, currency, beyond in connection.execute(_OVERDRAWN).all():
        uses = [_use(row._mapping) for row in connection.execute(_USES, {"code": code})]
        found.append({"resource": f"voucher/{code}", "amount_minor": int(beyond), "currency": currency, "uses": uses})
    return found


def _use(row: Any) -> dict[str, Any]:
    coverage = _coverage.decode(row["coverage"]) if row["coverage"] else None
    redeemed = row["redeemed_stamp"] is not None
    return {
        "receipt_no": row["receipt_no"] or "",
        "sale_id": row["sale_id"] or "",
        "till_no": row["till_no"],
        "member_id": row["held_by"] or "",
        "amount_minor": row["redeemed_minor"] if redeemed else row["held_minor"],
        "at": row["held_at"] or row["redeemed_at"],
        "coverage": coverage,
    }
