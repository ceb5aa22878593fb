"""The open sale and the answers to commands -> rows, figures and sentences. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.books.questions.parked import ParkedSale
from app.books.views import VoucherView
from app.domain.business_case import SALE, VOUCHER_SALE
from app.facts.sales import ReceiptCompleted, ReceiptLine, TenderRow
from app.screens import wording
from app.screens.widgets.lines import Row
from app.screens.widgets.totals import Figure
from app.text import gettext as _
from app.text import ngettext
from app.till.commands import (
    ChooseCustomer,
    ChooseSupply,
    Command,
    GiveDiscount,
    OpenDrawer,
    Park,
    Pay,
    Redeem,
    Resume,
    ReturnArticle,
    Scan,
    SellVoucher,
    TakeCoupon,
    Training,
    UndoPayment,
    VoidLine,
    VoidSale,
    XReport,
    ZReport,
)
from app.till.views import LineView, SaleView

PARKED_ROOM = 60
PARKED_NAME = 20
"""Characters of the list of parked sales, and of a name in it: the message line has 78."""
MAX_PAYMENTS_SHOWN = 6
TOTALS_ROOM = 17
"""Characters beside the lines on 80 columns; a longer number gets a line of its own."""
_COUNTED = (SALE, VOUCHER_SALE)
"""Lines that are pieces; deposits, tips and roundings are not."""


def headings() -> tuple[str, str, str, str, str]:
    """The columns of the lines."""
    return "#", _("Qty"), _("Article"), _("Each"), _("Total")


def rows(view: SaleView) -> tuple[Row, ...]:
    """The lines of the open sale, with what belongs to a line below it: the sums at the right add up to the total."""
    return tuple(row for line in view.lines for row in _rows(line, view.currency))


def figures(view: SaleView) -> tuple[Figure, ...]:
    """Total, whose sale it is, payments and what is due; while no sale is open, the last receipt's figures."""
    if not view.lines:
        return (*_last(view), *_about(view))
    pieces = wording.quantity(sum(line.quantity_milli for line in view.lines if line.business_case in _COUNTED))
    shown = [
        Figure(_("TOTAL"), view.currency),
        Figure("", wording.money(view.total_minor, view.currency), "strong"),
        Figure(
            ngettext("{count} line", "{count} lines", len(view.lines)).format(count=len(view.lines)),
            _("{pieces} pcs").format(pieces=pieces),
        ),
        Figure("", "", "rule"),
        *_about(view),
    ]
    earlier = view.payments[:-MAX_PAYMENTS_SHOWN]
    if earlier:
        paid = sum(payment.amount_minor for payment in earlier)
        label = _("{count} earlier").format(count=len(earlier))
        shown.append(Figure(label, wording.money(paid, view.currency)))
    for payment in view.payments[-MAX_PAYMENTS_SHOWN:]:
        name = wording.tender(payment.tender, payment.name)
        shown.append(Figure(name, wording.money(payment.amount_minor, view.currency)))
        if payment.foreign_minor:
            shown.append(Figure(f"  {payment.currency}", wording.money(payment.foreign_minor, payment.currency)))
    if view.due_minor < 0:
        shown.append(Figure(_("GIVE BACK"), wording.money(-view.due_minor, view.currency), "due"))
    elif view.payments:
        shown.append(Figure(_("DUE"), wording.money(view.due_minor, view.currency), "due"))
    return tuple(shown)


def _about(view: SaleView) -> tuple[Figure, ...]:
    """What holds for the whole sale, as far as there is anything to say."""
    named = (
        (_("Customer"), view.customer_no),
        (_("Order"), view.order_no),
        (_("Cost centre"), view.cost_centre),
        (_("VOID of"), view.voids),
        (_("Coupons"), str(len(view.coupons)) if view.coupons else ""),
    )
    shown: list[Figure] = []
    for label, value in named:
        if value and len(label) + len(value) < TOTALS_ROOM:
            shown.append(Figure(label, value))
        elif value:
            shown += [Figure(label), Figure("", value)]
    shown += [Figure(text) for text in (wording.supply(view.supply), _("Invoice") if view.invoice else "") if text]
    return tuple(shown)


def _last(view: SaleView) -> tuple[Figure, ...]:
    if view.last is None:
        return (Figure(_("TOTAL"), view.currency), Figure("", wording.money(0, view.currency), "strong"))
    receipt = view.last
    given = sum(row.amount_minor for row in receipt.tenders if row.role == "payment")
    refunded = [row for row in receipt.tenders if row.role == "refund"]
    back = -sum(row.amount_minor for row in refunded)
    return (
        Figure(_("GIVEN BACK") if refunded else _("CHANGE"), receipt.currency),
        Figure("", wording.money(back or receipt.change_minor, receipt.currency), "large"),
        *(_given_back(row, receipt.currency) for row in refunded[:MAX_PAYMENTS_SHOWN]),
        Figure("", "", "rule"),
        Figure(_("Total"), wording.money(receipt.total_minor, receipt.currency), "strong"),
        Figure(_("Given"), wording.money(given, receipt.currency)),
        Figure(_("Receipt"), receipt.receipt_no),
        *(Figure(wording.voucher_code(line.voucher_code)) for line in _vouchers(receipt)[:3]),
    )


def _given_back(row: TenderRow, currency: str) -> Figure:
    return Figure(wording.tender(row.tender, row.name), wording.money(-row.amount_minor, currency))


def _vouchers(receipt: ReceiptCompleted) -> list[ReceiptLine]:
    return [line for line in receipt.lines if line.voucher_code]


def _rows(line: LineView, currency: str) -> list[Row]:
    """The line at its price before discounts, then each discount with its own amount, and what the line is about."""
    found = [
        Row(
            no=str(line.line),
            quantity=wording.quantity(line.quantity_milli),
            name=line.name,
            price=wording.money(line.unit_price_minor, currency),
            total=wording.money(line.undiscounted_minor, currency),
            kind="voucher" if line.voucher_code else "sale",
        )
    ]
    if line.list_price_minor:
        said = _("instead of {price}").format(price=wording.money(line.list_price_minor, currency))
        found.append(_below(f"  {said}"))
    for given in line.discounts:
        name = wording.discount(given.rule, given.name)
        found.append(_below(f"  {name}", wording.money(-given.amount_minor, currency)))
    if line.reference:
        found.append(_below("  " + _("about {no}").format(no=line.reference)))
    return found


def _below(text: str, total: str = "") -> Row:
    return Row(no="", quantity="", name=text, price="", total=total, kind="below")


def done(command: Command, fields: dict[str, Any], view: SaleView) -> str:
    """The sentence for a command that was carried out."""
    match command:
        case Scan(code=code):
            return f"OK {code} {fields.get('name', '')}"
        case VoidLine(line=line):
            return _("Line {line} is voided.").format(line=line)
        case VoidSale():
            return _("The sale is voided.")
        case SellVoucher(value=value):
            return _("Voucher of {value}: its code comes with the receipt.").format(value=wording.local(value))
        case UndoPayment():
            return _("The payment is taken back.")
        case Redeem():
            return _redeemed(fields) + " " + _paid(view)
        case Pay():
            return _paid(view)
    return _done_besides(command, fields, view)


def _done_besides(command: Command, fields: dict[str, Any], view: SaleView) -> str:
    match command:
        case GiveDiscount():
            return _("Discount {amount}, total {total}").format(
                amount=wording.local(str(fields.get("discount", ""))),
                total=wording.money(view.total_minor, view.currency),
            )
        case TakeCoupon(code=code):
            return _("Coupon {code} is taken.").format(code=code)
        case ChooseSupply(where=where):
            return wording.supply(where)
        case ReturnArticle():
            return _("{name} comes back: {gross}").format(
                name=fields.get("name", ""), gross=wording.local(str(fields.get("gross", "")))
            )
        case ChooseCustomer(no=None):
            return _("The sale is nobody's any more.")
        case ChooseCustomer():
            return _("Customer {no} {name}").format(no=fields.get("no") or "", name=fields.get("name") or "").rstrip()
        case Park():
            return _("Parked as {no}.").format(no=fields.get("park_no", ""))
        case Resume():
            return _("{no} is taken up.").format(no=fields.get("park_no", ""))
        case OpenDrawer():
            return _("The drawer is open.")
        case XReport() | ZReport():
            return _figures(command, fields)
        case Training(on=on):
            return _("Training has begun: nothing counts.") if on else _("Training has ended: from now on all counts.")
    return "OK"


def _figures(command: XReport | ZReport, fields: dict[str, Any]) -> str:
    said = (
        _("Day end {no}: {count} receipts, {gross}")
        if isinstance(command, ZReport)
        else _("So far in {no}: {count} receipts, {gross}")
    )
    gross = wording.local(f"{fields.get('gross', '')} {fields.get('currency', '')}")
    text = said.format(no=f"Z {fields.get('z_no', '')}", count=fields.get("receipts", 0), gross=gross)
    waiting = int(fields.get("parked", 0))
    return text + "; " + _("{count} parked").format(count=waiting) if waiting else text


def parked(waiting: Sequence[ParkedSale]) -> str:
    """The parked sales in one line, the newest first: whole ones, and what does not fit is counted."""
    shown: list[str] = []
    for sale in reversed(waiting):
        amount = wording.money(sale.total_minor, sale.currency)
        shown.append(" ".join(part for part in (sale.park_no, sale.name[:PARKED_NAME], amount) if part))
        if len(", ".join(shown)) > PARKED_ROOM:
            shown.pop()
            break
    text = _("Parked: {list}").format(list=", ".join(shown))
    return f"{text} (+{len(waiting) - len(shown)})" if len(shown) < len(waiting) else text


def _redeemed(fields: dict[str, Any]) -> str:
    return _("Voucher: {redeemed} taken, {balance} left.").format(
        redeemed=wording.local(str(fields.get("redeemed", ""))), balance=wording.local(str(fields.get("balance", "")))
    )


def _paid(view: SaleView) -> str:
    if view.lines or view.last is None:
        if view.due_minor < 0:
            return _("To give back: {amount}").format(amount=wording.money(-view.due_minor, view.currency))
        return _("Still due: {due}").format(due=wording.money(view.due_minor, view.currency))
    back = -sum(row.amount_minor for row in view.last.tenders if row.role == "refund")
    if back:
        return _("Receipt {no}, given back {amount}").format(
            no=view.last.receipt_no, amount=wording.money(back, view.last.currency)
        )
    return _("Receipt {no}, change {change}").format(
        no=view.last.receipt_no, change=wording.money(view.last.change_minor, view.last.currency)
    )


def voucher(found: VoucherView) -> str:
    """What a voucher is worth, in one line."""
    state = _(wording.VOUCHER_STATES[found.state]) if found.state in wording.VOUCHER_STATES else found.state
    return _("Voucher {code}: {balance} of {value} left, {state}").format(
        code=wording.voucher_code(found.code),
        balance=wording.money(found.balance_minor, found.currency),
        value=wording.money(found.value_minor, found.currency),
        state=state,
    )
