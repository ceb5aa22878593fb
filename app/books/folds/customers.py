"""Customers: the newest word counts, but forgotten is forgotten once and for all.

The sealed text of a forgotten person is swept out of the books after every batch that could have brought one, so
that neither the order of facts nor a till that had not heard of it brings the person back. The figures stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, exists, literal_column, update

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.folds.statements import Rows
from app.books.tables.customers import (
    credit_payments,
    customer_buyers,
    customer_receipts,
    customers,
    forgotten_persons,
)
from app.domain.business_case import GOODS
from app.facts.base import Fact
from app.facts.circulation import CustomerForgotten, CustomerSet, ReceivablePaid
from app.facts.sales import InvoiceIssued, ReceiptCompleted


class CustomersFold:
    """Folds ``customer.set`` and ``customer.forgotten``; of receipts and payments what is about a customer."""

    def __init__(self, upserts: Upserts) -> None:
        self._set = upserts.newest(customers)
        self._forget = upserts.oldest(forgotten_persons)
        self._pay = upserts.oldest(credit_payments)
        self._add_receipt = upserts.once(customer_receipts)
        self._add_buyer = upserts.once(customer_buyers)
        self._sweep = upserts.prepared(
            update(customers)
            .where(
                customers.c.customer_no == bindparam("no"),
                exists().where(forgotten_persons.c.person_id == customers.c.customer_no),
            )
            .values(person=literal_column("''"))
        )

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {
            CustomerSet: self._customers,
            CustomerForgotten: self._forgotten,
            ReceivablePaid: self._payments,
            ReceiptCompleted: self._receipts,
            InvoiceIssued: self._invoices,
        }

    def _customers(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "customer_no": fact.customer_no,
                "person": fact.person,
                "customer_group": fact.customer_group,
                "credit_limit_minor": fact.credit_limit_minor,
                "blocked": fact.blocked,
                "removed": fact.removed,
                "stamp": stamp,
            }
            for fact, _, stamp in facts
        ]
        self._set.write(connection, rows)
        self._sweep.write(connection, [{"no": row["customer_no"]} for row in rows])

    def _forgotten(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows: Rows = [
            {
                "person_id": person_id,
                "customer_no": fact.customer_no,
                "forgotten_at": fact.at,
                "user": fact.user,
                "stamp": stamp,
            }
            for fact, _, stamp in facts
            for person_id in dict.fromkeys((fact.customer_no, *fact.buyer_ids))
        ]
        self._forget.write(connection, rows)
        self._sweep.write(connection, [{"no": row["person_id"]} for row in rows])

    def _payments(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows: Rows = [
            {
                "paid_id": fact.paid_id,
                "customer_no": fact.customer_no,
                "amount_minor": -fact.amount_minor if fact.reversal else fact.amount_minor,
                "receipt_no": fact.receipt_no,
                "till_no": fact.till_no,
                "paid_at": fact.at,
                "stamp": stamp,
            }
            for fact, _, stamp in facts
            if not fact.reference
        ]
        self._pay.write(connection, rows)

    def _receipts(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows: Rows = [
            {
                "receipt_no": fact.receipt_no,
                "member_id": member_id,
                "customer_no": fact.customer_no,
                "business_day": fact.business_day,
                "counts": -1 if fact.voids else 1,
                "gross_minor": sum(line.gross_minor for line in fact.lines if line.business_case in GOODS),
            }
            for fact, member_id, _ in facts
            if fact.customer_no
        ]
        self._add_receipt.write(connection, rows)
        self._invoices(connection, facts)

    def _invoices(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        """Whoever is invoiced beside the customer's own name: forgotten together with the customer."""
        rows: Rows = [
            {"customer_no": fact.customer_no, "buyer_id": fact.buyer_id}
            for fact, _, _ in facts
            if fact.customer_no and fact.buyer_id
        ]
        self._add_buyer.write(connection, rows)
