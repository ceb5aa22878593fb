"""Paying with a voucher: look it up, claim it, look again, journal the hold (``holding.py``).

One that is unknown here is claimed all the same: whoever promises hands over what it knows first,
and it may have been sold a moment ago.
"""

from __future__ import annotations

from typing import Any

from app.books.questions.vouchers import FindVoucher
from app.books.views import VoucherView
from app.domain import resource, voucher
from app.domain.sale import VOUCHER, OpenSale, Payment, usable_minor
from app.till import typed
from app.till.commands import Redeem
from app.till.counter import Counter
from app.till.effects import Claimed
from app.till.holding import check_coverage, coverage_fields, hold_of, under_claim
from app.till.refusals import Refusal
from app.till.steps import Steps, look


def redeem(counter: Counter, command: Redeem) -> Steps:
    """Put a voucher towards what is due: the amount asked for, or as much as fits."""
    sale = counter.payable_sale()
    code = typed.voucher_code(command.code)
    wanted = None if command.amount is None else counter.positive(command.amount, "amount")
    if any(line.voucher_code == code for line in sale.lines):
        raise Refusal("voucher_on_sale", _named(code))
    if sale.due_minor <= 0:
        raise Refusal("nothing_due")
    known = yield from look(FindVoucher(code), fresh=True)
    if known is not None:
        _usable(counter, sale, known, wanted)

    def held(claimed: Claimed) -> Steps:
        return (yield from _hold(counter, sale, code, wanted, claimed))

    name = resource.name(resource.VOUCHER, code)
    return (yield from under_claim(counter, name, held, named=_named(code), refusals="voucher"))


def _hold(counter: Counter, sale: OpenSale, code: str, wanted: int | None, claimed: Claimed) -> Steps:
    """Under the claim: check again, then journal the hold, and the receipt if that settles the sale."""
    name = resource.name(resource.VOUCHER, code)
    found = yield from look(FindVoucher(code), fresh=True)
    if found is None:
        raise Refusal("unknown_voucher", _named(code))
    check_coverage(counter, name, claimed, named=_named(code), refusals="voucher")
    amount = _usable(counter, sale, found, wanted)
    payment = Payment(
        line=0,
        tender=VOUCHER,
        tender_kind=VOUCHER,
        amount_minor=amount,
        voucher_code=code,
        voucher_kind=found.voucher_kind,
        hold_id=counter.draw("hold")[:16].hex(),
        resource=name,
        vat_key=found.vat_key,
        name=counter.voucher_name,
    )
    held = hold_of(counter, sale, name, amount, claimed, hold_id=payment.hold_id)
    after = counter.with_payment(sale, payment)
    fields: dict[str, Any] = {
        "line": after.payments[-1].line,
        "redeemed": counter.text(amount),
        "balance": counter.text(found.balance_minor - amount),
        "due": counter.text(after.due_minor),
        "coverage": coverage_fields(claimed),
    }
    if after.settled:
        return {**fields, **(yield from counter.complete(after, (held,), claimed.claim_id))}
    yield from counter.journal((held,), after, claim_id=claimed.claim_id)
    return fields


def _usable(counter: Counter, sale: OpenSale, found: VoucherView, wanted: int | None) -> int:
    """How much of the voucher this payment takes; a refusal if that is nothing, or less than wanted."""
    values = {**_named(found.code), "balance": counter.text(found.balance_minor)}
    if found.currency != counter.till.currency:
        raise Refusal("voucher_other_currency", {**values, "currency": found.currency})
    if found.blocked:
        raise Refusal("voucher_blocked", values)
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


def _named(code: str) -> dict[str, str]:
    return {"code": voucher.shown(code)}
