"""Every source by its name: the one list."""

from __future__ import annotations

from collections.abc import Mapping

from app.office.reports.sources import cash, ledger, owed, sales
from app.office.reports.sources.source import Source

SOURCES: Mapping[str, Source] = {
    source.key: source for subject in (sales, cash, ledger, owed) for source in subject.SOURCES
}
