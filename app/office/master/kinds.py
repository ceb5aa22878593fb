"""Every kind of master data, and the fields of its values. Pure.

Reference data have the kinds of their subjects. Customers and users are shown in the clear, with fields of their
own where a fact has sealed text or hashes (``people.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from app.domain.customer import Person
from app.domain.reference import SUBJECTS
from app.facts.master import ArticleSet, PriceSet, VatRateSet
from app.office.history.versions import ARTICLE, CUSTOMER, PRICE, USER, VAT_RATE

Sort = Literal["text", "amount", "quantity", "percent", "number", "yes_or_no", "choice", "list", "structure", "secret"]
_BESIDE = frozenset({"by", "change", "of", "removed", "saw"})
_ENDINGS: Mapping[str, Sort] = {"_minor": "amount", "_milli": "quantity", "_bp": "percent"}


class CustomerValue(Person, frozen=True, omit_defaults=True, kw_only=True):
    """A customer in the clear."""

    customer_no: str
    customer_group: str = ""
    credit_limit_minor: int = 0
    blocked: bool = False


class UserValue(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A user in the clear. PIN and badge are typed only; what is there is shown as ``set``."""

    user: str
    name: str
    roles: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    valid_until: str = ""
    pin: str = ""
    badge: str = ""


class Field(msgspec.Struct, frozen=True):
    """``options``: of a choice. ``empty``: whether None says something of its own (no value at all)."""

    name: str
    sort: Sort
    required: bool = False
    options: tuple[str, ...] = ()
    default: Any = None
    empty: bool = False
    item: Literal["text", "number"] = "text"
    """What a list holds."""

    @property
    def plain(self) -> str:
        """The name without its unit, as it may be typed as well: ``price`` for ``price_minor``."""
        ending = next((ending for ending in _ENDINGS if self.name.endswith(ending)), "")
        return self.name.removesuffix(ending)


class Kind(msgspec.Struct, frozen=True):
    """``keys``: the fields that make the key, and so never change."""

    name: str
    value: type[Any]
    keys: tuple[str, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """In the order in which they are typed: what makes the key first."""
        value: Any = self.value
        found = _fields(value)
        return (
            *(each for each in found if each.name in self.keys),
            *(each for each in found if each.name not in self.keys),
        )

    def field(self, name: str) -> Field | None:
        """By its name, or its name without the unit."""
        return next((each for each in self.fields if name in (each.name, each.plain)), None)


_OWN = (
    Kind(ARTICLE, ArticleSet, ("ident_no",)),
    Kind(PRICE, PriceSet, ("ident_no", "price_list", "valid_from", "valid_until")),
    Kind(VAT_RATE, VatRateSet, ("vat_key", "valid_from")),
    Kind(CUSTOMER, CustomerValue, ("customer_no",)),
    Kind(USER, UserValue, ("user",)),
)
PLANNED = "planned_change"
"""The subject of what is to change later: seen and set by ``planning.py`` alone."""
KINDS: Mapping[str, Kind] = {
    **{kind.name: kind for kind in _OWN},
    **{subject: Kind(subject, value, ()) for subject, value in SUBJECTS.items() if subject != PLANNED},
}
"""Every kind by its name."""


@cache
def _fields(value: Any) -> tuple[Field, ...]:
    hints = get_type_hints(value)
    return tuple(
        _field(each, hints[each.encode_name]) for each in msgspec.structs.fields(value) if each.name not in _BESIDE
    )


def _field(each: msgspec.structs.FieldInfo, hint: Any) -> Field:
    default = None if each.default is msgspec.NODEFAULT else each.default
    parts = [part for part in get_args(hint) if part is not type(None)]
    empty = get_origin(hint) in (Union, UnionType) and len(parts) < len(get_args(hint))
    sort, options, item = _sort(each.name, parts[0] if empty and len(parts) == 1 else hint)
    return Field(each.name, sort, each.required, options, default, empty, item)


def _sort(name: str, hint: Any) -> tuple[Sort, tuple[str, ...], Literal["text", "number"]]:
    if name in ("pin", "badge"):
        return "secret", (), "text"
    if hint is bool:
        return "yes_or_no", (), "text"
    if hint is int:
        return next((sort for ending, sort in _ENDINGS.items() if name.endswith(ending)), "number"), (), "text"
    if get_origin(hint) is Literal:
        return "choice", tuple(map(str, get_args(hint))), "text"
    if get_args(hint) in ((str, ...), (int, ...)):
        return "list", (), "number" if int in get_args(hint) else "text"
    return ("text" if hint is str else "structure"), (), "text"
