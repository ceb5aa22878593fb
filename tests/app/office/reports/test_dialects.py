"""What reports ask can be said to engines that are not here: docs/scale.md promises it."""

from __future__ import annotations

import ibis
import pytest

from app.office.reports.asking import expression
from app.office.reports.periods import Period
from app.office.reports.sources.every import SOURCES

DIALECTS = ("trino", "bigquery", "pyspark")
MONTH = Period("2026-11-01", "2026-11-30")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_source_can_be_asked_in_the_sql_of_others(name: str, dialect: str) -> None:
    source = SOURCES[name]
    asked = ibis.to_sql(expression(source, source.base[:1], source.sums, source.texts, MONTH, {}), dialect=dialect)
    assert asked.startswith(("SELECT", "WITH"))
