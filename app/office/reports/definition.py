"""A report as it is defined: what is asked (``Query``), how it is laid out (``Layout``), what is around it (``Form``).

Predefined ones are in ``predefined.py``; own ones are files (``own.py``) of exactly these tables:

    title = "Drinks by till"

    [query]
    source = "goods"                       # what is summed up: app/office/reports/sources
    period = "last_month"                  # a word of periods.py; or from = "2026-08-01" and until = "2026-08-31"
    where = { article_group = ["drinks"], till = ["1-5", "9"] }
    variable = "branch"                    # the report is made once for each of its values
    compare = "year_before"                # or "previous"; or [[query.periods]] with name, from, until for events

    [layout]
    groups = ["till"]                      # headings with the sums of what is below them
    columns = ["article", "article_name", "quantity", "turnover", "share"]
    order = "-turnover"
    limit = 20                             # of each group; the others become one row

    [form]
    head = "Example Ltd."
    landscape = true
"""

from __future__ import annotations

from typing import Literal

import msgspec

MAX_VALUES = 1_000
"""Of one dimension in ``where``."""
ANY = "*"
"""In ``where``: whatever is not empty."""


Compare = Literal["", "previous", "year_before"]
"""The period just before, or the same days of the year before."""


class ReportFault(ValueError):
    """A definition that makes no report. ``key`` is what is wrong, the text says why and what to do."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}" if key else reason)
        self.key, self.reason = key, reason


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the file."""


class NamedPeriod(_Table, frozen=True):
    """A period with a name of its own, such as a fair's; both days belong to it."""

    name: str
    start: str = msgspec.field(name="from")
    until: str


class Query(_Table, frozen=True):
    """What is asked of the books."""

    source: str
    period: str = ""
    start: str = msgspec.field(default="", name="from")
    until: str = ""
    compare: Compare = ""
    periods: tuple[NamedPeriod, ...] = ()
    where: dict[str, tuple[str | int, ...]] = {}
    variable: str = ""


class Layout(_Table, frozen=True):
    """Columns in their order, and what is between rows."""

    columns: tuple[str, ...]
    groups: tuple[str, ...] = ()
    headings: dict[str, str] = {}
    order: str = ""
    """The column that rows are sorted by, behind a ``-`` from the largest; empty: by the columns as they stand."""
    limit: int = 0
    sums: bool = True
    blank_lines: bool = False
    unsold: bool = False
    """Articles that were not sold at all are rows too."""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Form(_Table, frozen=True):
    """What is around the table on paper. ``logo``: a picture's path, relative to the home's folder ``reports``."""

    head: str = ""
    foot: str = ""
    page_numbers: bool = True
    logo: str = ""
    landscape: bool = False
    chart: Literal["", "bars", "lines"] = ""


class Report(_Table, frozen=True):
    """A whole report, without its name."""

    title: str
    query: Query
    layout: Layout
    about: str = ""
    form: Form = Form()


def order_of(layout: Layout) -> tuple[str, bool]:
    """The column that rows are sorted by, and whether from the largest."""
    return layout.order.removeprefix("-"), layout.order.startswith("-")
