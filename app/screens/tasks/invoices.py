"""Invoices: one for the open sale, with its buyer; and one that was made, to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.books.questions.customers import FindCustomer
from app.domain.customer import Person
from app.screens import wording
from app.screens.cells import left, right
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.devices import COPY, copied_invoice
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import local
from app.till.commands import MakeInvoice
from app.till.queries.receivables import AskInvoice


async def invoice(desk: Desk, given: Given) -> None:
    """The sale becomes an invoice; with a number before it, or without a sale, one is looked at."""
    if given.text or not desk.view.lines:
        await _look_at_one(desk, given.text)
    else:
        await _make(desk)


async def _make(desk: Desk) -> None:
    no = desk.view.customer_no
    found = await desk.look(FindCustomer(no)) if no else None
    person = found.person if found is not None and found.person is not None else Person("")
    fields = [
        Field("name", _("Name"), value=person.name, required=not no),
        Field("street", _("Street"), value=person.street),
        Field("postcode", _("Postcode"), value=person.postcode),
        Field("city", _("City"), value=person.city),
        Field("country", _("Country"), value=person.country),
        Field("vat_id", _("VAT ID"), value=person.vat_id),
    ]
    form = Form(_("Invoice for this sale"), fields, text=_("Who is the buyer?"), finish=_("Invoice"))
    if await desk.do_with(form, lambda filled: MakeInvoice(**filled)) is not None:
        desk.tell(_("The receipt of this sale will be an invoice."))


async def _look_at_one(desk: Desk, number: str) -> None:
    form = Form(_("Look at an invoice"), [Field("no", _("Number"), Kind.CODE, number, required=True)], finish=_("Show"))
    if number and await show_invoice(desk, number):
        return
    while (filled := await desk.fill(form)) is not None:
        if await show_invoice(desk, filled["no"]):
            return


async def show_invoice(desk: Desk, number: str) -> bool:
    """The invoice as a sheet; False: there is none of that number, and that is told."""
    known = await desk.ask(AskInvoice(number))
    if known is None:
        return False
    no = str(known["invoice_no"])
    sheet = Sheet(_("Invoice {no}").format(no=no), invoice_text(known), (Action(4, COPY, _("Copy")),))
    while await desk.read(sheet) == COPY:
        await copied_invoice(desk, no)
    return True


def invoice_text(known: Mapping[str, Any]) -> str:
    """The sheet, of the fields of ``AskInvoice``."""
    facts = (
        (_("Issued"), f"{wording.instant(known['issued_at'])}, {_('till')} {known['till_no']}"),
        (_("Customer"), known["customer"] or ""),
        (_("Delivery notes"), ", ".join(known["delivery_notes"])),
        (_("Receipts"), ", ".join(known["receipts"])),
        (_("Total"), f"{local(known['total'])} {known['currency']}"),
    )
    lines = [f"{left(label, 15)} {value}" for label, value in facts if value]
    heads = (_("VAT"), _("Gross"), _("Net"), _("Tax"))
    lines += ["", left(heads[0], 10) + "".join(right(head, 12) for head in heads[1:])]
    for row in known["by_vat"]:
        amounts = (right(local(str(row[name])), 12) for name in ("gross", "net", "tax"))
        lines.append(left(f"{local(str(row['rate']))} %", 10) + "".join(amounts))
    return "\n".join(lines)
