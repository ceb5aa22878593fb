"""Vouchers as they were issued, stated and blocked. Their value is a grant in the ledger of resources.

A voucher that became known by its slip (``voucher.stated``) is the same row and the same grant as the one that its
issuer tells of: whichever comes first, its value is granted once, and the issuer's own word is what stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from app.books.folds.resources import ResourcesFold, grant_row
from app.books.folds.stamped import Folding, Stamped, Upserts, second_hand
from app.books.tables.vouchers import voucher_blocks, vouchers
from app.domain import resource
from app.facts.base import Fact
from app.facts.circulation import VoucherBlocked, VoucherIssued
from app.facts.statements import VoucherStated

ISSUE = "issue"


class VouchersFold:
    """Folds ``voucher.issued``, ``voucher.stated`` and ``voucher.blocked``.

    Of two vouchers with one code the older stays, its grant likewise; of two words about blocking the newest.
    """

    def __init__(self, upserts: Upserts, ledger: ResourcesFold) -> None:
        self._issue = upserts.oldest(vouchers)
        self._block = upserts.newest(voucher_blocks)
        self._ledger = ledger

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {VoucherIssued: self._issued, VoucherStated: self._stated, VoucherBlocked: self._blocked}

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
                "ident_no": fact.ident_no,
                "replaces": fact.replaces,
                "reloadable": fact.reloadable,
                "vat_rate_bp": fact.vat_rate_bp,
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        self._issue.write(connection, rows)
        grants = [
            grant_row(
                resource.name(resource.VOUCHER, fact.code),
                ISSUE,
                fact.value_minor,
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
                "voucher_kind": fact.voucher_kind,
                "value_minor": fact.value_minor,
                "currency": fact.currency,
                "issued_at": fact.issued_at,
                "issued_by": fact.issuer,
                "till_no": fact.till_no,
                "receipt_no": "",
                "vat_key": fact.vat_key,
                "expires_on": fact.expires_on,
                "ident_no": fact.ident_no,
                "replaces": "",
                "reloadable": False,
                "vat_rate_bp": fact.vat_rate_bp,
                "stamp": second_hand(stamp),
            }
            for fact, _, stamp in facts
        ]
        self._issue.write(connection, rows)
        grants = [
            grant_row(
                resource.name(resource.VOUCHER, fact.code),
                ISSUE,
                fact.value_minor,
                at=fact.issued_at,
                till_no=fact.till_no,
                stamp=second_hand(stamp),
            )
            for fact, _, stamp in facts
        ]
        self._ledger.grant(connection, grants)

    def _blocked(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [{**msgspec.structs.asdict(fact), "stamp": stamp} for fact, _, stamp in facts]
        self._block.write(connection, rows)
