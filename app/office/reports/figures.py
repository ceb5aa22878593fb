"""What the books answered, put together: every row of a report by its key, with exact sums. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.office.reports.dimensions import DIMENSIONS, Value
from app.office.reports.surroundings import Surroundings

Key = tuple[Value, ...]


@dataclass
class Figures:
    """Rows by key. Of each: the sums of every period, one after the other, and texts."""

    dimensions: Sequence[str]
    """What keys are made of."""
    sums: Sequence[str]
    """What is summed up, of each period."""
    texts: Sequence[str]
    periods: int
    rows: dict[Key, list[int]] = field(default_factory=dict)
    names: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    currencies: set[str] = field(default_factory=set)

    def add(
        self,
        period: int,
        columns: Sequence[str],
        found: Iterable[Sequence[Any]],
        around: Surroundings,
        compared: Mapping[str, frozenset[str] | None],
        tenant: str = "",
    ) -> None:
        """Rows of the books: ``columns``, behind them sums, texts and currencies. What is not chosen is left out."""
        at = {name: index for index, name in enumerate(columns)}
        made = [(DIMENSIONS[name], at.get(DIMENSIONS[name].column)) for name in self.dimensions]
        checked = [(DIMENSIONS[name], at.get(DIMENSIONS[name].column), wanted) for name, wanted in compared.items()]
        first_sum, first_text = len(columns), len(columns) + len(self.sums)
        currencies = first_text + len(self.texts)
        for row in found:
            if any(
                not (bool(value) if wanted is None else dimension.fits(around, value, wanted))
                for dimension, index, wanted in checked
                for value in (tenant if index is None else dimension.derive(around, row[index]),)
            ):
                continue
            if not columns and all(cell is None for cell in row):
                continue  # the sum over no rows at all
            key = tuple(tenant if index is None else dimension.derive(around, row[index]) for dimension, index in made)
            self._put(period, key, row[first_sum:first_text], row[first_text:currencies])
            self.currencies.update(row[currencies:])

    def add_nothing(self, key: Key, names: tuple[str, ...]) -> None:
        """A row of zeros, unless it is there."""
        if key not in self.rows:
            self._put(0, key, [0] * len(self.sums), names)

    def _put(self, period: int, key: Key, sums: Sequence[Any], texts: Sequence[Any]) -> None:
        kept = self.rows.setdefault(key, [0] * (len(self.sums) * self.periods))
        for number, value in enumerate(sums, period * len(self.sums)):
            # PostgreSQL sums whole numbers up to decimals, DuckDB to 128 bits.
            kept[number] += int(value or 0)
        if texts:
            before = self.names.get(key, ("",) * len(self.texts))
            self.names[key] = tuple(max(old, new or "") for old, new in zip(before, texts, strict=True))
