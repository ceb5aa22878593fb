"""What ``where`` means for a source: values that the books compare, and those that are compared afterwards. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from app.domain.money import MoneyError, parse_minor
from app.office.reports.definition import ANY, MAX_VALUES, ReportFault
from app.office.reports.dimensions import DIMENSIONS, Dimension
from app.text import gettext as _

Values = Mapping[str, Sequence[str | int]]

PERCENT_OF = "EUR"
"""A percentage is written with two decimals, as these amounts are."""


class Chosen(NamedTuple):
    """``asked``: by base column, what the books compare (None: whatever is not empty); ``compared``: by derived
    dimension what its value, or label, must be one of (None: whatever is not empty).
    """

    asked: Mapping[str, Sequence[str | int] | None]
    compared: Mapping[str, frozenset[str] | None]


def chosen(where: Values) -> Chosen:
    """``ReportFault`` for a value that none of its dimension can be."""
    asked: dict[str, Sequence[str | int] | None] = {}
    compared: dict[str, frozenset[str] | None] = {}
    for key, values in where.items():
        dimension = DIMENSIONS[key]
        if ANY in values:
            _put(asked, compared, dimension, None)
        else:
            typed = list(islice(_typed(dimension, values), MAX_VALUES + 1))
            if len(typed) > MAX_VALUES:
                raise ReportFault(key, _("at most {most} values").format(most=MAX_VALUES))
            _put(asked, compared, dimension, list(dict.fromkeys(typed)))
    return Chosen(asked, compared)


def _put(
    asked: dict[str, Sequence[str | int] | None],
    compared: dict[str, frozenset[str] | None],
    dimension: Dimension,
    values: Sequence[str | int] | None,
) -> None:
    if dimension.base or dimension.key == "tenant":
        compared[dimension.key] = None if values is None else frozenset(map(str, values))
    else:
        asked[dimension.key] = values


def _typed(dimension: Dimension, values: Sequence[str | int]) -> Iterator[str | int]:
    for value in values:
        text = str(value).strip()
        if dimension.kind == "percent":
            yield _percent(dimension, text)
        elif dimension.kind == "number" or dimension.key == "hour":
            yield from _numbers(dimension, text)
        else:
            yield text


def _percent(dimension: Dimension, text: str) -> int:
    try:
        return parse_minor(text.removesuffix("%"), PERCENT_OF)
    except MoneyError:
        reason = _("{text!r} is no percentage; write 19 or 5.5").format(text=text[:20])
        raise ReportFault(dimension.key, reason) from None


def _numbers(dimension: Dimension, text: str) -> Iterator[int]:
    first, _dash, last = text.partition("-")
    bounds = [end.strip().removesuffix(":00") for end in (first, last or first)]
    if not all(end.isascii() and end.isdigit() and len(end) <= 12 for end in bounds):
        raise ReportFault(dimension.key, _("{text!r} is no number; write 3, or 3-8").format(text=text[:20]))
    low, high = map(int, bounds)
    yield from range(low, high + 1)
