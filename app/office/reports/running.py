"""A report run: what is asked of the books, of one network or of several, put together and laid out.

Whoever asks opens the books (``engines.py``) in a process of its own: a long report never holds up an engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from app.office.reports import periods
from app.office.reports.asking import ReportTooLong, expression, rows_of
from app.office.reports.checking import check
from app.office.reports.choosing import chosen
from app.office.reports.definition import Query, Report
from app.office.reports.dimensions import DIMENSIONS, in_words
from app.office.reports.figures import Figures
from app.office.reports.laying_out import laid_out
from app.office.reports.measures import ATTRIBUTES, MEASURES
from app.office.reports.periods import Period
from app.office.reports.sources.every import SOURCES
from app.office.reports.surroundings import Surroundings
from app.office.reports.table import ReportTable
from app.office.reports.tables import table
from app.text import day
from app.text import gettext as _

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend


class ReportRefused(Exception):
    """The report cannot be made; the text says why and what to do."""


class Asked(NamedTuple):
    """Books that are asked, and what is known around them. ``tenant``: whose they are, where there are several."""

    engine: SQLBackend
    around: Surroundings
    tenant: str = ""


def run(report: Report, books: Sequence[Asked], currency: str) -> ReportTable:
    """The table; ``currency`` is that of amounts whose books name none. ``ReportRefused``, ``ReportFault``."""
    check(report)
    around = books[0].around
    spans = periods_of(report.query, around.today)
    figures = _figures(report, spans)
    try:
        for asked in books:
            _gather(report, asked, spans, figures)
    except ReportTooLong:
        raise ReportRefused(
            _("the report has too many rows; choose a shorter period, or fewer columns and groups")
        ) from None
    if len(figures.currencies) > 1:
        known = ", ".join(sorted(figures.currencies))
        raise ReportRefused(
            _("amounts in {known} cannot be added up; choose one with --where currency=…").format(known=known)
        )
    found = next(iter(figures.currencies), currency)
    names = [_name_of(span) for span in spans]
    return laid_out(report, _(report.title), _subtitle(report.query, spans, around), figures, names, around, found)


def periods_of(query: Query, today: str) -> list[Period]:
    """The periods that a report is about: one, or those that are compared."""
    if query.periods:
        return [Period(each.start, each.until, each.name) for each in query.periods]
    asked = periods.of_word(query.period, today) if query.period else Period(query.start, query.until)
    if not query.compare or not asked.start or not asked.until:
        return [asked]
    return [asked, periods.before(asked) if query.compare == "previous" else periods.year_before(asked)]


def _figures(report: Report, spans: Sequence[Period]) -> Figures:
    query, layout = report.query, report.layout
    levels = [*([query.variable] if query.variable else []), *layout.groups]
    keys = [*levels, *(key for key in layout.columns if key in DIMENSIONS and key not in MEASURES)]
    parts = [part for key in layout.columns if key in MEASURES for part in MEASURES[key].columns]
    texts = [key for key in layout.columns if key in ATTRIBUTES]
    return Figures(keys, tuple(dict.fromkeys(parts)), texts, len(spans))


def _gather(report: Report, asked: Asked, spans: Sequence[Period], figures: Figures) -> None:
    source = SOURCES[report.query.source]
    where = chosen(report.query.where)
    named = [*figures.dimensions, *where.compared]
    columns = list(dict.fromkeys(DIMENSIONS[name].column for name in named if name != "tenant"))
    for number, span in enumerate(spans):
        found = expression(source, columns, figures.sums, figures.texts, span, where.asked)
        rows = rows_of(asked.engine, found)
        figures.add(number, columns, rows, asked.around, where.compared, asked.tenant)
    if report.layout.unsold:
        _add_unsold(report, asked, figures)


def _add_unsold(report: Report, asked: Asked, figures: Figures) -> None:
    """Articles that nobody bought, where nothing but article and group says which row is theirs."""
    if not set(figures.dimensions) <= {"article", "article_group"}:
        raise ReportRefused(_("articles that were not sold have no till and no day; group by article_group only"))
    where = chosen(report.query.where).asked
    articles = table("articles")
    wanted = articles.filter(~articles.removed).select("ident_no", "name", "article_groups")
    for ident_no, name, text in rows_of(asked.engine, wanted):
        groups = msgspec.json.decode(text, type=list[str])
        row = {"article": ident_no, "article_group": groups[0] if groups else ""}
        if all(row[key] in values for key, values in where.items() if key in row and values is not None):
            figures.add_nothing(tuple(row[key] for key in figures.dimensions), (name,) * len(figures.texts))


def _name_of(span: Period) -> str:
    if span.name:
        return span.name
    if not span.start and not span.until:
        return _("all days")
    if span.start == span.until:
        return day(span.start)
    return f"{day(span.start) or '…'} – {day(span.until) or '…'}"


def _subtitle(query: Query, spans: Sequence[Period], around: Surroundings) -> str:
    """The periods, and what was chosen."""
    source = SOURCES[query.source]
    said = [] if source.standing and not spans[0].start and not spans[0].until else [" / ".join(map(_name_of, spans))]
    said += [
        f"{_(DIMENSIONS[key].heading)}: {', '.join(_said(key, value, around) for value in values)}"
        for key, values in query.where.items()
        if "*" not in values
    ]
    return " · ".join(said)


def _said(key: str, value: str | int, around: Surroundings) -> str:
    """A chosen value in words; what may be a range, or is made of something else, as it was typed."""
    dimension = DIMENSIONS[key]
    said = dimension.label(around, value) if dimension.kind == "text" and not dimension.base else value
    return in_words(key, str(said))
