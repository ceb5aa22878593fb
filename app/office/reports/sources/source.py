"""The shape of a source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.office.reports.dimensions import derived_of
from app.office.reports.measures import ATTRIBUTES, MEASURES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    Tables = Callable[[str], ir.Table]
    """The books' tables by name."""


@dataclass(frozen=True)
class Source:
    """``build`` makes the expression: its columns are those of ``base`` and ``sums``, and ``texts``."""

    key: str
    build: Callable[[Tables], ir.Table]
    base: tuple[str, ...]
    """Columns that are dimensions. ``day``, if there is one, is what periods are about."""
    sums: tuple[str, ...]
    """Columns of whole numbers that add up."""
    texts: tuple[str, ...] = ()
    """Columns of ``ATTRIBUTES``."""
    standing: bool = False
    """It tells how things stand now, so a report without a period is about all of it."""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension that it can be grouped and chosen by."""
        return derived_of(self.base)

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure that can be reckoned of it, and what texts it has."""
        reckoned = (key for key, measure in MEASURES.items() if set(measure.columns) <= set(self.sums))
        return (*(text for text in ATTRIBUTES if text in self.texts), *reckoned)
