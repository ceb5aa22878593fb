"""What is said after a payment, in the sale and in tasks. Pure."""

from __future__ import annotations

from app.screens import wording
from app.text import gettext as _
from app.text import local
from app.till.views import SaleView


def paid(view: SaleView) -> str:
    """What there is to say after a payment: what is still due, or the change."""
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


def redeemed(taken: str, left: str) -> str:
    """What was taken off a voucher (decimal texts)."""
    return _("Voucher: {redeemed} taken, {balance} left.").format(redeemed=local(taken), balance=local(left))
