"""Vouchers and the holds on them: a ledger of facts, never a mutable balance.

A hold is one row that three facts fill, each its own columns, in any order: held, released,
redeemed. What a hold uses of the voucher (``queries/vouchers.py`` sums it up):

    redeemed             its redeemed amount, even if somebody also released it
    released             nothing
    held                 its held amount

A redemption beats a release, because the goods are gone: a supervisor who broke the hold
of a till that was only slow must see the overdraw, not lose it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.schema import voucher_holds, vouchers
from app.facts.base import Fact
from app.facts.circulation import VoucherHeld, VoucherHoldReleased, VoucherIssued, VoucherRedeemed


class VouchersFold:
    """Folds the facts of the circulation feed."""

    def __init__(self, upserts: Upserts) -> None:
        self._issue = upserts.oldest(vouchers)
        self._hold = upserts.part(
            voucher_holds,
            "held_stamp",
            ("held_by", "held_minor", "sale_id", "till_no", "held_at", "coverage"),
        )
        self._release = upserts.part(voucher_holds, "released_stamp", ("released_at", "release_reason"))
        self._redeem = upserts.part(voucher_holds, "redeemed_stamp", ("redeemed_minor", "receipt_no", "redeemed_at"))

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {
            VoucherIssued: self._issued,
            VoucherHeld: self._held,
            VoucherHoldReleased: self._released,
            VoucherRedeemed: self._redeemed,
        }

    def _issued(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "code": fact.code,
                "voucher_kind": fact.voucher_kind,
                "value_minor": fact.value_minor,
                "currency": fact.currency,
                "issued_at": fact.issued_at,
                "issued_by": member_id,
                "till_no": fact.till_no,
                "receipt_no": fact.receipt_no,
                "vat_key": fact.vat_key,
                "expires_on": fact.expires_on,
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        connection.execute(self._issue, rows)

    def _held(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "code": fact.code,
                "hold_id": fact.hold_id,
                "held_stamp": stamp,
                "held_by": member_id,
                "held_minor": fact.amount_minor,
                "sale_id": fact.sale_id,
                "till_no": fact.till_no,
                "held_at": fact.held_at,
                "coverage": msgspec.json.encode(fact.coverage).decode(),
            }
            for fact, member_id, stamp in facts
        ]
        connection.execute(self._hold, rows)

    def _released(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "code": fact.code,
                "hold_id": fact.hold_id,
                "released_stamp": stamp,
                "released_at": fact.released_at,
                "release_reason": fact.reason,
            }
            for fact, _, stamp in facts
        ]
        connection.execute(self._release, rows)

    def _redeemed(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "code": fact.code,
                "hold_id": fact.hold_id,
                "redeemed_stamp": stamp,
                "redeemed_minor": fact.amount_minor,
                "receipt_no": fact.receipt_no,
                "redeemed_at": fact.redeemed_at,
            }
            for fact, _, stamp in facts
        ]
        connection.execute(self._redeem, rows)
