"""The open sale: lines, payments and coupons, and what is due.

    open ──line──► selling ──payment──► paying ──nothing due──► settled
      ▲              │  ▲                  │
      └──────────────┘  └──undo, line──────┘

The value itself never changes; each step returns a new one (``sale_steps.py``). The rules:

1. Lines, payments and coupons share one numbering, and a number is never used again within a sale:
   what was answered as line 3 stays line 3, whatever is taken back meanwhile.
2. A sale is settled when it has lines and nothing is due. What it is then, and what vouchers
   may pay for until then, is in ``settlement.py``.
"""

from __future__ import annotations

from functools import cached_property

import msgspec

from app.domain.card import CardProof

CASH, CARD, VOUCHER = "cash", "card", "voucher"

MAX_LINES = 200
"""Lines of one receipt: a record of replication holds them for certain."""
MAX_PAYMENTS = 40
MAX_SALE_BYTES = 56_000
"""Size of lines and payments together as JSON, for the same reason: long names, many lines."""


class Discount(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one rule took off a line, above zero; fields as in ``app.facts.sales.LineDiscount``."""

    rule: str
    name: str
    amount_minor: int
    rule_id: str = ""


class ManualDiscount(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a cashier typed, for a line or the receipt: a percentage or an amount (of the whole line)."""

    percent_bp: int = 0
    amount_minor: int = 0
    reason: str = ""
    name: str = ""
    """What the receipt calls it."""


class SaleLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the sale. What a rule may change is ``discounts`` and ``gross_minor``; the rest was rung.

    ``gross_minor = price × quantity − Σ discounts``: below zero for returns and settlements only, and no
    discount takes a line below zero. ``fixed`` lines (returns, settlements) are never repriced.
    """

    line: int
    business_case: str
    name: str
    quantity_milli: int
    unit: str
    unit_price_minor: int
    gross_minor: int
    ident_no: str = ""
    barcode: str = ""
    vat_key: str = ""
    vat_rate_bp: int = 0
    voucher_code: str = ""
    voucher_kind: str = ""
    expires_on: str = ""
    discounts: tuple[Discount, ...] = ()
    manual: ManualDiscount | None = None
    discountable: bool = True
    fixed: bool = False
    article_groups: tuple[str, ...] = ()
    article_vat_key: str = ""
    """The article's own key, where eat-in, take-away or customer group made another of it."""
    price_origin: str = ""
    """``""`` price list, ``manual``, ``embedded`` (in the barcode), ``open``."""
    price_list: int = 1
    list_price_minor: int = 0
    """The price before a cashier changed it; 0 if it was not changed."""
    age_limit: int = 0
    of_line: int = 0
    """The line that this container deposit goes along with."""
    reference: str = ""
    """Number of the receipt, order, delivery note or invoice that this line is about."""
    reference_line: int = 0
    reason: str = ""
    hold_id: str = ""
    resource: str = ""
    """What is held for this line (a return, an order's deposit); its amount is ``held_amount``."""
    held_amount: int = 0
    reloadable: bool = False
    weighed: str = ""
    """How its weight came about: ``scale``, ``manual`` (typed, at a till that has a scale); empty: not weighed here."""
    gross_g: int = 0
    tare_g: int = 0
    """Of a weighed line: the quantity is gross less tare."""
    tare_class: str = ""
    group: str = ""
    """Lines of one group came together (an order picked up, its deposit) and go together."""


class Payment(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money or a held resource that was put towards the sale. Below zero: money given back for goods.

    ``resource`` and ``hold_id`` are there when the tender used something up (voucher, purse, credit).
    """

    line: int
    tender: str
    amount_minor: int
    voucher_code: str = ""
    voucher_kind: str = ""
    hold_id: str = ""
    vat_key: str = ""
    name: str = ""
    """What a single-purpose voucher's redemption line is called on the receipt; else the tender's name."""
    tender_kind: str = ""
    resource: str = ""
    reference: str = ""
    currency: str = ""
    """Of foreign cash; empty: the sale's."""
    foreign_minor: int = 0
    rate: str = ""
    rate_source: str = ""
    ident_no: str = ""
    """Of a token: the article that it pays for."""
    held_amount: int = 0
    """How much of the resource is held, where that is not the payment's amount (a token: all of it)."""
    opens_drawer: bool = False
    voucher_expires_on: str = ""
    """Of a voucher that is given back: its last day."""
    card: CardProof | None = None
    """Of what a card terminal moved: it stays so until the terminal has taken it back."""


class CouponOnSale(msgspec.Struct, frozen=True, omit_defaults=True):
    """A coupon taken on this sale; serial ones are held."""

    line: int
    code: str
    campaign_id: str
    hold_id: str = ""
    resource: str = ""


class IssuedCoupon(msgspec.Struct, frozen=True, omit_defaults=True):
    """A coupon that this sale's receipt brings into circulation; it exists from the receipt on."""

    code: str
    campaign_id: str
    name: str
    valid_until: str = ""
    terms: str = ""


class HeldCoverage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who confirmed a hold: ``promised`` of the ``asked`` others. Fields as in ``app.facts.sales.ReceiptCoverage``."""

    hold_id: str
    resource: str
    promised: int
    asked: int
    missing_tills: tuple[int, ...] = ()
    override_by: str = ""
    override_reason: str = ""


class OpenSale(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """A sale that has not become a receipt yet; kept by the engine as JSON.

    What is asked of it several times with every scan is reckoned once (hence ``dict``): it may have many lines.
    """

    sale_id: str
    started_at: str
    currency: str
    lines: tuple[SaleLine, ...] = ()
    payments: tuple[Payment, ...] = ()
    next_line: int = 1
    coupons: tuple[CouponOnSale, ...] = ()
    issued_coupons: tuple[IssuedCoupon, ...] = ()
    discounts: tuple[ManualDiscount, ...] = ()
    """Typed for the whole receipt, in their order."""
    customer_no: str = ""
    customer_group: str = ""
    price_list: int = 1
    supply: str = ""
    training: bool = False
    approved_by: str = ""
    cost_centre: str = ""
    profit_centre: str = ""
    company: str = ""
    guests: int = 0
    hospitality: bool = False
    invoice: bool = False
    """Becomes a cash invoice with a number of its own."""
    invoice_no: str = ""
    delivery_note_no: str = ""
    order_no: str = ""
    buyer_id: str = ""
    buyer: str = ""
    """Sealed (``app.domain.persons``)."""
    voids: str = ""
    """The receipt that this one takes back as a whole."""
    tare_g: int = 0
    tare_class: str = ""
    """What the packing of the next weighing weighs, and of which class it is."""
    coverage: tuple[HeldCoverage, ...] = ()
    """Of what it holds, and of the parked sales that it was."""

    @cached_property
    def total_minor(self) -> int:
        return sum([line.gross_minor for line in self.lines])

    @cached_property
    def encoded(self) -> bytes:
        """As JSON."""
        return msgspec.json.encode(self)

    @property
    def paid_minor(self) -> int:
        return sum(payment.amount_minor for payment in self.payments)

    @property
    def due_minor(self) -> int:
        """What is to be paid yet; below zero what is to be given back, as change or for returned goods."""
        return self.total_minor - self.paid_minor

    @property
    def settled(self) -> bool:
        """Whether it can become a receipt: nothing is due, and what is given back too much is change."""
        if not self.lines or self.due_minor > 0:
            return False
        return self.due_minor == 0 or (self.total_minor >= 0 and self.paid_minor > 0)
