"""Vouchers and tokens: sell them, look one up, and do with it what can be done."""

from __future__ import annotations

from typing import Any

from app.books.questions.articles import ListVatRates
from app.books.questions.resources import ListMovements, Movement
from app.domain import resource, voucher
from app.domain.money import format_minor
from app.domain.vat import format_rate
from app.screens import amounts, paying, wording
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import NO, YES, Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import local, mark
from app.till.commands import (
    BlockVoucher,
    Command,
    Redeem,
    RefundVoucher,
    ReloadVoucher,
    ReplaceVoucher,
    SellToken,
    SellVoucher,
)
from app.till.queries.vouchers import AskVoucher

SELL, TOKENS, LOOK_UP = "sell", "tokens", "look_up"
REDEEM, RELOAD, PAY_OUT, BLOCK, REPLACE = "redeem", "reload", "pay_out", "block", "replace"
MAX_SOLD = 50
"""Vouchers sold by one form: each is a line of its own."""

KINDS = {
    voucher.MULTI_PURPOSE: mark("multi-purpose (taxed when it is used)"),
    voucher.SINGLE_PURPOSE: mark("single-purpose (taxed now)"),
    voucher.TOKEN: mark("token"),
}
MOVEMENTS = {
    "granted": mark("issued"),
    "reload": mark("reloaded"),
    "void": mark("given back"),
    "held": mark("held by an open sale"),
    "used": mark("used"),
    "released": mark("hold given back"),
}


async def vouchers(desk: Desk, given: Given) -> None:
    """A code looks one up, from anywhere in the list; ``5000/31`` begins with that value."""
    if given.text and not _is_value(desk, given.text):
        await _look_up(desk, given.text)
        return
    picked = await desk.choose(
        Choose(
            _("Vouchers and tokens"),
            (Column("", 0),),
            [
                Choice((_("Sell vouchers"),), SELL),
                Choice((_("Sell tokens for an article"),), TOKENS),
                Choice((_("Look one up: pay with it, reload, pay out, block, replace"),), LOOK_UP),
            ],
            prompt=_("Number, or scan or type the code"),
            coded=True,
        )
    )
    if picked is None:
        return
    if picked.value == SELL:
        await _sell(desk, given.text)
    elif picked.value == TOKENS:
        await _sell_tokens(desk)
    elif code := picked.text or await _code(desk):
        await _look_up(desk, code)


def _is_value(desk: Desk, text: str) -> bool:
    try:
        amounts.amount(text, desk.services.minor_digits)
    except amounts.NotAnAmount:
        return False
    return True


# -- selling


async def _sell(desk: Desk, typed: str) -> None:
    value = amounts.amount(typed, desk.services.minor_digits) if typed else ""
    rates = await desk.look(ListVatRates(desk.services.clock().date().isoformat()))
    taxes = [Option(key, f"{format_rate(rate)} %") for key, rate in rates.items()]
    kinds = [Option(kind, _(KINDS[kind])) for kind in voucher.KINDS]
    fields = [
        Field("value", _("Value"), Kind.AMOUNT, value=value, required=True),
        Field("count", _("How many"), Kind.COUNT, value="1", required=True),
        Field("kind", _("Kind"), Kind.CHOICE, value=voucher.MULTI_PURPOSE, options=kinds),
        Field("vat_key", _("VAT"), Kind.CHOICE, options=taxes, hint=_("single-purpose only")),
        Field("expires", _("Valid until"), Kind.DATE, hint=_("empty: as the rule has it")),
        Field("reloadable", _("Reloadable"), Kind.CHOICE, value=NO, options=_yes_no()),
    ]
    form = Form(_("Sell vouchers"), fields, finish=_("Sell"), minor_digits=desk.services.minor_digits)
    filled = await desk.fill(form)
    if filled is None:
        return
    count = int(filled["count"])
    if not 1 <= count <= MAX_SOLD:
        desk.refuse("too_many_vouchers", str(MAX_SOLD))
        return
    command = SellVoucher(
        filled["value"],
        filled["kind"],
        filled["expires"] or None,
        filled["vat_key"] if filled["kind"] == voucher.SINGLE_PURPOSE else None,
        filled["reloadable"] == YES,
    )
    for _number in range(count):
        if await desk.do(command) is None:
            return
    desk.tell(
        _("{count} x voucher of {value}: codes come with the receipt.").format(
            count=count, value=local(filled["value"])
        )
    )


def _yes_no() -> list[Option]:
    return [Option(NO, _("no")), Option(YES, _("yes"))]


async def _sell_tokens(desk: Desk) -> None:
    fields = [
        Field("article", _("Article"), Kind.CODE, required=True),
        Field("count", _("How many"), Kind.COUNT, value="1", required=True),
        Field("expires", _("Valid until"), Kind.DATE, hint=_("empty: as the rule has it")),
    ]
    filled = await desk.fill(Form(_("Sell tokens for an article"), fields, finish=_("Sell")))
    if filled is None:
        return
    done = await desk.do(SellToken(filled["article"], filled["count"], filled["expires"] or None))
    if done is not None:
        desk.tell(f"{filled['count']} x {done.fields['name']} {local(str(done.fields['price']))}")


# -- one voucher


async def _code(desk: Desk) -> str:
    field = Field("code", _("Code"), Kind.CODE, required=True)
    filled = await desk.fill(Form(_("Look up voucher"), [field], finish=_("Show")))
    return filled["code"] if filled is not None else ""


async def _look_up(desk: Desk, code: str) -> None:
    """Show it until something is on the sale or it is closed."""
    while True:
        fields = await desk.ask(AskVoucher(code))
        if fields is None:
            return
        name = resource.name(resource.VOUCHER, str(fields["code"]))
        moved = await desk.look(ListMovements(name))
        wanted = await desk.read(Sheet(_title(fields), _text(fields, moved), _actions(desk, fields)))
        if wanted is None:
            return
        if wanted == REPLACE:
            code = await _replace(desk, code, fields) or code
        elif wanted == BLOCK:
            await _block(desk, code, fields)
        elif await _on_sale(desk, code, wanted, fields):
            return


def _title(fields: dict[str, Any]) -> str:
    state = wording.voucher_state(str(fields["state"]))
    left = f"{local(str(fields['balance']))} {fields['currency']}"
    return _("Voucher {code}: {left} left, {state}").format(
        code=wording.voucher_code(str(fields["code"])), left=left, state=state
    )


def _actions(desk: Desk, fields: dict[str, Any]) -> tuple[Action, ...]:
    redeem = Action(2, REDEEM, _("Pay"))
    reload = Action(3, RELOAD, _("Reload"))
    return (
        *((redeem,) if desk.view.lines else ()),
        *((reload,) if fields["reloadable"] else ()),
        Action(4, PAY_OUT, _("Pay out")),
        Action(5, BLOCK, _("Unblock") if fields["blocked"] else _("Block")),
        Action(6, REPLACE, _("Replace")),
    )


def _text(fields: dict[str, Any], moved: tuple[Movement, ...]) -> str:
    money = {name: local(str(fields[name])) for name in ("value", "balance", "held", "redeemed")}
    rows = [
        (_("State"), wording.voucher_state(str(fields["state"]))),
        (_("Left"), _("{balance} of {value}").format(**money)),
        (_("Redeemed"), money["redeemed"]),
        (_("Held"), money["held"]),
        (_("Kind"), _(KINDS[fields["kind"]])),
        (_("Reloadable"), _("yes") if fields["reloadable"] else ""),
        (_("Article"), str(fields["article"] or "")),
        (_("Valid until"), wording.date(str(fields["expires"])) if fields["expires"] else _("without end")),
        (_("Issued"), _issued(fields)),
        (_("Replaces"), wording.voucher_code(str(fields["replaces"])) if fields["replaces"] else ""),
    ]
    lines = [f"{label:16} {value}" for label, value in rows if value]
    if not fields["registered"]:
        lines.append(_("Only its slip tells of it: no till here has heard of it yet."))
    if moved:
        lines += ["", _("What happened:"), *(_moved(each, str(fields["currency"])) for each in reversed(moved))]
    return "\n".join(lines)


def _issued(fields: dict[str, Any]) -> str:
    said = _("{at} by till {till}").format(at=wording.instant(str(fields["issued_at"])), till=fields["till_no"])
    return f"{said}, {fields['receipt_no']}" if fields["receipt_no"] else said


def _moved(each: Movement, currency: str) -> str:
    at = wording.instant(each.at) if each.at else ""
    what = _(MOVEMENTS.get(each.reason if each.what == "granted" else "", MOVEMENTS[each.what]))
    sign = {"granted": "+", "used": "-"}.get(each.what, " ")
    amount = sign + wording.money(each.amount, currency)
    till = _("till {no}").format(no=each.till_no) if each.till_no else ""
    covered = _("{promised} of {asked} confirmed").format(promised=each.promised, asked=each.asked)
    said = (f"{at:12} {amount:>10}  {what}", till, each.reference, covered if each.asked else "")
    return ", ".join(part for part in said if part)


# -- what is done with it


async def _on_sale(desk: Desk, code: str, wanted: str, fields: dict[str, Any]) -> bool:
    """Pay with it, reload it, pay it out: True if that is on the sale now."""
    command = await _wanted(desk, code, wanted, fields)
    done = await desk.do(command) if command is not None else None
    if done is None:
        return False
    if wanted == REDEEM:
        taken = paying.redeemed(str(done.fields["redeemed"]), str(done.fields.get("balance", "")))
        desk.tell(f"{taken} {paying.paid(desk.view)}")
    else:
        desk.tell(_("It is on the sale: total {total}").format(total=local(str(done.fields["total"]))))
    return True


async def _wanted(desk: Desk, code: str, wanted: str, fields: dict[str, Any]) -> Command | None:
    shown = wording.voucher_code(str(fields["code"]))
    if wanted == REDEEM:
        if fields["kind"] == voucher.TOKEN:
            return Redeem(code)
        due = format_minor(max(0, desk.view.due_minor), desk.view.currency)
        hint = _("empty: as much as is due, {due}").format(due=local(due))
        asked = Field("amount", _("Amount"), Kind.AMOUNT, hint=hint)
        amount = await _amount(desk, _("Pay with voucher {code}").format(code=shown), asked, _("Pay"))
        return None if amount is None else Redeem(code, amount or None)
    if wanted == RELOAD:
        asked = Field("amount", _("Amount"), Kind.AMOUNT, required=True)
        amount = await _amount(desk, _("Reload voucher {code}").format(code=shown), asked, _("Reload"))
        return None if amount is None else ReloadVoucher(code, amount)
    reason = await _reason(desk, _("Pay out the rest of {code}").format(code=shown), _("Pay out"))
    return RefundVoucher(code, reason) if reason else None


async def _amount(desk: Desk, title: str, field: Field, finish: str) -> str | None:
    filled = await desk.fill(Form(title, [field], finish=finish, minor_digits=desk.services.minor_digits))
    return None if filled is None else filled["amount"]


async def _reason(desk: Desk, title: str, finish: str) -> str:
    filled = await desk.fill(Form(title, [Field("reason", _("Reason"), required=True)], finish=finish))
    return filled["reason"] if filled is not None else ""


async def _block(desk: Desk, code: str, fields: dict[str, Any]) -> None:
    shown, blocked = wording.voucher_code(str(fields["code"])), bool(fields["blocked"])
    title = _("Let {code} be taken again") if blocked else _("Block {code} at all tills")
    reason = await _reason(desk, title.format(code=shown), _("Unblock") if blocked else _("Block"))
    if reason and await desk.do(BlockVoucher(code, reason, not blocked)) is not None:
        done = _("{code} may be taken again.") if blocked else _("{code} is blocked.")
        desk.tell(done.format(code=shown))


async def _replace(desk: Desk, code: str, fields: dict[str, Any]) -> str:
    """The new code, or nothing."""
    shown = wording.voucher_code(str(fields["code"]))
    reason = await _reason(desk, _("A new code in place of {code}").format(code=shown), _("Replace"))
    done = await desk.do(ReplaceVoucher(code, reason)) if reason else None
    if done is None:
        return ""
    new = str(done.fields["code"])
    desk.tell(_("{code} takes its place; its slip is printed.").format(code=wording.voucher_code(new)))
    return new
