"""The questions joined: an adapter of the port ``app.till.ports.Books``.

Every question opens its own short read; any thread may ask. In SQLite's WAL a reader never
waits for the writer, and sees the books as they were when it began.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, TypeVar, cast

import msgspec
from sqlalchemy import Connection, Engine, func, select

from app.books import fingerprint, postgres
from app.books.persons import NoPersons, Persons
from app.books.queries import articles, customers, overdraws, prices, receipts, reference, users, vouchers
from app.books.queries.every import ANSWERS, WITH_REFERENCE
from app.books.questions import Question
from app.books.questions.overdraws import ListOverdraws
from app.books.questions.reference import AskReference
from app.books.questions.vouchers import FindVoucher
from app.books.tables.base import passed_over
from app.books.tables.vouchers import vouchers as vouchers_table
from app.books.views import ArticleView, ReceiptView, TurnoverView, VoucherView
from app.domain.reference import Reference

T = TypeVar("T")


class BooksReader:
    """Answers from the books behind the engine (SQLAlchemy's), without ever writing."""

    def __init__(
        self, engine: Engine, persons: Persons | None = None, check: Callable[[], None] = lambda: None
    ) -> None:
        """``persons`` opens what is sealed about people; without it that stays sealed.

        ``check`` raises ``postgres.BooksUnavailable`` as long as a server's books must not be asked.
        """
        self._reading: Callable[[], AbstractContextManager[Connection]] = engine.connect
        if engine.dialect.name == "postgresql":
            self._reading = partial(postgres.reading, engine, check)
        self._persons: Persons = persons or NoPersons()
        self._reference = Reference()

    def ask(self, question: Question[T]) -> T:
        """The answer; questions are in ``app.books.questions``, what answers them in ``app.books.queries``."""
        with self._reading() as connection:
            if isinstance(question, AskReference):
                return cast("T", self._reference_now(connection))
            referring = WITH_REFERENCE.get(type(question))
            if referring is not None:
                return cast("T", referring(connection, self._reference_now(connection), question))
            opening = customers.OPENING.get(type(question)) or users.OPENING.get(type(question))
            if opening is not None:
                return cast("T", opening(connection, question, self._persons))
            return cast("T", ANSWERS[type(question)](connection, question))

    def _reference_now(self, connection: Connection) -> Reference:
        """Kept as long as nothing has changed: it is asked with every scan."""
        if self._reference.version != reference.version(connection):
            self._reference = reference.reference(connection)
        return self._reference

    def sealed(self, person_id: str, text: str, nonce: bytes) -> str | None:
        """Personal text sealed with the person's key; None if that has been erased, or there are no keys here."""
        return self._persons.sealed(person_id, text, nonce)

    def opened(self, person_id: str, sealed: str) -> str | None:
        """What was sealed for this person; None if the key has been erased, or there are no keys here."""
        return self._persons.opened(person_id, sealed)

    def keyed(self, label: str, text: str) -> str | None:
        """The text's HMAC-SHA256 (hex) with the network's key of that label; None if there are no keys here."""
        return self._persons.keyed(label, text)

    def article(self, code: str) -> ArticleView | None:
        with self._reading() as connection:
            return articles.article(connection, code)

    def vat_rate_bp(self, vat_key: str, day: str) -> int | None:
        with self._reading() as connection:
            return articles.vat_rate_bp(connection, vat_key, day)

    def all_articles(self) -> list[ArticleView]:
        """Every article by its ident number; for exports."""
        with self._reading() as connection:
            return articles.all_articles(connection)

    def all_prices(self) -> list[dict[str, Any]]:
        """Every entered price, past, present and to come: ``ident_no``, ``price_list``, ``price_minor``, days."""
        with self._reading() as connection:
            return prices.all_prices(connection)

    def all_vat_rates(self) -> list[dict[str, Any]]:
        """Every rate of every key: ``vat_key``, ``valid_from``, ``rate_bp``."""
        with self._reading() as connection:
            return articles.all_vat_rates(connection)

    def vat_keys(self) -> tuple[str, ...]:
        with self._reading() as connection:
            return articles.vat_keys(connection)

    def voucher(self, code: str, day: str | None = None) -> VoucherView | None:
        with self._reading() as connection:
            return vouchers.voucher(connection, FindVoucher(code, day))

    def voucher_codes(self) -> tuple[str, ...]:
        """The codes of all vouchers in circulation, sorted; for audits and simulations."""
        with self._reading() as connection:
            return tuple(connection.execute(select(vouchers_table.c.code).order_by(vouchers_table.c.code)).scalars())

    def overdraws(self) -> list[dict[str, Any]]:
        """``ListOverdraws`` with the uses as dictionaries."""
        with self._reading() as connection:
            found = overdraws.every(connection, ListOverdraws())
            return [
                msgspec.structs.asdict(each) | {"uses": [*map(msgspec.structs.asdict, each.uses)]} for each in found
            ]

    def receipt(self, receipt_no: str) -> ReceiptView | None:
        with self._reading() as connection:
            return receipts.receipt(connection, receipt_no)

    def last_receipt_sequence(self, till_no: int) -> int:
        with self._reading() as connection:
            return receipts.last_receipt_sequence(connection, till_no)

    def turnover(self, till_no: int | None, day: str | None) -> TurnoverView:
        with self._reading() as connection:
            return receipts.turnover(connection, till_no, day)

    def passed_over(self) -> dict[tuple[str, str], int]:
        """How many records could not be folded, by kind and reason (``unknown_kind``, ``unreadable``, …)."""
        with self._reading() as connection:
            statement = select(passed_over.c.kind, passed_over.c.reason, func.sum(passed_over.c.records))
            rows = connection.execute(statement.group_by(passed_over.c.kind, passed_over.c.reason))
            return {(kind, reason): int(records) for kind, reason, records in rows}

    def fingerprint(self) -> str:
        """A digest of all contents: equal at two tills that know the same facts."""
        with self._reading() as connection:
            return fingerprint.of(connection)
