"""The columns of a report, and what stands in them for a key and its sums. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.money import divide_half_up
from app.office.reports.definition import Layout
from app.office.reports.dimensions import DIMENSIONS
from app.office.reports.figures import Figures, Key
from app.office.reports.measures import ATTRIBUTES, MEASURES, Measure
from app.office.reports.surroundings import Surroundings
from app.office.reports.table import Cell, ReportColumn
from app.text import gettext as _

Sums = Sequence[int]
OfKey = Callable[[Key], Cell]
OfSums = Callable[[Sums, Sums], Cell]
"""Of a row's sums, and of those that it is a share of."""


@dataclass(frozen=True)
class Column:
    """``of_key`` fills it in lines alone, ``of_sums`` in sums and totals too."""

    shown: ReportColumn
    of_key: OfKey | None = None
    of_sums: OfSums | None = None


def columns_of(layout: Layout, figures: Figures, periods: Sequence[str], around: Surroundings) -> list[Column]:
    """All columns in their order; of a measure one for each period, and of two periods how it changed."""
    found: list[Column] = []
    for key in layout.columns:
        if key in MEASURES:
            found += _of_measure(MEASURES[key], layout.headings.get(key), figures, periods)
            continue
        heading = layout.headings.get(key) or _(ATTRIBUTES.get(key) or DIMENSIONS[key].heading)
        if key in ATTRIBUTES:
            found.append(Column(ReportColumn(key, heading, "text"), _text(figures, figures.texts.index(key))))
        else:
            shown = ReportColumn(key, heading, DIMENSIONS[key].kind)
            found.append(Column(shown, _value(key, figures.dimensions.index(key), around)))
    return found


def reckoned(measure: Measure, figures: Figures, period: int = 0) -> OfSums:
    """The measure of a row in that period."""
    first = period * len(figures.sums)
    at = [first + figures.sums.index(part) for part in measure.columns]

    def of(sums: Sums, whole: Sums) -> Cell:
        parts = [sums[index] for index in at]
        if measure.of_total:
            parts[-1] = whole[at[-1]]
        return measure.reckon(parts)

    return of


def _text(figures: Figures, at: int) -> OfKey:
    return lambda key: figures.names[key][at] if key in figures.names else ""


def _value(name: str, at: int, around: Surroundings) -> OfKey:
    return lambda key: DIMENSIONS[name].label(around, key[at])


def _of_measure(measure: Measure, heading: str | None, figures: Figures, periods: Sequence[str]) -> list[Column]:
    named = heading or _(measure.heading)
    if len(periods) == 1:
        shown = ReportColumn(measure.key, named, measure.kind, measure.adds_up)
        return [Column(shown, of_sums=reckoned(measure, figures))]
    found = [
        Column(
            ReportColumn(f"{measure.key}.{number + 1}", f"{named} {period}".strip(), measure.kind, measure.adds_up),
            of_sums=reckoned(measure, figures, number),
        )
        for number, period in enumerate(periods)
    ]
    if len(periods) == 2 and measure.adds_up:
        now, then = (reckoned(measure, figures, number) for number in range(2))
        difference = ReportColumn(f"{measure.key}.difference", _("Difference"), measure.kind, sum=True)
        change = ReportColumn(f"{measure.key}.change", _("Change in percent"), "percent")
        found.append(Column(difference, of_sums=lambda sums, whole: _less(now(sums, whole), then(sums, whole))))
        found.append(Column(change, of_sums=lambda sums, whole: _change(now(sums, whole), then(sums, whole))))
    return found


def _less(now: Cell, then: Cell) -> Cell:
    return now - then if isinstance(now, int) and isinstance(then, int) else None


def _change(now: Cell, then: Cell) -> Cell:
    """In basis points of what was then; None if that was nothing."""
    if not isinstance(now, int) or not isinstance(then, int) or not then:
        return None
    return divide_half_up((now - then) * 10_000, abs(then))
