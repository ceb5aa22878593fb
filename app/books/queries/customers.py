"""Customers, their accounts and their turnover.

What a customer owes is what receipts used of ``credit/NO`` less what was paid of it; the limit is that of the
customer's newest fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, select

from app.books.persons import Persons
from app.books.queries.resources import balance
from app.books.questions import Question
from app.books.questions.customers import (
    AllCustomers,
    AskCustomerTurnover,
    AskStatement,
    BuyersOf,
    FindCredit,
    FindCustomer,
    ForgottenPersons,
    SearchCustomers,
)
from app.books.questions.resources import AskBalance
from app.books.tables.customers import (
    credit_payments,
    customer_buyers,
    customer_receipts,
    customers,
    forgotten_persons,
)
from app.books.tables.resources import resource_holds
from app.books.views import AccountEntry, CreditView, CustomerTurnover, CustomerView
from app.domain import resource
from app.domain.customer import Person, searchable

MAX_WORDS = 8
"""Words of a search that count."""

_FORGOTTEN = select(forgotten_persons.c.person_id).where(forgotten_persons.c.person_id == customers.c.customer_no)
_ALL = select(customers, _FORGOTTEN.exists().label("forgotten")).order_by(customers.c.customer_no)
_ONE = _ALL.where(customers.c.customer_no == bindparam("no"))
_LIMIT = select(customers.c.credit_limit_minor).where(customers.c.customer_no == bindparam("no"))
_PAID = select(func.coalesce(func.sum(credit_payments.c.amount_minor), 0)).where(
    credit_payments.c.customer_no == bindparam("no")
)
_USES = select(resource_holds.c.used_at, resource_holds.c.reference, resource_holds.c.used_amount).where(
    resource_holds.c.resource == bindparam("resource"), resource_holds.c.used_stamp.is_not(None)
)
_PAYMENTS = select(credit_payments.c.paid_at, credit_payments.c.receipt_no, -credit_payments.c.amount_minor).where(
    credit_payments.c.customer_no == bindparam("no")
)
_month = func.substr(customer_receipts.c.business_day, 1, 7)
_TURNOVER = (
    select(_month, func.sum(customer_receipts.c.counts), func.sum(customer_receipts.c.gross_minor))
    .where(customer_receipts.c.customer_no == bindparam("no"))
    .group_by(_month)
    .order_by(_month)
)
_BUYERS = (
    select(customer_buyers.c.buyer_id)
    .where(customer_buyers.c.customer_no == bindparam("no"))
    .order_by(customer_buyers.c.buyer_id)
)
_FORGOTTEN_PERSONS = select(forgotten_persons.c.person_id).order_by(forgotten_persons.c.person_id)

_person = msgspec.json.Decoder(Person)


def customer(connection: Connection, question: FindCustomer, persons: Persons) -> CustomerView | None:
    """The customer; a removed one is none any more."""
    row = connection.execute(_ONE, {"no": question.customer_no}).one_or_none()
    return None if row is None or row.removed else _view(row, persons)


def every(connection: Connection, _: AllCustomers, persons: Persons) -> tuple[CustomerView, ...]:
    """All customers that are not removed."""
    return tuple(_view(row, persons) for row in connection.execute(_ALL) if not row.removed)


def search(connection: Connection, question: SearchCustomers, persons: Persons) -> tuple[CustomerView, ...]:
    """Customers that contain every word; sealed texts are opened one by one, so this is slow."""
    words = question.text.casefold().split()[:MAX_WORDS]
    found = []
    for view in every(connection, AllCustomers(), persons):
        searched = searchable(view.customer_no, view.person)
        if all(word in searched for word in words):
            found.append(view)
    found.sort(key=lambda view: (view.person.name.casefold() if view.person else "\U0010ffff", view.customer_no))
    return tuple(found[: question.limit])


def credit(connection: Connection, question: FindCredit) -> CreditView:
    """The credit summed up."""
    limit = connection.execute(_LIMIT, {"no": question.customer_no}).scalar() or 0
    ledger = balance(connection, AskBalance(resource.name(resource.CREDIT, question.customer_no)))
    paid = int(connection.execute(_PAID, {"no": question.customer_no}).scalar_one())
    return CreditView(limit, ledger.used - paid, ledger.held)


def statement(connection: Connection, question: AskStatement) -> tuple[AccountEntry, ...]:
    """Uses and payments in the order of their instants, with what is owed after each."""
    name = resource.name(resource.CREDIT, question.customer_no)
    rows = [
        *connection.execute(_USES, {"resource": name}),
        *connection.execute(_PAYMENTS, {"no": question.customer_no}),
    ]
    entries: list[AccountEntry] = []
    owed = 0
    for at, receipt_no, amount in sorted(tuple(row) for row in rows):
        owed += amount
        entries.append(AccountEntry(at, receipt_no, amount, owed))
    return tuple(entries)


def turnover(connection: Connection, question: AskCustomerTurnover) -> tuple[CustomerTurnover, ...]:
    """By month."""
    rows = connection.execute(_TURNOVER, {"no": question.customer_no})
    return tuple(CustomerTurnover(month, int(counts), int(gross)) for month, counts, gross in rows)


def buyers(connection: Connection, question: BuyersOf) -> tuple[str, ...]:
    """Sorted."""
    return tuple(connection.execute(_BUYERS, {"no": question.customer_no}).scalars())


def forgotten(connection: Connection, _: ForgottenPersons) -> tuple[str, ...]:
    """Sorted."""
    return tuple(connection.execute(_FORGOTTEN_PERSONS).scalars())


def _view(row: Row[Any], persons: Persons) -> CustomerView:
    text = persons.opened(row.customer_no, row.person) if row.person else None
    return CustomerView(
        customer_no=row.customer_no,
        person=None if text is None else _read(text),
        customer_group=row.customer_group,
        credit_limit_minor=row.credit_limit_minor,
        blocked=row.blocked,
        removed=row.removed,
        forgotten=bool(row.forgotten),
        sealed=bool(row.person) and text is None,
    )


def _read(text: str) -> Person | None:
    try:
        return _person.decode(text)
    except msgspec.MsgspecError:
        return None


OPENING: Mapping[type[Question[Any]], Callable[[Connection, Any, Persons], Any]] = {
    FindCustomer: customer,
    SearchCustomers: search,
    AllCustomers: every,
}
"""Questions whose answers open what is sealed."""

ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    FindCredit: credit,
    AskStatement: statement,
    AskCustomerTurnover: turnover,
    BuyersOf: buyers,
    ForgottenPersons: forgotten,
}
