"""Whether something may be used although not every member could be asked, and how much of it.

Per kind of resource: ``refuse``, ``allow``, or ``limit``: at most so much of one resource on a business day, and
perhaps at most so much of the whole kind at one till and day (``per_day``). What counts are the holds and uses
whose claims were covered incompletely, as the books here know them. Tills that hear each other know the same, so
a part of the network that is cut off shares one limit: with k parts, one resource is overdrawn by at most
(k-1) times its limit a day.

A till's own settings come first, then the network's reference data: those of the till's site before those
for all sites. Whoever says nothing allows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from app.domain.money import MAX_AMOUNT_MINOR, format_minor, parse_minor
from app.domain.quantity import MILLI, format_milli
from app.domain.resource import KINDS, MILLI_PIECES, MONEY, UNITS

Rule = Literal["refuse", "allow", "limit"]
MAX_SITE_LENGTH = 60

_PIECES = re.compile(r"[0-9]{1,6}")
_MILLI = re.compile(r"(?P<whole>[0-9]{1,6})(?:[.,](?P<part>[0-9]{1,3}))?")


class Policy(msgspec.Struct, frozen=True):
    """What holds for one kind; ``limit`` and ``per_day`` in its own smallest unit. ``per_day`` None: any amount."""

    rule: Rule
    limit: int = 0
    per_day: int | None = None


ALLOW, REFUSE = Policy("allow"), Policy("refuse")


class ClaimPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A policy as reference data: for one kind, at one site or (empty) at all of them; amounts as ``amount_of``."""

    kind: str
    policy: Rule
    limit: str = ""
    per_day: str = ""
    site: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.site}" if self.site else self.kind

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if self.kind not in KINDS:
            raise ValueError(f"there is no kind {self.kind[:40]!r}; known are {', '.join(KINDS)}")
        if len(self.site) > MAX_SITE_LENGTH or not self.site.isprintable() or self.site != self.site.strip():
            raise ValueError(f"site: at most {MAX_SITE_LENGTH} printable characters")
        policy_of(self.kind, self.policy, self.limit, self.per_day, "EUR")


def policy_of(kind: str, rule: Rule, limit: str, per_day: str, currency: str) -> Policy:
    """The policy with its amounts read; ``ValueError`` with a plain sentence for what does not go together."""
    if rule != "limit":
        if limit or per_day:
            raise ValueError(f"limit and per_day belong to the policy limit, not to {rule}")
        return Policy(rule)
    if not limit:
        raise ValueError('limit: how much of one resource a day, like "50.00"')
    return Policy(rule, amount_of(kind, limit, currency), amount_of(kind, per_day, currency) if per_day else None)


def policy_for(
    kind: str, own: Mapping[str, Policy], known: Mapping[str, ClaimPolicy], site: str, currency: str
) -> Policy:
    """What holds for the kind here: the till's ``own`` word, then its site's of the ``known`` ones, then everybody's.

    A limit in money of another currency than the till's says nothing that could be counted: refused.
    """
    if kind in own:
        return own[kind]
    said = (known.get(f"{kind}/{site}") if site else None) or known.get(kind)
    if said is None:
        return ALLOW
    try:
        return policy_of(kind, said.policy, said.limit, said.per_day, currency)
    except ValueError:
        return REFUSE


def room(policy: Policy, of_resource: int, of_kind: int) -> int | None:
    """How much may be used without full coverage yet; None: any amount.

    ``of_resource`` and ``of_kind`` were used so today: of this resource, and of its kind at this till.

    >>> room(Policy("limit", 5000, 20000), 3000, 19000), room(Policy("limit", 5000), 6000, 0), room(ALLOW, 1, 1)
    (1000, 0, None)
    """
    if policy.rule == "allow":
        return None
    if policy.rule == "refuse":
        return 0
    left = policy.limit - of_resource
    if policy.per_day is not None:
        left = min(left, policy.per_day - of_kind)
    return max(0, left)


def amount_of(kind: str, text: str, currency: str) -> int:
    """An amount in the kind's own unit: money as "50.00", goods as "1" or "0.5", what happens once as "1".

    ``ValueError`` with a plain sentence for anything else.

    >>> amount_of("voucher", "50.00", "EUR"), amount_of("return", "0.5", "EUR"), amount_of("coupon", "1", "EUR")
    (5000, 500, 1)
    """
    bare = text.strip()
    unit = UNITS[kind]
    if unit == MONEY:
        try:
            return parse_minor(bare, currency)
        except ValueError:
            raise ValueError(f'{text[:40]!r} is no amount; write it like "50.00"') from None
    if unit == MILLI_PIECES:
        found = _MILLI.fullmatch(bare)
        if found is None:
            raise ValueError(f'{text[:40]!r} is no quantity; write it like "1" or "0.5"')
        return min(MAX_AMOUNT_MINOR, int(found["whole"]) * MILLI + int((found["part"] or "").ljust(3, "0")))
    if _PIECES.fullmatch(bare) is None:
        raise ValueError(f'{text[:40]!r} is no number of pieces; write it like "1"')
    return int(bare)


def text_of(kind: str, amount: int, currency: str) -> str:
    """The amount as ``amount_of`` reads it."""
    unit = UNITS[kind]
    if unit == MONEY:
        return format_minor(amount, currency)
    return format_milli(amount) if unit == MILLI_PIECES else str(amount)
