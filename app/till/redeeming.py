"""Paying with a voucher or token: look it up, claim it, look again, journal the hold (``holding.py``).

One that is unknown here is claimed all the same: whoever promises hands over what it knows first,
and it may have been sold a moment ago. Only a code that shows that it was mistyped is not asked about.

If nobody who could be asked knows it, its slip's statement speaks for it (``presenting.py``): what it says is
journalled with the hold. A code that was only typed says nothing about its value; it is taken only if the shop wants
that, for the amount that was typed with it, and if there is somebody who could not be asked.

A token pays for one piece of its article, whatever that costs now: for a piece on the sale that no other
token has paid for, or for one that is put on the sale with it. All of the token is held.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgspec

from app.books.questions.articles import FindForSale
from app.books.views import VoucherView
from app.domain import resource, voucher
from app.domain.quantity import MILLI
from app.domain.sale import VOUCHER, OpenSale, Payment
from app.domain.settlement import token_piece, usable_minor
from app.till import typed
from app.till.commands import Redeem
from app.till.counter import Counter
from app.till.effects import Effect, Event
from app.till.holding import Granted, coverage_fields, hold_of, under_claim
from app.till.presenting import Presented, check_not_denied, voucher_by, voucher_presented
from app.till.refusals import Refusal
from app.till.selling import goods_line
from app.till.steps import Steps, look, nothing
from app.till.voucher_checks import check_not_on_sale, check_usable, check_value, named

Offer = Generator[Effect, Event, tuple[OpenSale, Payment]]
"""The sale as it is to be paid, and the payment."""


def redeem(counter: Counter, command: Redeem) -> Steps:
    """Put a voucher towards what is due: the amount asked for, or as much as fits; a token pays for its article."""
    shown = yield from voucher_presented(command.code)
    code = shown.code
    wanted = None if command.amount is None else counter.positive(command.amount, "amount")
    known, _ = yield from voucher_by(counter, shown)
    sale = counter.begun() if known and known.voucher_kind == voucher.TOKEN else counter.payable_sale()
    check_not_on_sale(sale, code)
    if known is not None:
        yield from _offer(counter, sale, known, wanted)
    elif sale.due_minor <= 0:
        raise Refusal("nothing_due")
    elif (refusal := typed.voucher_unknown(code)).code == "mistyped_voucher":
        raise refusal

    def held(granted: Granted) -> Steps:
        return (yield from _hold(counter, sale, shown, wanted, granted))

    name = resource.name(resource.VOUCHER, code)
    return (yield from under_claim(counter, name, held, named=named(code), refusals="voucher"))


def _hold(counter: Counter, begun: OpenSale, shown: Presented, wanted: int | None, granted: Granted) -> Steps:
    """Under the claim: check again, then journal the hold, and the receipt if that settles the sale."""
    name = resource.name(resource.VOUCHER, shown.code)
    known, stated = yield from voucher_by(counter, shown)
    if stated:
        check_not_denied(counter, shown, granted.coverage.promised)
    found = known or _unknown(counter, shown.code, wanted, granted)
    sale, payment = yield from _offer(counter, begun, found, wanted)
    payment = msgspec.structs.replace(payment, hold_id=counter.draw("hold")[:16].hex(), resource=name)
    amount = payment.held_amount or payment.amount_minor
    held = yield from hold_of(counter, sale, name, amount, granted, hold_id=payment.hold_id)
    after = counter.with_payment(sale, payment)
    fields: dict[str, Any] = {
        "line": after.payments[-1].line,
        "redeemed": counter.text(payment.amount_minor),
        "balance": counter.text(found.balance_minor - amount),
        "due": counter.text(after.due_minor),
        "coverage": coverage_fields(granted),
    }
    if after.settled:
        return {**fields, **(yield from counter.complete(after, (*stated, held), granted.claim_id))}
    yield from counter.journal((*stated, held), after, claim_id=granted.claim_id)
    return fields


def _unknown(counter: Counter, code: str, wanted: int | None, granted: Granted) -> VoucherView:
    """A voucher that was only typed and that nobody knows, taken at its word; refused unless the shop wants that."""
    if not counter.takes_unknown_vouchers or granted.coverage.complete:
        raise typed.voucher_unknown(code)
    if wanted is None:
        raise Refusal("unknown_voucher_amount", named(code))
    return VoucherView(
        code=code,
        voucher_kind=voucher.MULTI_PURPOSE,
        value_minor=wanted,
        held_minor=0,
        redeemed_minor=0,
        balance_minor=wanted,
        currency=counter.till.currency,
        issued_by="",
        issued_at="",
        expires_on="",
        till_no=0,
        receipt_no="",
        state="open",
    )


def _offer(counter: Counter, sale: OpenSale, found: VoucherView, wanted: int | None) -> Offer:
    """What the voucher would pay now; a refusal if that is nothing, or less than wanted."""
    check_usable(counter, found)
    check_value(counter, found)
    if found.voucher_kind == voucher.TOKEN:
        return (yield from _token_offer(counter, sale, found, wanted))
    yield from nothing()
    if sale.due_minor <= 0:
        raise Refusal("nothing_due")
    return sale, Payment(
        line=0,
        tender=VOUCHER,
        tender_kind=VOUCHER,
        amount_minor=_usable(counter, sale, found, wanted),
        voucher_code=found.code,
        voucher_kind=found.voucher_kind,
        vat_key=found.vat_key,
        name=counter.voucher_name,
    )


def _usable(counter: Counter, sale: OpenSale, found: VoucherView, wanted: int | None) -> int:
    """How much of the voucher this payment takes."""
    values = {**named(found.code), "balance": counter.text(found.balance_minor)}
    if wanted is not None and wanted > found.balance_minor:
        raise Refusal("voucher_balance", {**values, "amount": counter.text(wanted)})
    usable = usable_minor(sale, found.balance_minor, found.voucher_kind, found.vat_key)
    if not usable:
        raise Refusal("voucher_other_goods", values)
    if wanted is not None and wanted > usable:
        raise Refusal("more_than_due", {"due": counter.text(usable)})
    return usable if wanted is None else wanted


def _token_offer(counter: Counter, sale: OpenSale, found: VoucherView, wanted: int | None) -> Offer:
    if wanted is not None:
        raise Refusal("token_whole", named(found.code))
    piece = token_piece(sale, found.ident_no)
    if piece is None:
        sale = yield from _with_article(counter, sale, found.ident_no)
        piece = token_piece(sale, found.ident_no)
    if not piece or piece > sale.due_minor:
        raise Refusal("nothing_due")
    line = next(line for line in sale.lines if line.ident_no == found.ident_no)
    return sale, Payment(
        line=0,
        tender=voucher.TOKEN,
        tender_kind=voucher.TOKEN,
        amount_minor=piece,
        voucher_code=found.code,
        voucher_kind=voucher.TOKEN,
        vat_key=line.vat_key,
        name=f"{counter.voucher_name} {line.name}",
        ident_no=found.ident_no,
        held_amount=found.balance_minor,
    )


def _with_article(counter: Counter, sale: OpenSale, ident_no: str) -> Generator[Effect, Event, OpenSale]:
    """The sale with one piece of the token's article."""
    found = yield from look(
        FindForSale(ident_no, counter.now.day, sale.price_list, sale.supply, sale.customer_group, counter.till.till_no)
    )
    if found is None:
        raise Refusal("unknown_article", {"code": ident_no})
    line = goods_line(counter, found, found.article.ident_no, MILLI, None)
    return (yield from counter.repriced(counter.with_line(line, sale)))
