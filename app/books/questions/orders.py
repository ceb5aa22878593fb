"""Orders, with their deposits and what became of them."""

from __future__ import annotations

import msgspec

from app.books.questions import Question
from app.facts.circulation import OrderLine


class DepositView(msgspec.Struct, frozen=True):
    """A deposit as it was taxed: ``lines`` are (vat_key, rate in basis points, gross)."""

    receipt_no: str
    at: str
    amount_minor: int
    lines: tuple[tuple[str, int, int], ...]


class OrderView(msgspec.Struct, frozen=True):
    """An order; ``state`` is one of ``app.domain.order.STATES``.

    ``busy``: a sale that is open picks it up or cancels it. ``depositing_minor``: part of an open sale, not paid yet.
    """

    order_no: str
    state: str
    busy: bool
    till_no: int
    placed_at: str
    cashier: str
    currency: str
    lines: tuple[OrderLine, ...]
    total_minor: int
    due_on: str
    customer_no: str
    source: str
    paid_minor: int
    note: str
    deposits: tuple[DepositView, ...] = ()
    depositing_minor: int = 0
    ended_by: str = ""
    """The receipt that picked it up or cancelled it."""
    reason: str = ""
    """Why it was cancelled."""

    @property
    def deposited_minor(self) -> int:
        return sum(deposit.amount_minor for deposit in self.deposits)


class FindOrder(Question[OrderView | None], frozen=True):
    """The order; None if no till has told of it."""

    order_no: str


class ListOrders(Question[tuple[OrderView, ...]], frozen=True):
    """Orders by due date, then number; empty fields choose all. ``due_until`` is a day (ISO)."""

    state: str = ""
    customer_no: str = ""
    due_until: str = ""
    limit: int = 200
