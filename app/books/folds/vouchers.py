"""Vouchers as they were issued. Their value is a grant in the ledger of resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from app.books.folds.resources import ResourcesFold, grant_row
from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.vouchers import vouchers
from app.domain import resource
from app.facts.base import Fact
from app.facts.circulation import VoucherIssued

ISSUE = "issue"


class VouchersFold:
    """Folds ``voucher.issued``. Of two with one code the older stays; its grant likewise."""

    def __init__(self, upserts: Upserts, ledger: ResourcesFold) -> None:
        self._issue = upserts.oldest(vouchers)
        self._ledger = ledger

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {VoucherIssued: self._issued}

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
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        connection.execute(self._issue, rows)
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
