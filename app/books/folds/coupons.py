"""Single-use coupons as they were issued. That each is good for one use is a grant in the ledger of resources.

One that became known by its slip (``coupon.stated``) is the same row and grant as its issuer's (``vouchers.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from app.books.folds.resources import ResourcesFold, grant_row
from app.books.folds.stamped import Folding, Stamped, Upserts, second_hand
from app.books.tables.coupons import coupons
from app.domain import resource
from app.facts.base import Fact
from app.facts.circulation import CouponIssued
from app.facts.statements import CouponStated

ISSUE = "issue"


class CouponsFold:
    """Folds ``coupon.issued`` and ``coupon.stated``. Of two with one code the older stays; its grant likewise."""

    def __init__(self, upserts: Upserts, ledger: ResourcesFold) -> None:
        self._issue = upserts.oldest(coupons)
        self._ledger = ledger

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {CouponIssued: self._issued, CouponStated: self._stated}

    def _issued(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "code": fact.code,
                "campaign_id": fact.campaign_id,
                "issued_at": fact.issued_at,
                "issued_by": member_id,
                "till_no": fact.till_no,
                "receipt_no": fact.receipt_no,
                "valid_from": fact.valid_from,
                "valid_until": fact.valid_until,
                "customer_no": fact.customer_no,
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        self._issue.write(connection, rows)
        grants = [
            grant_row(
                resource.name(resource.COUPON, fact.code),
                ISSUE,
                1,
                at=fact.issued_at,
                till_no=fact.till_no,
                reference=fact.receipt_no,
                stamp=stamp,
            )
            for fact, _, stamp in facts
        ]
        self._ledger.grant(connection, grants)

    def _stated(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "code": fact.code,
                "campaign_id": fact.campaign_id,
                "issued_at": fact.issued_at,
                "issued_by": fact.issuer,
                "till_no": fact.till_no,
                "receipt_no": "",
                "valid_from": fact.valid_from,
                "valid_until": fact.valid_until,
                "customer_no": "",
                "stamp": second_hand(stamp),
            }
            for fact, _, stamp in facts
        ]
        self._issue.write(connection, rows)
        grants = [
            grant_row(
                resource.name(resource.COUPON, fact.code),
                ISSUE,
                1,
                at=fact.issued_at,
                till_no=fact.till_no,
                stamp=second_hand(stamp),
            )
            for fact, _, stamp in facts
        ]
        self._ledger.grant(connection, grants)
