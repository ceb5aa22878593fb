"""Facts of the ``circulation`` feed: what other tills must know at once.

Whatever can be used up is a *resource* with a name (``voucher/7K3M9QXA0PWTB``). Facts *grant* it an
amount (a voucher issued or reloaded, a coupon, points earned), *hold* part of it for an open sale, give a hold back,
or turn it into a use. Its balance is the sum of these facts and nothing else (``app.domain.resource``).
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from app.facts.base import Edit, Fact, NotNegative, Positive
from app.facts.sales import LineDiscount


class ClaimCoverage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who had promised when the hold was written (member ids), and who was missing.

    ``missing_tills`` are the till numbers of those that have one. ``override_by``: the policy refused it, and who
    took it all the same, for ``override_reason``.
    """

    complete: bool
    promised: tuple[str, ...]
    missing: tuple[str, ...]
    missing_tills: tuple[int, ...] = ()
    override_by: str = ""
    override_reason: str = ""


# -- the ledger of resources ---------------------------------------------------------------------


class ResourceHeld(Fact, frozen=True, omit_defaults=True):
    """Part of a resource is held for an open sale: it counts against the balance at once.

    ``capacity`` grants the resource its amount where no fact of its own does: what a receipt's
    line sold and so can be returned, or 1 for what happens once. It is the same in every hold of it.
    """

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "resource.held/1"

    hold_id: str
    resource: str
    amount: Positive
    sale_id: str
    till_no: int
    held_at: str
    coverage: ClaimCoverage
    capacity: int = 0
    value_minor: int = 0
    """Of goods that come back: the money that is given back for them."""
    cashier: str = ""
    """As on the receipt: receipts do not go to every site, and an overdraw names who used something."""
    business_day: str = ""
    """On which it counts against the limit of what may be used without full coverage."""


class ResourceHoldReleased(Fact, frozen=True):
    """The hold is given back: the payment or the whole sale was voided."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "resource.hold_released/1"

    hold_id: str
    resource: str
    released_at: str
    reason: str


class ResourceUsed(Fact, frozen=True):
    """The hold became a use: its receipt is complete (or what else ``reference`` names)."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "resource.used/1"

    hold_id: str
    resource: str
    amount: Positive
    reference: str
    used_at: str


class ResourceGranted(Fact, frozen=True, omit_defaults=True):
    """The resource got more: a voucher reloaded, a purse topped up, a credit paid, a bonus earned, a void undone."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "resource.granted/1"

    grant_id: str
    resource: str
    amount: Positive
    granted_at: str
    till_no: int
    reference: str = ""
    reason: str = ""


class OverdrawSettled(Fact, frozen=True):
    """What a use took beyond its resource is settled, or part of it; how far is ``app.domain.overdraw``.

    ``settled_before``: how much of this use had been settled already, as the writer knew it.
    """

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "overdraw.settled/1"

    settlement_id: str
    resource: str
    hold_id: str
    """The use's."""
    settled_before: NotNegative
    amount: Positive
    how: Literal["written_off", "charged", "corrected"]
    reason: str
    user: str
    till_no: int
    settled_at: str


# -- vouchers and coupons ------------------------------------------------------------------------


class VoucherIssued(Fact, frozen=True, omit_defaults=True):
    """A voucher came into circulation. ``code`` is 13 characters, canonical, or that of an imported voucher."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "voucher.issued/1"

    code: str
    voucher_kind: str
    value_minor: Positive
    currency: str
    issued_at: str
    till_no: int
    receipt_no: str
    vat_key: str = ""
    expires_on: str = ""
    ident_no: str = ""
    """Of a token: the article that it stands for."""
    replaces: str = ""
    reloadable: bool = False
    vat_rate_bp: int = 0
    """At which it was taxed when it was sold; a refund takes just that tax back."""


class VoucherBlocked(Fact, frozen=True):
    """The voucher is not to be taken (``blocked``), or may be taken again; the newest word counts."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "voucher.blocked/1"

    code: str
    blocked: bool
    reason: str
    at: str
    till_no: int
    user: str


class CouponIssued(Fact, frozen=True, omit_defaults=True):
    """A single-use coupon with a code of its own came into circulation."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "coupon.issued/1"

    code: str
    campaign_id: str
    issued_at: str
    till_no: int
    receipt_no: str = ""
    valid_from: str = ""
    valid_until: str = ""
    customer_no: str = ""


class CouponsPrinted(Fact, frozen=True, omit_defaults=True):
    """The slips of coupons that were issued without a receipt. Paper only: each coupon is a fact of its own."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "coupons.printed/1"

    campaign_id: str
    name: str
    codes: tuple[str, ...]
    issued_at: str
    till_no: int
    valid_until: str = ""
    terms: str = ""
    valid_from: str = ""


# -- parked sales, orders, delivery notes --------------------------------------------------------


class SaleParked(Fact, frozen=True, omit_defaults=True):
    """A sale put aside, to be resumed at any till. ``sale`` is its text (``app.domain.parking``), without names."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "sale.parked/1"

    park_no: str
    name: str
    till_no: int
    parked_at: str
    cashier: str
    currency: str
    total_minor: int
    lines: int
    sale: str
    sale_id: str = ""


class OrderLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line that was ordered, as it will stand on the receipt: ``gross = price × quantity − Σ discounts``."""

    name: str
    quantity_milli: int
    unit: str
    unit_price_minor: int
    gross_minor: int
    ident_no: str = ""
    vat_key: str = ""
    article_groups: tuple[str, ...] = ()
    discounts: tuple[LineDiscount, ...] = ()
    age_limit: int = 0
    business_case: str = "sale"
    of_line: int = 0
    """The line (counted from 1) that this container deposit belongs to."""
    weighed: str = ""
    gross_g: int = 0
    tare_g: int = 0
    tare_class: str = ""
    """As in ``app.facts.sales.ReceiptLine``."""


class OrderPlaced(Fact, frozen=True, omit_defaults=True):
    """An order to be picked up at any till. A deposit is paid by its receipt (``OrderDeposited``)."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "order.placed/1"

    order_no: str
    till_no: int
    placed_at: str
    cashier: str
    currency: str
    lines: tuple[OrderLine, ...]
    total_minor: int
    due_on: str = ""
    customer_no: str = ""
    source: str = "till"
    """``till`` or ``web``."""
    paid_minor: int = 0
    """What a web shop has taken already; its tax was its own business."""
    note: str = ""
    sale_id: str = ""
    """The sale that ended with it; empty if that goes on with a deposit."""


class OrderDeposited(Fact, frozen=True):
    """A deposit on an order was paid with a receipt; ``lines`` are (vat_key, rate, gross) as it was taxed."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "order.deposited/1"

    order_no: str
    receipt_no: str
    at: str
    amount_minor: Positive
    lines: tuple[tuple[str, int, int], ...]


class OrderChanged(Fact, frozen=True, omit_defaults=True):
    """A web shop's order is another one from now on, while nobody has picked it up or paid on it; the newest wins.

    Written by whoever has the claim on ``order/NO``. What may be paid in advance follows ``total_minor``.
    """

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "order.changed/1"

    order_no: str
    at: str
    till_no: int
    lines: tuple[OrderLine, ...]
    total_minor: int
    due_on: str = ""
    customer_no: str = ""
    paid_minor: int = 0
    note: str = ""


class OrderCancelled(Fact, frozen=True):
    """The order is given up; its deposit is refunded by a receipt, if there was one."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "order.cancelled/1"

    order_no: str
    at: str
    till_no: int
    reason: str
    receipt_no: str = ""


class DeliveryNoteIssued(Fact, frozen=True, omit_defaults=True):
    """Goods handed over on a delivery note: a receivable until it is invoiced and paid."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "delivery_note.issued/1"

    delivery_note_no: str
    receipt_no: str
    till_no: int
    customer_no: str
    issued_at: str
    business_day: str
    currency: str
    amount_minor: Positive


class InvoiceOpened(Fact, frozen=True, omit_defaults=True):
    """A collective invoice gathers delivery notes: what is to be paid from now on is the invoice."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "invoice.opened/1"

    invoice_no: str
    customer_no: str
    till_no: int
    issued_at: str
    currency: str
    amount_minor: Positive
    delivery_notes: tuple[str, ...]


class ReceivablePaid(Fact, frozen=True, omit_defaults=True):
    """A receipt took money for what was owed: an invoice, a delivery note, or a customer's credit."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "receivable.paid/1"

    paid_id: str
    customer_no: str
    amount_minor: Positive
    receipt_no: str
    at: str
    till_no: int
    reference: str = ""
    """Number of the invoice or delivery note; empty: the customer's credit as a whole."""
    reversal: bool = False
    """The receipt was voided: the debt is back."""


# -- customers -----------------------------------------------------------------------------------


class CustomerSet(Edit, frozen=True, omit_defaults=True):
    """A customer as from now on; the newest wins. Personal fields are sealed with the person's own key.

    ``person`` is ``app.domain.persons``' sealed text of name, address, contact and note.
    """

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "customer.set/1"

    customer_no: str
    person: str = ""
    customer_group: str = ""
    credit_limit_minor: int = 0
    blocked: bool = False
    removed: bool = False


class CustomerForgotten(Fact, frozen=True):
    """The person's key is to be erased by everyone; the figures stay."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "customer.forgotten/1"

    customer_no: str
    at: str
    user: str
    buyer_ids: tuple[str, ...] = ()
