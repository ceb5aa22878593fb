"""What of a web shop's changed and cancelled orders is still to be done, put down before the first is. Pure.

Each of them is done under its claim, so that it is there or not. Which are done is what the books say: an order that is
as it was wanted, or cancelled, is done; one that is neither that nor as it was when this was put down has been changed
by somebody else, and stays so.
"""

from __future__ import annotations

from typing import Any

import msgspec

from app.books.questions.orders import OrderView
from app.domain import order
from app.facts import codec
from app.facts.circulation import OrderPlaced
from app.office.bulk import kept_text

FORMAT = 1
CHANGED = ("lines", "total_minor", "due_on", "customer_no", "paid_minor", "note")
LATER = frozenset({"order_busy", "order_unconfirmed", "order_on_sale"})
"""Reasons that pass by themselves."""


class Wanted(msgspec.Struct, frozen=True):
    """An order to change into what ``body`` (of ``OrderPlaced``) says, or to cancel. ``was``: how it was then."""

    order_no: str
    body: dict[str, Any] | None
    was: list[Any]

    def fact(self) -> OrderPlaced | str:
        """What it is to be; its number: cancelled."""
        if self.body is None:
            return self.order_no
        fact = codec.read(OrderPlaced.kind, self.body)
        assert isinstance(fact, OrderPlaced)
        return fact


class Rest(msgspec.Struct, frozen=True):
    """``change``: what this is a part of, and when; ``anyway``: although not every till could be asked."""

    format: int
    change: str
    anyway: bool
    wanted: tuple[Wanted, ...]


def rest(change: str, *, anyway: bool, wanted: list[OrderPlaced | str], known: dict[str, OrderView]) -> Rest:
    """These orders, as they are ``known`` now."""
    found = []
    for each in wanted:
        number = each if isinstance(each, str) else each.order_no
        body = None if isinstance(each, str) else codec.write(each).body
        found.append(Wanted(number, body, as_it_is(known[number])))
    return Rest(FORMAT, change, anyway, tuple(found))


def unpacked(text: str) -> Rest:
    """It again. ``Unreadable``."""
    return kept_text.unpacked(text, Rest, FORMAT)


def as_it_is(found: OrderView) -> list[Any]:
    """What can be compared later."""
    plain: list[Any] = msgspec.json.decode(msgspec.json.encode([getattr(found, name) for name in CHANGED]))
    return plain


def same(fact: OrderPlaced, found: OrderView) -> bool:
    """Whether the file says of the order what is known of it."""
    return all(getattr(fact, name) == getattr(found, name) for name in CHANGED)


def standing(wanted: Wanted, found: OrderView | None) -> str:
    """``done``, ``to_do``, or the code of why it cannot be any more (``rows.REASONS``)."""
    if found is None:
        return "order_unknown"
    fact = wanted.fact()
    if found.state == order.CANCELLED and isinstance(fact, str):
        return "done"
    if found.state != order.OPEN:
        return "order_ended"
    if not isinstance(fact, str) and same(fact, found):
        return "done"
    return "to_do" if as_it_is(found) == wanted.was else "order_changed"
