"""What is left of a voucher."""

from __future__ import annotations

from typing import Any

from app.books.questions.resources import AskBalance
from app.books.questions.vouchers import FindVoucher
from app.books.views import VoucherView
from app.domain import resource
from app.till import typed
from app.till.ports import Books, Engine
from app.till.presenting import VOUCHERS, check_agrees, check_believed, presented_by, scanned_of, voucher_view
from app.till.queries.base import Desk, Query


class AskVoucher(Query, frozen=True):
    """``code``: typed, or the whole text of the slip's symbol."""

    code: str


async def voucher(desk: Desk, query: AskVoucher) -> dict[str, Any]:
    """The voucher; one that only its slip tells of is not ``registered``."""
    await desk.engine.settled()
    found, registered = await find_voucher(desk.engine, desk.books, query.code, desk.day)
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
        "registered": registered,
    }


async def find_voucher(engine: Engine, books: Books, text: str, day: str | None) -> tuple[VoucherView, bool]:
    """The voucher that was typed or whose slip was scanned, and whether the books know it; ``Refusal``.

    The books are asked as they are; with a day (ISO 8601) its state may be ``expired``.
    """
    scanned = scanned_of(text, VOUCHERS)
    if scanned is None:
        code = typed.voucher_code(text)
        known = books.ask(FindVoucher(code, day))
        if known is None:
            raise typed.voucher_unknown(code)
        return known, True
    shown = presented_by(scanned, await engine.examine(scanned.text))
    known = books.ask(FindVoucher(shown.code, day))
    if known is not None:
        check_agrees(known, shown)
        return known, True
    check_believed(shown)
    ledger = books.ask(AskBalance(resource.name(resource.VOUCHER, shown.code)))
    return voucher_view(shown, scanned.statement, ledger, day), False
