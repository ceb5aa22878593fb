"""Articles as they are sold: looked up by what was scanned or typed, with price and VAT for this sale."""

from __future__ import annotations

from typing import ClassVar

from app.books.questions import Question
from app.books.views import ArticlesFound, ForSale, PageView


class FindForSale(Question[ForSale | None], frozen=True):
    """The article of a barcode or ident number with its price and rate; None if there is none.

    ``day`` is ISO. ``till_no`` picks the catalogue. In-store codes bring quantity or price along.
    ``removed_too``: what is on a receipt already may have been removed from the shop since.
    """

    code: str
    day: str
    price_list: int = 1
    supply: str = ""
    customer_group: str = ""
    till_no: int = 0
    removed_too: bool = False


class FindVatRate(Question[int | None], frozen=True):
    """The rate of a VAT key on the day (ISO) in basis points; None before its first."""

    vat_key: str
    day: str


class ListVatRates(Question[dict[str, int]], frozen=True):
    """The rate of every VAT key on the day (ISO) in basis points, by key; without those that have none yet."""

    day: str


class FindKeyPages(Question[tuple[PageView, ...]], frozen=True):
    """The key pages of a till's catalogues with names and prices on the day (ISO), in the order of the catalogues."""

    till_no: int
    day: str
    price_list: int = 1


class FindKeypad(Question[tuple[PageView, ...]], frozen=True):
    """The numbered pages of a till at a site: its ``assortment_page``s, else its catalogues' pages in parts of 30 keys.

    ``KeyView.row`` is the number of a key; it stays what it is if an article before it is not sold any more.
    """

    till_no: int
    day: str
    price_list: int = 1
    site: str = ""


class ListArticleGroups(Question[tuple[str, ...]], frozen=True):
    """Every article group, sorted by how it is spelled."""

    slow: ClassVar[bool] = True


class FindGroupPage(Question[PageView], frozen=True):
    """A page made of an article group: its best sellers of the newest receipts up to the day, then others by name."""

    slow: ClassVar[bool] = True

    group: str
    till_no: int
    day: str
    price_list: int = 1


class ListPrices(Question[dict[int, int]], frozen=True):
    """What the article costs on the day (ISO) in every price list that is known: number → minor units."""

    ident_no: str
    day: str


class SearchArticles(Question[ArticlesFound], frozen=True):
    """The articles that fit a typed text best (``app.domain.article_search``), at most ``limit`` of them.

    Every word of the text is a part of the name, the ident number, a barcode or an article group, or a price of the
    list on the day (ISO). ``group``: only articles of that group. An empty text: all of them, by name.
    """

    slow: ClassVar[bool] = True

    text: str
    day: str
    group: str = ""
    price_list: int = 1
    till_no: int = 0
    currency: str = "EUR"
    limit: int = 30
