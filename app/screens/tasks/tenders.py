"""All ways to pay: foreign cash with its rate, tips, references, one tender after the other; and back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.books.questions.reference import AskReference
from app.domain.money import format_minor, minor_digits, parse_minor
from app.domain.reference import Reference
from app.domain.tender import (
    MONEY_KINDS,
    CashRounding,
    ExchangeRate,
    Tender,
    foreign_of,
    home_of,
    rate_of,
    rounded,
    step_of,
    tenders_of,
)
from app.screens import amounts, paying, wording
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.text import local
from app.till.commands import Command, Pay, Redeem, UndoPayment
from app.till.views import SaleView

UNDO, MORE = "undo", "more"
BY_CODE = ("voucher", "token")
REFERRED_TO = ("cheque", "other", "delivery_note")
"""Kinds that may bear a number or name; others only if their tender needs one."""
FOR_CUSTOMERS = ("customer_credit", "delivery_note", "purse", "bonus_purse")


async def tenders(desk: Desk, given: Given) -> None:
    """One payment after the other until nothing is due; F3 takes the last one back."""
    await pay(desk, given)


async def pay(desk: Desk, given: Given, *, more: bool = False) -> bool:
    """The same; True: F9 was pressed, which is there with ``more`` and asks for all other functions."""
    if not desk.view.lines:
        desk.refuse("no_sale_open")
        return False
    typed = ""
    if given.text:
        try:
            typed = amounts.amount(given.text, desk.services.minor_digits)
        except amounts.NotAnAmount as fault:
            desk.refuse(fault.code, given.text[:20])
            return False
    while desk.view.lines:
        known = await desk.look(AskReference(), fresh=True)
        picked = await desk.choose(_choice(desk, known, more=more))
        if picked is None or picked.name == MORE:
            return picked is not None
        if picked.name == UNDO:
            if await desk.do(UndoPayment()) is not None:
                desk.tell(_("The payment is taken back."))
            continue
        command = await _wanted(desk, known, picked.value, typed)
        done = await desk.do(command) if command is not None else None
        if done is not None:
            typed = ""
            desk.tell(_said(done.fields, desk.view))
    return False


def _said(fields: Mapping[str, Any], view: SaleView) -> str:
    if "redeemed" not in fields:
        return paying.paid(view)
    return f"{paying.redeemed(str(fields['redeemed']), str(fields.get('balance', '')))} {paying.paid(view)}"


# -- the list


def _choice(desk: Desk, known: Reference, *, more: bool) -> Choose:
    view = desk.view
    every = tenders_of(known.all(Tender), view.currency).values()
    usable = [tender for tender in every if view.due_minor >= 0 or (tender.refundable and tender.kind != "token")]
    return Choose(
        _standing(view),
        (Column(_("Tender"), 24), Column(_("Currency"), 8), Column("", 0)),
        [
            Choice((_name(tender), tender.currency or view.currency, _about(desk, known, tender)), tender)
            for tender in usable
        ],
        actions=(
            *((Action(3, UNDO, _("Undo")),) if view.payments else ()),
            *((Action(9, MORE, _("More")),) if more else ()),
        ),
        alone=(UNDO, MORE),
    )


def _standing(view: SaleView) -> str:
    """What is due, and what was paid."""
    said = (
        _("To give back: {amount}").format(amount=wording.money(-view.due_minor, view.currency))
        if view.due_minor < 0
        else _("Still due: {due}").format(due=wording.money(view.due_minor, view.currency))
    )
    paid = ", ".join(
        f"{wording.tender(payment.tender, payment.name)} {wording.money(payment.amount_minor, view.currency)}"
        for payment in reversed(view.payments)
    )
    return f"{said} {view.currency}" + (f"   ({paid})" if paid else "")


def _name(tender: Tender) -> str:
    return wording.tender(tender.tender, tender.name)


def _about(desk: Desk, known: Reference, tender: Tender) -> str:
    """What it takes to pay this way."""
    view = desk.view
    if tender.kind == "foreign_cash":
        rate = _rate(desk, known, tender)
        return _no_rate() if rate is None else _rate_said(rate, view.currency)
    if tender.kind in BY_CODE and view.due_minor > 0:
        return _("by its code")
    if tender.kind in FOR_CUSTOMERS:
        return _("customer {no}").format(no=view.customer_no) if view.customer_no else _("needs a customer (F7)")
    if tender.kind == "cost_centre":
        return view.cost_centre or _("needs a cost centre first")
    return _("needs a reference") if tender.needs_reference else ""


def _rate(desk: Desk, known: Reference, tender: Tender) -> ExchangeRate | None:
    return rate_of(known.all(ExchangeRate).values(), tender.currency, _day(desk))


def _day(desk: Desk) -> str:
    return desk.services.clock().date().isoformat()


def _rate_said(rate: ExchangeRate, home: str) -> str:
    return f"1 {rate.currency} = {local(rate.rate)} {home}"


def _no_rate() -> str:
    return _("no rate today")


# -- one payment


async def _wanted(desk: Desk, known: Reference, tender: Tender, typed: str) -> Command | None:
    """What is to be done; None: something else after all."""
    due = desk.view.due_minor
    if tender.kind in BY_CODE and due >= 0:
        return await _redeem(desk, tender, typed)
    if tender.kind == "foreign_cash" and due > 0:
        rate = _rate(desk, known, tender)
        if rate is not None:
            return await _foreign(desk, known, tender, rate)
        desk.refuse("no_rate_today", tender.currency)
        return None
    return await _home(desk, tender, typed)


async def _home(desk: Desk, tender: Tender, typed: str) -> Command | None:
    view = desk.view
    all_of_it = format_minor(abs(view.due_minor), view.currency)
    hint = _("empty: {amount}").format(amount=local(all_of_it))
    fields = [Field("amount", _("Amount"), Kind.AMOUNT, value=typed, hint=hint)]
    if tender.kind in MONEY_KINDS and view.due_minor > 0:
        fields.append(_tip())
    if tender.needs_reference or tender.kind in REFERRED_TO:
        fields.append(Field("reference", _("Reference"), required=tender.needs_reference))
    filled = await _filled(desk, _name(tender), fields)
    if filled is None:
        return None
    return Pay(
        tender.tender, filled["amount"] or None, None, filled.get("tip") or None, filled.get("reference") or None
    )


def _tip() -> Field:
    return Field("tip", _("Tip in it"), Kind.AMOUNT)


async def _redeem(desk: Desk, tender: Tender, typed: str) -> Command | None:
    fields = [Field("code", _("Code"), Kind.CODE, required=True)]
    if tender.kind == "voucher":
        fields.append(Field("amount", _("Amount"), Kind.AMOUNT, value=typed, hint=_("empty: as much as is due")))
    filled = await _filled(desk, _name(tender), fields)
    return None if filled is None else Redeem(filled["code"], filled.get("amount") or None)


async def _filled(
    desk: Desk, name: str, fields: Sequence[Field], text: str = "", digits: int | None = None
) -> dict[str, str] | None:
    view = desk.view
    form = Form(
        f"{name}: {_standing(view)}",
        fields,
        text=text,
        finish=_("Pay") if view.due_minor >= 0 else _("Give"),
        minor_digits=desk.services.minor_digits if digits is None else digits,
    )
    return await desk.fill(form)


async def _foreign(desk: Desk, known: Reference, tender: Tender, rate: ExchangeRate) -> Command | None:
    """The amount in its own currency; what that is at home, and the change, are shown before it is taken."""
    view, currency = desk.view, tender.currency
    roundings = known.all(CashRounding).values()
    home_step = step_of(roundings, view.currency, _day(desk))
    due = rounded(view.due_minor, home_step)
    needed = foreign_of(due, rate.rate, currency, view.currency, step_of(roundings, currency, _day(desk)))
    about = _("{rate}. Due: {home}, that is {foreign}.").format(
        rate=_rate_said(rate, view.currency), home=_in(due, view.currency), foreign=_in(needed, currency)
    )
    hint = _("in {currency}; empty: {amount}").format(currency=currency, amount=wording.money(needed, currency))
    fields = [Field("amount", _("Amount"), Kind.AMOUNT, hint=hint)]
    filled = await _filled(desk, _name(tender), fields, about, minor_digits(currency))
    if filled is None:
        return None
    foreign = parse_minor(filled["amount"], currency) if filled["amount"] else needed
    home = home_of(foreign, rate.rate, currency, view.currency)
    said = [_rate_said(rate, view.currency), f"{_in(foreign, currency)} = {_in(home, view.currency)}"]
    if home < due:
        said.append(_("Still due: {due}").format(due=_in(due - home, view.currency)))
    elif tender.excess == "change":
        said.append(_("Change: {change}").format(change=_in((home - due) // home_step * home_step, view.currency)))
    asked = _("Take {amount}?").format(amount=_in(foreign, currency))
    if not await desk.confirm(_name(tender), asked, "\n".join(said)):
        return None
    return Pay(tender.tender, format_minor(foreign, currency))


def _in(amount_minor: int, currency: str) -> str:
    return f"{wording.money(amount_minor, currency)} {currency}"
