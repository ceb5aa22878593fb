"""An export, checked from outside: the feeds with nothing but the root's certificate, then what their receipts say.

Receipts must be readable, belong to their till and add up; their numbers are there once and without a gap; Z reports
say what their receipts come to. All of it in one pass over the records, of which only numbers and sums are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from app.books.folds.receipts import FIRST_Z
from app.books.writer import UNKNOWN, fact_of
from app.domain.number_range import NumberRange, split_number
from app.domain.reference import value_of
from app.facts.base import Fact
from app.facts.master import ReferenceSet
from app.facts.sales import ReceiptCompleted, ZReportClosed
from app.office.audit.feed_rows import instant
from app.office.audit.finding import Finding
from app.office.audit.rules import number_double, number_gap, z_sums
from app.office.audit.rules.number_gap import Jump
from app.office.audit.rules.passed_over import OF_MEMBERSHIP
from app.office.audit.rules.z_sums import Closed
from app.office.audit.runs import Runs
from replication.core.model import Member, Record
from replication.exported.checking import Far, check
from replication.exported.found import FAULTS_MAX, Checked, Fault
from replication.exported.trust import Root


class Examined(msgspec.Struct):
    """The feeds' check, and what their receipts say beyond it. ``unknown``: kinds of records that this version does
    not know, with how many; they are checked like all others, but not read."""

    feeds: Checked
    findings: list[Finding] = []
    receipts: int = 0
    z_reports: int = 0
    unknown: dict[str, int] = {}

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong. A note is for information."""
        return not self.feeds.faults and all(finding.severity == "note" for finding in self.findings)


def examine(folder: Path, root: Root, far: Far = lambda _done, _of: None) -> Examined:
    """Check all that is in the folder; errors as ``replication.exported.checking.check``."""
    reading = _Reading()
    checked = check(folder, root, reading.take, far)
    return Examined(checked, reading.findings(checked), reading.receipts, reading.z_reports, reading.unknown)


class _Reading:
    """What the records say, as far as it has to fit together."""

    def __init__(self) -> None:
        self.receipts = self.z_reports = 0
        self.unknown: dict[str, int] = {}
        self._faults: list[Fault] = []
        self._doubles: list[number_double.Repeated] = []
        self._numbers: dict[str, Runs] = {}
        self._tills: dict[str, tuple[int, str]] = {}
        self._ranges: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._sums: dict[tuple[int, int, str], tuple[int, int]] = {}
        self._closed: list[tuple[ZReportClosed, str]] = []

    def take(self, record: Record, writer: Member) -> None:
        """One record that holds."""
        if record.kind.startswith(OF_MEMBERSHIP):
            return
        fact = fact_of(record)
        if isinstance(fact, str):
            self._unread(record, fact)
            return
        self._read(fact, record, writer)

    def _read(self, fact: Fact, record: Record, writer: Member) -> None:
        match fact:
            case ReceiptCompleted():
                self.receipts += 1
                if self._is_new(fact.receipt_no, record, writer) and fact.receipt_type != "training":
                    key = (fact.till_no, fact.z_no or FIRST_Z, fact.currency)
                    count, gross = self._sums.get(key, (0, 0))
                    self._sums[key] = (count + 1, gross + fact.total_minor)
            case ZReportClosed():
                self.z_reports += 1
                self._closed.append((fact, record.feed.member))
            case ReferenceSet(subject="number_range", removed=False):
                value = value_of(fact.subject, fact.value)
                assert isinstance(value, NumberRange)  # what does not fit is unreadable
                self._ranges.setdefault((value.kind, value.prefix), []).append((value.start, value.end))

    def _unread(self, record: Record, why: str) -> None:
        if why == UNKNOWN:
            self.unknown[record.kind] = self.unknown.get(record.kind, 0) + 1
        elif len(self._faults) < FAULTS_MAX:
            self._faults.append(Fault(f"{record.feed}/{record.seq}", "does_not_fit", f"{record.kind}: {why}"))

    def _is_new(self, number: str, record: Record, writer: Member) -> bool:
        split = split_number(number)
        assert split is not None  # ``check_receipt`` has looked at it
        prefix, sequence = split
        self._tills.setdefault(prefix, (writer.till_no, writer.member_id))
        if prefix not in self._numbers:
            self._numbers[prefix] = Runs()
        if self._numbers[prefix].add(sequence):
            return True
        if len(self._doubles) < FAULTS_MAX:
            name = f"{record.feed}/{record.seq}"
            self._doubles.append(
                number_double.Repeated(number, writer.till_no, writer.member_id, name, instant(record.hlc))
            )
        return False

    def findings(self, checked: Checked) -> list[Finding]:
        """What does not fit together; what cannot be read goes among the faults."""
        for fault in self._faults:
            checked.fault(*msgspec.structs.astuple(fault))
        found = [*number_double.repeated(self._doubles), *number_gap.gaps(self._jumps(), self._ranges)]
        return [*found, *z_sums.differing(self._reports())][:FAULTS_MAX]

    def _jumps(self) -> Iterator[Jump]:
        for prefix, runs in sorted(self._numbers.items()):
            before: int | None = None
            till_no, member_id = self._tills[prefix]
            for first, last in runs.stretches():
                yield Jump("receipt", prefix, before, first, f"{prefix}{first:06d}", till_no, member_id, "")
                before = last

    def _reports(self) -> Iterator[Closed]:
        for fact, member_id in self._closed:
            figures = fact.figures
            known = self._sums.get((fact.till_no, fact.z_no, figures.currency), (0, 0))
            head = (fact.till_no, fact.z_no, member_id, fact.closed_at, figures.currency)
            yield Closed(*head, figures.receipts, figures.gross_minor, *known)


def plain(examined: Examined) -> dict[str, Any]:
    """As JSON can hold it."""
    return {**msgspec.to_builtins(examined), "sound": examined.sound}
