"""Customers: who they are, what they owe, what they bought."""

from __future__ import annotations

from typing import ClassVar

from app.books.questions import Question
from app.books.views import AccountEntry, CreditView, CustomerTurnover, CustomerView


class FindCustomer(Question[CustomerView | None], frozen=True):
    """The customer of that number, as far as this till may read it; None if no till knows it."""

    customer_no: str


class SearchCustomers(Question[tuple[CustomerView, ...]], frozen=True):
    """Customers whose number, name, address, e-mail or phone contains every word; by name, at most ``limit``."""

    slow: ClassVar[bool] = True

    text: str
    limit: int = 50


class AllCustomers(Question[tuple[CustomerView, ...]], frozen=True):
    """Every customer by number, forgotten ones without their person."""

    slow: ClassVar[bool] = True


class FindCredit(Question[CreditView], frozen=True):
    """What the customer owes, over all tills; zeros for one that nobody knows."""

    customer_no: str


class AskStatement(Question[tuple[AccountEntry, ...]], frozen=True):
    """The customer's account: what was bought on credit and what was paid, the oldest first."""

    slow: ClassVar[bool] = True

    customer_no: str


class AskCustomerTurnover(Question[tuple[CustomerTurnover, ...]], frozen=True):
    """What the customer bought, by month, the oldest first."""

    customer_no: str


class BuyersOf(Question[tuple[str, ...]], frozen=True):
    """The ids that the customer's invoices were sealed with, beside the customer's own."""

    customer_no: str


class ForgottenPersons(Question[tuple[str, ...]], frozen=True):
    """Everyone whose key is to be erased."""
