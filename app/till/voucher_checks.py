"""Whether a voucher may be taken, and until when a new one is good; the same for every command."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from app.books.questions.vouchers import FindVoucher
from app.books.views import VoucherView
from app.domain import voucher
from app.domain.business_case import VOUCHER_REFUND
from app.domain.sale import OpenSale
from app.till import typed
from app.till.effects import Effect, Event
from app.till.refusals import Refusal
from app.till.steps import look, reference

if TYPE_CHECKING:
    from app.till.counter import Counter


def named(code: str) -> dict[str, str]:
    """The code as refusals show it."""
    return {"code": voucher.shown(code)}


def find(code: str) -> Generator[Effect, Event, VoucherView]:
    """The voucher as it is now; refused if no till knows it."""
    found = yield from look(FindVoucher(code), fresh=True)
    if found is None:
        raise typed.voucher_unknown(code)
    return found


def check_usable(counter: Counter, found: VoucherView) -> None:
    """Refused for a voucher that is blocked, expired, or of another currency; it may be used up."""
    values = {**named(found.code), "balance": counter.text(found.balance_minor)}
    if found.currency != counter.till.currency:
        raise Refusal("voucher_other_currency", {**values, "currency": found.currency})
    if found.blocked:
        raise Refusal("voucher_blocked", values)
    if voucher.is_expired(found.expires_on, counter.now.day):
        raise Refusal("voucher_expired", {**values, "expires": found.expires_on})


def check_value(counter: Counter, found: VoucherView) -> None:
    """Refused for a voucher that holds nothing any more."""
    if found.balance_minor <= 0:
        raise Refusal("voucher_used_up", {**named(found.code), "balance": counter.text(found.balance_minor)})


def check_not_on_sale(sale: OpenSale, code: str) -> None:
    """Refused for a voucher that this very sale sells or reloads: its value is not paid for yet."""
    lines = (line for line in sale.lines if line.business_case != VOUCHER_REFUND)
    if any(line.voucher_code == code for line in lines):
        raise Refusal("voucher_on_sale", named(code))


def last_day(counter: Counter, voucher_kind: str, expires: str | None) -> Generator[Effect, Event, str]:
    """Until when a voucher that is sold now is good: what was typed, or what the rule says (empty: for ever)."""
    today = counter.now.day
    if expires:
        expires_on = typed.day(expires)
        if voucher.is_expired(expires_on, today):
            raise Refusal("date_passed", {"text": expires_on})
        if voucher.is_too_far(expires_on, today):
            raise Refusal("date_too_far", {"text": expires_on})
        return expires_on
    known = yield from reference()
    return voucher.expiry_by(known.all(voucher.ExpiryRule).values(), voucher_kind, today)
