"""Another price, or a discount in percent or as an amount, with the reason: for a line or for the whole receipt."""

from __future__ import annotations

from app.domain.business_case import SALE
from app.domain.money import format_minor
from app.screens import wording
from app.screens.tasks.choosing import MAX_NUMBER_DIGITS, Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.text import local
from app.till.commands import ChangePrice, GiveDiscount
from app.till.views import LineView

RECEIPT = "receipt"


async def correct(desk: Desk, given: Given) -> None:
    """Choose the line; ``4/24`` is line 4. F8: the whole receipt."""
    if not desk.view.lines:
        desk.refuse("no_sale_open")
        return
    if given.text:
        await _by_number(desk, given.text)
        return
    while True:
        picked = await desk.choose(_choice(desk))
        if picked is None:
            return
        if picked.name == RECEIPT:
            await _receipt(desk)
        else:
            await _line(desk, picked.value)


async def _by_number(desk: Desk, text: str) -> None:
    digits = text.isascii() and text.isdigit() and len(text) <= MAX_NUMBER_DIGITS
    line = next((line for line in desk.view.lines if digits and line.line == int(text)), None)
    if line is None:
        desk.refuse("no_line", text[:20])
    else:
        await _line(desk, line)


def _choice(desk: Desk) -> Choose:
    view = desk.view
    rows = []
    for line in view.lines:
        if line.business_case == SALE:
            off = sum(discount.amount_minor for discount in line.discounts)
            money = (line.unit_price_minor, -off, line.gross_minor)
            amounts = (wording.money(amount, view.currency) if amount else "" for amount in money)
            rows.append(Choice((wording.quantity(line.quantity_milli), line.name, *amounts), line))
    return Choose(
        _("Price and discount, total {total}").format(total=wording.money(view.total_minor, view.currency)),
        (
            Column(_("Qty"), 6, numeric=True),
            Column(_("Article"), 0),
            Column(_("Each"), 8, numeric=True),
            Column(_("Discount"), 9, numeric=True),
            Column(_("Total"), 9, numeric=True),
        ),
        rows,
        actions=(Action(8, RECEIPT, _("Receipt")),),
        alone=(RECEIPT,),
    )


async def _line(desk: Desk, line: LineView) -> None:
    price = format_minor(line.unit_price_minor, desk.view.currency)
    fields = [Field("price", _("Price"), Kind.AMOUNT, value=price), *_discount()]
    filled = await desk.fill(Form(line.name, fields, minor_digits=desk.services.minor_digits))
    if filled is None:
        return
    if filled["price"] and filled["price"] != price:
        done = await desk.do(ChangePrice(str(line.line), filled["price"], filled["reason"]))
        if done is None:
            return
        said = _("{name} costs {price} now, total {total}")
        total = local(str(done.fields["total"]))
        desk.tell(said.format(name=line.name, price=local(filled["price"]), total=total))
    await _give(desk, filled, str(line.line))


async def _receipt(desk: Desk) -> None:
    form = Form(_("Discount on the whole receipt"), _discount(), minor_digits=desk.services.minor_digits)
    filled = await desk.fill(form)
    if filled is not None:
        await _give(desk, filled, None)


def _discount() -> list[Field]:
    return [
        Field("percent", _("Discount in percent"), Kind.PERCENT, hint=_("0 takes it back")),
        Field("amount", _("or as an amount"), Kind.AMOUNT),
        Field("reason", _("Reason")),
    ]


async def _give(desk: Desk, filled: dict[str, str], line: str | None) -> None:
    if not filled["percent"] and not filled["amount"]:
        return
    done = await desk.do(GiveDiscount(filled["percent"] or None, filled["amount"] or None, line, filled["reason"]))
    if done is not None:
        given, total = (local(str(done.fields[name])) for name in ("discount", "total"))
        desk.tell(_("Discount {amount}, total {total}").format(amount=given, total=total))
