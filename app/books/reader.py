"""The questions joined: an adapter of the port ``app.till.ports.Books``.

Every question opens its own short read; any thread may ask. In SQLite's WAL a reader never
waits for the writer, and sees the books as they were when it began.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, func, select

from app.books import fingerprint
from app.books.queries import articles, receipts, vouchers
from app.books.schema import passed_over
from app.books.schema import vouchers as vouchers_table
from app.books.views import ArticleView, ReceiptView, TurnoverView, VoucherView


class BooksReader:
    """Answers from the books behind the engine (SQLAlchemy's), without ever writing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def article(self, code: str) -> ArticleView | None:
        with self._engine.connect() as connection:
            return articles.article(connection, code)

    def search_articles(self, text: str, limit: int) -> list[ArticleView]:
        with self._engine.connect() as connection:
            return articles.search(connection, text, limit)

    def vat_rate_bp(self, vat_key: str, day: str) -> int | None:
        with self._engine.connect() as connection:
            return articles.vat_rate_bp(connection, vat_key, day)

    def vat_keys(self) -> tuple[str, ...]:
        with self._engine.connect() as connection:
            return articles.vat_keys(connection)

    def voucher(self, code: str, day: str | None = None) -> VoucherView | None:
        with self._engine.connect() as connection:
            return vouchers.voucher(connection, code, day)

    def voucher_codes(self) -> tuple[str, ...]:
        """The codes of all vouchers in circulation, sorted; for audits and simulations."""
        with self._engine.connect() as connection:
            return tuple(connection.execute(select(vouchers_table.c.code).order_by(vouchers_table.c.code)).scalars())

    def overdraws(self) -> list[dict[str, Any]]:
        with self._engine.connect() as connection:
            return vouchers.overdraws(connection)

    def receipt(self, receipt_no: str) -> ReceiptView | None:
        with self._engine.connect() as connection:
            return receipts.receipt(connection, receipt_no)

    def last_receipt_sequence(self, till_no: int) -> int:
        with self._engine.connect() as connection:
            return receipts.last_receipt_sequence(connection, till_no)

    def turnover(self, till_no: int | None, day: str | None) -> TurnoverView:
        with self._engine.connect() as connection:
            return receipts.turnover(connection, till_no, day)

    def passed_over(self) -> dict[tuple[str, str], int]:
        """How many records could not be folded, by kind and reason (``unknown_kind``, ``unreadable``, …)."""
        with self._engine.connect() as connection:
            statement = select(passed_over.c.kind, passed_over.c.reason, func.sum(passed_over.c.records))
            rows = connection.execute(statement.group_by(passed_over.c.kind, passed_over.c.reason))
            return {(kind, reason): int(records) for kind, reason, records in rows}

    def fingerprint(self) -> str:
        """A digest of all contents: equal at two tills that know the same facts."""
        with self._engine.connect() as connection:
            return fingerprint.of(connection)
