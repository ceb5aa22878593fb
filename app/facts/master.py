"""Facts of the ``master`` feed: what is sold, and at which tax."""

from __future__ import annotations

from typing import ClassVar

from app.facts.base import Fact, Rate


class ArticleSet(Fact, frozen=True):
    """An article as it is from now on; the newest (by hybrid time) wins."""

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


class VatRateSet(Fact, frozen=True):
    """The rate of a VAT key from a day on."""

    topic: ClassVar[str] = "master"
    kind: ClassVar[str] = "vat_rate.set/1"

    vat_key: str
    valid_from: str
    rate_bp: Rate
