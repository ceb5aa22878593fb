"""Receipts in the order in which they can be handed on once and only once: how far every member's are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from app.books.questions import Question
from app.facts.sales import ReceiptCompleted


class SalesKnown(msgspec.Struct, frozen=True):
    """Up to which record of its sales each member (id) is in the books, and how many receipts there are."""

    positions: Mapping[str, int]
    receipts: int


class AskSalesKnown(Question[SalesKnown], frozen=True):
    """How far the sales of all members are in the books."""

    slow: ClassVar[bool] = True


class ReceiptPlace(msgspec.Struct, frozen=True):
    """Where a receipt stands in its member's sales: ``seq`` is the record's number."""

    z_no: int
    stamp: str
    member_id: str
    receipt_no: str

    @property
    def seq(self) -> int:
        return int(self.stamp.rpartition("/")[2])


class ListReceiptPlaces(Question[tuple[ReceiptPlace, ...]], frozen=True):
    """Receipts of a till from the period ``z_no`` on, by period and stamp, behind ``after`` (such a pair)."""

    slow: ClassVar[bool] = True

    till_no: int
    members: tuple[str, ...]
    z_no: int
    after: tuple[int, str] = (0, "")
    limit: int = 5000


class FindReceipts(Question[tuple[ReceiptCompleted, ...]], frozen=True):
    """The receipts of these places, in their order."""

    places: tuple[ReceiptPlace, ...]
