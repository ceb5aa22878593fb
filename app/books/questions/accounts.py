"""A customer's account: everything that changed what is owed, on credit, by delivery note or by invoice."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from app.books.questions import Question

ItemKind = Literal["credit", "payment", "note", "invoice", "settled"]


class AccountItem(msgspec.Struct, frozen=True, order=True):
    """``amount_minor`` above zero is owed, below paid. ``number``: of the note or invoice.

    ``credit``: bought on credit (below zero: given back to it); ``payment``; ``note`` and ``invoice``: issued. An
    invoice that gathers notes owes nothing new: its amount is what it differs from what was open of them. ``settled``:
    a payment beyond what was owed that the office has put right.
    """

    at: str
    kind: ItemKind
    number: str
    receipt_no: str
    amount_minor: int


class AskAccount(Question[tuple[AccountItem, ...]], frozen=True):
    """The customer's whole account, the oldest first."""

    slow: ClassVar[bool] = True

    customer_no: str


class CustomersWithAccount(Question[tuple[str, ...]], frozen=True):
    """The numbers of all customers that ever owed something, sorted."""

    slow: ClassVar[bool] = True
