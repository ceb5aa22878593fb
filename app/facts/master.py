"""Facts of the ``master`` feed: what is sold, at which price and tax, by whom.

Small tables that are read whole (tenders, promotions, rights, …) are *reference data*: one fact
sets or removes one value of one subject; ``app.domain.reference`` lists subjects and their types.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from app.facts.base import Edit, Rate


class ArticleSet(Edit, frozen=True, omit_defaults=True):
    """An article as it is from now on; the newest (by hybrid time) wins. ``price_minor`` is that of price list 1."""

    topic: ClassVar[str] = "master"
    kind: ClassVar[str] = "article.set/1"

    ident_no: str
    name: str
    price_minor: int
    currency: str
    vat_key: str
    barcodes: tuple[str, ...] = ()
    article_groups: tuple[str, ...] = ()
    unit: str = "Stk"
    open_price: bool = False
    purchase_price_minor: int = 0
    age_limit: int = 0
    """Years that a buyer must have; 0: none."""
    not_discountable: bool = False
    container_deposit: str = ""
    """Ident number of the deposit article (Pfand) that is sold along."""
    removed: bool = False
    of: str = ""
    """The stamp of the word that this repeats, for those to whom that does not go; empty: it is a word of its own."""


class PriceSet(Edit, frozen=True, omit_defaults=True):
    """A price of an article in a price list from a day to a day (ISO, inclusive; empty: open). The newest wins.

    A price with a later ``valid_from`` beats one with an earlier; ``price_minor`` None takes it back.
    """

    topic: ClassVar[str] = "master"
    kind: ClassVar[str] = "price.set/1"

    ident_no: str
    price_list: int
    price_minor: int | None
    valid_from: str = ""
    valid_until: str = ""
    of: str = ""
    """As of an article."""


class VatRateSet(Edit, frozen=True):
    """The rate of a VAT key from a day on."""

    topic: ClassVar[str] = "master"
    kind: ClassVar[str] = "vat_rate.set/1"

    vat_key: str
    valid_from: str
    rate_bp: Rate


class ReferenceSet(Edit, frozen=True, omit_defaults=True):
    """One value of reference data as from now on; the newest wins. ``value`` fits the subject's type."""

    topic: ClassVar[str] = "master"
    kind: ClassVar[str] = "reference.set/1"

    subject: str
    key: str
    value: dict[str, Any] = msgspec.field(default_factory=dict)
    removed: bool = False


class UserSet(Edit, frozen=True, omit_defaults=True):
    """A user as from now on; the newest wins. ``pin_hash`` is argon2, ``badge_hash`` a keyed hash."""

    topic: ClassVar[str] = "master"
    kind: ClassVar[str] = "user.set/1"

    user: str
    person: str = ""
    """The name, sealed with the key of ``app.domain.user.person_id``: names never go into feeds in the clear."""
    roles: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    """Single rights beside those of the roles."""
    pin_hash: str = ""
    badge_hash: str = ""
    valid_until: str = ""
    removed: bool = False
