"""Reference data: small tables that a till reads whole, by subject. Facts set and remove single values.

A subject's type says what its values look like; a value that does not fit never enters the
books. ``Reference`` is all of it at one moment; it is frozen, so whoever derives something from it
may keep the result as long as ``version`` stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeVar, cast

import msgspec

from app.domain.account import Account, Accounting
from app.domain.assortment import Assortment, Catalogue
from app.domain.assortment_page import AssortmentPage
from app.domain.audit_limit import AuditLimit
from app.domain.branch import Branch, DeviceGroup, TillPlan
from app.domain.catalogue import CatalogueArticle, TravellingCatalogue
from app.domain.claim_policy import ClaimPolicy
from app.domain.cost_centre import CostCentre, TypedNumber
from app.domain.coupon import Campaign
from app.domain.customer import BonusRule, CustomerGroup
from app.domain.in_store_code import InStoreMask
from app.domain.number_pool import NumberPool
from app.domain.number_range import NumberRange
from app.domain.planned_change import PlannedChange
from app.domain.price_list import PriceList
from app.domain.pricing.promotion import Promotion
from app.domain.supplier import Supplier
from app.domain.tender import CashRounding, ExchangeRate, Tender
from app.domain.user import Role
from app.domain.vat import SupplyRule
from app.domain.voucher import ExpiryRule
from app.domain.weighing import TareClass


class Keyed(Protocol):
    """A value that knows under which key it is kept."""

    @property
    def key(self) -> str: ...


T = TypeVar("T")

SUBJECTS: Mapping[str, type[Any]] = {
    "price_list": PriceList,
    "in_store_mask": InStoreMask,
    "supply_rule": SupplyRule,
    "assortment": Assortment,
    "catalogue": Catalogue,
    "assortment_page": AssortmentPage,
    "promotion": Promotion,
    "campaign": Campaign,
    "tender": Tender,
    "exchange_rate": ExchangeRate,
    "cash_rounding": CashRounding,
    "expiry_rule": ExpiryRule,
    "customer_group": CustomerGroup,
    "bonus_rule": BonusRule,
    "cost_centre": CostCentre,
    "typed_number": TypedNumber,
    "number_range": NumberRange,
    "number_pool": NumberPool,
    "branch": Branch,
    "device_group": DeviceGroup,
    "till_plan": TillPlan,
    "travelling_catalogue": TravellingCatalogue,
    "catalogue_article": CatalogueArticle,
    "role": Role,
    "claim_policy": ClaimPolicy,
    "tare_class": TareClass,
    "supplier": Supplier,
    "account": Account,
    "accounting": Accounting,
    "audit_limit": AuditLimit,
    "planned_change": PlannedChange,
}
"""Every subject and the type of its values."""

_SUBJECT_OF = {kind: subject for subject, kind in SUBJECTS.items()}


class ReferenceFault(ValueError):
    """A value that does not fit its subject; the text says what is wrong."""


def value_of(subject: str, raw: Mapping[str, Any]) -> Keyed:
    """The typed value; ``ReferenceFault`` if there is no such subject or the value does not fit it.

    A type may have a method ``check`` that raises ``ValueError`` for what its fields alone cannot say.
    """
    kind = SUBJECTS.get(subject)
    if kind is None:
        raise ReferenceFault(f"there is no subject {subject!r}; known are {', '.join(SUBJECTS)}")
    try:
        value = msgspec.convert(dict(raw), kind)
        check = getattr(value, "check", None)
        if check is not None:
            check()
    except (msgspec.ValidationError, ValueError) as error:
        raise ReferenceFault(f"{subject}: {error}") from None
    return cast("Keyed", value)


class Reference:
    """All reference data at one moment, by type and key."""

    def __init__(self, version: str = "", values: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.version = version
        self._values = dict(values or {})

    def all(self, kind: type[T]) -> Mapping[str, T]:
        """Every value of the type, by key in the order of the keys."""
        return self._values.get(_SUBJECT_OF[kind], {})

    def get(self, kind: type[T], key: str) -> T | None:
        """The value of that key; None if there is none."""
        return self.all(kind).get(key)

    def __iter__(self) -> Iterator[tuple[str, str, Any]]:
        for subject, values in self._values.items():
            for key, value in values.items():
                yield subject, key, value
