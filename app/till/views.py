"""What a screen needs to draw the open sale: frozen values, amounts in minor units."""

from __future__ import annotations

import msgspec

from app.domain.sale import OpenSale
from app.facts.sales import ReceiptCompleted


class LineView(msgspec.Struct, frozen=True):
    """A line of the open sale; ``line`` is the number that ``VoidLine`` takes."""

    line: int
    name: str
    quantity_milli: int
    unit: str
    unit_price_minor: int
    gross_minor: int
    vat_rate_bp: int
    ident_no: str = ""
    barcode: str = ""
    voucher_code: str = ""


class PaymentView(msgspec.Struct, frozen=True):
    """A payment put towards the open sale; ``tender`` is ``cash``, ``card`` or ``voucher``."""

    line: int
    tender: str
    amount_minor: int
    voucher_code: str = ""


class SaleView(msgspec.Struct, frozen=True):
    """The open sale (no lines: none is open) and the receipt before it, with its change."""

    sale_id: str
    currency: str
    lines: tuple[LineView, ...]
    payments: tuple[PaymentView, ...]
    total_minor: int
    paid_minor: int
    due_minor: int
    next_receipt_no: str
    last: ReceiptCompleted | None = None
    change_minor: int = 0


def sale_view(sale: OpenSale | None, currency: str, next_receipt_no: str, last: ReceiptCompleted | None) -> SaleView:
    """The view of a sale, or of none."""
    lines = sale.lines if sale else ()
    payments = sale.payments if sale else ()
    return SaleView(
        sale_id=sale.sale_id if sale else "",
        currency=currency,
        lines=tuple(
            LineView(
                line=line.line,
                name=line.name,
                quantity_milli=line.quantity_milli,
                unit=line.unit,
                unit_price_minor=line.unit_price_minor,
                gross_minor=line.gross_minor,
                vat_rate_bp=line.vat_rate_bp,
                ident_no=line.ident_no,
                barcode=line.barcode,
                voucher_code=line.voucher_code,
            )
            for line in lines
        ),
        payments=tuple(
            PaymentView(
                line=payment.line,
                tender=payment.tender,
                amount_minor=payment.amount_minor,
                voucher_code=payment.voucher_code,
            )
            for payment in payments
        ),
        total_minor=sale.total_minor if sale else 0,
        paid_minor=sale.paid_minor if sale else 0,
        due_minor=sale.due_minor if sale else 0,
        next_receipt_no=next_receipt_no,
        last=last,
        change_minor=last.change_minor if last else 0,
    )
