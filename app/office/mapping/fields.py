"""The fields of everything that can be imported or exported, and what each holds. Pure.

Names are those of the columns of our own files (docs/drive.md). ``SORTS`` says how a field's text is converted and,
in a spreadsheet, shown; fields that are not named there are text.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Sort(StrEnum):
    """What a field holds."""

    TEXT = "text"
    AMOUNT = "amount"
    PERCENT = "percent"
    QUANTITY = "quantity"
    DAY = "day"
    YES_NO = "yes_no"
    COUNT = "count"


_AMOUNTS = (
    "price", "purchase_price", "credit_limit", "value", "balance", "paid", "amount", "open", "used", "beyond",
    "settled",
    *(f"price_{number}" for number in range(2, 16)),
)  # fmt: skip
SORTS: Mapping[str, Sort] = {
    **dict.fromkeys(_AMOUNTS, Sort.AMOUNT),
    "rate": Sort.PERCENT,
    "quantity": Sort.QUANTITY,
    **dict.fromkeys(("valid_from", "valid_until", "expires", "due"), Sort.DAY),
    **dict.fromkeys(("open_price", "discountable", "blocked", "reloadable", "caused", "confirmed"), Sort.YES_NO),
    **dict.fromkeys(("age_limit", "price_list", "till_no"), Sort.COUNT),
}


def sort_of(what: str, name: str) -> Sort:
    """What the field of that name holds in files of ``what``: settings' values are JSON, not money."""
    return Sort.TEXT if what == "settings" else SORTS.get(name, Sort.TEXT)
