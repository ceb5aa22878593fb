"""A customer's account out of the ledger: what is owed is granted to a receivable or used of the credit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select, union

from app.books.folds.receivables import ISSUED
from app.books.questions import Question
from app.books.questions.accounts import AccountItem, AskAccount, CustomersWithAccount
from app.books.tables.customers import credit_payments
from app.books.tables.receivables import collective_invoices, delivery_notes
from app.books.tables.resources import resource_grants, resource_holds
from app.domain import resource


def account(connection: Connection, question: AskAccount) -> tuple[AccountItem, ...]:
    """In the order of their instants."""
    return tuple(sorted((*_credit(connection, question.customer_no), *_receivables(connection, question.customer_no))))


def customers(connection: Connection, _: CustomersWithAccount) -> tuple[str, ...]:
    """Sorted."""
    prefix = f"{resource.CREDIT}/"
    credited = (
        select(func.substr(resource_holds.c.resource, len(prefix) + 1))
        .where(resource_holds.c.resource > prefix, resource_holds.c.resource < f"{resource.CREDIT}0")
        .where(resource_holds.c.used_stamp.is_not(None))
    )
    every = union(
        credited,
        *(select(table.c.customer_no) for table in (credit_payments, delivery_notes, collective_invoices)),
    )
    return tuple(sorted(connection.execute(every).scalars()))


def _credit(connection: Connection, customer_no: str) -> list[AccountItem]:
    uses = select(resource_holds.c.used_at, resource_holds.c.reference, resource_holds.c.used_amount).where(
        resource_holds.c.resource == resource.name(resource.CREDIT, customer_no),
        resource_holds.c.used_stamp.is_not(None),
    )
    items = [AccountItem(at, "credit", "", receipt_no, int(used)) for at, receipt_no, used in connection.execute(uses)]
    payments = select(credit_payments.c.paid_at, credit_payments.c.receipt_no, credit_payments.c.amount_minor).where(
        credit_payments.c.customer_no == customer_no
    )
    for at, receipt_no, amount in connection.execute(payments):
        items.append(AccountItem(at, "payment", "", receipt_no, -int(amount)))
    return items


def _receivables(connection: Connection, customer_no: str) -> list[AccountItem]:
    """Grants are owed, uses are paid; what an invoice uses of its notes is owed by the invoice from then on."""
    issued: dict[str, tuple[str, str]] = {}
    notes = select(delivery_notes.c.resource, delivery_notes.c.delivery_note_no)
    for name, number in connection.execute(notes.where(delivery_notes.c.customer_no == customer_no)):
        issued[name] = ("note", number)
    invoices = select(collective_invoices.c.resource, collective_invoices.c.invoice_no)
    for name, number in connection.execute(invoices.where(collective_invoices.c.customer_no == customer_no)):
        issued[name] = ("invoice", number)
    invoice_nos = {number for kind, number in issued.values() if kind == "invoice"}
    opened: dict[str, tuple[str, int]] = {}
    gathered: dict[str, int] = {}
    items: list[AccountItem] = []
    for name, (kind, number) in issued.items():
        grants = select(
            resource_grants.c.grant_id,
            resource_grants.c.granted_at,
            resource_grants.c.reference,
            resource_grants.c.amount,
        ).where(resource_grants.c.resource == name)
        for grant_id, at, reference, amount in connection.execute(grants):
            if grant_id != ISSUED:
                items.append(AccountItem(at, "payment", number, reference, int(amount)))
            elif kind == "invoice":
                opened[number] = (at, int(amount))
            else:
                items.append(AccountItem(at, "note", number, reference, int(amount)))
        uses = select(
            resource_holds.c.used_at,
            resource_holds.c.reference,
            resource_holds.c.used_amount,
            func.coalesce(resource_holds.c.settled_amount, 0),
        ).where(resource_holds.c.resource == name, resource_holds.c.used_stamp.is_not(None))
        for at, reference, used, settled in connection.execute(uses):
            if kind == "note" and reference in invoice_nos:
                gathered[reference] = gathered.get(reference, 0) + int(used)
            else:
                items.append(AccountItem(at, "payment", number, reference, -int(used)))
            if settled:
                items.append(AccountItem(at, "settled", number, reference, int(settled)))
    for number, (at, amount) in opened.items():
        items.append(AccountItem(at, "invoice", number, "", amount - gathered.get(number, 0)))
    return items


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    AskAccount: account,
    CustomersWithAccount: customers,
}
