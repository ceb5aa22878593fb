"""A record of replication as a version of a value of master data. Pure.

A value has a *kind* (``article``, ``price``, ``vat_rate``, ``user``, ``customer``, or a subject of reference data) and
a *key*: its number or id; of a price ``IDENT:LIST:FROM:UNTIL``, of a VAT rate ``KEY:FROM``. What never enters the books
(``app.books.writer``) is no version either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from app.books.writer import fact_of
from app.domain.reference import SUBJECTS, ReferenceFault, value_of
from app.facts import codec
from app.facts.base import Fact
from app.facts.circulation import CustomerForgotten, CustomerSet
from app.facts.master import ArticleSet, PriceSet, ReferenceSet, UserSet, VatRateSet
from replication.core.model import Record

ARTICLE, PRICE, VAT_RATE, USER, CUSTOMER = "article", "price", "vat_rate", "user", "customer"
FORGOTTEN = "forgotten"
"""The change that a customer's last version is a part of."""

_BESIDE_THE_VALUE = frozenset({"by", "change", "removed", "saw"})
_MS_DIGITS = 16


class Version(msgspec.Struct, frozen=True):
    """A value as it was from then on. ``stamp`` orders versions the same way at every member, and names them.

    ``value`` is as the fact said it, what is at its default left out; ``member``: who wrote it, ``by``: which user.
    """

    kind: str
    key: str
    stamp: str
    at_ms: int
    member: str
    by: str
    change: str
    value: dict[str, Any]
    removed: bool = False
    saw: str = ""
    """The stamp of the version that whoever said it had seen, where that is known."""


_KEYS: Mapping[type[Fact], Callable[[Any], tuple[str, str]]] = {
    ArticleSet: lambda fact: (ARTICLE, fact.ident_no),
    PriceSet: lambda fact: (PRICE, price_key(fact.ident_no, fact.price_list, fact.valid_from, fact.valid_until)),
    VatRateSet: lambda fact: (VAT_RATE, f"{fact.vat_key}:{fact.valid_from}"),
    UserSet: lambda fact: (USER, fact.user),
    CustomerSet: lambda fact: (CUSTOMER, fact.customer_no),
    CustomerForgotten: lambda fact: (CUSTOMER, fact.customer_no),
    ReferenceSet: lambda fact: (fact.subject, fact.key),
}


def price_key(ident_no: str, price_list: int, valid_from: str, valid_until: str) -> str:
    """The key of an entered price.

    >>> price_key("0815", 2, "2026-12-01", "")
    '0815:2:2026-12-01:'
    """
    return f"{ident_no}:{price_list}:{valid_from}:{valid_until}"


def named(fact: Fact) -> tuple[str, str] | None:
    """Kind and key of what the fact sets; None if it is no master data."""
    found = _KEYS.get(type(fact))
    return None if found is None else found(fact)


def version_of(record: Record, stamp: str) -> Version | None:
    """The version that the record is; None for whatever is no master data, or not fit for the books."""
    fact = fact_of(record)
    if isinstance(fact, str) or type(fact) not in _KEYS:
        return None
    if record.body.get("of") and not isinstance(fact, ReferenceSet):
        return None  # it repeats what somebody said, for a catalogue's tills
    kind, key = _KEYS[type(fact)](fact)
    at_ms = int(record.hlc[:_MS_DIGITS])
    if isinstance(fact, CustomerForgotten):
        return Version(kind, key, stamp, at_ms, record.feed.member, fact.user, FORGOTTEN, {}, removed=True)
    body: dict[str, Any] = codec.write(fact).body
    value = {name: each for name, each in body.items() if name not in _BESIDE_THE_VALUE}
    removed = body.get("removed", False)
    if isinstance(fact, ReferenceSet):
        value = _referred(fact)
    elif isinstance(fact, PriceSet):
        removed = fact.price_minor is None
    by, change, saw = (body.get(name, "") for name in ("by", "change", "saw"))
    return Version(kind, key, stamp, at_ms, record.feed.member, by, change, value, removed, saw)


def same(one: Version | None, other: Version | None) -> bool:
    """Whether both say the same of the value: gone is gone, whatever it was before."""
    if one is None or one.removed or other is None or other.removed:
        return (one is None or one.removed) and (other is None or other.removed)
    return one.value == other.value


def _referred(fact: ReferenceSet) -> dict[str, Any]:
    """The value with what is at its default left out, so that two that mean the same are the same."""
    if fact.subject not in SUBJECTS or fact.removed:
        return fact.value
    try:
        typed = value_of(fact.subject, fact.value)
    except ReferenceFault:
        return fact.value
    plain: dict[str, Any] = msgspec.to_builtins(typed)
    return plain
