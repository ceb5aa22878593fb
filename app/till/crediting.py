"""Customers' money: credit, paying a credit, the purse, the bonus."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from app.domain.sale import OpenSale
from app.domain.tender import Tender
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from app.till.commands import Pay, PayCredit, TopUp
from app.till.effects import Effect, Event
from app.till.steps import Steps, nothing

if TYPE_CHECKING:
    from app.till.counter import Counter
    from app.till.tendering import Take


def pay_credit(counter: Counter, command: PayCredit) -> Steps:
    raise NotImplementedError


def top_up(counter: Counter, command: TopUp) -> Steps:
    raise NotImplementedError


def contribute(counter: Counter, sale: OpenSale, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    """What the receipt does to credit, purse and bonus."""
    yield from nothing()
    return ()


def take_credit(counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take) -> Steps:
    """The customer owes it: checked against the limit over all tills."""
    raise NotImplementedError


def take_purse(counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take) -> Steps:
    """Out of the customer's purse or bonus."""
    raise NotImplementedError
