"""Goods come back with their receipt, whole or in part; or the whole receipt is voided."""

from __future__ import annotations

from typing import Any

import msgspec

from app.books.questions.returns import AskLastReceipt, AskReturned
from app.domain.business_case import GOODS
from app.domain.money import parse_minor
from app.domain.quantity import format_milli, parse_milli
from app.screens import wording
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Far, Given
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.text import local
from app.till.commands import ReturnLine, VoidReceipt
from app.till.queries.receipts import AskReceipt

VOID, ALL = "void", "all"


class Sold(msgspec.Struct, frozen=True):
    """A line of goods, and how much of it may still come back (thousandths)."""

    line: str
    name: str
    quantity_milli: int
    left_milli: int
    gross: str


async def returns(desk: Desk, given: Given) -> None:
    """The receipt's number, typed or scanned; then its lines, as often as goods of it come back."""
    number = given.text.strip()
    while number or (number := await _number(desk)):
        receipt = await desk.ask(AskReceipt(number))
        if receipt is not None and await _come_back(desk, receipt):
            return
        number = ""


async def _number(desk: Desk) -> str:
    last = await desk.look(AskLastReceipt(desk.services.till_no), fresh=True) or ""
    about = _("Scan or type the receipt's number.")
    if last:
        about += " " + _("Enter alone takes this till's last one.")
    field = Field("no", _("Receipt"), Kind.CODE, value=last, required=True)
    filled = await desk.fill(Form(_("Return with receipt"), [field], text=about, finish=_("Show")))
    return filled["no"] if filled is not None else ""


async def _come_back(desk: Desk, receipt: dict[str, Any]) -> bool:
    """One line after the other; True: the receipt was voided, so there is nothing more to do."""
    number = str(receipt["receipt_no"])
    while True:
        lines, voided = await _sold(desk, receipt)
        picked = await desk.choose(_choice(receipt, lines, voided=voided))
        if picked is None:
            return False
        if picked.name == VOID:
            if await _void(desk, receipt):
                return True
        elif picked.name == ALL:
            await _all(desk, receipt)
        else:
            await _some(desk, number, picked.value)


async def _sold(desk: Desk, receipt: dict[str, Any]) -> tuple[list[Sold], bool]:
    goods = [
        line
        for line in receipt["lines"]
        if line["business_case"] in GOODS and not str(line["quantity"]).startswith("-") and line["gross"][:1] != "-"
    ]
    numbers = tuple(int(line["line"]) for line in goods)
    came = await desk.look(AskReturned(str(receipt["receipt_no"]), numbers), fresh=True)
    lines = []
    for line in goods:
        quantity = parse_milli(line["quantity"])
        left = 0 if came.voided else quantity - came.of(int(line["line"])).quantity_milli
        lines.append(Sold(str(line["line"]), line["name"], quantity, max(0, left), line["gross"]))
    return lines, came.voided


def _choice(receipt: dict[str, Any], lines: list[Sold], *, voided: bool) -> Choose:
    title = _("Receipt {no} of {at}, {total}").format(
        no=receipt["receipt_no"],
        at=wording.instant(receipt["finished_at"]),
        total=f"{local(receipt['total'])} {receipt['currency']}",
    )
    gone = _("VOIDED")
    return Choose(
        f"{title}: {gone}" if voided else title,
        (
            Column(_("Article"), 0),
            Column(_("Sold"), 7, numeric=True),
            Column(_("Back"), 7, numeric=True),
            Column(_("Left"), 7, numeric=True),
            Column(_("Paid"), 9, numeric=True),
        ),
        [Choice(_cells(line), line) for line in lines],
        prompt=_("What comes back? Number, then Enter"),
        actions=(Action(3, VOID, _("Void")), Action(8, ALL, _("All back"))),
        alone=(VOID, ALL),
        empty=_("No goods were sold on this receipt."),
    )


def _cells(line: Sold) -> tuple[str, ...]:
    back = line.quantity_milli - line.left_milli
    said = (wording.quantity(milli) for milli in (line.quantity_milli, back, line.left_milli))
    return (line.name, *said, local(line.gross))


async def _some(desk: Desk, number: str, line: Sold) -> None:
    left = format_milli(line.left_milli) if line.left_milli else ""
    fields = [
        Field("quantity", _("How many"), Kind.QUANTITY, value=left, required=True),
        Field("reason", _("Reason")),
    ]
    filled = await desk.fill(Form(_("{name} comes back").format(name=line.name), fields, finish=_("Return")))
    if filled is None:
        return
    done = await desk.do(ReturnLine(number, line.line, filled["quantity"], filled["reason"]))
    if done is not None:
        _tell(desk, line.name, str(done.fields["gross"]))


async def _all(desk: Desk, receipt: dict[str, Any]) -> None:
    number = str(receipt["receipt_no"])
    if not _left(await _sold(desk, receipt)):
        desk.refuse("nothing_left_to_return")
        return
    title = _("All that is left of {no} comes back").format(no=number)
    filled = await desk.fill(Form(title, [Field("reason", _("Reason"))], finish=_("Return")))
    if filled is None:
        return
    # Asked again: some of it may have come back meanwhile. Each line asks the other tills.
    lines, reason = _left(await _sold(desk, receipt)), filled["reason"]
    await desk.long(title, lambda far: _back(desk, number, lines, reason, far))


def _left(sold: tuple[list[Sold], bool]) -> list[Sold]:
    return [line for line in sold[0] if line.left_milli > 0]


async def _back(desk: Desk, number: str, lines: list[Sold], reason: str, far: Far) -> None:
    """One after the other, as far as nothing is refused."""
    for index, line in enumerate(lines):
        far(index, len(lines), line.name)
        done = await desk.do(ReturnLine(number, line.line, format_milli(line.left_milli), reason))
        if done is None:
            return
        _tell(desk, line.name, str(done.fields["gross"]))


def _tell(desk: Desk, name: str, gross: str) -> None:
    desk.tell(_("{name} comes back: {gross}").format(name=name, gross=local(gross)))


def _paid(receipt: dict[str, Any]) -> list[str]:
    """What every tender has brought, less its change."""
    currency = str(receipt["currency"])
    sums: dict[str, int] = {}
    for row in receipt["tenders"]:
        sums[row["tender"]] = sums.get(row["tender"], 0) + parse_minor(row["amount"], currency, negative=True)
    return [f"{wording.tender(name)} {wording.money(amount, currency)} {currency}" for name, amount in sums.items()]


async def _void(desk: Desk, receipt: dict[str, Any]) -> bool:
    number, total = str(receipt["receipt_no"]), f"{local(receipt['total'])} {receipt['currency']}"
    title = _("Void receipt {no}").format(no=number)
    filled = await desk.fill(Form(title, [Field("reason", _("Reason"), required=True)], finish=_("Void")))
    if filled is None:
        return False
    about = "\n".join([_("A new receipt takes all of it back; money goes back the way it came:"), *_paid(receipt)])
    if not await desk.confirm(title, _("Void {no} of {total}?").format(no=number, total=total), about):
        return False
    done = await desk.do(VoidReceipt(number, filled["reason"]))
    if done is None:
        return False
    desk.tell(
        _("{no} is voided by {void}: {total}").format(
            no=number, void=done.fields["receipt_no"], total=local(str(done.fields["total"]))
        )
    )
    return True
