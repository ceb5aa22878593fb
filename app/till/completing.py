"""A settled sale into facts: the receipt, and every hold turned into a use. The rest is ``contributions.py``'s."""

from __future__ import annotations

import msgspec

from app.domain.business_case import VOUCHER_SALE
from app.domain.card import CardProof
from app.domain.holds import Hold, holds_of
from app.domain.instant import Moment, iso
from app.domain.sale import CASH, VOUCHER, HeldCoverage, OpenSale, Payment, SaleLine
from app.domain.settlement import settle
from app.facts.base import Fact
from app.facts.circulation import ResourceHoldReleased, ResourceUsed
from app.facts.sales import (
    CardRow,
    LineDiscount,
    ReceiptCompleted,
    ReceiptCoupon,
    ReceiptCoverage,
    ReceiptLine,
    SaleAborted,
    TaxRow,
    TenderRow,
)


class TillIdentity(msgspec.Struct, frozen=True):
    """Which till this is, what it sells in, whose name receipts carry while nobody is logged in, and at which site.

    ``weighs``: it has a scale; a weight that is typed all the same is marked. ``gates``: the names of those it opens.
    ``charges``: it has a card terminal.
    """

    till_no: int
    member_id: str
    currency: str
    cashier: str = ""
    site: str = ""
    weighs: bool = False
    gates: tuple[str, ...] = ()
    charges: bool = False


class Clerk(msgspec.Struct, frozen=True):
    """Who stands at the till, for the receipt: the user's id, and the name as printed."""

    user: str
    cashier: str


def receipt_of(
    sale: OpenSale, receipt_no: str, till: TillIdentity, clerk: Clerk, now: Moment, z_no: int
) -> ReceiptCompleted:
    """The receipt of a settled sale. Change is a cash row of its own, below zero."""
    settlement = settle(sale)
    tenders = [_tender_row(payment, sale.currency) for payment in settlement.tenders]
    if settlement.change_minor:
        change = TenderRow(
            tender=CASH,
            currency=sale.currency,
            amount_minor=-settlement.change_minor,
            role="change",
            tender_kind=CASH,
        )
        tenders.append(change)
    return ReceiptCompleted(
        receipt_no=receipt_no,
        till_no=till.till_no,
        sale_id=sale.sale_id,
        started_at=sale.started_at,
        finished_at=iso(now.wall_ms),
        business_day=now.day,
        cashier=clerk.cashier,
        currency=sale.currency,
        lines=tuple(receipt_line(line) for line in settlement.lines),
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
        receipt_type="training" if sale.training else "void" if sale.voids else "receipt",
        z_no=z_no,
        user=clerk.user,
        approved_by=sale.approved_by,
        voids=sale.voids,
        customer_no=sale.customer_no,
        customer_group=sale.customer_group,
        supply=sale.supply,
        cost_centre=sale.cost_centre,
        profit_centre=sale.profit_centre,
        company=sale.company,
        guests=sale.guests,
        hospitality=sale.hospitality,
        invoice_no=sale.invoice_no,
        delivery_note_no=sale.delivery_note_no,
        order_no=sale.order_no,
        buyer_id=sale.buyer_id,
        buyer=sale.buyer,
        coupons=tuple(
            ReceiptCoupon(issued.code, issued.campaign_id, issued.name, issued.valid_until, issued.terms)
            for issued in sale.issued_coupons
        ),
        coverage=tuple(coverage_row(of) for of in sale.coverage),
    )


def coverage_row(of: HeldCoverage) -> ReceiptCoverage:
    """How well a hold was covered, as the receipt keeps it."""
    return ReceiptCoverage(
        resource=of.resource,
        promised=of.promised,
        of=of.asked,
        missing_tills=of.missing_tills,
        override_by=of.override_by,
        override_reason=of.override_reason,
    )


def uses_of(sale: OpenSale, reference: str, at: str) -> tuple[ResourceUsed, ...]:
    """Every hold of the sale turned into a use by the document of that number."""
    return tuple(
        ResourceUsed(hold_id=hold.hold_id, resource=hold.resource, amount=hold.amount, reference=reference, used_at=at)
        for hold in holds_of(sale)
    )


def facts_of_abort(sale: OpenSale, till: TillIdentity, clerk: Clerk, now: Moment, z_no: int) -> tuple[Fact, ...]:
    """The abort, and the release of every hold."""
    aborted = SaleAborted(
        till_no=till.till_no,
        sale_id=sale.sale_id,
        aborted_at=iso(now.wall_ms),
        cashier=clerk.cashier,
        lines=len(sale.lines),
        total_minor=sale.total_minor,
        z_no=z_no,
        business_day=now.day,
    )
    return (aborted, *(hold_released(hold, now, "sale voided") for hold in holds_of(sale)))


def hold_released(hold: Hold, now: Moment, reason: str) -> ResourceHoldReleased:
    """The fact that gives back what was held."""
    return ResourceHoldReleased(
        hold_id=hold.hold_id, resource=hold.resource, released_at=iso(now.wall_ms), reason=reason
    )


def vouchers_of(receipt: ReceiptCompleted) -> list[str]:
    """The codes that came into circulation with the receipt: of its lines, then of its tenders. A void brings none."""
    if receipt.voids:
        return []
    sold = [line.voucher_code for line in receipt.lines if line.business_case == VOUCHER_SALE]
    given = [row.reference for row in receipt.tenders if row.tender_kind == VOUCHER and row.role == "refund"]
    return sold + given


def discounts_of(line: SaleLine) -> tuple[LineDiscount, ...]:
    """What the rules took off the line, as facts say it."""
    return tuple(LineDiscount(given.rule, given.name, given.amount_minor, given.rule_id) for given in line.discounts)


def receipt_line(line: SaleLine) -> ReceiptLine:
    """A line as its receipt will have it; a settled sale's are numbered anew."""
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
        discounts=discounts_of(line),
        list_price_minor=line.list_price_minor,
        price_origin=line.price_origin,
        price_list=line.price_list,
        article_groups=line.article_groups,
        of_line=line.of_line,
        reference=line.reference,
        reference_line=line.reference_line,
        reason=line.reason,
        weighed=line.weighed,
        gross_g=line.gross_g,
        tare_g=line.tare_g,
        tare_class=line.tare_class,
    )


def card_row(proof: CardProof | None) -> CardRow | None:
    """What the terminal said, as the receipt keeps it."""
    return None if proof is None else CardRow(**msgspec.structs.asdict(proof))


def _tender_row(payment: Payment, currency: str) -> TenderRow:
    return TenderRow(
        tender=payment.tender,
        currency=payment.currency or currency,
        amount_minor=payment.amount_minor,
        reference=payment.voucher_code or payment.reference,
        hold_id=payment.hold_id,
        role="payment" if payment.amount_minor >= 0 else "refund",
        tender_kind=payment.tender_kind,
        name=payment.name,
        foreign_minor=payment.foreign_minor,
        rate=payment.rate,
        rate_source=payment.rate_source,
        opens_drawer=payment.opens_drawer,
        voucher_expires_on=payment.voucher_expires_on,
        card=card_row(payment.card),
    )
