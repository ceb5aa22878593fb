"""What a screen needs to draw the open sale: frozen values, amounts in minor units."""

from __future__ import annotations

import msgspec

from app.domain.business_case import SALE
from app.domain.sale import OpenSale, SaleLine
from app.facts.sales import ReceiptCompleted


class DiscountView(msgspec.Struct, frozen=True):
    """What one rule took off a line, above zero. ``name`` may be empty: then ``rule`` says what it is."""

    name: str
    amount_minor: int
    rule: str


class LineView(msgspec.Struct, frozen=True):
    """A line of the open sale; ``line`` is the number that ``VoidLine`` takes.

    ``gross_minor`` is after the discounts. Returned goods have a quantity below zero. A container deposit or a tip
    goes along with the line ``of_line``. ``reference`` is the receipt, order or invoice that the line is about;
    ``list_price_minor`` is the price before a cashier changed it (0: nobody did).
    """

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
    business_case: str = SALE
    discounts: tuple[DiscountView, ...] = ()
    of_line: int = 0
    reference: str = ""
    list_price_minor: int = 0
    weighed: str = ""
    gross_g: int = 0
    tare_g: int = 0
    tare_class: str = ""
    """As in ``app.domain.sale.SaleLine``."""

    @property
    def undiscounted_minor(self) -> int:
        """What the line costs before its discounts."""
        return self.gross_minor + sum(discount.amount_minor for discount in self.discounts)


class PaymentView(msgspec.Struct, frozen=True):
    """A payment put towards the open sale: its tender, and the shop's own name for that, if it has one.

    Below zero: given back. Of foreign cash ``foreign_minor`` in ``currency``.
    """

    line: int
    tender: str
    amount_minor: int
    voucher_code: str = ""
    name: str = ""
    currency: str = ""
    foreign_minor: int = 0


class CouponView(msgspec.Struct, frozen=True):
    """A coupon taken on the open sale; ``line`` is the number that ``VoidLine`` takes."""

    line: int
    code: str


class SaleView(msgspec.Struct, frozen=True):
    """The open sale (no lines: none is open) and the receipt before it, with its change.

    ``due_minor`` below zero is to be given back. ``supply`` is ``eat_in``, ``take_away`` or empty; ``voids`` is the
    receipt that this sale takes back; ``training``: nothing counts, whether a sale is open or not.
    """

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
    customer_no: str = ""
    coupons: tuple[CouponView, ...] = ()
    supply: str = ""
    training: bool = False
    order_no: str = ""
    cost_centre: str = ""
    invoice: bool = False
    voids: str = ""
    price_list: int = 1
    tare_g: int = 0
    tare_class: str = ""
    """Of the next weighing."""


class Views:
    """The view of a sale as it goes on, made anew only where something has changed.

    It is asked for several times with every command; of a long receipt the lines that were there before stay the
    same objects, here as in the sale.
    """

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._lines: tuple[SaleLine, ...] = ()
        self._shown: tuple[LineView, ...] = ()
        self._seen: tuple[OpenSale | None, str, ReceiptCompleted | None, bool] | None = None
        self._view: SaleView | None = None

    def of(
        self, sale: OpenSale | None, next_receipt_no: str, last: ReceiptCompleted | None, *, training: bool
    ) -> SaleView:
        """The view of a sale, or of none."""
        if self._view is not None and self._seen is not None:
            was_sale, was_no, was_last, was_training = self._seen
            if was_sale is sale and was_no == next_receipt_no and was_last is last and was_training == training:
                return self._view
        self._seen = (sale, next_receipt_no, last, training)
        lines = self._views_of(sale.lines if sale else ())
        self._view = _sale_view(sale, lines, self._currency, next_receipt_no, last, training=training)
        return self._view

    def _views_of(self, lines: tuple[SaleLine, ...]) -> tuple[LineView, ...]:
        """The lines' views. What is usual goes quickly: one more line than there were, or one less."""
        same = min(len(lines), len(self._lines))
        if lines[:same] == self._lines[:same]:  # the same objects, which tuples see at once
            shown = self._shown[:same] + tuple(_line_view(line) for line in lines[same:])
        else:
            known = {id(line): view for line, view in zip(self._lines, self._shown, strict=True)}
            shown = tuple(known.get(id(line)) or _line_view(line) for line in lines)
        self._lines, self._shown = lines, shown
        return shown


def _line_view(line: SaleLine) -> LineView:
    return LineView(
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
        business_case=line.business_case,
        discounts=tuple(DiscountView(each.name, each.amount_minor, each.rule) for each in line.discounts),
        of_line=line.of_line,
        reference=line.reference,
        list_price_minor=line.list_price_minor,
        weighed=line.weighed,
        gross_g=line.gross_g,
        tare_g=line.tare_g,
        tare_class=line.tare_class,
    )


def _sale_view(
    sale: OpenSale | None,
    lines: tuple[LineView, ...],
    currency: str,
    next_receipt_no: str,
    last: ReceiptCompleted | None,
    *,
    training: bool,
) -> SaleView:
    payments = sale.payments if sale else ()
    return SaleView(
        sale_id=sale.sale_id if sale else "",
        currency=currency,
        lines=lines,
        payments=tuple(
            PaymentView(
                line=payment.line,
                tender=payment.tender,
                amount_minor=payment.amount_minor,
                voucher_code=payment.voucher_code,
                name=payment.name,
                currency=payment.currency,
                foreign_minor=payment.foreign_minor,
            )
            for payment in payments
        ),
        total_minor=sale.total_minor if sale else 0,
        paid_minor=sale.paid_minor if sale else 0,
        due_minor=sale.due_minor if sale else 0,
        next_receipt_no=next_receipt_no,
        last=last,
        change_minor=last.change_minor if last else 0,
        customer_no=sale.customer_no if sale else "",
        coupons=tuple(CouponView(coupon.line, coupon.code) for coupon in sale.coupons) if sale else (),
        supply=sale.supply if sale else "",
        training=training or bool(sale and sale.training),
        order_no=sale.order_no if sale else "",
        cost_centre=sale.cost_centre if sale else "",
        invoice=bool(sale and sale.invoice),
        voids=sale.voids if sale else "",
        price_list=sale.price_list if sale else 1,
        tare_g=sale.tare_g if sale else 0,
        tare_class=sale.tare_class if sale else "",
    )
