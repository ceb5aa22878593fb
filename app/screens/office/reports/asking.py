"""The parameters of a report as a form: the period by a word or by days, and what of it is wanted. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.office.reports.definition import Compare, NamedPeriod, Query, ReportFault
from app.office.reports.making import Choices
from app.office.reports.sources.every import SOURCES
from app.screens.office.reports import words as report_words
from app.screens.tasks.fields import Field, Kind, Option, read
from app.text import gettext as _

OFFERED = (
    "till", "branch", "device_group", "cashier", "article_group", "article", "customer_group", "customer",
    "cost_centre", "vat_rate", "tender", "hour", "receipt_type", "state",
)  # fmt: skip
"""What can be chosen here, where the source has it; a report's file may choose by all its dimensions."""
WHERE = "where."


def fields(query: Query, *, tenants: bool = False) -> list[Field]:
    """Of this query. ``tenants``: there are several to choose from."""
    source = SOURCES[query.source]
    dimensions = [key for key in OFFERED if key in source.dimensions]
    chosen = [key for key in query.where if key not in dimensions]
    shown: list[Field] = []
    if "day" in source.base:
        words = [Option(word, _(name)) for word, name in report_words.PERIODS.items()]
        compared = [Option(word, _(name)) for word, name in report_words.COMPARISONS.items()]
        shown += [
            Field("period", _("Period"), Kind.CHOICE, query.period, options=words, hint=_("or leave empty for days")),
            Field("from", _("From"), Kind.DATE, query.start),
            Field("until", _("Until"), Kind.DATE, query.until),
            Field("compare", _("Compared with"), Kind.CHOICE, query.compare, options=compared),
            Field("events", _("Events compared"), value=_events_said(query), hint=_("Name=1.8.2026..3.8.2026; ...")),
        ]
    shown += [
        Field(
            WHERE + key,
            report_words.column(key),
            value=", ".join(map(str, query.where.get(key, ()))),
            hint=_("1-5, 9") if key in ("till", "hour") else _("several with commas; * is any"),
        )
        for key in (*dimensions, *chosen)
    ]
    through = dict.fromkeys((*dimensions, *([query.variable] if query.variable else [])))
    each = [Option(key, report_words.column(key)) for key in through]
    shown.append(Field("variable", _("Once for each"), Kind.CHOICE, query.variable, options=each))
    if tenants:
        shown.append(Field("tenants", _("Tenants"), hint=_("ids with commas; all; empty is this one")))
    return shown


def query_of(query: Query, filled: Mapping[str, str]) -> Query:
    """The query with what was filled in. Events win over days, and days over a word: they are what was typed last.

    ``ReportFault`` for what is no event.
    """
    events = _events(filled["events"]) if "events" in filled else query.periods
    start, until = filled.get("from", query.start), filled.get("until", query.until)
    where = {
        key.removeprefix(WHERE): _several(text)
        for key, text in filled.items()
        if key.startswith(WHERE) and text.strip(" ,")
    }
    if events:
        start = until = ""
    return msgspec.structs.replace(
        query,
        periods=events,
        period="" if events or start or until else filled.get("period", query.period),
        start=start,
        until=until,
        compare="" if events else _compared(filled.get("compare", query.compare)),
        where=where,
        variable="" if filled["variable"] != query.variable else query.variable,
    )


def choices_of(filled: Mapping[str, str]) -> Choices:
    """What is chosen beside the query: what the report runs through, and whose books are asked."""
    return Choices(variable=filled["variable"], tenants=_several(filled.get("tenants", "")))


def _several(typed: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in typed.split(",") if part.strip())


def _compared(word: str) -> Compare:
    return "previous" if word == "previous" else "year_before" if word == "year_before" else ""


def _events_said(query: Query) -> str:
    return "; ".join(f"{each.name}={each.start}..{each.until}" for each in query.periods)


def _events(typed: str) -> tuple[NamedPeriod, ...]:
    return tuple(_event(part.strip()) for part in typed.split(";") if part.strip())


def _event(typed: str) -> NamedPeriod:
    name, equals, days = typed.rpartition("=")
    start, dots, until = days.partition("..")
    read_as = [read(Field("day", "", Kind.DATE, required=True), text) for text in (start, until)]
    first, last = (each if isinstance(each, str) else "" for each in read_as)
    if not (equals and dots and name.strip() and first and last):
        reason = _("{text!r} is no event; write NAME=2026-08-01..2026-08-03").format(text=typed[:40])
        raise ReportFault("events", reason)
    return NamedPeriod(name.strip(), first, last)
