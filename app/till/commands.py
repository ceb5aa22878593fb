"""What a cashier or a program can ask of the session. Text as typed; the session checks it.

Money and quantities stay strings here ("12.34", "3"), so that every shell gets the
same refusals for the same slips. Field names are those of the drive contract.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Command(msgspec.Struct, frozen=True):
    """Base of all commands."""


# -- lines ---------------------------------------------------------------------------------------


class Scan(Command, frozen=True):
    """An article by barcode or ident number. ``price`` overrides the price list (by right).

    ``quantity`` None: one, or what the scale says of goods by the kilogram at a till that has a scale. There a plate's
    barcode sets the tare.
    """

    code: str
    quantity: str | None = None
    price: str | None = None


class SetTare(Command, frozen=True):
    """What the packing of the next weighing weighs: a tare class by its name, or grams; neither: nothing."""

    name: str | None = None
    grams: str | None = None


class VoidLine(Command, frozen=True):
    """Take back a line, a payment or a coupon; what was held for it is given back."""

    line: str


class VoidSale(Command, frozen=True):
    """Give up the open sale."""


class ChangePrice(Command, frozen=True):
    """Give a line another price (by right)."""

    line: str
    price: str
    reason: str = ""


class GiveDiscount(Command, frozen=True):
    """A discount in percent or as an amount on a line, or without one on the receipt; "0" takes it back."""

    percent: str | None = None
    amount: str | None = None
    line: str | None = None
    reason: str = ""


class TakeCoupon(Command, frozen=True):
    """A coupon by its code."""

    code: str


class IssueCoupons(Command, frozen=True):
    """Bring single-use coupons of a campaign into circulation without a sale (by right)."""

    campaign: str
    count: str = "1"


class ChooseCustomer(Command, frozen=True):
    """Whose sale this is; without a number nobody's any more."""

    no: str | None = None


class ChooseSupply(Command, frozen=True):
    """``eat_in`` or ``take_away``."""

    where: str


# -- vouchers and tokens -------------------------------------------------------------------------


class SellVoucher(Command, frozen=True):
    """Put a new voucher of this value on the receipt. ``kind``: ``multi_purpose`` or ``single_purpose``."""

    value: str
    kind: str = "multi_purpose"
    expires: str | None = None
    vat_key: str | None = None
    reloadable: bool = False


class SellToken(Command, frozen=True):
    """Put tokens for an article on the receipt, each with a code of its own."""

    article: str
    count: str = "1"
    expires: str | None = None


class ReloadVoucher(Command, frozen=True):
    """Put more value on a reloadable voucher; it counts with the receipt."""

    code: str
    amount: str


class RefundVoucher(Command, frozen=True):
    """Pay a voucher's rest out (by right): a line below zero."""

    code: str
    reason: str


class BlockVoucher(Command, frozen=True):
    """Block a voucher everywhere, or let it be taken again (by right)."""

    code: str
    reason: str
    blocked: bool = True


class SettleOverdraw(Command, frozen=True):
    """Settle what was used beyond a resource (by right): ``written_off``, ``charged`` or ``corrected``."""

    resource: str
    how: str
    reason: str
    amount: str | None = None
    """None: everything; else in the resource's own unit."""
    break_holds: bool = False
    """Give back what open sales hold of it, of a till that is gone; if one is completed after all, that counts."""


class ReplaceVoucher(Command, frozen=True):
    """A new code for the rest of a lost or damaged voucher; the old one is used up (by right)."""

    code: str
    reason: str


class Redeem(Command, frozen=True):
    """Pay with a voucher or token; without an amount as much as is due."""

    code: str
    amount: str | None = None


# -- paying --------------------------------------------------------------------------------------


class Pay(Command, frozen=True):
    """Pay; without an amount what is due. Below zero due, it is given back. ``tip``: part of the amount."""

    tender: str = "cash"
    amount: str | None = None
    currency: str | None = None
    tip: str | None = None
    reference: str | None = None


class UndoPayment(Command, frozen=True):
    """Take the last payment back (tender mode's ``-``)."""


# -- returns and corrections ---------------------------------------------------------------------


class ReturnLine(Command, frozen=True):
    """Goods come back with their receipt: a line below zero at the price that was paid."""

    receipt_no: str
    line: str
    quantity: str = "1"
    reason: str = ""


class ReturnArticle(Command, frozen=True):
    """Goods come back without a receipt (by right)."""

    code: str
    quantity: str = "1"
    price: str | None = None
    reason: str = ""


class VoidReceipt(Command, frozen=True):
    """Take a whole receipt back as a new record (Belegstorno); without a number the till's last one."""

    receipt_no: str | None = None
    reason: str = ""


# -- parking -------------------------------------------------------------------------------------


class Park(Command, frozen=True):
    """Put the open sale aside, to be resumed at any till."""

    name: str = ""


class Resume(Command, frozen=True):
    """Take a parked sale up again; into an open one they are merged."""

    park_no: str


class DropParked(Command, frozen=True):
    """Give a parked sale up (by right); what it holds is given back."""

    park_no: str
    reason: str


class Split(Command, frozen=True):
    """Park some lines (numbers, with commas) of the open sale as a sale of their own."""

    lines: str
    name: str = ""


# -- customers' money ----------------------------------------------------------------------------


class SetCustomer(Command, frozen=True):
    """Create or change a customer (by right); without a number the next of the till's range."""

    no: str | None = None
    name: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None
    vat_id: str | None = None
    note: str | None = None
    customer_group: str | None = None
    credit_limit: str | None = None
    blocked: bool | None = None


class ForgetCustomer(Command, frozen=True):
    """Erase the person and keep the figures (by right)."""

    no: str


class PayCredit(Command, frozen=True):
    """A line that takes money for what a customer owes (all of it, or ``reference``: one invoice or note)."""

    customer: str
    amount: str | None = None
    reference: str | None = None


class TopUp(Command, frozen=True):
    """A line that puts money into the customer's purse."""

    customer: str
    amount: str


# -- orders, delivery notes, invoices ------------------------------------------------------------


class PlaceOrder(Command, frozen=True):
    """The open sale's lines become an order; with a deposit, what is due is that deposit."""

    due: str | None = None
    deposit: str | None = None
    note: str = ""


class PickUp(Command, frozen=True):
    """An order's lines come into the sale, its deposit dissolved."""

    order_no: str


class DepositOrder(Command, frozen=True):
    """A further deposit on an order comes into the sale."""

    order_no: str
    amount: str


class CancelOrder(Command, frozen=True):
    """Give an order up; its deposit comes as a refund into the sale (by right)."""

    order_no: str
    reason: str


class MakeInvoice(Command, frozen=True):
    """The open sale becomes a cash invoice: to its customer, or to the buyer named."""

    name: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None
    vat_id: str | None = None


class CollectInvoice(Command, frozen=True):
    """One invoice of a customer's open delivery notes (of all, or of those named, with commas)."""

    customer: str
    delivery_notes: str | None = None


class BookToCostCentre(Command, frozen=True):
    """The sale is for a cost centre; typed numbers go through the reference table. Empty ``no`` takes it back."""

    no: str
    profit_centre: str = ""
    company: str = ""
    guests: str | None = None
    hospitality: bool | None = None


# -- cash and day end ----------------------------------------------------------------------------


class OpeningFloat(Command, frozen=True):
    """Change money put into the drawer at the beginning."""

    amount: str
    currency: str | None = None


class PayIn(Command, frozen=True):
    """Cash into the drawer, beside sales."""

    amount: str
    reason: str
    currency: str | None = None


class PayOut(Command, frozen=True):
    """Cash out of the drawer, beside sales."""

    amount: str
    reason: str
    currency: str | None = None


class CashTransfer(Command, frozen=True):
    """Cash out of the drawer into the safe."""

    amount: str
    reason: str = ""
    currency: str | None = None


class CountCash(Command, frozen=True):
    """Count the drawer: pieces per denomination, per currency (``{"EUR": {"50": 3, "0.20": 7}}``)."""

    counted: dict[str, dict[str, int]]


class XReport(Command, frozen=True, rename={"print_": "print"}):
    """The figures so far: of this till (``scope`` ``till``) or of all (``network``), now or on a day.

    With ``z_no`` those of a Z report of this till again. ``counted`` as ``ZReport``: compared, not booked.
    ``print_``: on paper too, if they are this till's of now.
    """

    scope: str = "till"
    z_no: str | None = None
    date: str | None = None
    counted: dict[str, Any] | None = None
    print_: bool = False


class ZReport(Command, frozen=True):
    """The day end. ``counted``: amount per currency, or pieces per denomination as ``CountCash``."""

    counted: dict[str, Any] | None = None


class SettleCardCharge(Command, frozen=True):
    """Somebody has read the card terminal: whether a payment that nobody knew the end of was charged there.

    ``charge_id`` as in the till's status. Not charged also: it has been given back at the terminal by hand.
    """

    charge_id: str
    charged: bool


class CloseTerminalDay(Command, frozen=True):
    """The card terminal's end of day."""


class OpenDrawer(Command, frozen=True):
    """Open the drawer without a sale (by right)."""

    reason: str = ""


class OpenGate(Command, frozen=True):
    """Let somebody through a gate without a ticket (by right); without a name the till's only one."""

    gate: str = ""
    reason: str = ""


# -- who stands at the till ----------------------------------------------------------------------


class Login(Command, frozen=True):
    """Log in with name and PIN."""

    user: str
    pin: str


class LoginBadge(Command, frozen=True):
    """Log in with a badge's number as the reader gives it."""

    badge: str


class Logout(Command, frozen=True):
    """Nobody stands at the till."""


class Approve(Command, frozen=True):
    """A supervisor approves the next restricted action, in place."""

    user: str
    pin: str


class ApproveBadge(Command, frozen=True):
    """A supervisor approves the next restricted action by a badge that was held to its reader."""

    badge: str


class SetPin(Command, frozen=True):
    """Set one's own PIN, or by right another's; a first login without a PIN sets it."""

    user: str
    pin: str
    old_pin: str | None = None


class SetUser(Command, frozen=True):
    """Create, change or remove a user (by right); fields left out stay as they are, an empty badge or day is none."""

    user: str
    name: str | None = None
    roles: tuple[str, ...] | None = None
    rights: tuple[str, ...] | None = None
    pin: str | None = None
    badge: str | None = None
    valid_until: str | None = None
    removed: bool = False


class ProgramStart(Command, frozen=True):
    """The program has started at this till; said once by whoever opens the session."""


class Training(Command, frozen=True):
    """Training mode on or off: everything works, nothing counts."""

    on: bool


# -- settings ------------------------------------------------------------------------------------


class SetReference(Command, frozen=True):
    """Set or remove one value of reference data (by right): ``subject`` as in ``app.domain.reference``."""

    subject: str
    value: dict[str, Any] = {}
    key: str | None = None
    removed: bool = False


class ChangeSetting(Command, frozen=True):
    """A setting of this till alone is about to be changed (by right), like ``receipt.head``: asked and audited."""

    what: str


class SetArticle(Command, frozen=True):
    """Set an article (by right); fields left out stay as they are, or take their defaults for a new one."""

    ident_no: str
    name: str | None = None
    price: str | None = None
    vat_key: str | None = None
    barcodes: tuple[str, ...] | None = None
    article_groups: tuple[str, ...] | None = None
    unit: str | None = None
    open_price: bool | None = None
    purchase_price: str | None = None
    age_limit: int | None = None
    discountable: bool | None = None
    container_deposit: str | None = None
    removed: bool = False


class SetPrice(Command, frozen=True):
    """Enter a price in a price list, from a day to a day (by right); without a price it is taken back."""

    ident_no: str
    price: str | None = None
    price_list: int = 1
    valid_from: str = ""
    valid_until: str = ""
