"""Orders. Placing one grants ``order/NO`` once, and ``deposit/NO`` what may be paid on it in advance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from app.books.folds.resources import ResourcesFold, grant_row
from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.orders import order_cancellations, order_changes, order_deposits, orders
from app.domain import resource
from app.facts.base import Fact
from app.facts.circulation import OrderCancelled, OrderChanged, OrderDeposited, OrderPlaced

PLACED = "placed"


class OrdersFold:
    """Folds ``order.placed``, ``order.changed``, ``order.deposited`` and ``order.cancelled``.

    Of two with one number the older stays, and of its changes the newest counts.
    """

    def __init__(self, upserts: Upserts, ledger: ResourcesFold) -> None:
        self._place = upserts.oldest(orders)
        self._change = upserts.newest(order_changes)
        self._deposit = upserts.oldest(order_deposits)
        self._cancel = upserts.oldest(order_cancellations)
        self._ledger = ledger

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {
            OrderPlaced: self._placed,
            OrderChanged: self._changed,
            OrderDeposited: self._deposited,
            OrderCancelled: self._cancelled,
        }

    def _placed(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows, grants = [], []
        for fact, _, stamp in facts:
            name = resource.name(resource.ORDER, fact.order_no)
            row = {
                "order_no": fact.order_no,
                "till_no": fact.till_no,
                "placed_at": fact.placed_at,
                "cashier": fact.cashier,
                "currency": fact.currency,
                "lines": msgspec.json.encode(fact.lines).decode(),
                "total_minor": fact.total_minor,
                "due_on": fact.due_on,
                "customer_no": fact.customer_no,
                "source": fact.source,
                "paid_minor": fact.paid_minor,
                "note": fact.note,
                "resource": name,
                "sale_id": fact.sale_id,
                "stamp": stamp,
            }
            rows.append(row)
            payable = max(0, fact.total_minor - fact.paid_minor)
            for granted, amount in ((name, 1), (resource.name(resource.DEPOSIT, fact.order_no), payable)):
                grants.append(grant_row(granted, PLACED, amount, at=fact.placed_at, till_no=fact.till_no, stamp=stamp))
        self._place.write(connection, rows)
        self._ledger.grant(connection, grants)

    def _changed(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "order_no": fact.order_no,
                "lines": msgspec.json.encode(fact.lines).decode(),
                "total_minor": fact.total_minor,
                "due_on": fact.due_on,
                "customer_no": fact.customer_no,
                "paid_minor": fact.paid_minor,
                "note": fact.note,
                "stamp": stamp,
            }
            for fact, _, stamp in facts
        ]
        self._change.write(connection, rows)

    def _deposited(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "order_no": fact.order_no,
                "receipt_no": fact.receipt_no,
                "at": fact.at,
                "amount_minor": fact.amount_minor,
                "lines": msgspec.json.encode(fact.lines).decode(),
                "stamp": stamp,
            }
            for fact, _, stamp in facts
        ]
        self._deposit.write(connection, rows)

    def _cancelled(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "order_no": fact.order_no,
                "member_id": member_id,
                "at": fact.at,
                "till_no": fact.till_no,
                "reason": fact.reason,
                "receipt_no": fact.receipt_no,
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        self._cancel.write(connection, rows)
