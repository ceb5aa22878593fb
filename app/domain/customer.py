"""Customer groups and bonus rules (reference data), and what is personal about a customer."""

from __future__ import annotations

import msgspec


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
