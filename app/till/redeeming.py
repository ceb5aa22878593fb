"""Paying with a voucher: look it up, claim it, look again, journal the hold.

1. The voucher is looked up twice: before the claim, to refuse quickly, and after it, because
   only then nobody else can be using it. One that is unknown here is claimed all the same: whoever
   promises hands over what it knows first, and it may have been sold a moment ago.
2. A claim that was granted is always released, whatever happens after it.
3. The hold is journalled only while the claim is alive. If it settles the sale, the receipt is
   journalled with it in the same step: there is no moment at which one stands without the other.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from app.books.views import VoucherView
from app.domain import voucher
from app.domain.instant import iso
from app.domain.sale import VOUCHER, OpenSale, Payment, usable_minor
from app.facts.circulation import VoucherHeld
from app.till import typed
from app.till.commands import Redeem
from app.till.counter import Counter, Steps
from app.till.effects import Claim, Claimed, Effect, Event, FindVoucher, ReleaseClaim, VoucherFound
from app.till.refusals import Refusal


def redeem(counter: Counter, command: Redeem) -> Steps:
    """Put a voucher towards what is due: the amount asked for, or as much as fits."""
    sale = counter.payable_sale()
    code = typed.voucher_code(command.code)
    wanted = None if command.amount is None else counter.positive(command.amount, "amount")
    if any(line.voucher_code == code for line in sale.lines):
        raise Refusal("voucher_on_sale", _named(code))
    if sale.due_minor <= 0:
        raise Refusal("nothing_due")
    known = yield from _looked_up(code)
    if known is not None:
        _usable(counter, sale, known, wanted)
    claimed = yield Claim(f"voucher/{code}")
    assert isinstance(claimed, Claimed)
    if not claimed.granted:
        raise Refusal("voucher_busy" if claimed.reason == "busy" else "voucher_unconfirmed", _named(code))
    try:
        return (yield from _hold(counter, sale, code, wanted, claimed))
    finally:
        counter.out.append(ReleaseClaim(claimed.claim_id))


def _hold(counter: Counter, sale: OpenSale, code: str, wanted: int | None, claimed: Claimed) -> Steps:
    """Under the claim: check again, then journal the hold, and the receipt if that settles the sale."""
    found = yield from _looked_up(code)
    if found is None:
        raise Refusal("unknown_voucher", _named(code))
    if not claimed.coverage.complete and counter.voucher_policy == "refuse":
        raise Refusal("voucher_unconfirmed", _named(code))
    amount = _usable(counter, sale, found, wanted)
    payment = Payment(
        line=0,
        tender=VOUCHER,
        amount_minor=amount,
        voucher_code=code,
        voucher_kind=found.voucher_kind,
        hold_id=counter.draw("hold")[:16].hex(),
        vat_key=found.vat_key,
        name=counter.voucher_name,
    )
    held = VoucherHeld(
        hold_id=payment.hold_id,
        code=code,
        amount_minor=amount,
        sale_id=sale.sale_id,
        till_no=counter.till.till_no,
        held_at=iso(counter.now.wall_ms),
        coverage=claimed.coverage,
    )
    after = counter.with_payment(sale, payment)
    fields: dict[str, Any] = {
        "line": after.payments[-1].line,
        "redeemed": counter.text(amount),
        "balance": counter.text(found.balance_minor - amount),
        "due": counter.text(after.due_minor),
        "coverage": _coverage(claimed),
    }
    if after.settled:
        return {**fields, **(yield from counter.complete(after, (held,), claimed.claim_id))}
    yield from counter.journal((held,), after, claim_id=claimed.claim_id)
    return fields


def _looked_up(code: str) -> Generator[Effect, Event, VoucherView | None]:
    answer = yield FindVoucher(code)
    assert isinstance(answer, VoucherFound)
    return answer.voucher


def _usable(counter: Counter, sale: OpenSale, found: VoucherView, wanted: int | None) -> int:
    """How much of the voucher this payment takes; a refusal if that is nothing, or less than wanted."""
    values = {**_named(found.code), "balance": counter.text(found.balance_minor)}
    if found.currency != counter.till.currency:
        raise Refusal("voucher_other_currency", {**values, "currency": found.currency})
    if found.balance_minor <= 0:
        raise Refusal("voucher_used_up", values)
    if voucher.is_expired(found.expires_on, counter.now.day):
        raise Refusal("voucher_expired", {**values, "expires": found.expires_on})
    if wanted is not None and wanted > found.balance_minor:
        raise Refusal("voucher_balance", {**values, "amount": counter.text(wanted)})
    usable = usable_minor(sale, found.balance_minor, found.voucher_kind, found.vat_key)
    if not usable:
        raise Refusal("voucher_other_goods", values)
    if wanted is not None and wanted > usable:
        raise Refusal("more_than_due", {"due": counter.text(usable)})
    return usable if wanted is None else wanted


def _coverage(claimed: Claimed) -> dict[str, Any]:
    coverage = claimed.coverage
    return {"complete": coverage.complete, "promised": list(coverage.promised), "missing": list(coverage.missing)}


def _named(code: str) -> dict[str, str]:
    return {"code": voucher.shown(code)}
