"""What reports count and sum up. Pure.

A measure is made of *parts*, which the books sum up; whatever is no plain sum (an average, a net amount) is reckoned
from the sums of its parts, in lines and totals alike, so that a total is never a sum of rounded cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.money import divide_half_up
from app.office.reports.table import ColumnKind
from app.text import mark


def _itself(parts: Sequence[int]) -> int | None:
    return parts[0]


def _quotient(parts: Sequence[int]) -> int | None:
    """The average of one receipt; none of nothing."""
    amount, count = parts
    return divide_half_up(amount if count > 0 else -amount, abs(count)) if count else None


def _share_bp(parts: Sequence[int]) -> int | None:
    """Basis points."""
    amount, whole = parts
    return divide_half_up((amount if whole > 0 else -amount) * 10_000, abs(whole)) if whole else None


@dataclass(frozen=True)
class Measure:
    """``parts`` are columns of the sources. ``of_total``: its second part is that of all rows together."""

    key: str
    heading: str
    kind: ColumnKind
    parts: tuple[str, ...] = ()
    reckon: Callable[[Sequence[int]], int | None] = _itself
    of_total: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """What the books sum up for it."""
        return self.parts or (self.key,)

    @property
    def adds_up(self) -> bool:
        """Whether the cells themselves add up to the totals."""
        return self.reckon is _itself


_EVERY = (
    Measure("receipts", mark("Receipts"), "number"),
    Measure("turnover", mark("Turnover"), "money"),
    Measure("total", mark("Total"), "money"),
    Measure("gross", mark("Gross"), "money"),
    Measure("net", mark("Net"), "money"),
    Measure("tax", mark("Tax"), "money"),
    Measure("discounts", mark("Discounts"), "money"),
    Measure("average", mark("Average"), "money", ("turnover", "receipts"), _quotient),
    Measure("share", mark("Share"), "percent", ("turnover", "turnover"), _share_bp, of_total=True),
    Measure("quantity", mark("Quantity"), "quantity"),
    Measure("lines", mark("Lines"), "number"),
    Measure("returned", mark("Returned"), "money"),
    Measure("amount", mark("Amount"), "money"),
    Measure("amount_share", mark("Share"), "percent", ("amount", "amount"), _share_bp, of_total=True),
    Measure("payments", mark("Payments"), "number"),
    Measure("times", mark("Times"), "number"),
    Measure("count", mark("How many"), "number"),
    Measure("value", mark("Value"), "money"),
    Measure("used", mark("Used"), "money"),
    Measure("held", mark("Held"), "money"),
    Measure("balance", mark("Balance"), "money"),
    Measure("uses", mark("Uses"), "number"),
    Measure("overdrawn", mark("Overdrawn"), "money"),
    Measure("pieces", mark("Overdrawn pieces"), "quantity"),
    Measure("limit", mark("Limit"), "money"),
    Measure("paid", mark("Paid"), "money"),
    Measure("owed", mark("Owed"), "money"),
    Measure("open", mark("Open"), "money"),
)

MEASURES: Mapping[str, Measure] = {measure.key: measure for measure in _EVERY}
"""Every measure by its key."""

ATTRIBUTES: Mapping[str, str] = {"article_name": mark("Article"), "discount_name": mark("Name")}
"""Texts of rows that say more of their dimensions: the greatest of a row's, by heading."""
