"""What customers owe document by document: delivery notes, the invoices that gather them, paying one."""

from __future__ import annotations

from collections.abc import Sequence

from app.books.questions.receivables import ListDeliveryNotes, ListOpenItems, ReceivableView
from app.domain.money import format_minor
from app.domain.receivable import INVOICE, NOTE, OPEN
from app.screens import wording
from app.screens.tasks.choosing import Choice, Choose, Column, Picked
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.invoices import show_invoice
from app.screens.tasks.known_customers import names_of, which_customer
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.text import local
from app.till.commands import ChooseCustomer, CollectInvoice, Pay, PayCredit

DELIVER, COLLECT, ALL, SHOW = "deliver", "collect", "all", "show"
MAX_NOTES = 2_000


async def delivery_notes(desk: Desk, given: Given) -> None:
    """Those of a customer (typed before it, or the sale's), else of all; the open sale can leave on one."""
    no = given.text or desk.view.customer_no
    if no and await items(desk, no):
        return
    while True:
        notes = await desk.look(ListDeliveryNotes("", OPEN, MAX_NOTES), fresh=True)
        picked = await desk.choose(await _customers(desk, notes))
        if picked is None:
            return
        if picked.name == DELIVER:
            if await _deliver(desk):
                return
        elif await items(desk, str(picked.value)):
            return


async def items(desk: Desk, customer_no: str) -> bool:
    """What the customer has not paid; whether the task is done, since something is on the sale or has left."""
    at = 0
    while True:
        found = await desk.look(ListOpenItems(customer_no), fresh=True)
        picked = await desk.choose(await _items(desk, customer_no, found, at))
        if picked is None:
            return False
        at = next((index for index, item in enumerate(found) if item.number == _number(picked)), 0)
        match picked.name:
            case "deliver" if await _deliver(desk):
                return True
            case "collect":
                await _collect(desk, customer_no, [item for item in found if item.kind == NOTE])
            case "show" if found[at].kind == INVOICE:
                await show_invoice(desk, found[at].number)
            case "show":
                desk.refuse("no_invoice", found[at].number)
            case "" if await _pay(desk, found[at]):
                return True


def _number(picked: Picked) -> str:
    return str(picked.value or "")


async def _customers(desk: Desk, notes: Sequence[ReceivableView]) -> Choose:
    owed: dict[str, list[ReceivableView]] = {}
    for note in notes:
        owed.setdefault(note.customer_no, []).append(note)
    names = await names_of(desk, owed)
    choices = [
        Choice(
            (no, names[no], str(len(of_one)), wording.instant(of_one[0].issued_at), _sum(of_one)),
            no,
        )
        for no, of_one in owed.items()
    ]
    return Choose(
        _("Open delivery notes"),
        (
            Column(_("Customer"), 14),
            Column(_("Name"), 0),
            Column(_("Notes"), 6, numeric=True),
            Column(_("Oldest"), 12),
            Column(_("Open"), 10, numeric=True),
        ),
        choices,
        actions=(Action(2, DELIVER, _("Deliver")),) if desk.view.lines else (),
        alone=(DELIVER,),
        empty=_("No delivery note is open."),
    )


async def _items(desk: Desk, customer_no: str, found: Sequence[ReceivableView], at: int) -> Choose:
    name = (await names_of(desk, [customer_no]))[customer_no]
    kinds = {NOTE: _("Del. note"), INVOICE: _("Invoice")}
    actions = []
    if any(item.kind == NOTE for item in found):
        actions.append(Action(4, COLLECT, _("Invoice")))
    if any(item.kind == INVOICE for item in found):
        actions.append(Action(5, SHOW, _("Show")))
    if desk.view.lines and desk.view.customer_no in ("", customer_no):
        actions.append(Action(2, DELIVER, _("Deliver")))
    return Choose(
        _("Open items of {no} {name}: Enter pays one").format(no=customer_no, name=name),
        (
            Column(_("Document"), 10),
            Column(_("Number"), 0),
            Column(_("Of"), 12),
            Column(_("Till"), 5, numeric=True),
            Column(_("Amount"), 10, numeric=True),
            Column(_("Open"), 10, numeric=True),
        ),
        [
            Choice(
                (
                    kinds[item.kind],
                    item.number,
                    wording.instant(item.issued_at),
                    str(item.till_no),
                    wording.money(item.amount_minor, item.currency),
                    wording.money(max(0, item.open_minor), item.currency),
                ),
                item.number,
            )
            for item in found
        ],
        actions=actions,
        alone=(DELIVER, COLLECT),
        empty=_("Nothing is open."),
        at=at,
    )


def _sum(found: Sequence[ReceivableView]) -> str:
    """What is open of them, a sum for each currency."""
    sums: dict[str, int] = {}
    for item in found:
        sums[item.currency] = sums.get(item.currency, 0) + item.open_minor
    return " ".join(wording.money(amount, currency) for currency, amount in sums.items())


async def _deliver(desk: Desk) -> bool:
    """The open sale leaves on a delivery note; its customer is asked for if nobody has chosen one."""
    if not desk.view.customer_no:
        no = await which_customer(desk, _("Who gets the delivery note?"))
        if no is None or await desk.do(ChooseCustomer(no)) is None:
            return False
    view = desk.view
    names = await names_of(desk, [view.customer_no])
    amount = wording.money(view.due_minor, view.currency)
    title = _("Deliver on a delivery note")
    text = _("Customer {no} {name}").format(no=view.customer_no, name=names[view.customer_no])
    if not await desk.confirm(title, _("Deliver {amount}?").format(amount=amount), text):
        return False
    if (reply := await desk.do(Pay(tender="delivery_note"))) is None:
        return False
    desk.tell(_("Delivered, receipt {no}.").format(no=reply.fields.get("receipt_no", "")))
    return True


async def _pay(desk: Desk, item: ReceivableView) -> bool:
    open_amount = format_minor(item.open_minor, item.currency)
    form = Form(
        _("Pay {no}").format(no=item.number),
        [Field("amount", _("Amount"), Kind.AMOUNT, open_amount, required=True)],
        finish=_("To sale"),
        minor_digits=desk.services.minor_digits,
    )
    reply = await desk.do_with(form, lambda filled: PayCredit(item.customer_no, filled["amount"], item.number))
    if reply is None:
        return False
    amount = local(str(reply.fields["amount"]))
    desk.tell(_("{amount} for {no} is on the sale: take the money.").format(amount=amount, no=item.number))
    return True


async def _collect(desk: Desk, customer_no: str, notes: Sequence[ReceivableView]) -> None:
    """Mark the notes one by one (all at first), then make the invoice of those."""
    chosen, at = {note.number for note in notes}, 0
    while True:
        picked = await desk.choose(_marking(notes, chosen, at))
        if picked is None:
            return
        number = _number(picked)
        at = next(index for index, note in enumerate(notes) if note.number == number)
        if not picked.name:
            chosen ^= {number}
        elif picked.name == ALL:
            chosen = set() if chosen else {note.number for note in notes}
        elif not chosen:
            desk.refuse("nothing_marked")
        else:
            # All of them unnamed: then the newest that nobody has seen yet belong to it as well.
            named = None if len(chosen) == len(notes) else ",".join(sorted(chosen))
            if (reply := await desk.do(CollectInvoice(customer_no, named))) is not None:
                total = local(str(reply.fields["invoice_total"]))
                desk.tell(_("Invoice {no} over {total}.").format(no=reply.fields["invoice_no"], total=total))
                await show_invoice(desk, str(reply.fields["invoice_no"]))
                return


def _marking(notes: Sequence[ReceivableView], chosen: set[str], at: int) -> Choose:
    total = _sum([note for note in notes if note.number in chosen])
    return Choose(
        _("Invoice of {count} delivery notes, {total}: Enter marks one").format(count=len(chosen), total=total),
        (Column("", 3), Column(_("Number"), 0), Column(_("Of"), 12), Column(_("Open"), 10, numeric=True)),
        [
            Choice(
                (
                    "[x]" if note.number in chosen else "[ ]",
                    note.number,
                    wording.instant(note.issued_at),
                    wording.money(note.open_minor, note.currency),
                ),
                note.number,
            )
            for note in notes
        ],
        actions=(Action(4, ALL, _("All/none")), Action(8, COLLECT, _("Invoice"))),
        at=at,
    )
