"""How much of what a till works with is in the books."""

from __future__ import annotations

from app.books.questions import Question


class AskContents(Question[dict[str, int]], frozen=True):
    """By kind: articles, vouchers, coupons, customers, orders, parked, users; and the till's ``number_ranges``."""

    till_no: int
