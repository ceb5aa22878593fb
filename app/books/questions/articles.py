"""Articles as they are sold: looked up by what was scanned or typed, with price and VAT for this sale."""

from __future__ import annotations

from app.books.questions import Question
from app.books.views import ForSale, PageView


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


class FindKeyPages(Question[tuple[PageView, ...]], frozen=True):
    """The key pages of a till's catalogues with names and prices on the day (ISO), in the order of the catalogues."""

    till_no: int
    day: str
    price_list: int = 1


class ListPrices(Question[dict[int, int]], frozen=True):
    """What the article costs on the day (ISO) in every price list that is known: number → minor units."""

    ident_no: str
    day: str
