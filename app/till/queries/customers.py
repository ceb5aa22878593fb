"""Customers: one with all figures, a search, the statement of account."""

from __future__ import annotations

from typing import Any

import msgspec

from app.books.questions.customers import (
    AskCustomerTurnover,
    AskStatement,
    FindCredit,
    FindCustomer,
    SearchCustomers,
)
from app.books.questions.resources import AskBalance
from app.books.views import CustomerView
from app.domain import resource
from app.domain.customer import MAX_LENGTHS
from app.text import mark
from app.till.customers import customer_no
from app.till.queries.base import Desk, Query
from app.till.refusals import BadCommand, Refusal

MAX_FOUND = 200


class AskCustomer(Query, frozen=True):
    no: str


class AskCustomers(Query, frozen=True):
    """Customers that have every word of the search in number, name, address, e-mail or phone; all without a search."""

    search: str = ""
    limit: int = 50


class AskAccount(Query, frozen=True):
    no: str


async def customer_info(desk: Desk, query: AskCustomer) -> dict[str, Any]:
    found = await _known(desk, query.no)
    no = found.customer_no
    credit = await desk.look(FindCredit(no), fresh=False)
    purse = await desk.look(AskBalance(resource.name(resource.PURSE, no)), fresh=False)
    bonus = await desk.look(AskBalance(resource.name(resource.BONUS, no)), fresh=False)
    months = await desk.look(AskCustomerTurnover(no), fresh=False)
    return {
        **_fields(desk, found),
        "credit_owed": desk.text(credit.owed_minor),
        "credit_held": desk.text(credit.held_minor),
        "credit_left": desk.text(max(0, credit.left_minor)),
        "purse": desk.text(purse.left),
        "bonus": desk.text(bonus.left),
        "receipts": sum(month.receipts for month in months),
        "turnover": desk.text(sum(month.gross_minor for month in months)),
        "by_month": [
            {"month": month.month, "receipts": month.receipts, "gross": desk.text(month.gross_minor)}
            for month in months
        ],
    }


async def customers(desk: Desk, query: AskCustomers) -> dict[str, Any]:
    if not 1 <= query.limit <= MAX_FOUND:
        raise BadCommand(mark("limit is 1 to {limit}"), limit=str(MAX_FOUND))
    found = await desk.look(SearchCustomers(query.search, query.limit))
    return {"customers": [_fields(desk, view) for view in found]}


async def statement(desk: Desk, query: AskAccount) -> dict[str, Any]:
    found = await _known(desk, query.no)
    entries = await desk.look(AskStatement(found.customer_no), fresh=False)
    credit = await desk.look(FindCredit(found.customer_no), fresh=False)
    return {
        "no": found.customer_no,
        "name": found.person.name if found.person else None,
        "credit_limit": desk.text(credit.limit_minor),
        "owed": desk.text(credit.owed_minor),
        "entries": [
            {
                "at": entry.at,
                "receipt_no": entry.receipt_no,
                "amount": desk.text(entry.amount_minor),
                "owed": desk.text(entry.owed_minor),
            }
            for entry in entries
        ],
    }


async def _known(desk: Desk, text: str) -> CustomerView:
    no = customer_no(text)
    found = await desk.look(FindCustomer(no))
    if found is None:
        raise Refusal("unknown_customer", {"no": no})
    return found


def _fields(desk: Desk, view: CustomerView) -> dict[str, Any]:
    person = msgspec.structs.asdict(view.person) if view.person else dict.fromkeys(MAX_LENGTHS)
    return {
        "no": view.customer_no,
        **person,
        "customer_group": view.customer_group,
        "credit_limit": desk.text(view.credit_limit_minor),
        "blocked": view.blocked,
        "forgotten": view.forgotten,
        "sealed": view.sealed,
    }
