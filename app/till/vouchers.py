"""Vouchers and tokens come into circulation: sold, reloaded, given for returned goods; always with the receipt.

Nothing that is sold here exists before its receipt does: the code is drawn when the line is made, and
``contribute`` writes the fact in the same durable step as the receipt.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

import msgspec

from app.books.questions.articles import FindVatRate
from app.domain import resource, voucher
from app.domain.article import DEFAULT_UNIT, MAX_NAME_LENGTH
from app.domain.business_case import VOUCHER_RELOAD, VOUCHER_SALE
from app.domain.quantity import MILLI
from app.domain.sale import VOUCHER, OpenSale, Payment, SaleLine
from app.domain.sale_steps import money_line
from app.domain.tender import Tender
from app.facts.base import Fact
from app.facts.circulation import ResourceGranted, VoucherIssued
from app.facts.sales import ReceiptCompleted
from app.till import typed
from app.till.commands import Pay, ReloadVoucher, SellToken, SellVoucher
from app.till.effects import Effect, Event
from app.till.finding import price_of, question, rate_of
from app.till.offering import Offered, Take, payment_by
from app.till.presenting import find_presented, voucher_presented
from app.till.refusals import Refusal
from app.till.steps import Steps, look, nothing
from app.till.voucher_checks import check_usable, last_day, named

if TYPE_CHECKING:
    from app.till.counter import Counter

MAX_TOKENS = 100
"""Of one command; a receipt holds more lines than that."""


def sell_voucher(counter: Counter, command: SellVoucher) -> Steps:
    """A new voucher becomes a line; it comes into circulation with the receipt, not before."""
    value = counter.positive(command.value, "value")
    if command.kind not in voucher.KINDS:
        raise Refusal("unknown_voucher_kind", {"kind": typed.shown(command.kind)})
    if command.reloadable and command.kind != voucher.MULTI_PURPOSE:
        raise Refusal("reload_multi_purpose")
    expires_on = yield from last_day(counter, command.kind, command.expires)
    vat_key, rate_bp = "", 0
    if command.kind == voucher.SINGLE_PURPOSE:
        # Its tax arises now, so it needs a key; a multi-purpose voucher is not taxed here at all.
        vat_key = command.vat_key or ""
        if not vat_key:
            raise Refusal("vat_key_needed")
        found = yield from look(FindVatRate(vat_key, counter.now.day))
        if found is None:
            raise Refusal("unknown_vat_key", {"vat_key": typed.shown(vat_key), "day": counter.now.day})
        rate_bp = found
    line = SaleLine(
        line=0,
        business_case=VOUCHER_SALE,
        name=counter.voucher_name,
        quantity_milli=MILLI,
        unit=DEFAULT_UNIT,
        unit_price_minor=value,
        gross_minor=value,
        vat_key=vat_key,
        vat_rate_bp=rate_bp,
        voucher_code=voucher.code_from(counter.draw("voucher")),
        voucher_kind=command.kind,
        expires_on=expires_on,
        reloadable=command.reloadable,
    )
    sale = yield from counter.repriced(counter.with_line(line))
    counter.keep(sale)
    return {"line": sale.lines[-1].line, "total": counter.text(sale.total_minor)}


def sell_token(counter: Counter, command: SellToken) -> Steps:
    """Tokens for an article become lines, each with a code of its own, at the article's price and tax of today."""
    code = typed.article_code(command.article)
    count = typed.count(command.count, MAX_TOKENS, "token_count")
    sale = counter.begun()
    found = yield from look(question(counter, sale, code))
    if found is None:
        raise Refusal("unknown_article", {"code": code})
    article = found.article
    if article.currency != counter.till.currency:
        raise Refusal("other_currency", {"name": article.name, "currency": article.currency})
    price = 0 if article.open_price else price_of(found)
    if not price:
        raise Refusal("token_needs_price", {"name": article.name})
    expires_on = yield from last_day(counter, voucher.TOKEN, command.expires)
    line = money_line(
        VOUCHER_SALE,
        f"{counter.voucher_name} {article.name}"[:MAX_NAME_LENGTH],
        price,
        ident_no=article.ident_no,
        vat_key=found.vat_key,
        vat_rate_bp=rate_of(counter, found),
        voucher_kind=voucher.TOKEN,
        expires_on=expires_on,
    )
    first = sale.next_line
    for number in range(count):
        token = voucher.code_from(counter.draw(f"token {number}"))
        sale = counter.with_line(_with_code(line, token), sale)
    sale = yield from counter.repriced(sale)
    counter.keep(sale)
    return {
        "line": first,
        "lines": list(range(first, first + count)),
        "name": line.name,
        "price": counter.text(price),
        "total": counter.text(sale.total_minor),
    }


def reload_voucher(counter: Counter, command: ReloadVoucher) -> Steps:
    """More value for a reloadable voucher becomes a line, untaxed; it counts when the receipt is complete."""
    shown = yield from voucher_presented(command.code)
    code = shown.code
    amount = counter.positive(command.amount, "amount")
    found = yield from find_presented(shown)
    check_usable(counter, found)
    if not found.reloadable or found.voucher_kind != voucher.MULTI_PURPOSE:
        raise Refusal("voucher_not_reloadable", named(code))
    line = money_line(
        VOUCHER_RELOAD,
        counter.voucher_name,
        amount,
        voucher_code=code,
        voucher_kind=found.voucher_kind,
    )
    sale = yield from counter.repriced(counter.with_line(line))
    counter.keep(sale)
    return {
        "line": sale.lines[-1].line,
        "balance": counter.text(found.balance_minor + amount),
        "total": counter.text(sale.total_minor),
    }


def contribute(counter: Counter, sale: OpenSale, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    """The vouchers that the receipt brings into circulation, and what it puts on those that are there already."""
    yield from nothing()
    facts: list[Fact] = []
    for line in sale.lines:
        if line.business_case == VOUCHER_SALE:
            facts.append(_issued(line, receipt))
        elif line.business_case == VOUCHER_RELOAD:
            facts.append(_reloaded(line, receipt))
    given = (payment for payment in sale.payments if payment.tender_kind == VOUCHER and payment.amount_minor < 0)
    facts += [_given(payment, receipt) for payment in given]
    return facts


def take_voucher(
    counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take
) -> Steps:
    """Money given back as a new voucher, which comes with the receipt; paying with one needs its code (``redeem``)."""
    if amount_minor >= 0 or tender.kind != VOUCHER:
        raise Refusal("voucher_needs_code")
    expires_on = yield from last_day(counter, voucher.MULTI_PURPOSE, None)
    payment = payment_by(
        tender,
        amount_minor,
        voucher_code=voucher.code_from(counter.draw("voucher")),
        voucher_kind=voucher.MULTI_PURPOSE,
        voucher_expires_on=expires_on,
    )
    return (yield from take(Offered(payment)))


def _with_code(line: SaleLine, code: str) -> SaleLine:
    return msgspec.structs.replace(line, voucher_code=code)


def _issued(line: SaleLine, receipt: ReceiptCompleted) -> VoucherIssued:
    return VoucherIssued(
        code=line.voucher_code,
        voucher_kind=line.voucher_kind,
        value_minor=line.gross_minor,
        currency=receipt.currency,
        issued_at=receipt.finished_at,
        till_no=receipt.till_no,
        receipt_no=receipt.receipt_no,
        vat_key=line.vat_key,
        expires_on=line.expires_on,
        ident_no=line.ident_no,
        reloadable=line.reloadable,
        vat_rate_bp=line.vat_rate_bp,
    )


def _reloaded(line: SaleLine, receipt: ReceiptCompleted) -> ResourceGranted:
    return ResourceGranted(
        grant_id=f"{receipt.receipt_no}/{line.line}",
        resource=resource.name(resource.VOUCHER, line.voucher_code),
        amount=line.gross_minor,
        granted_at=receipt.finished_at,
        till_no=receipt.till_no,
        reference=receipt.receipt_no,
        reason="reload",
    )


def _given(payment: Payment, receipt: ReceiptCompleted) -> VoucherIssued:
    return VoucherIssued(
        code=payment.voucher_code,
        voucher_kind=voucher.MULTI_PURPOSE,
        value_minor=-payment.amount_minor,
        currency=receipt.currency,
        issued_at=receipt.finished_at,
        till_no=receipt.till_no,
        receipt_no=receipt.receipt_no,
        expires_on=payment.voucher_expires_on,
    )
