"""What is wrong with a definition: each fault with its key, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.domain.instant import parse_day
from app.office.reports.definition import MAX_VALUES, Layout, Query, Report, ReportFault, order_of
from app.office.reports.periods import WORDS
from app.office.reports.sources.every import SOURCES
from app.office.reports.sources.source import Source
from app.text import gettext as _

MAX_COLUMNS = 24
MAX_GROUPS = 5
MAX_PERIODS = 12
MAX_LIMIT = 100_000
MAX_TEXT = 400
MAX_TEXT_LINES = 20
YEARS = ("1970", "2999")
"""Between which periods lie."""


def check(report: Report) -> None:
    """``ReportFault`` for the first thing that makes no report."""
    for key, reason in _faults(report):
        raise ReportFault(key, reason)


def _faults(report: Report) -> Iterator[tuple[str, str]]:
    if not report.title.strip():
        yield "title", _("a report has a title; write one")
    source = SOURCES.get(report.query.source)
    if source is None:
        yield "query.source", _known(report.query.source, SOURCES)
        return
    yield from _of_periods(report.query)
    yield from _of_query(report.query, source)
    yield from _of_columns(report, source)
    yield from _of_layout(report.layout, source)
    yield from _of_texts(report.layout)


def _of_query(query: Query, source: Source) -> Iterator[tuple[str, str]]:
    for key, values in query.where.items():
        if key not in source.dimensions:
            yield f"query.where.{key}", _known(key, source.dimensions)
        if not 1 <= len(values) <= MAX_VALUES:
            yield f"query.where.{key}", _("between 1 and {most} values").format(most=MAX_VALUES)
    if query.variable and query.variable not in source.dimensions:
        yield "query.variable", _known(query.variable, source.dimensions)


def _of_columns(report: Report, source: Source) -> Iterator[tuple[str, str]]:
    layout, known = report.layout, (*source.dimensions, *source.measures)
    if not 1 <= len(layout.columns) <= MAX_COLUMNS:
        yield "layout.columns", _("between 1 and {most} columns").format(most=MAX_COLUMNS)
    for column in layout.columns:
        if column not in known:
            yield "layout.columns", _known(column, known)
    if set(layout.columns).isdisjoint(source.measures):
        yield "layout.columns", _("at least one of {known} must be among them").format(known=", ".join(source.measures))
    named = [*layout.groups, *layout.columns, *([report.query.variable] if report.query.variable else [])]
    for twice in sorted({name for name in named if named.count(name) > 1}):
        yield "layout.columns", _("{name} is named twice; leave one out").format(name=twice)


def _of_layout(layout: Layout, source: Source) -> Iterator[tuple[str, str]]:
    for group in layout.groups:
        if group not in source.dimensions:
            yield "layout.groups", _known(group, source.dimensions)
    if len(layout.groups) > MAX_GROUPS:
        yield "layout.groups", _("at most {most}").format(most=MAX_GROUPS)
    if layout.order and order_of(layout)[0] not in layout.columns:
        yield "layout.order", _known(layout.order, layout.columns)
    if not 0 <= layout.limit <= MAX_LIMIT:
        yield "layout.limit", _("between 0 (all) and {most}").format(most=MAX_LIMIT)
    if layout.unsold and (source.key not in ("goods", "lines") or "article" not in layout.columns):
        yield "layout.unsold", _("only of goods, and where article is a column")


def _of_texts(layout: Layout) -> Iterator[tuple[str, str]]:
    for key in layout.headings:
        if key not in layout.columns:
            yield f"layout.headings.{key}", _known(key, layout.columns)
    for key, lines in (("before", layout.before), ("after", layout.after)):
        if len(lines) > MAX_TEXT_LINES or any(len(line) > MAX_TEXT for line in lines):
            reason = _("at most {lines} lines of {most} characters")
            yield f"layout.{key}", reason.format(lines=MAX_TEXT_LINES, most=MAX_TEXT)


def _of_periods(query: Query) -> Iterator[tuple[str, str]]:
    if query.period and query.period not in WORDS:
        yield "query.period", _known(query.period, WORDS)
    if query.period and (query.start or query.until):
        yield "query.period", _("either a word or from and until; leave one out")
    if query.periods and (query.period or query.start or query.until or query.compare):
        yield "query.periods", _("they stand instead of period, from, until and compare; leave one out")
    if len(query.periods) > MAX_PERIODS:
        yield "query.periods", _("at most {most}").format(most=MAX_PERIODS)
    spans = [
        ("query", query.start, query.until),
        *(("query.periods", each.start, each.until) for each in query.periods),
    ]
    for table, start, until in spans:
        for key, day in (("from", start), ("until", until)):
            if day and not _is_day(day):
                yield f"{table}.{key}", _("{day!r} is no day; write it like 2026-08-14").format(day=day[:20])
        if start and until and start > until:
            yield f"{table}.until", _("{until} is before {start}; exchange them").format(until=until, start=start)
    if query.compare and not (query.period or (query.start and query.until)):
        yield "query.compare", _("a period without a beginning or an end has none before it; give from and until")


def _is_day(text: str) -> bool:
    try:
        return parse_day(text) == text and YEARS[0] <= text[:4] <= YEARS[1]
    except ValueError:
        return False


def _known(given: str, known: Iterable[str]) -> str:
    return _("there is no {given!r}; known are {known}").format(given=given[:40], known=", ".join(known))
