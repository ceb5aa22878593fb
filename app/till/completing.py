"""A settled sale into facts: the receipt, the vouchers it brings into circulation, those it used up."""

from __future__ import annotations

import msgspec

from app.domain.instant import Moment, iso
from app.domain.sale import CASH, VOUCHER_SALE, OpenSale, Payment, SaleLine, settle
from app.facts.base import Fact
from app.facts.circulation import VoucherHoldReleased, VoucherIssued, VoucherRedeemed
from app.facts.sales import ReceiptCompleted, ReceiptLine, SaleAborted, TaxRow, TenderRow


class TillIdentity(msgspec.Struct, frozen=True):
    """Which till this is, what it sells in, and who stands at it."""

    till_no: int
    member_id: str
    currency: str
    cashier: str = ""


def receipt_of(sale: OpenSale, receipt_no: str, till: TillIdentity, now: Moment) -> ReceiptCompleted:
    """The receipt of a settled sale. Change is a cash row of its own, below zero."""
    settlement = settle(sale)
    tenders = [_tender_row(payment, sale.currency) for payment in settlement.tenders]
    if settlement.change_minor:
        tenders.append(
            TenderRow(tender=CASH, currency=sale.currency, amount_minor=-settlement.change_minor, role="change")
        )
    return ReceiptCompleted(
        receipt_no=receipt_no,
        till_no=till.till_no,
        sale_id=sale.sale_id,
        started_at=sale.started_at,
        finished_at=iso(now.wall_ms),
        business_day=now.day,
        cashier=till.cashier,
        currency=sale.currency,
        lines=tuple(_receipt_line(line) for line in settlement.lines),
        tax_table=tuple(
            TaxRow(
                vat_key=row.vat_key,
                vat_rate_bp=row.rate_bp,
                gross_minor=row.gross_minor,
                net_minor=row.net_minor,
                tax_minor=row.tax_minor,
            )
            for row in settlement.tax_table
        ),
        tenders=tuple(tenders),
        total_minor=settlement.total_minor,
        change_minor=settlement.change_minor,
    )


def facts_of_completion(sale: OpenSale, receipt: ReceiptCompleted) -> tuple[Fact, ...]:
    """The receipt first, then the vouchers it sold and the holds it turned into redemptions."""
    issued = [_issued(line, receipt) for line in sale.lines if line.business_case == VOUCHER_SALE]
    redeemed = [
        VoucherRedeemed(
            hold_id=payment.hold_id,
            code=payment.voucher_code,
            amount_minor=payment.amount_minor,
            receipt_no=receipt.receipt_no,
            redeemed_at=receipt.finished_at,
        )
        for payment in sale.payments
        if payment.hold_id
    ]
    return (receipt, *issued, *redeemed)


def facts_of_abort(sale: OpenSale, till: TillIdentity, now: Moment) -> tuple[Fact, ...]:
    """The abort, and the release of every hold."""
    aborted = SaleAborted(
        till_no=till.till_no,
        sale_id=sale.sale_id,
        aborted_at=iso(now.wall_ms),
        cashier=till.cashier,
        lines=len(sale.lines),
        total_minor=sale.total_minor,
    )
    releases = [hold_released(payment, now, "sale voided") for payment in sale.payments if payment.hold_id]
    return (aborted, *releases)


def hold_released(payment: Payment, now: Moment, reason: str) -> VoucherHoldReleased:
    """The fact that gives a voucher payment back."""
    return VoucherHoldReleased(
        hold_id=payment.hold_id, code=payment.voucher_code, released_at=iso(now.wall_ms), reason=reason
    )


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


def _receipt_line(line: SaleLine) -> ReceiptLine:
    return ReceiptLine(
        line=line.line,
        business_case=line.business_case,
        name=line.name,
        quantity_milli=line.quantity_milli,
        unit=line.unit,
        unit_price_minor=line.unit_price_minor,
        gross_minor=line.gross_minor,
        ident_no=line.ident_no,
        barcode=line.barcode,
        vat_key=line.vat_key,
        vat_rate_bp=line.vat_rate_bp,
        voucher_code=line.voucher_code,
        voucher_kind=line.voucher_kind,
        voucher_expires_on=line.expires_on,
    )


def _tender_row(payment: Payment, currency: str) -> TenderRow:
    return TenderRow(
        tender=payment.tender,
        currency=currency,
        amount_minor=payment.amount_minor,
        reference=payment.voucher_code,
        hold_id=payment.hold_id,
    )
