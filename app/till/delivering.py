"""Delivery notes and invoices."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from app.domain.sale import OpenSale
from app.domain.tender import Tender
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from app.till.commands import CollectInvoice, MakeInvoice, Pay
from app.till.effects import Effect, Event
from app.till.steps import Steps, nothing

if TYPE_CHECKING:
    from app.till.counter import Counter
    from app.till.tendering import Take


def make_invoice(counter: Counter, command: MakeInvoice) -> Steps:
    raise NotImplementedError


def collect_invoice(counter: Counter, command: CollectInvoice) -> Steps:
    raise NotImplementedError


def prepare(counter: Counter, sale: OpenSale) -> Generator[Effect, Event, OpenSale]:
    """Numbers of the delivery note and the invoice that the receipt is."""
    yield from nothing()
    return sale


def contribute(counter: Counter, sale: OpenSale, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    """The delivery note and the invoice that the receipt is."""
    yield from nothing()
    return ()


def take_delivery_note(
    counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take
) -> Steps:
    """The goods leave on a delivery note: a receivable arises."""
    raise NotImplementedError
