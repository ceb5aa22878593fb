"""Orders and deposits: place one, look at one, pay more in advance, pick it up, cancel it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from app.books.questions.orders import FindOrder, ListOrders, OrderView
from app.domain.order import CANCELLED, OPEN, PICKED_UP
from app.screens import wording
from app.screens.cells import left, right
from app.screens.tasks.choosing import Choice, Choose, Column, Found
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.known_customers import names_of
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import local, mark
from app.till.commands import CancelOrder, DepositOrder, PickUp, PlaceOrder

PLACE, CANCEL, DEPOSIT, ENDED, PICK_UP = "place", "cancel", "deposit", "ended", "pick_up"
MAX_ORDERS = 1_000
MAX_SHOWN = 100
STATES: Mapping[str, str] = {OPEN: mark("open"), PICKED_UP: mark("picked up"), CANCELLED: mark("cancelled")}


async def orders(desk: Desk, given: Given) -> None:
    """Open orders, those due first; Enter looks at one. A sale that is open can become an order."""
    text, state = given.text, OPEN
    while True:
        every = await desk.look(ListOrders(state, limit=MAX_ORDERS), fresh=True)
        names = await names_of(desk, {order.customer_no for order in every})
        picked = await desk.choose(_search(desk, every, names, state, text))
        if picked is None:
            return
        text, order_no = picked.text, str(picked.value or "")
        match picked.name:
            case "place" if await _place(desk):
                return
            case "ended":
                state = "" if state else OPEN
            case "place":
                pass
            case _ if await _with_order(desk, order_no, names, picked.name):
                return


async def _with_order(desk: Desk, order_no: str, names: Mapping[str, str], name: str) -> bool:
    """Do something with an order, after looking at it if nothing else was wanted; whether the sale goes on."""
    if not name:
        found = await desk.look(FindOrder(order_no), fresh=True)
        if found is None:
            desk.refuse("nothing_found", order_no)
            return False
        actions = _actions() if found.state == OPEN else ()
        title = _("Order {no}").format(no=order_no)
        name = await desk.read(Sheet(title, order_text(found, names.get(found.customer_no, "")), actions)) or ""
    match name:
        case "pick_up":
            reply = await desk.do(PickUp(order_no))
            if reply is not None:
                deposit = local(str(reply.fields["deposit"]))
                desk.tell(_("Order {no} is on the sale, paid before: {deposit}.").format(no=order_no, deposit=deposit))
            return reply is not None
        case "deposit":
            return await _deposit(desk, order_no)
        case "cancel":
            return await _cancel(desk, order_no)
    return False


def order_text(order: OrderView, name: str) -> str:
    """The sheet of an order."""
    currency = order.currency
    open_minor = order.total_minor - order.deposited_minor - order.paid_minor
    facts = (
        (_("State"), _(STATES[order.state]) + (", " + _("on a sale just now") if order.busy else "")),
        (_("Due"), wording.date(order.due_on) if order.due_on else ""),
        (_("Customer"), f"{order.customer_no} {name}".strip()),
        (_("Placed"), f"{wording.instant(order.placed_at)} {order.cashier}, {_('till')} {order.till_no}"),
        (_("Note"), order.note),
        (_("Ended by"), order.ended_by),
        (_("Reason"), order.reason),
    )
    lines = [f"{left(label, 12)} {value}" for label, value in facts if value]
    lines.append("")
    for line in order.lines:
        quantity = f"{wording.quantity(line.quantity_milli)} x"
        lines.append(
            f"{right(quantity, 8)} {left(line.name, 40)} {right(wording.money(line.gross_minor, currency), 10)}"
        )
    sums = [(_("Total"), order.total_minor)]
    sums += [
        (f"{_('Deposit')} {wording.instant(each.at)} {each.receipt_no}", -each.amount_minor) for each in order.deposits
    ]
    if order.paid_minor:
        sums.append((_("Paid online"), -order.paid_minor))
    if order.state == OPEN:
        sums.append((_("To pay at pick-up"), open_minor))
    lines.append("")
    lines += [f"{left(label, 49)} {right(wording.money(amount, currency), 10)}" for label, amount in sums]
    return "\n".join(lines)


def _search(desk: Desk, every: tuple[OrderView, ...], names: Mapping[str, str], state: str, text: str) -> Choose:
    actions = [*_actions(), Action(5, ENDED, _("All") if state else _("Open"))]
    if desk.view.lines:
        actions.append(Action(2, PLACE, _("Place")))
    return Choose(
        _("Open orders") if state else _("All orders"),
        (
            Column(_("Number"), 11),
            Column(_("Due"), 10),
            Column(_("Customer"), 0),
            Column(_("Till"), 5, numeric=True),
            Column(_("State"), 9),
            Column(_("Deposit"), 9, numeric=True),
            Column(_("Total"), 9, numeric=True),
        ),
        find=_finder(every, names),
        prompt=_("Number, name or due date"),
        actions=actions,
        alone=(PLACE, ENDED),
        empty=_("No such order.") + (" " + _("Place makes the sale one.") if desk.view.lines else ""),
        text=text,
    )


def _actions() -> tuple[Action, ...]:
    return Action(3, CANCEL, _("Cancel")), Action(4, DEPOSIT, _("+Deposit")), Action(8, PICK_UP, _("Pick up"))


def _finder(every: tuple[OrderView, ...], names: Mapping[str, str]) -> Callable[[str], Awaitable[Found]]:
    choices = [(_searched(order, names), Choice(_cells(order, names), order.order_no, order.note)) for order in every]

    async def find(text: str) -> Found:
        words = text.casefold().split()
        found = [choice for searched, choice in choices if all(word in searched for word in words)]
        return Found(found[:MAX_SHOWN], more=len(found) > MAX_SHOWN or len(every) == MAX_ORDERS)

    return find


def _searched(order: OrderView, names: Mapping[str, str]) -> str:
    due = (order.due_on, wording.date(order.due_on))
    known = (order.order_no, order.customer_no, names.get(order.customer_no, ""), *due, order.note)
    return " ".join(known).casefold()


def _cells(order: OrderView, names: Mapping[str, str]) -> tuple[str, ...]:
    return (
        order.order_no,
        wording.date(order.due_on) if order.due_on else "",
        f"{order.customer_no} {names.get(order.customer_no, '')}".strip(),
        str(order.till_no),
        _("on a sale") if order.busy else _(STATES[order.state]),
        wording.money(order.deposited_minor + order.paid_minor, order.currency),
        wording.money(order.total_minor, order.currency),
    )


async def _place(desk: Desk) -> bool:
    total = wording.money(desk.view.total_minor, desk.view.currency)
    form = Form(
        _("The sale becomes an order"),
        [
            Field("due", _("Due on"), Kind.DATE, hint=_("24.12.2026, may be empty")),
            Field("deposit", _("Deposit"), Kind.AMOUNT, hint=_("may be empty")),
            Field("note", _("Note")),
        ],
        text=_("Total {total}. With a deposit, the deposit is to be paid now.").format(total=total),
        finish=_("Place"),
        minor_digits=desk.services.minor_digits,
    )
    reply = await desk.do_with(form, _placing)
    if reply is None:
        return False
    no, deposit = str(reply.fields["order_no"]), str(reply.fields["deposit"])
    if desk.view.lines:
        text = _("Order {no} is placed: take the deposit of {deposit}.")
        desk.tell(text.format(no=no, deposit=local(deposit)))
    else:
        desk.tell(_("Order {no} is placed.").format(no=no))
    return True


def _placing(filled: dict[str, str]) -> PlaceOrder:
    deposit = filled["deposit"] if filled["deposit"].strip("0.") else None
    return PlaceOrder(filled["due"] or None, deposit, filled["note"])


async def _deposit(desk: Desk, order_no: str) -> bool:
    form = Form(
        _("Deposit on order {no}").format(no=order_no),
        [Field("amount", _("Deposit"), Kind.AMOUNT, required=True)],
        finish=_("To sale"),
        minor_digits=desk.services.minor_digits,
    )
    reply = await desk.do_with(form, lambda filled: DepositOrder(order_no, filled["amount"]))
    if reply is None:
        return False
    deposit = local(str(reply.fields["deposit"]))
    desk.tell(_("The deposit of {amount} is on the sale: take the money.").format(amount=deposit))
    return True


async def _cancel(desk: Desk, order_no: str) -> bool:
    """Whether there is money to give back on the sale."""
    form = Form(
        _("Cancel order {no}").format(no=order_no), [Field("reason", _("Reason"), required=True)], finish=_("Cancel")
    )
    reply = await desk.do_with(form, lambda filled: CancelOrder(order_no, filled["reason"]))
    if reply is None:
        return False
    if "line" in reply.fields:
        refund = local(str(reply.fields["refund"]))
        text = _("Order {no}: give {refund} back on the sale, then it is cancelled.")
        desk.tell(text.format(no=order_no, refund=refund))
        return True
    desk.tell(_("Order {no} is cancelled.").format(no=order_no))
    return False
