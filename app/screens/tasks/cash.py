"""Cash beside sales: the float, put in, taken out, to the safe; with what the drawer should hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.money import minor_digits
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Bad
from app.text import gettext as _
from app.text import local, mark
from app.till.commands import CashTransfer, Command, OpeningFloat, PayIn, PayOut
from app.till.queries.cash import AskDrawer
from app.till.queries.tenders import AskTenders

FLOAT, PAY_IN, PAY_OUT, TO_THE_SAFE = "opening_float", "pay_in", "pay_out", "cash_transfer"
NAMES = {
    FLOAT: mark("Float"),
    PAY_IN: mark("Cash in"),
    PAY_OUT: mark("Cash out"),
    TO_THE_SAFE: mark("To the safe"),
}
_ABOUT = {
    FLOAT: mark("Change money put into the drawer at the beginning"),
    PAY_IN: mark("Put into the drawer, beside sales"),
    PAY_OUT: mark("Taken out of the drawer, beside sales"),
    TO_THE_SAFE: mark("Taken out of the drawer, into the safe or to the bank"),
}


async def cash(desk: Desk, given: Given) -> None:
    """One movement; an amount typed before the function is its amount."""
    held = await desk.ask(AskDrawer())
    if held is None:
        return
    drawers = held["drawers"]
    while True:
        picked = await desk.choose(_kinds(drawers))
        if picked is None or await _moved(desk, str(picked.value), drawers, given.text):
            return


async def _moved(desk: Desk, movement: str, drawers: Sequence[Mapping[str, Any]], amount: str) -> bool:
    """Whether that movement was made."""
    currency = await _currency(desk, movement, drawers)
    if currency is None:
        return False
    title = f"{_(NAMES[movement])} ({currency})"
    fields = [Field("amount", _("Amount"), Kind.AMOUNT, required=True, hint=_("2000 is 20.00"))]
    if movement != FLOAT:
        fields.append(Field("reason", _("Reason"), required=movement != TO_THE_SAFE))
    expected = next((row["expected"] for row in drawers if row["currency"] == currency), "0")
    about = _should_be(f"{expected} {currency}")
    form = Form(title, fields, text=about, finish=_("Book"), minor_digits=minor_digits(currency))
    if amount and isinstance(bad := form.enter(amount), Bad):
        desk.refuse(bad.code, bad.value)
    while (filled := await desk.fill(form)) is not None:
        reply = await desk.do(_command(movement, filled["amount"], filled.get("reason", ""), currency))
        if reply is not None:
            moved = f"{_(NAMES[movement])} {local(reply.fields['amount'])} {currency}"
            desk.tell(f"{moved}. {_should_be(reply.fields['balance'] + ' ' + currency)}")
            return True
    return False


def _command(movement: str, amount: str, reason: str, currency: str) -> Command:
    match movement:
        case "opening_float":
            return OpeningFloat(amount, currency)
        case "pay_in":
            return PayIn(amount, reason, currency)
        case "pay_out":
            return PayOut(amount, reason, currency)
    return CashTransfer(amount, reason, currency)


async def _currency(desk: Desk, movement: str, drawers: Sequence[Mapping[str, Any]]) -> str | None:
    """The movement's currency: asked for where the till takes more than one; None: Esc, or refused."""
    known = {str(row["currency"]): local(row["expected"]) for row in drawers}
    tenders = await desk.ask(AskTenders())
    if tenders is None:
        return None
    for tender in tenders["tenders"]:
        if tender["kind"] == "foreign_cash" and tender["rate"] is not None:
            known.setdefault(tender["currency"], "")
    if len(known) == 1:
        return next(iter(known))
    columns = (Column(_("Currency"), 10), Column(_("Should be in the drawer"), 24, numeric=True), Column("", 0))
    rows = [Choice((currency, held, ""), currency) for currency, held in known.items()]
    picked = await desk.choose(Choose(_(NAMES[movement]), columns, rows))
    return None if picked is None else str(picked.value)


def _kinds(drawers: Sequence[Mapping[str, Any]]) -> Choose:
    rows = [Choice((_(NAMES[kind]), _(_ABOUT[kind])), kind) for kind in NAMES]
    held = ", ".join(f"{row['expected']} {row['currency']}" for row in drawers)
    return Choose(_should_be(held), (Column("", 16), Column("", 0)), rows)


def _should_be(held: str) -> str:
    return _("The drawer should hold {held}.").format(held=local(held))
