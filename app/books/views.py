"""What the books answer with: frozen values, no SQL."""

from __future__ import annotations

import msgspec

from app.domain.customer import Person
from app.facts.sales import ReceiptCompleted


class ArticleView(msgspec.Struct, frozen=True):
    """An article as it is now; price in minor units."""

    ident_no: str
    name: str
    price_minor: int
    currency: str
    vat_key: str
    unit: str
    barcodes: tuple[str, ...] = ()
    article_groups: tuple[str, ...] = ()
    open_price: bool = False
    purchase_price_minor: int = 0
    age_limit: int = 0
    discountable: bool = True
    container_deposit: str = ""
    """Ident number of the deposit article that is sold along."""


class VoucherView(msgspec.Struct, frozen=True):
    """A voucher's ledger summed up. ``balance_minor`` = value less holds and redemptions; below zero is an overdraw.

    ``state``: ``open``, ``used_up``, ``expired``, ``blocked`` or ``overdrawn``.
    """

    code: str
    voucher_kind: str
    value_minor: int
    held_minor: int
    redeemed_minor: int
    balance_minor: int
    currency: str
    issued_by: str
    """Member id of the issuing till."""
    issued_at: str
    expires_on: str
    till_no: int
    receipt_no: str
    state: str
    vat_key: str = ""
    """Of a single-purpose voucher: what it was taxed as, and so what it pays for."""
    blocked: bool = False
    ident_no: str = ""
    """Of a token: the article that it stands for."""
    reloadable: bool = False
    replaces: str = ""
    vat_rate_bp: int = 0
    """At which a single-purpose voucher or token was taxed when it was sold."""


class ReceiptView(msgspec.Struct, frozen=True):
    """A receipt as it was journalled, and the member that wrote it."""

    receipt: ReceiptCompleted
    member_id: str


class TurnoverView(msgspec.Struct, frozen=True):
    """Sums over receipts. By VAT: (key, rate in basis points, gross, net, tax). By tender: (tender, amount)."""

    gross_minor: int
    receipts: int
    currency: str
    by_vat: tuple[tuple[str, int, int, int, int], ...]
    by_tender: tuple[tuple[str, int], ...]


class ForSale(msgspec.Struct, frozen=True):
    """An article with what this sale makes of it. ``price_minor`` None: the price list has none for it.

    ``vat_key`` and ``vat_rate_bp`` are those of this supply and customer group (the article keeps its own in
    ``article.vat_key``); ``vat_rate_bp`` None: the key has no rate on that day.
    """

    article: ArticleView
    price_minor: int | None
    price_list: int
    vat_key: str
    vat_rate_bp: int | None
    quantity_milli: int | None = None
    """Out of the barcode: a weight or count."""
    embedded_price_minor: int | None = None
    """Out of the barcode: what this piece costs."""
    in_assortment: bool = True
    """Whether this till's catalogue has it."""


class CustomerView(msgspec.Struct, frozen=True):
    """A customer. ``person`` None: forgotten, or this till cannot open it (``sealed``)."""

    customer_no: str
    person: Person | None
    customer_group: str
    credit_limit_minor: int
    blocked: bool
    removed: bool = False
    forgotten: bool = False
    sealed: bool = False
    """There is a person whose key this till does not hold."""


class CreditView(msgspec.Struct, frozen=True):
    """A customer's credit summed up over all tills. ``owed_minor`` below zero: the customer has money to come."""

    limit_minor: int
    owed_minor: int
    held_minor: int

    @property
    def left_minor(self) -> int:
        """What may still be bought on credit; below zero: beyond the limit."""
        return self.limit_minor - self.owed_minor - self.held_minor


class AccountEntry(msgspec.Struct, frozen=True):
    """One row of a statement: ``amount_minor`` above zero is owed, below zero paid; ``owed_minor`` after it."""

    at: str
    receipt_no: str
    amount_minor: int
    owed_minor: int


class CustomerTurnover(msgspec.Struct, frozen=True):
    """What a customer bought in a month (``2026-11``): receipts less voids, gross of the goods."""

    month: str
    receipts: int
    gross_minor: int


class KeyView(msgspec.Struct, frozen=True):
    """A key of a page. ``price_minor`` None: open price, or none in this price list."""

    row: int
    column: int
    ident_no: str
    label: str
    name: str
    price_minor: int | None
    currency: str
    open_price: bool = False


class PageView(msgspec.Struct, frozen=True):
    """A page of a till's keys; keys of articles that it does not sell (any more) are left out."""

    name: str
    keys: tuple[KeyView, ...]


class FoundArticle(msgspec.Struct, frozen=True):
    """An article of a search. ``price_minor`` None: open price, or none in this price list."""

    ident_no: str
    name: str
    price_minor: int | None
    currency: str
    unit: str
    article_groups: tuple[str, ...]
    in_assortment: bool
    """Whether this till sells it."""
    code: str
    """What sells it: the barcode or label that was typed, else its ident number."""
    open_price: bool = False


class ArticlesFound(msgspec.Struct, frozen=True):
    """What a search found, what fits best first; ``more``: there are others."""

    articles: tuple[FoundArticle, ...]
    more: bool


class CouponView(msgspec.Struct, frozen=True):
    """A single-use coupon. ``left`` is 1 until it is held or used; below zero it was used twice."""

    code: str
    campaign_id: str
    issued_by: str
    """Member id of the issuing till."""
    issued_at: str
    till_no: int
    receipt_no: str
    valid_from: str
    valid_until: str
    customer_no: str
    held: int
    used: int
    left: int
