"""Customer groups and bonus rules (reference data), and what is personal about a customer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

MAX_GROUP_LENGTH = 40
MAX_LENGTHS: Mapping[str, int] = {
    "name": 100,
    "street": 100,
    "postcode": 16,
    "city": 60,
    "country": 60,
    "email": 100,
    "phone": 40,
    "vat_id": 20,
    "note": 200,
}
"""Characters of each personal field: a label's and an invoice's width, and a record's."""

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sealed with a key of the person's own; it never goes into a feed in the clear."""

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    vat_id: str = ""
    note: str = ""


class CustomerGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A group (Benutzergruppe) and the price list that its customers buy at."""

    group: str
    name: str
    price_list: int = 1

    @property
    def key(self) -> str:
        return self.group


class BonusRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From this day on customers of the group (empty: all) earn ``percent_bp`` of their turnover."""

    customer_group: str
    valid_from: str
    percent_bp: int

    @property
    def key(self) -> str:
        return f"{self.customer_group}/{self.valid_from}"


def is_customer_no(text: str) -> bool:
    """Whether this can be a customer's number: 1 to 20 letters, digits and ``. _ -``, the first no sign.

    >>> is_customer_no("10001"), is_customer_no("A/7")
    (True, False)
    """
    return _NUMBER.fullmatch(text) is not None


def bad_field(fields: Mapping[str, str]) -> str | None:
    """The first personal field that is too long or cannot be printed; None if all will do."""
    for name, limit in MAX_LENGTHS.items():
        value = fields.get(name, "")
        if len(value) > limit or not value.isprintable():
            return name
    return None


def searchable(customer_no: str, person: Person | None) -> str:
    """What a customer is found by, small letters: number, name, address, e-mail and phone."""
    known = () if person is None else (
        person.name, person.street, person.postcode, person.city, person.email, person.phone,
    )  # fmt: skip
    return " ".join((customer_no, *known)).casefold()


def is_group(text: str) -> bool:
    """Whether this can be a group's name."""
    return len(text) <= MAX_GROUP_LENGTH and text.isprintable()


def bonus_of(rules: Iterable[BonusRule], customer_group: str, day: str, goods_minor: int) -> int:
    """The bonus (minor units, at least zero) that a receipt with goods of this gross earns on the day (ISO).

    The group's own newest rule counts, else the newest for all. A fraction of the smallest coin is not earned.
    Goods that come back earn nothing and take nothing back: what they had earned may be spent already.

    >>> bonus_of([BonusRule("", "2026-01-01", 250)], "A", "2026-11-21", 1999)
    49
    """
    ruling = [rule for rule in rules if rule.valid_from <= day and rule.customer_group in ("", customer_group)]
    if not ruling or goods_minor <= 0:
        return 0
    newest = max(ruling, key=lambda rule: (rule.customer_group != "", rule.valid_from))
    return max(0, goods_minor * newest.percent_bp // 10_000)
