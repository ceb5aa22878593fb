"""The open sale and the answers to commands -> rows, figures and sentences. Pure."""

from __future__ import annotations

from typing import Any

from app.books.views import VoucherView
from app.domain import statement
from app.domain.business_case import SALE, VOUCHER_SALE
from app.domain.quantity import MILLI
from app.domain.vat import format_rate, tax_table
from app.facts.sales import ReceiptCompleted, ReceiptLine, TenderRow
from app.screens import amounts, paying, wording
from app.screens.widgets.lines import Row
from app.screens.widgets.totals import Figure
from app.text import gettext as _
from app.text import language, local, ngettext
from app.till.commands import (
    ApproveBadge,
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
    ZReport,
)
from app.till.views import LineView, SaleView

MAX_PAYMENTS_SHOWN, MAX_PAYMENTS_IN_PAYMENT = 6, 3
TOTALS_ROOM = 17
"""Characters beside the lines on 80 columns; a longer number gets a line of its own."""
_COUNTED = (SALE, VOUCHER_SALE)
"""Lines that are pieces; deposits, tips and roundings are not."""


def headings() -> Row:
    """The columns of the lines."""
    return Row("#", _("Qty"), _("Article"), _("Each"), _("Total"), code=_("Code"), off=_("Off"), vat=_("VAT"))


class Rows:
    """The lines of the open sale, with what belongs to a line below it: the sums at the right add up to the total.

    What a line says is written once, and once more in another language.
    """

    def __init__(self) -> None:
        self._lines: tuple[LineView, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self._ends: list[int] = []
        """Of each line: how many rows there are up to its end."""
        self._language = ""

    def of(self, view: SaleView) -> tuple[Row, ...]:
        """The rows of the view; of 500 lines only those are looked at that were not there before."""
        same = 0
        if self._language == language():
            same = min(len(view.lines), len(self._lines))
            if view.lines[:same] != self._lines[:same]:  # mostly the same objects, which tuples see at once
                pairs = zip(view.lines, self._lines, strict=False)
                same = next(index for index, (line, before) in enumerate(pairs) if line != before)
        del self._ends[same:]
        rows = list(self._rows[: self._ends[-1] if same else 0])
        for line in view.lines[same:]:
            rows += _rows(line, view.currency)
            self._ends.append(len(rows))
        self._lines, self._rows, self._language = view.lines, tuple(rows), language()
        return self._rows


def figures(view: SaleView, *, in_payment: bool = False, roomy: bool = False) -> tuple[Figure, ...]:
    """Total, whose sale it is, payments and what is due; while no sale is open, the last receipt's figures.

    ``in_payment``: what is likely to be given, too, with the keys that take it. ``roomy``: the VAT in it, and what the
    numeric pad does.
    """
    if not view.lines:
        return (*_last(view), *_about(view), *(_legend(in_payment=False) if roomy and view.last is None else ()))
    counted = [line for line in view.lines if line.business_case in _COUNTED]
    pieces = wording.quantity(sum([_pieces(line) if line.weighed else line.quantity_milli for line in counted]))
    shown = [
        Figure(_("TOTAL"), view.currency),
        Figure("", wording.money(view.total_minor, view.currency), "total"),
        Figure(
            ngettext("{count} line", "{count} lines", len(view.lines)).format(count=len(view.lines)),
            _("{pieces} pcs").format(pieces=pieces),
        ),
        Figure("", "", "rule"),
        *_about(view),
    ]
    most = MAX_PAYMENTS_IN_PAYMENT if in_payment else MAX_PAYMENTS_SHOWN
    earlier = view.payments[:-most]
    if earlier:
        paid = sum(payment.amount_minor for payment in earlier)
        label = _("{count} earlier").format(count=len(earlier))
        shown.append(Figure(label, wording.money(paid, view.currency)))
    for payment in view.payments[-most:]:
        name = wording.tender(payment.tender, payment.name)
        shown.append(Figure(name, wording.money(payment.amount_minor, view.currency)))
        if payment.foreign_minor:
            shown.append(Figure(f"  {payment.currency}", wording.money(payment.foreign_minor, payment.currency)))
    if view.due_minor < 0:
        shown.append(Figure(_("GIVE BACK"), wording.money(-view.due_minor, view.currency), "due"))
    elif view.payments:
        shown.append(Figure(_("DUE"), wording.money(view.due_minor, view.currency), "due"))
    if in_payment and (quick := amounts.quick_amounts(view.due_minor, view.currency)):
        if shown[-1].style != "rule":
            shown.append(Figure("", "", "rule"))
        shown.append(Figure("+", _("exact")))
        shown += [
            Figure(amounts.STAR * number, wording.money(amount, view.currency))
            for number, amount in enumerate(quick, 1)
        ]
    if roomy:
        taxes = _taxes(view)
        shown += [*(taxes[1:] if shown[-1].style == "rule" else taxes), *_legend(in_payment=in_payment)]
    return tuple(shown)


def _pieces(line: LineView) -> int:
    """What was weighed is one piece, whatever it weighs."""
    return MILLI if line.quantity_milli > 0 else -MILLI


def _taxes(view: SaleView) -> tuple[Figure, ...]:
    """What VAT is in the sale so far, by rate."""
    table = tax_table((str(line.vat_rate_bp), line.vat_rate_bp, line.gross_minor) for line in view.lines)
    rule = Figure("", "", "rule")
    shown = [
        Figure(
            _("{rate} % of {gross}").format(
                rate=local(format_rate(each.rate_bp)), gross=wording.money(each.gross_minor, view.currency)
            ),
            wording.money(each.tax_minor, view.currency),
        )
        for each in table
        if each.rate_bp
    ]
    return (rule, Figure(_("VAT in it")), *shown) if shown else ()


def _legend(*, in_payment: bool) -> tuple[Figure, ...]:
    """What the numeric pad does, for whoever has used it for five minutes."""
    keys = (
        (("+", _("exact, paid in cash")), ("2000+", _("20.00 given")), ("-", _("takes a payment back")))
        if in_payment
        else (("3*", _("three of the next")), ("-", _("voids the last line")), ("+", _("to payment")))
    )
    shown = (*keys, ("/10", _("all functions")))
    return (Figure("", "", "rule"), *(Figure(key, said) for key, said in shown))


def _about(view: SaleView) -> tuple[Figure, ...]:
    """What holds for the whole sale, as far as there is anything to say."""
    named = (
        (_("Customer"), view.customer_no),
        (_("Order"), view.order_no),
        (_("Cost centre"), view.cost_centre),
        (_("VOID of"), view.voids),
        (_("Coupons"), str(len(view.coupons)) if view.coupons else ""),
        (_("Tare"), f"{view.tare_g} g" if view.tare_g else ""),
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
        total = Figure("", wording.money(0, view.currency), "total")
        return (Figure(_("TOTAL"), view.currency), total)
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
            code=line.barcode or line.ident_no,
            off=wording.money(-off, currency) if (off := line.undiscounted_minor - line.gross_minor) else "",
            vat=f"{local(format_rate(line.vat_rate_bp))}%" if line.vat_rate_bp else "",
        )
    ]
    if line.list_price_minor:
        said = _("instead of {price}").format(price=wording.money(line.list_price_minor, currency))
        found.append(_below(f"  {said}"))
    found += [_below(f"  {said}") for said in wording.weights(line)]
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
        case Scan() if "line" not in fields:
            return wording.tare(fields)
        case Scan(code=code):
            return wording.sold(code, fields)
        case VoidLine(line=line):
            return _("Line {line} is voided.").format(line=line)
        case VoidSale():
            return _("The sale is voided.")
        case SellVoucher(value=value):
            return _("Voucher of {value}: its code comes with the receipt.").format(value=local(value))
        case UndoPayment():
            return _("The payment is taken back.")
        case Redeem():
            return " ".join(
                (paying.redeemed(str(fields.get("redeemed", "")), str(fields.get("balance", ""))), paying.paid(view))
            )
        case Pay():
            return paying.paid(view)
        case ApproveBadge():
            return _("{user} approves what is done next, for {seconds} s.").format(**fields)
    return _done_besides(command, fields, view)


def _done_besides(command: Command, fields: dict[str, Any], view: SaleView) -> str:
    match command:
        case GiveDiscount():
            return _("Discount {amount}, total {total}").format(
                amount=local(str(fields.get("discount", ""))),
                total=wording.money(view.total_minor, view.currency),
            )
        case TakeCoupon(code=code):
            return _("Coupon {code} is taken.").format(code=_coupon_code(code))
        case ChooseSupply(where=where):
            return wording.supply(where)
        case ReturnArticle():
            return _("{name} comes back: {gross}").format(
                name=fields.get("name", ""), gross=local(str(fields.get("gross", "")))
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
        case ZReport():
            return wording.day_end(fields)
        case Training(on=on):
            return _("Training has begun: nothing counts.") if on else _("Training has ended: from now on all counts.")
    return "OK"


def _coupon_code(text: str) -> str:
    """The code of a coupon that was typed or scanned, as people read it."""
    try:
        return wording.voucher_code(statement.read(text).statement.code)
    except statement.Unreadable:
        return text


def voucher(found: VoucherView) -> str:
    """What a voucher is worth, in one line."""
    return _("Voucher {code}: {balance} of {value} left, {state}").format(
        code=wording.voucher_code(found.code),
        balance=wording.money(found.balance_minor, found.currency),
        value=wording.money(found.value_minor, found.currency),
        state=wording.voucher_state(found.state),
    )
