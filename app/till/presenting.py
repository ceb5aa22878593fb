"""What was typed or scanned as a voucher's or coupon's code: just that, or a statement that proves itself.

1. A statement must be good in itself, whatever the books know: forged, altered and foreign ones are refused at once.
2. What the books know is what counts. A statement that says something else has been altered.
3. What they do not know, a good statement tells. It becomes a fact together with its first hold, so that the books of
   all tills know it from then on; its issuer's own word takes its place when that arrives.
4. Who has been shut out of the network states nothing any more: its key may be in wrong hands, and then no date on a
   slip can be believed. What it issued before, and the books know, stays good.
5. An issuer that promises a claim hands over all that it has issued. What nobody knows then, it has never issued: a
   key that was stolen and not missed yet shows here.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from typing import TYPE_CHECKING

import msgspec

from app.books.questions.coupons import FindCoupon
from app.books.questions.resources import AskBalance
from app.books.questions.vouchers import FindVoucher
from app.books.views import CouponView, VoucherView
from app.domain import resource, statement, voucher
from app.domain.instant import iso
from app.domain.resource import Balance
from app.domain.statement import COUPON, Examined, Scanned, Statement, Unreadable
from app.facts.base import Fact
from app.facts.statements import CouponStated, VoucherStated
from app.till import typed
from app.till.effects import Effect, Event, Examine, StatementExamined
from app.till.refusals import Refusal
from app.till.steps import look
from app.till.voucher_checks import named

if TYPE_CHECKING:
    from app.till.counter import Counter

VOUCHERS = (*voucher.KINDS, voucher.TOKEN)
_REFUSALS = {
    statement.DAMAGED: "statement_damaged",
    statement.NEWER: "statement_newer",
    statement.FOREIGN: "statement_foreign",
    statement.FORGED: "statement_forged",
    statement.ALTERED: "statement_altered",
}


class Presented(msgspec.Struct, frozen=True):
    """A code; with ``said`` it came as a statement that is good in itself, but may be of a member shut out."""

    code: str
    said: Statement | None = None
    text: str = ""
    examined: Examined = Examined()


def voucher_presented(text: str) -> Generator[Effect, Event, Presented]:
    """What was presented as a voucher or token; refused for what cannot be one."""
    scanned = scanned_of(text, VOUCHERS)
    return Presented(typed.voucher_code(text)) if scanned is None else (yield from _examined(scanned))


def coupon_presented(text: str) -> Generator[Effect, Event, Presented | None]:
    """A coupon's statement; None if it is some code."""
    scanned = scanned_of(text, (COUPON,))
    return None if scanned is None else (yield from _examined(scanned))


def scanned_of(text: str, kinds: Collection[str]) -> Scanned | None:
    """The statement that was scanned, not examined yet; None for a code. Refused if it is of no such kind."""
    if not statement.looks_like_one(text):
        return None
    try:
        scanned = statement.read(text)
    except Unreadable as error:
        raise Refusal(_REFUSALS[error.fault]) from None
    if scanned.statement.kind not in kinds:
        is_coupon = scanned.statement.kind == COUPON
        raise Refusal("statement_of_coupon" if is_coupon else "statement_of_voucher", named(scanned.statement.code))
    return scanned


def presented_by(scanned: Scanned, examined: Examined) -> Presented:
    """The statement with what the network's certificates say of it; refused unless it is good in itself."""
    code = scanned.statement.code
    if examined.fault not in ("", statement.REVOKED):
        raise Refusal(_REFUSALS[examined.fault], named(code))
    return Presented(code, scanned.statement, scanned.text, examined)


def check_agrees(found: VoucherView, shown: Presented) -> None:
    """Refused for a statement that says something else than the books."""
    said = shown.said
    if said is None:
        return
    known = (found.voucher_kind, found.value_minor, found.currency, found.expires_on, found.ident_no, found.vat_key)
    if known != (said.kind, said.value_minor, said.currency, said.valid_until, said.ident_no, said.vat_key):
        raise Refusal("statement_altered", named(shown.code))


def check_coupon_agrees(found: CouponView, shown: Presented) -> None:
    """Refused for a statement that says something else than the books."""
    said = shown.said
    if said is not None and (found.campaign_id, found.valid_until) != (said.campaign_id, said.valid_until):
        raise Refusal("statement_altered", named(shown.code))


def find_presented(shown: Presented) -> Generator[Effect, Event, VoucherView]:
    """The voucher as the books know it, for what only one that they know can be used for; refused for others."""
    found = yield from look(FindVoucher(shown.code), fresh=True)
    if found is None and shown.said is not None:
        raise Refusal("voucher_not_registered", named(shown.code))
    if found is None:
        raise typed.voucher_unknown(shown.code)
    check_agrees(found, shown)
    return found


def voucher_by(
    counter: Counter, shown: Presented
) -> Generator[Effect, Event, tuple[VoucherView | None, tuple[Fact, ...]]]:
    """The voucher as the books know it, or else as its slip states it, with the fact that registers it then.

    None for one that nobody here knows and that was only typed.
    """
    found = yield from look(FindVoucher(shown.code), fresh=True)
    if shown.said is None:
        return found, ()
    if shown.said.valid_from > counter.now.day:
        raise Refusal("voucher_not_yet_valid", {**named(shown.code), "day": shown.said.valid_from})
    if found is not None:
        check_agrees(found, shown)
        return found, ()
    check_believed(shown)
    ledger = yield from look(AskBalance(resource.name(resource.VOUCHER, shown.code)), fresh=True)
    return voucher_view(shown, shown.said, ledger), (_voucher_stated(counter, shown, shown.said),)


def coupon_by(
    counter: Counter, code: str, shown: Presented | None
) -> Generator[Effect, Event, tuple[CouponView | None, tuple[Fact, ...]]]:
    """As ``voucher_by``, a single-use coupon."""
    found = yield from look(FindCoupon(code), fresh=True)
    if shown is None or shown.said is None:
        return found, ()
    said = shown.said
    if found is not None:
        check_coupon_agrees(found, shown)
        return found, ()
    check_believed(shown)
    ledger = yield from look(AskBalance(resource.name(resource.COUPON, code)), fresh=True)
    return coupon_view(shown, said, ledger), (_coupon_stated(counter, shown, said),)


def voucher_view(shown: Presented, said: Statement, ledger: Balance, day: str | None = None) -> VoucherView:
    """A voucher that only its statement tells of; ``ledger`` is what the books have of it all the same.

    With a day (ISO 8601) its state may be ``expired``.
    """
    balance = said.value_minor + ledger.left
    return VoucherView(
        code=said.code,
        voucher_kind=said.kind,
        value_minor=said.value_minor,
        held_minor=ledger.held,
        redeemed_minor=ledger.used,
        balance_minor=balance,
        currency=said.currency,
        issued_by=shown.examined.issuer,
        issued_at=said.issued_at,
        expires_on=said.valid_until,
        till_no=shown.examined.till_no,
        receipt_no="",
        state=voucher.state_of(said.value_minor, balance, said.valid_until, day),
        vat_key=said.vat_key,
        ident_no=said.ident_no,
        vat_rate_bp=said.vat_rate_bp,
    )


def coupon_view(shown: Presented, said: Statement, ledger: Balance) -> CouponView:
    """A coupon that only its statement tells of."""
    return CouponView(
        code=said.code,
        campaign_id=said.campaign_id,
        issued_by=shown.examined.issuer,
        issued_at=said.issued_at,
        till_no=shown.examined.till_no,
        receipt_no="",
        valid_from=said.valid_from,
        valid_until=said.valid_until,
        customer_no="",
        held=ledger.held,
        used=ledger.used,
        left=1 + ledger.left,
    )


def check_believed(shown: Presented) -> None:
    """Refused for a statement of a member that has been shut out, on something that the books do not know."""
    if shown.examined.fault == statement.REVOKED:
        raise Refusal("statement_revoked", {**named(shown.code), "till_no": str(shown.examined.till_no)})


def check_not_denied(counter: Counter, shown: Presented, promised: Collection[str]) -> None:
    """Refused for a statement on something that not even its issuer knows; ``promised`` (member ids): who was asked."""
    if shown.examined.issuer in (counter.till.member_id, *promised):
        raise Refusal("statement_denied", {**named(shown.code), "till_no": str(shown.examined.till_no)})


def _examined(scanned: Scanned) -> Generator[Effect, Event, Presented]:
    answer = yield Examine(scanned.text)
    assert isinstance(answer, StatementExamined)
    return presented_by(scanned, answer.examined)


def _voucher_stated(counter: Counter, shown: Presented, said: Statement) -> VoucherStated:
    return VoucherStated(
        code=said.code,
        voucher_kind=said.kind,
        value_minor=said.value_minor,
        currency=said.currency,
        issued_at=said.issued_at,
        issuer=shown.examined.issuer,
        till_no=shown.examined.till_no,
        statement=shown.text,
        stated_at=iso(counter.now.wall_ms),
        vat_key=said.vat_key,
        expires_on=said.valid_until,
        ident_no=said.ident_no,
        vat_rate_bp=said.vat_rate_bp,
    )


def _coupon_stated(counter: Counter, shown: Presented, said: Statement) -> CouponStated:
    return CouponStated(
        code=said.code,
        campaign_id=said.campaign_id,
        issued_at=said.issued_at,
        issuer=shown.examined.issuer,
        till_no=shown.examined.till_no,
        statement=shown.text,
        stated_at=iso(counter.now.wall_ms),
        valid_from=said.valid_from,
        valid_until=said.valid_until,
    )
