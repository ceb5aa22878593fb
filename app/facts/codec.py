"""Fact <-> what replication carries: a topic, a kind with version, and a JSON-able body.

Reading is careful, because a body comes from another till, perhaps of a newer version:

1. an unknown kind is ``None``: passed over, never lost, and read after the next update;
2. fields that a newer version added are passed over;
3. a body that does not fit its kind is ``FactUnreadable``: the writer's fault, not ours.
   That includes numbers and characters that not every database holds, and text that is no Unicode.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from app.facts import circulation, master, sales, statements
from app.facts.base import Fact

FACTS: tuple[type[Fact], ...] = (
    sales.ReceiptCompleted,
    sales.TrainingCompleted,
    sales.SaleAborted,
    sales.CashMoved,
    sales.CashCounted,
    sales.ZReportClosed,
    sales.AuditLogged,
    sales.InvoiceIssued,
    circulation.ResourceHeld,
    circulation.ResourceHoldReleased,
    circulation.ResourceUsed,
    circulation.ResourceGranted,
    circulation.OverdrawSettled,
    circulation.VoucherIssued,
    circulation.VoucherBlocked,
    circulation.CouponIssued,
    circulation.CouponsPrinted,
    statements.VoucherStated,
    statements.CouponStated,
    circulation.SaleParked,
    circulation.OrderPlaced,
    circulation.OrderDeposited,
    circulation.OrderChanged,
    circulation.OrderCancelled,
    circulation.DeliveryNoteIssued,
    circulation.InvoiceOpened,
    circulation.ReceivablePaid,
    circulation.CustomerSet,
    circulation.CustomerForgotten,
    master.ArticleSet,
    master.PriceSet,
    master.VatRateSet,
    master.ReferenceSet,
    master.UserSet,
)
"""Every fact that this version can say and read."""

MAX_INTEGER = 2**53
"""Exact in every database and JSON reader."""

_DIGITS_ONLY = bytes(0x30 if chr(byte) in "0123456789" else 0x20 for byte in range(256))
_MANY_DIGITS = b"0" * 16
"""No number with fewer digits is beyond ``MAX_INTEGER``."""
_NUL = rb"\u0000"
"""How JSON says the one character that PostgreSQL keeps in no text."""
_OF_ANY_SHAPE = frozenset({master.ReferenceSet.kind})
"""Facts that keep a part of whatever shape it came in, not only what their types say."""

_BY_KIND = {fact.kind: fact for fact in FACTS}


class FactUnreadable(ValueError):
    """A body that does not fit its kind."""


class WrittenFact(NamedTuple):
    """A fact ready to be journalled: ``replication.core.model.Entry`` has the same three fields."""

    topic: str
    kind: str
    body: dict[str, Any]


def write(fact: Fact) -> WrittenFact:
    """The fact's topic, kind and JSON-able body."""
    body = msgspec.to_builtins(fact)
    return WrittenFact(fact.topic, fact.kind, body)


def read(kind: str, body: dict[str, Any]) -> Fact | None:
    """The fact that the body says; None for an unknown kind; ``FactUnreadable`` for a body that does not fit."""
    fact_type = _BY_KIND.get(kind)
    if fact_type is None:
        return None
    try:
        # A fact is read for every line of every receipt that was ever sold, so what cannot be wrong is not looked at.
        said = msgspec.json.encode(body)
        if kind in _OF_ANY_SHAPE or _NUL in said or _MANY_DIGITS in said.translate(_DIGITS_ONLY):
            _check(body, depth=0)
        return msgspec.convert(body, fact_type)
    except (msgspec.ValidationError, UnicodeEncodeError, RecursionError) as error:
        raise FactUnreadable(f"{kind}: {error}") from None


def topic_of(kind: str) -> str | None:
    """The topic a kind belongs to; None for an unknown kind."""
    fact_type = _BY_KIND.get(kind)
    return fact_type.topic if fact_type else None


def _check(value: object, depth: int) -> None:
    """Bounds that the types alone do not say."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise FactUnreadable("the character NUL")
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise FactUnreadable("a number beyond 2**53")
    elif depth > 8:
        raise FactUnreadable("nested too deeply")
    elif isinstance(value, dict):
        for part in value.values():
            _check(part, depth + 1)
    elif isinstance(value, list | tuple):
        for part in value:
            _check(part, depth + 1)
