"""Which numbers of documents were given out: read off every fact that carries one, never kept anywhere else.

A number is used up by its fact. So it is neither lost by a crash nor given out again after one, and
every till knows the used numbers of a range that it takes over from another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.numbers import assigned_ranges, document_numbers
from app.domain.number_range import NumberRange, RangeKind, split_number
from app.domain.reference import value_of
from app.facts.base import Fact
from app.facts.circulation import CustomerSet, DeliveryNoteIssued, InvoiceOpened, OrderPlaced, SaleParked
from app.facts.master import ReferenceSet
from app.facts.sales import InvoiceIssued, TrainingCompleted, ZReportClosed

CARRIERS: Mapping[type[Fact], tuple[RangeKind, Callable[[Any], str]]] = {
    TrainingCompleted: ("training", lambda fact: fact.receipt_no),
    InvoiceIssued: ("invoice", lambda fact: fact.invoice_no),
    InvoiceOpened: ("invoice", lambda fact: fact.invoice_no),
    DeliveryNoteIssued: ("delivery_note", lambda fact: fact.delivery_note_no),
    OrderPlaced: ("order", lambda fact: fact.order_no),
    CustomerSet: ("customer", lambda fact: fact.customer_no),
    ZReportClosed: ("z_report", lambda fact: fact.z_report_no),
    SaleParked: ("parked", lambda fact: fact.park_no),
}
"""Which number each fact carries."""


class NumbersFold:
    """Folds every fact that carries a number of a document."""

    def __init__(self, upserts: Upserts) -> None:
        self._used = upserts.once(document_numbers)
        self._assign = upserts.oldest(assigned_ranges)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        carriers = {fact: partial(self._numbers, kind, number_of) for fact, (kind, number_of) in CARRIERS.items()}
        return {**carriers, ReferenceSet: self._assigned}

    def _numbers(
        self, kind: RangeKind, number_of: Callable[[Any], str], connection: Connection, facts: Sequence[Stamped]
    ) -> None:
        rows = []
        for fact, member_id, _ in facts:
            split = split_number(number_of(fact))
            # Numbers from elsewhere (a web shop's order, an old customer) may be no numbers of ours.
            if split is not None:
                rows.append({"kind": kind, "prefix": split[0], "sequence": split[1], "member_id": member_id})
        self._used.write(connection, rows)

    def _assigned(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = []
        for fact, _, stamp in facts:
            if fact.subject != "number_range" or fact.removed:
                continue
            value = value_of(fact.subject, fact.value)
            assert isinstance(value, NumberRange)  # what does not fit has not come so far (``check_value``)
            rows.append(
                {
                    "kind": value.kind,
                    "till_no": value.till_no,
                    "prefix": value.prefix,
                    "start": value.start,
                    "end": value.end,
                    "stamp": stamp,
                }
            )
        self._assign.write(connection, rows)
