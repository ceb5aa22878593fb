"""A customer's account: what is owed, what may still be bought, purse and bonus; pay and top up.

What was bought on credit is in the account; delivery notes and invoices are items of their own (``receivables.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.screens import wording
from app.screens.cells import left, right
from app.screens.tasks.desk import Desk
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.receivables import items
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import local
from app.till.commands import PayCredit, TopUp
from app.till.queries.customers import AskAccount, AskCustomer

PAY, TOP_UP, ITEMS = "pay", "top_up", "items"
LABEL, AMOUNT = 20, 12
MAX_ENTRIES = 500
"""The newest that are shown."""


async def account(desk: Desk, no: str) -> bool:
    """Show it; whether something of it is on the sale now, so that it is to be paid."""
    while True:
        known = await desk.ask(AskCustomer(no))
        statement = await desk.ask(AskAccount(no)) if known is not None else None
        if known is None or statement is None:
            return False
        actions = [Action(4, TOP_UP, _("Top up")), Action(5, ITEMS, _("Items"))]
        if is_above_zero(known["credit_owed"]):
            actions.append(Action(8, PAY, _("Pay")))
        title = _("Account of {no} {name}").format(no=no, name=known["name"] or "")
        match await desk.read(Sheet(title, account_text(known, statement), actions)):
            case "pay" if await _pay(desk, no, known["credit_owed"]):
                return True
            case "items" if await items(desk, no):
                return True
            case "top_up" if await _top_up(desk, no):
                return True
            case None:
                return False


def account_text(known: Mapping[str, Any], statement: Mapping[str, Any]) -> str:
    """The sheet: figures as ``AskCustomer`` and ``AskAccount`` give them, entries newest first."""
    lines = [_("BLOCKED: no sale can be this customer's."), ""] if known["blocked"] else []
    lines += [
        _figure(_("Credit limit"), known["credit_limit"]),
        _figure(_("Owed"), known["credit_owed"]),
        _figure(_("Credit left"), known["credit_left"]),
        _figure(_("Purse"), known["purse"]),
        _figure(_("Bonus"), known["bonus"]),
        _figure(_("Turnover"), known["turnover"]),
        _figure(_("Receipts"), str(known["receipts"])),
        "",
    ]
    if statement["entries"]:
        heads = left(_("When"), 14) + left(_("Receipt"), 14) + right(_("Amount"), AMOUNT) + right(_("Owed"), AMOUNT)
        lines += [_("On credit, newest first:"), heads]
    for entry in reversed(statement["entries"][-MAX_ENTRIES:]):
        at, receipt = wording.instant(entry["at"]), str(entry["receipt_no"])
        amounts = (right(local(entry[name]), AMOUNT) for name in ("amount", "owed"))
        lines.append(left(at, 14) + left(receipt, 14) + "".join(amounts))
    return "\n".join(lines)


def is_above_zero(amount: str) -> bool:
    """Whether an amount as the session gives it is more than nothing."""
    return not amount.startswith("-") and bool(amount.strip("0."))


def _figure(label: str, amount: str) -> str:
    return left(label, LABEL) + right(local(amount), AMOUNT)


async def _pay(desk: Desk, no: str, owed: str) -> bool:
    form = Form(
        _("Pay the account of {no}").format(no=no),
        [Field("amount", _("Amount"), Kind.AMOUNT, owed, required=True)],
        finish=_("To sale"),
        minor_digits=desk.services.minor_digits,
    )
    reply = await desk.do_with(form, lambda filled: PayCredit(no, filled["amount"]))
    if reply is None:
        return False
    amount = local(reply.fields["amount"])
    desk.tell(_("{amount} of the account is on the sale: take the money.").format(amount=amount))
    return True


async def _top_up(desk: Desk, no: str) -> bool:
    form = Form(
        _("Top up the purse of {no}").format(no=no),
        [Field("amount", _("Amount"), Kind.AMOUNT, required=True)],
        finish=_("To sale"),
        minor_digits=desk.services.minor_digits,
    )
    reply = await desk.do_with(form, lambda filled: TopUp(no, filled["amount"]))
    if reply is None:
        return False
    amount = local(reply.fields["amount"])
    desk.tell(_("{amount} for the purse is on the sale: take the money.").format(amount=amount))
    return True
