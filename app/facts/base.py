"""The base of all facts.

``topic`` names the feed a fact goes to (DESIGN §3) and ``kind`` its name and version.
Amounts are integer minor units (``*_minor``), quantities integer thousandths
(``*_milli``), VAT rates basis points (``*_bp``: 1900 is 19 %), instants ISO 8601 in
UTC with milliseconds, days ISO 8601.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeVar

import msgspec


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """Something that happened. Subclasses set ``topic`` and ``kind``."""

    topic: ClassVar[str]
    kind: ClassVar[str]


class Edit(Fact, frozen=True, omit_defaults=True, kw_only=True):
    """A value of master data as from now on, beside what the value is: who said so, and with what else."""

    topic: ClassVar[str] = ""
    kind: ClassVar[str] = ""

    by: str = ""
    """The user, or ``cli:NAME`` for a command of the machine's user; empty for what was said before there were users,
    or by nobody who had to log in."""
    change: str = ""
    """What it was a part of, such as one import; what has the same text is taken back together. Empty: of nothing."""
    saw: str = ""
    """The version (its stamp) that whoever said it had seen; empty: nobody can say. Two offices that could not hear
    each other may have changed the same one: the newer word counts, and this tells that there was another.
    """


AnyFact = TypeVar("AnyFact", bound=Fact)


def said_by(fact: AnyFact, by: str, change: str = "") -> AnyFact:
    """An edit with who said it and what it is a part of, where it does not say so itself; any other fact as it is."""
    if not isinstance(fact, Edit) or not (by or change):
        return fact
    return msgspec.structs.replace(fact, by=fact.by or by, change=fact.change or change)


Positive = Annotated[int, msgspec.Meta(gt=0)]
"""What a value or a use of it must be: a hold below zero would make a voucher worth more."""

NotNegative = Annotated[int, msgspec.Meta(ge=0)]

Rate = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
"""A VAT rate in basis points."""
