"""Z reports, whole, as printed: the first of a till's number and member stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.periods import z_reports
from app.facts.base import Fact
from app.facts.sales import ZReportClosed


class PeriodsFold:
    """Folds ``z_report.closed``."""

    def __init__(self, upserts: Upserts) -> None:
        self._close = upserts.oldest(z_reports)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {ZReportClosed: self._closed}

    def _closed(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "till_no": fact.till_no,
                "z_no": fact.z_no,
                "member_id": member_id,
                "z_report_no": fact.z_report_no,
                "closed_at": fact.closed_at,
                "business_day": fact.business_day,
                "cashier": fact.cashier,
                "receipts": fact.figures.receipts,
                "gross_minor": fact.figures.gross_minor,
                "currency": fact.figures.currency,
                "body": msgspec.json.encode(fact).decode(),
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        self._close.write(connection, rows)
