"""Toy books: the same whatever order feeds come in, and not the same if a record is missing, doubled or altered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from replication.core.model import Feed, Record

NOTE = "note.written/1"


class Notes:
    """Books of notes: how far each feed is in them, the sum of all amounts, and the newest text under each key."""

    def __init__(self) -> None:
        self.positions: dict[Feed, int] = {}
        self.total = 0
        self.newest: dict[str, tuple[str, str, str]] = {}
        self.findings: list[str] = []

    def fold(self, run: Sequence[Record]) -> None:
        """Take records in as they come."""
        for record in run:
            before = self.positions.get(record.feed, 0)
            if record.seq != before + 1:
                self.findings.append(f"record {record.seq} of {record.feed} was folded after {before}")
            self.positions[record.feed] = record.seq
            if record.kind == NOTE:
                self.total += record.body["amount"]
                value = (record.hlc, record.feed.member, record.body["text"])
                self.newest[record.body["key"]] = max(value, self.newest.get(record.body["key"], value))

    def content(self) -> tuple[Any, ...]:
        """What they say."""
        return (sorted(self.positions.items()), self.total, sorted(self.newest.items()))
