"""Vouchers and tokens beside paying with them: sell, reload, refund, block, replace; what a receipt makes of them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from app.books.questions.articles import FindVatRate
from app.domain import voucher
from app.domain.article import DEFAULT_UNIT
from app.domain.business_case import VOUCHER_SALE
from app.domain.quantity import MILLI
from app.domain.sale import OpenSale, SaleLine
from app.domain.tender import Tender
from app.facts.base import Fact
from app.facts.circulation import VoucherIssued
from app.facts.sales import ReceiptCompleted
from app.till import typed
from app.till.commands import BlockVoucher, Pay, RefundVoucher, ReloadVoucher, ReplaceVoucher, SellToken, SellVoucher
from app.till.effects import Effect, Event
from app.till.refusals import Refusal
from app.till.steps import Steps, look, nothing

if TYPE_CHECKING:
    from app.till.counter import Counter
    from app.till.tendering import Take


def sell_voucher(counter: Counter, command: SellVoucher) -> Steps:
    """A new voucher becomes a line; it comes into circulation with the receipt, not before."""
    value = counter.positive(command.value, "value")
    if command.kind not in voucher.KINDS:
        raise Refusal("unknown_voucher_kind", {"kind": command.kind})
    expires_on = typed.day(command.expires) if command.expires else ""
    if voucher.is_expired(expires_on, counter.now.day):
        raise Refusal("date_passed", {"text": expires_on})
    vat_key, rate_bp = "", 0
    if command.kind == voucher.SINGLE_PURPOSE:
        # Its tax arises now, so it needs a key; a multi-purpose voucher is not taxed here at all.
        vat_key = command.vat_key or ""
        if not vat_key:
            raise Refusal("vat_key_needed")
        found = yield from look(FindVatRate(vat_key, counter.now.day))
        if found is None:
            raise Refusal("unknown_vat_key", {"vat_key": vat_key, "day": counter.now.day})
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
    )
    sale = yield from counter.repriced(counter.with_line(line))
    counter.keep(sale)
    return {"line": sale.lines[-1].line, "total": counter.text(sale.total_minor)}


def sell_token(counter: Counter, command: SellToken) -> Steps:
    raise NotImplementedError


def reload_voucher(counter: Counter, command: ReloadVoucher) -> Steps:
    raise NotImplementedError


def refund_voucher(counter: Counter, command: RefundVoucher) -> Steps:
    raise NotImplementedError


def block_voucher(counter: Counter, command: BlockVoucher) -> Steps:
    raise NotImplementedError


def replace_voucher(counter: Counter, command: ReplaceVoucher) -> Steps:
    raise NotImplementedError


def contribute(counter: Counter, sale: OpenSale, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    """The vouchers that the receipt brings into circulation."""
    yield from nothing()
    return [_issued(line, receipt) for line in sale.lines if line.business_case == VOUCHER_SALE]


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
    )


def take_voucher(
    counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take
) -> Steps:
    """Money given back as a voucher; paying with one needs its code (``redeem``)."""
    raise NotImplementedError
