"""What is left of a voucher."""

from __future__ import annotations

from typing import Any

from app.books.questions.vouchers import FindVoucher
from app.till import typed
from app.till.queries.base import Desk, Query


class AskVoucher(Query, frozen=True):
    code: str


async def voucher(desk: Desk, query: AskVoucher) -> dict[str, Any]:
    code = typed.voucher_code(query.code)
    found = await desk.look(FindVoucher(code, desk.day))
    if found is None:
        raise typed.voucher_unknown(code)
    return {
        "code": found.code,
        "kind": found.voucher_kind,
        "value": desk.text(found.value_minor),
        "held": desk.text(found.held_minor),
        "redeemed": desk.text(found.redeemed_minor),
        "balance": desk.text(found.balance_minor),
        "currency": found.currency,
        "state": found.state,
        "blocked": found.blocked,
        "reloadable": found.reloadable,
        "article": found.ident_no or None,
        "vat_key": found.vat_key or None,
        "replaces": found.replaces or None,
        "issued_by": found.issued_by,
        "issued_at": found.issued_at,
        "expires": found.expires_on or None,
        "till_no": found.till_no,
        "receipt_no": found.receipt_no,
    }
