"""What is done to a voucher beside selling and taking it: pay its rest out, block it, give it a new code.

All of it by right, and whatever uses value up goes through a claim like a redemption does (``holding.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.books.views import VoucherView
from app.domain import resource, voucher
from app.domain.business_case import VOUCHER_REFUND
from app.domain.instant import iso
from app.domain.sale import OpenSale, SaleLine
from app.domain.sale_steps import money_line
from app.facts.circulation import ResourceUsed, VoucherBlocked, VoucherIssued
from app.till import typed
from app.till.commands import BlockVoucher, RefundVoucher, ReplaceVoucher
from app.till.holding import Granted, coverage_fields, hold_of, under_claim
from app.till.presenting import find_presented, voucher_presented
from app.till.refusals import Refusal
from app.till.steps import Steps
from app.till.voucher_checks import check_not_on_sale, check_usable, check_value, find, named

if TYPE_CHECKING:
    from app.till.counter import Counter

REPLACED = "replaced"
"""What the use of a replaced voucher's rest refers to, since there is no receipt."""


def refund_voucher(counter: Counter, command: RefundVoucher) -> Steps:
    """The voucher's rest becomes a line below zero, with the tax that its sale bore; ``pay`` gives the money."""
    shown = yield from voucher_presented(command.code)
    code = shown.code
    why = typed.reason(command.reason)
    sale = counter.begun()
    check_not_on_sale(sale, code)
    known = yield from find_presented(shown)
    check_usable(counter, known)
    check_value(counter, known)
    yield from counter.allowed("voucher_refund", voucher.shown(code))

    def held(granted: Granted) -> Steps:
        name = resource.name(resource.VOUCHER, code)
        found = yield from find(code)
        check_usable(counter, found)
        check_value(counter, found)
        line = _refund_line(counter, found, why)
        after = yield from counter.repriced(counter.with_line(line, sale))
        hold = yield from hold_of(counter, sale, name, line.held_amount, granted, hold_id=line.hold_id)
        yield from counter.journal((hold,), after, claim_id=granted.claim_id)
        return {
            "line": after.lines[-1].line,
            "refunded": counter.text(line.held_amount),
            "total": counter.text(after.total_minor),
            "due": counter.text(after.due_minor),
            "coverage": coverage_fields(granted),
        }

    return (yield from under_claim(counter, _name(code), held, named=named(code), refusals="voucher"))


def block_voucher(counter: Counter, command: BlockVoucher) -> Steps:
    """The voucher is taken nowhere any more, or may be taken again."""
    shown = yield from voucher_presented(command.code)
    code = shown.code
    why = typed.reason(command.reason)
    found = yield from find_presented(shown)
    yield from counter.allowed("voucher_manage", voucher.shown(code))
    yield from counter.journal((_blocked(counter, code, why, blocked=command.blocked),), counter.sale)
    return {
        "code": code,
        "blocked": command.blocked,
        "state": voucher.state_of(
            found.value_minor, found.balance_minor, found.expires_on, counter.now.day, blocked=command.blocked
        ),
    }


def replace_voucher(counter: Counter, command: ReplaceVoucher) -> Steps:
    """A new voucher for the rest of one that is lost or damaged (and may be blocked for that); the old one is done."""
    shown = yield from voucher_presented(command.code)
    code = shown.code
    why = typed.reason(command.reason)
    if counter.sale is not None:
        check_not_on_sale(counter.sale, code)
    known = yield from find_presented(shown)
    _check_replaceable(counter, known)
    yield from counter.allowed("voucher_manage", voucher.shown(code))

    def held(granted: Granted) -> Steps:
        found = yield from find(code)
        _check_replaceable(counter, found)
        # The hold belongs to no sale, so it names itself.
        hold_id = counter.draw("hold")[:16].hex()
        standing = OpenSale(sale_id=hold_id, started_at="", currency=found.currency)
        hold = yield from hold_of(counter, standing, _name(code), found.balance_minor, granted, hold_id=hold_id)
        used = ResourceUsed(hold_id, hold.resource, hold.amount, REPLACED, hold.held_at)
        issued = _successor(counter, found)
        facts = (hold, used, _blocked(counter, code, why, blocked=True), issued)
        yield from counter.journal(facts, counter.sale, claim_id=granted.claim_id, printed=issued)
        fields: dict[str, Any] = {"code": issued.code, "replaces": code, "value": counter.text(issued.value_minor)}
        return {**fields, "vouchers": [issued.code], "coverage": coverage_fields(granted)}

    return (yield from under_claim(counter, _name(code), held, named=named(code), refusals="voucher"))


def _name(code: str) -> str:
    return resource.name(resource.VOUCHER, code)


def _check_replaceable(counter: Counter, found: VoucherView) -> None:
    if found.currency != counter.till.currency:
        raise Refusal("voucher_other_currency", {**named(found.code), "currency": found.currency})
    check_value(counter, found)
    if voucher.is_expired(found.expires_on, counter.now.day):
        raise Refusal("voucher_expired", {**named(found.code), "expires": found.expires_on})


def _refund_line(counter: Counter, found: VoucherView, why: str) -> SaleLine:
    return money_line(
        VOUCHER_REFUND,
        counter.voucher_name,
        -found.balance_minor,
        vat_key=found.vat_key,
        vat_rate_bp=found.vat_rate_bp,
        voucher_code=found.code,
        voucher_kind=found.voucher_kind,
        reason=why,
        hold_id=counter.draw("hold")[:16].hex(),
        resource=_name(found.code),
        held_amount=found.balance_minor,
    )


def _blocked(counter: Counter, code: str, why: str, *, blocked: bool) -> VoucherBlocked:
    return VoucherBlocked(code, blocked, why, iso(counter.now.wall_ms), counter.till.till_no, counter.clerk.user)


def _successor(counter: Counter, found: VoucherView) -> VoucherIssued:
    return VoucherIssued(
        code=voucher.code_from(counter.draw("voucher")),
        voucher_kind=found.voucher_kind,
        value_minor=found.balance_minor,
        currency=found.currency,
        issued_at=iso(counter.now.wall_ms),
        till_no=counter.till.till_no,
        receipt_no="",
        vat_key=found.vat_key,
        expires_on=found.expires_on,
        ident_no=found.ident_no,
        replaces=found.code,
        reloadable=found.reloadable,
        vat_rate_bp=found.vat_rate_bp,
    )
