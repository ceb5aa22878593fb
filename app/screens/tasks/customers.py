"""Customers: search one by any part, choose, keep, forget; the account is in ``accounts.py``."""

from __future__ import annotations

from app.books.questions.customers import FindCustomer
from app.screens.tasks import accounts
from app.screens.tasks.choosing import Choose
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import NO, YES, Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.known_customers import KnownCustomers, columns, name_of
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.text import local
from app.till.commands import ChooseCustomer, ForgetCustomer, SetCustomer
from app.till.queries.customers import AskCustomer
from app.till.queries.settings import AskSettings

NEW, FORGET, EDIT, ACCOUNT, NOBODY = "new", "forget", "edit", "account", "nobody"


async def customers(desk: Desk, given: Given) -> None:
    """Enter: the sale is the customer's. A card may be scanned."""
    known = KnownCustomers(desk)
    text = given.text
    while (picked := await desk.choose(_search(desk, known, text))) is not None:
        text, no = picked.text, str(picked.value or "")
        match picked.name:
            case "new":
                text = await _new(desk, text) or text
            case "edit":
                await edit(desk, no)
            case "account":
                if await accounts.account(desk, no):
                    return
            case "forget":
                await _forget(desk, no)
            case _ if await _choose(desk, None if picked.name == NOBODY else no):
                return
        if picked.name in (NEW, EDIT, FORGET):
            known.changed()


async def _choose(desk: Desk, no: str | None) -> bool:
    reply = await desk.do(ChooseCustomer(no))
    if reply is None:
        return False
    if no is None:
        desk.tell(_("The sale is nobody's any more."))
        return True
    said = [_("Customer {no} {name}").format(no=no, name=reply.fields["name"] or "").rstrip()]
    for text, field in (
        (_("owes {amount}"), "credit_owed"),
        (_("purse {amount}"), "purse"),
        (_("bonus {amount}"), "bonus"),
    ):
        amount = str(reply.fields[field])
        if amount.strip("0.-"):
            said.append(text.format(amount=local(amount)))
    desk.tell(", ".join(said))
    return True


def _search(desk: Desk, known: KnownCustomers, text: str) -> Choose:
    actions = [Action(2, NEW, _("New")), Action(3, FORGET, _("Forget")), Action(4, EDIT, _("Edit"))]
    actions.append(Action(5, ACCOUNT, _("Account")))
    if desk.view.customer_no:
        actions.append(Action(6, NOBODY, _("Nobody")))
    return Choose(
        _("Customers"),
        columns(),
        find=known.find,
        prompt=_("Name, city, number or card"),
        actions=actions,
        alone=(NEW, NOBODY),
        empty=_("No such customer. New makes one."),
        text=text,
    )


# -- keeping -------------------------------------------------------------------------------------


async def _new(desk: Desk, text: str) -> str | None:
    """Keep a new customer; the number, or None if it was given up. What was searched for is the name to begin with."""
    name = "" if any(character.isdigit() for character in text) else text
    number = Field("no", _("Number"), Kind.CODE, hint=_("empty: the next free one"))
    form = Form(_("New customer"), [*(await _fields(desk, {"name": name})), number], finish=_("Save"))
    while (filled := await desk.fill(form)) is not None:
        no = filled.pop("no") or None
        if no is not None and await desk.look(FindCustomer(no), fresh=True) is not None:
            desk.refuse("customer_taken", no)
        elif (reply := await desk.do(_set(no, filled))) is not None:
            desk.tell(_("Customer {no} {name} is kept.").format(no=reply.fields["no"], name=reply.fields["name"]))
            return str(reply.fields["no"])
    return None


async def edit(desk: Desk, no: str) -> None:
    """Change what is known of a customer."""
    known = await desk.ask(AskCustomer(no))
    if known is None:
        return
    values = {name: str(value or "") for name, value in known.items() if isinstance(value, str | None)}
    options = (Option(NO, _("no")), Option(YES, _("yes")))
    blocked = Field(
        "blocked", _("Blocked"), Kind.CHOICE, YES if known["blocked"] else NO, required=True, options=options
    )
    form = Form(_("Customer {no}").format(no=no), [*(await _fields(desk, values)), blocked], finish=_("Save"))
    if (reply := await desk.do_with(form, lambda filled: _set(no, filled))) is not None:
        desk.tell(_("Customer {no} {name} is kept.").format(no=no, name=reply.fields["name"]))


async def _fields(desk: Desk, values: dict[str, str]) -> list[Field]:
    groups = (await desk.ask(AskSettings("customer_group")) or {"values": []})["values"]
    fields = [
        Field("name", _("Name"), value=values.get("name", ""), required=True),
        Field("street", _("Street"), value=values.get("street", "")),
        Field("postcode", _("Postcode"), value=values.get("postcode", "")),
        Field("city", _("City"), value=values.get("city", "")),
        Field("country", _("Country"), value=values.get("country", "")),
        Field("phone", _("Phone"), value=values.get("phone", "")),
        Field("email", _("E-mail"), value=values.get("email", "")),
        Field("vat_id", _("VAT ID"), value=values.get("vat_id", "")),
        Field("note", _("Note"), value=values.get("note", "")),
        Field("credit_limit", _("Credit limit"), Kind.AMOUNT, value=values.get("credit_limit", "")),
    ]
    if groups:
        options = [Option(group["key"], group["value"]["name"]) for group in groups]
        group = values.get("customer_group", "")
        fields.append(Field("customer_group", _("Customer group"), Kind.CHOICE, group, options=options))
    return fields


def _set(no: str | None, filled: dict[str, str]) -> SetCustomer:
    person = {name: text for name, text in filled.items() if name not in ("credit_limit", "blocked")}
    blocked = filled["blocked"] == YES if "blocked" in filled else None
    return SetCustomer(no, **person, credit_limit=filled["credit_limit"] or "0", blocked=blocked)


async def _forget(desk: Desk, no: str) -> None:
    found = await desk.look(FindCustomer(no), fresh=True)
    if found is None:
        desk.refuse("nothing_found", no)
        return
    title = _("Forget customer {no} {name}").format(no=no, name=name_of(found))
    text = _("Name, address and all that is personal are erased at every till, for ever. Number and figures stay.")
    if await desk.confirm(title, _("Forget for good?"), text) and await desk.do(ForgetCustomer(no)) is not None:
        desk.tell(_("Customer {no} is forgotten.").format(no=no))
