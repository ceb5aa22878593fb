"""What the ledger of resources says: vouchers and what is left of them, coupons, overdraws.

``day`` is when they came into circulation. Overdraws of a customer's credit are none here: what is owed beyond its
limit is in ``credits``, because a limit may be lowered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain import resource
from app.domain.overdraw import UNGRANTED_AFTER_MS
from app.office.reports.sources.source import Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from app.office.reports.sources.source import Tables

HLC_DIGITS = 16
"""A stamp begins with the hybrid time's milliseconds."""


def granted(tables: Tables) -> ir.Table:
    """``granted`` of each resource (``granted_of``)."""
    grants = tables("resource_grants")
    return grants.group_by(granted_of="resource").aggregate(granted=grants.amount.sum())


def taken(tables: Tables) -> ir.Table:
    """``held``, ``used``, ``settled``, and used how many ``times``, of each resource (``taken_of``).

    As ``app/books/queries/resources.py`` reckons them.
    """
    import ibis

    holds = tables("resource_holds")
    is_used = holds.used_stamp.notnull()
    is_held = holds.held_stamp.notnull() & holds.released_stamp.isnull() & ~is_used
    settled = ibis.least(holds.settled_amount.fill_null(0), holds.used_amount)
    return holds.group_by(taken_of="resource").aggregate(
        held=ibis.ifelse(is_held, holds.held_amount, 0).sum(),
        used=ibis.ifelse(is_used, holds.used_amount, 0).sum(),
        settled=ibis.ifelse(is_used, settled, 0).sum(),
        times=ibis.ifelse(is_used, 1, 0).sum(),
        since=ibis.coalesce(holds.held_stamp, holds.used_stamp).min(),
        first_at=ibis.coalesce(holds.held_at, holds.used_at).min(),
    )


def _vouchers(tables: Tables) -> ir.Table:
    import ibis

    issued = tables("vouchers").mutate(resource=resource.name(resource.VOUCHER, "") + ibis._.code)
    blocks = tables("voucher_blocks").select("code", "blocked").rename(blocked_code="code")
    ledger = (
        issued.left_join(granted(tables), [("resource", "granted_of")])
        .left_join(taken(tables), [("resource", "taken_of")])
        .left_join(blocks, [("code", "blocked_code")])
    )
    used = ledger.used.fill_null(0) - ledger.settled.fill_null(0)
    held = ledger.held.fill_null(0)
    balance = ledger.granted.fill_null(0) - used - held
    return ledger.select(
        "voucher_kind",
        "currency",
        "expires_on",
        voucher=ledger.code,
        day=ledger.issued_at.left(10),
        till=ledger.till_no,
        receipt=ledger.receipt_no,
        state=ibis.cases((balance == 0, "used"), (ledger.blocked.fill_null(False), "blocked"), else_="open"),
        count=ibis.literal(1),
        value=ledger.granted.fill_null(0),
        used=used,
        held=held,
        balance=balance,
    )


def _coupons(tables: Tables) -> ir.Table:
    import ibis

    issued = tables("coupons").mutate(resource=resource.name(resource.COUPON, "") + ibis._.code)
    ledger = issued.left_join(taken(tables), [("resource", "taken_of")])
    uses = ledger.times.fill_null(0)
    return ledger.select(
        coupon=ledger.code,
        campaign=ledger.campaign_id,
        day=ledger.issued_at.left(10),
        till=ledger.till_no,
        receipt=ledger.receipt_no,
        customer=ledger.customer_no,
        expires_on=ledger.valid_until,
        state=ibis.ifelse(uses > 0, "used", "open"),
        count=ibis.literal(1),
        uses=uses,
    )


def _overdraws(tables: Tables) -> ir.Table:
    import ibis

    holds = tables("resource_holds")
    newest = ibis.coalesce(holds.held_stamp, holds.used_stamp).max()
    old_enough = newest.left(HLC_DIGITS).cast("int64") - UNGRANTED_AFTER_MS
    uses = taken(tables)
    ledger = uses.left_join(granted(tables), [("taken_of", "granted_of")])
    beyond = ledger.held + ledger.used - ledger.settled - ledger.granted.fill_null(0)
    on_account = ledger.taken_of.startswith(resource.name(resource.CREDIT, ""))
    being_paid = ledger.taken_of.startswith(resource.name(resource.SETTLING, ""))
    known = ledger.granted.notnull() | (ledger.since.left(HLC_DIGITS).cast("int64") < old_enough.as_scalar())
    ledger = ledger.mutate(beyond=beyond).filter(~on_account, ~being_paid, known, beyond > 0)

    def among(unit: str) -> ir.BooleanValue:
        named = [resource.name(kind, "") for kind, of_unit in resource.UNITS.items() if of_unit == unit]
        return ibis.or_(*(ledger.taken_of.startswith(name) for name in named))

    return ledger.select(
        resource=ledger.taken_of,
        day=ledger.first_at.left(10),
        overdrawn=ibis.ifelse(among(resource.MONEY), ledger.beyond, 0),
        pieces=ibis.cases(
            (among(resource.PIECES), ledger.beyond * 1000), (among(resource.MILLI_PIECES), ledger.beyond), else_=0
        ),
        count=ibis.literal(1),
    )


SOURCES = (
    Source(
        "vouchers",
        _vouchers,
        ("day", "till", "receipt", "voucher", "voucher_kind", "currency", "expires_on", "state"),
        ("count", "value", "used", "held", "balance"),
        standing=True,
    ),
    Source(
        "coupons",
        _coupons,
        ("day", "till", "receipt", "coupon", "campaign", "customer", "expires_on", "state"),
        ("count", "uses"),
        standing=True,
    ),
    Source("overdraws", _overdraws, ("day", "resource"), ("count", "overdrawn", "pieces"), standing=True),
)
