"""The open sale and the answers to commands -> rows, figures and sentences. Pure."""

from __future__ import annotations

from typing import Any

from app.books.views import VoucherView
from app.facts.sales import ReceiptCompleted, ReceiptLine
from app.screens import wording
from app.screens.widgets.lines import Row
from app.screens.widgets.totals import Figure
from app.text import gettext as _
from app.text import ngettext
from app.till.commands import Command, Pay, Redeem, Scan, SellVoucher, UndoPayment, VoidLine, VoidSale
from app.till.views import LineView, SaleView


def headings() -> tuple[str, str, str, str, str]:
    """The columns of the lines."""
    return "#", _("Qty"), _("Article"), _("Each"), _("Total")


def rows(view: SaleView) -> tuple[Row, ...]:
    """The lines of the open sale."""
    return tuple(_row(line, view.currency) for line in view.lines)


def figures(view: SaleView) -> tuple[Figure, ...]:
    """Total, number of lines, payments and what is due; while no sale is open, the last receipt's figures."""
    if not view.lines:
        return _last(view)
    pieces = wording.quantity(sum(line.quantity_milli for line in view.lines))
    shown = [
        Figure(_("TOTAL"), view.currency),
        Figure("", wording.money(view.total_minor, view.currency), "strong"),
        Figure(
            ngettext("{count} line", "{count} lines", len(view.lines)).format(count=len(view.lines)),
            _("{pieces} pcs").format(pieces=pieces),
        ),
        Figure("", "", "rule"),
    ]
    shown += [
        Figure(wording.tender(payment.tender), wording.money(payment.amount_minor, view.currency))
        for payment in view.payments[-6:]
    ]
    if view.payments:
        shown.append(Figure(_("DUE"), wording.money(view.due_minor, view.currency), "due"))
    return tuple(shown)


def _last(view: SaleView) -> tuple[Figure, ...]:
    if view.last is None:
        return (Figure(_("TOTAL"), view.currency), Figure("", wording.money(0, view.currency), "strong"))
    receipt = view.last
    given = sum(row.amount_minor for row in receipt.tenders if row.role == "payment")
    return (
        Figure(_("CHANGE"), receipt.currency),
        Figure("", wording.money(receipt.change_minor, receipt.currency), "large"),
        Figure("", "", "rule"),
        Figure(_("Total"), wording.money(receipt.total_minor, receipt.currency), "strong"),
        Figure(_("Given"), wording.money(given, receipt.currency)),
        Figure(_("Receipt"), receipt.receipt_no),
        *(Figure(wording.voucher_code(line.voucher_code)) for line in _vouchers(receipt)[:3]),
    )


def _vouchers(receipt: ReceiptCompleted) -> list[ReceiptLine]:
    return [line for line in receipt.lines if line.voucher_code]


def _row(line: LineView, currency: str) -> Row:
    return Row(
        no=str(line.line),
        quantity=wording.quantity(line.quantity_milli),
        name=line.name,
        price=wording.money(line.unit_price_minor, currency),
        total=wording.money(line.gross_minor, currency),
        kind="voucher" if line.voucher_code else "sale",
    )


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
    return "OK"


def _redeemed(fields: dict[str, Any]) -> str:
    return _("Voucher: {redeemed} taken, {balance} left.").format(
        redeemed=wording.local(str(fields.get("redeemed", ""))), balance=wording.local(str(fields.get("balance", "")))
    )


def _paid(view: SaleView) -> str:
    if view.lines or view.last is None:
        return _("Still due: {due}").format(due=wording.money(view.due_minor, view.currency))
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
