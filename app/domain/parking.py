"""Sales put aside: as text for a record, put together, taken apart.

* A parked sale travels compressed, since a record holds 64 KiB of JSON: zlib, then base 85, whose
  letters JSON leaves alone. Reading it is careful, because it comes from another till.
* *Merging* appends what was parked to the open sale: its lines, payments and coupons get the next numbers, in
  their order, and keep what they hold. What is said about a sale as a whole must agree.
* *Splitting* takes lines out with the container deposits that belong to them. Neither part is
  ever empty.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Collection

import msgspec

from app.domain.business_case import ROUNDING, TIP
from app.domain.sale import MAX_SALE_BYTES, OpenSale

MAX_PARKED_BYTES = 60_000
"""Of the text; a record of replication takes it for certain, with what else the fact says."""

WHOLE = ("supply", "cost_centre", "profit_centre", "company", "invoice_no", "delivery_note_no", "order_no", "buyer_id")
"""What is said once for a whole sale, beside its customer."""


class ParkingFault(ValueError):
    """It cannot be done; ``fault`` says why, ``detail`` about what."""

    def __init__(self, fault: str, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail


def text_of(sale: OpenSale) -> str:
    """The sale for a record; ``ParkingFault("too_large")`` if no record holds it."""
    text = base64.b85encode(zlib.compress(msgspec.json.encode(sale), 9)).decode()
    if len(text) > MAX_PARKED_BYTES:
        raise ParkingFault("too_large", str(len(text)))
    return text


def sale_of(text: str) -> OpenSale:
    """The sale that was parked; ``ParkingFault("unreadable")`` for anything else."""
    reader = zlib.decompressobj()
    try:
        packed = base64.b85decode(text.encode("ascii"))
        # Bounded: a few bytes may unpack to gigabytes.
        raw = reader.decompress(packed, MAX_SALE_BYTES * 2)
        if not reader.eof:
            raise ParkingFault("unreadable", "cut off or too large")
        return msgspec.json.decode(raw, type=OpenSale)
    except (ValueError, zlib.error, binascii.Error, msgspec.MsgspecError) as error:
        if isinstance(error, ParkingFault):
            raise
        raise ParkingFault("unreadable", str(error)) from None


def merged(sale: OpenSale, parked: OpenSale) -> OpenSale:
    """The open sale with all that was parked after it; ``ParkingFault`` if the two do not go together.

    Faults: ``customer``, ``discount`` (a percentage on the whole receipt would reach the other's goods), ``training``,
    ``void`` (a receipt taken back stands alone) or ``whole`` with the name of what differs.
    """
    _check_match(sale, parked)
    offset = sale.next_line - 1
    lines = tuple(
        msgspec.structs.replace(line, line=line.line + offset, of_line=line.of_line + offset if line.of_line else 0)
        for line in parked.lines
    )
    payments = tuple(msgspec.structs.replace(payment, line=payment.line + offset) for payment in parked.payments)
    coupons = tuple(msgspec.structs.replace(coupon, line=coupon.line + offset) for coupon in parked.coupons)
    buyer = sale if sale.buyer_id else parked
    customer = sale if sale.customer_no else parked
    percents = {discount.percent_bp for discount in sale.discounts if discount.percent_bp}
    return msgspec.structs.replace(
        sale,
        started_at=min(sale.started_at, parked.started_at),
        lines=sale.lines + lines,
        payments=sale.payments + payments,
        coupons=sale.coupons + coupons,
        issued_coupons=sale.issued_coupons + parked.issued_coupons,
        coverage=sale.coverage + parked.coverage,
        next_line=sale.next_line + parked.next_line - 1,
        # The same percentage on both is one on all.
        discounts=sale.discounts + tuple(each for each in parked.discounts if each.percent_bp not in percents),
        customer_no=customer.customer_no,
        customer_group=customer.customer_group,
        price_list=customer.price_list,
        approved_by=sale.approved_by or parked.approved_by,
        guests=max(sale.guests, parked.guests),
        hospitality=sale.hospitality or parked.hospitality,
        invoice=sale.invoice or parked.invoice,
        buyer=buyer.buyer,
        **{name: getattr(sale, name) or getattr(parked, name) for name in WHOLE},
    )


def parts_of(sale: OpenSale, numbers: Collection[int], sale_id: str) -> tuple[OpenSale, OpenSale]:
    """The sale without the lines of these numbers, and a sale of its own with them.

    Goods and their container deposit stay together. Payments, coupons, typed amounts off and whatever
    document the sale is about stay with the rest; a percentage goes to both. ``ParkingFault``: ``held`` (something
    is held for a line, by the sale's id, or for its group), ``tip`` (it belongs to a payment), ``all`` (nothing left).
    """
    chosen = set(numbers)
    chosen |= {line.of_line for line in sale.lines if line.line in chosen}
    chosen.discard(0)
    out = tuple(line for line in sale.lines if line.line in chosen or line.of_line in chosen)
    tip = next((line for line in out if line.business_case in (TIP, ROUNDING)), None)
    if tip is not None:
        raise ParkingFault("tip", str(tip.line))
    held = next((line for line in out if line.hold_id or line.group), None)
    if held is not None:
        raise ParkingFault("held", str(held.line))
    left = tuple(line for line in sale.lines if line not in out)
    if not left:
        raise ParkingFault("all")
    part = OpenSale(
        sale_id=sale_id,
        started_at=sale.started_at,
        currency=sale.currency,
        lines=out,
        next_line=sale.next_line,
        discounts=tuple(discount for discount in sale.discounts if discount.percent_bp),
        customer_no=sale.customer_no,
        customer_group=sale.customer_group,
        price_list=sale.price_list,
        supply=sale.supply,
        approved_by=sale.approved_by,
        cost_centre=sale.cost_centre,
        profit_centre=sale.profit_centre,
        company=sale.company,
    )
    # The next number moves on, so that of two kept texts of this sale the later one is known.
    return msgspec.structs.replace(sale, lines=left, next_line=sale.next_line + 1), part


def _check_match(sale: OpenSale, parked: OpenSale) -> None:
    if sale.voids or parked.voids:
        raise ParkingFault("void")
    if sale.training or parked.training:
        raise ParkingFault("training")
    if sale.customer_no and parked.customer_no and sale.customer_no != parked.customer_no:
        raise ParkingFault("customer")
    for name in WHOLE:
        mine, theirs = getattr(sale, name), getattr(parked, name)
        if mine and theirs and mine != theirs:
            raise ParkingFault("whole", name)
    if _percents(sale) != _percents(parked):
        raise ParkingFault("discount")


def _percents(sale: OpenSale) -> list[int]:
    return [discount.percent_bp for discount in sale.discounts if discount.percent_bp]
