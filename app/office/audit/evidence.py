"""The documents that findings point at, as they were printed: out of the books, whoever wrote them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Select, select

from app.books.tables.periods import z_reports
from app.books.tables.receipts import receipts
from app.facts.sales import ReceiptCompleted, ZReportClosed
from app.office.audit.finding import Evidence
from app.office.audit.opening import read_books
from app.text import language
from receipts import text, wording
from receipts.documents import page_of
from receipts.letterhead import ShopHead
from receipts.page import without_slips

COLUMNS = 48


def is_document(evidence: Evidence) -> bool:
    """Whether there may be a document to read."""
    return evidence.what in ("receipt", "z_report")


def document(place: Path | str, evidence: Evidence) -> str:
    """The document's text, slips that are worth money left out; empty if the books have none of that name.

    Where several members wrote one of that name, it is the one of the evidence's. Times are this machine's.
    """
    statement = _z_report(evidence) if evidence.what == "z_report" else _receipt(evidence)
    if statement is None:
        return ""
    books = read_books(place)
    try:
        with books.connect() as connection:
            body = connection.execute(statement).scalar()
    finally:
        books.dispose()
    if body is None:
        return ""
    fact, at = _read_z(body) if evidence.what == "z_report" else _read_receipt(body)
    zone = datetime.fromisoformat(at).astimezone().tzinfo or UTC
    page = page_of(fact, ShopHead(()), wording(language()), zone=zone)
    return text(without_slips(page), COLUMNS) if page is not None else ""


def _read_receipt(body: str) -> tuple[ReceiptCompleted | ZReportClosed, str]:
    receipt = msgspec.json.decode(body, type=ReceiptCompleted)
    return receipt, receipt.finished_at


def _read_z(body: str) -> tuple[ReceiptCompleted | ZReportClosed, str]:
    report = msgspec.json.decode(body, type=ZReportClosed)
    return report, report.closed_at


def _receipt(evidence: Evidence) -> Select[Any]:
    found = select(receipts.c.body).where(receipts.c.receipt_no == evidence.name).order_by(receipts.c.stamp).limit(1)
    return found.where(receipts.c.member_id == evidence.member_id) if evidence.member_id else found


def _z_report(evidence: Evidence) -> Select[Any] | None:
    till_no, _slash, z_no = evidence.name.replace("/Z", "/").partition("/")
    if not (till_no.isdecimal() and z_no.isdecimal()):
        return None
    of_till = (z_reports.c.till_no == int(till_no)) & (z_reports.c.z_no == int(z_no))
    found = select(z_reports.c.body).where(of_till).order_by(z_reports.c.stamp).limit(1)
    return found.where(z_reports.c.member_id == evidence.member_id) if evidence.member_id else found
