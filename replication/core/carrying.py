"""Records that come not over a link but in a folder: a stick that somebody carried from till to till.

A file of the folder is the changes of one segment's document, as another member's disk had them.
It is opened as a document of its own and looked at there: its keys must be exactly a run of records,
what we hold already must say the same in both, and what is new must pass the check that a peer's
records pass. Only then are the changes merged into our document, so that a bad file never touches
it, and a good one leaves it with the same heads as everywhere else. Whoever asked is answered as
for an append: ``Appended`` with the records that were new, or ``AppendFailed`` with one of

==================  ==========================================================================
code                means
==================  ==========================================================================
``not_wanted``      the feed does not come here: its writer is not known, or it goes to other sites
``forked``          the file contradicts what is on this disk; nothing is taken from the feed any more
``gap``             records before the file's first are missing here
``bad_carrier``     the bytes are no such document, or a record in it does not hold
``disk_slow``       the document could not be opened in time, or too much waits for the disk
==================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from replication.core import records
from replication.core.documents import Held
from replication.core.effects import Appended, AppendFailed, Effect
from replication.core.events import Carried, Refused
from replication.core.feeds import segment_of
from replication.core.journal import CARRIED, MAX_BATCHES, Journal
from replication.core.model import SEGMENT_RECORDS, Now, Record
from replication.core.records import BadRecord
from replication.core.slices import Slices
from replication.core.sync import SLICE_RECORDS, Sync
from replication.crdt import CrdtError, SegmentDocument

WAIT_MS = 10_000
"""How long a file may wait for its document to come from disk."""
MAX_OPEN = 64
"""Files that may be on their way in at once; a reader sends one after the other."""


class Carrying:
    """The files on their way into the journal."""

    def __init__(self, *, journal: Journal, sync: Sync, slices: Slices, emit: Callable[[Effect], None]) -> None:
        self._journal = journal
        self._sync = sync
        self._slices = slices
        self._emit = emit
        self._open: dict[int, int] = {}
        """The tickets of files on their way in, and until when they may take."""

    def take(self, now: Now, event: Carried) -> None:
        """Take one file in, slice by slice: a full segment at once would hold the loop for more than 10 ms."""
        if not self._sync.is_taken(event.feed):
            code = "forked" if event.feed in self._sync.forks else "not_wanted"
            return self._decline(event, code, f"{event.feed} does not come here")
        if len(self._open) >= MAX_OPEN or self._journal.in_flight >= MAX_BATCHES:
            return self._decline(event, "disk_slow", "too much is waiting for the disk")
        staged = self._journal.feeds.staged(event.feed)
        if event.segment > segment_of(staged + 1):
            return self._decline(event, "gap", f"records {staged + 1} and on of {event.feed} are missing here")
        self._open[event.ticket] = now.mono_ms + WAIT_MS
        self._slices.add(self._opening(event))
        return None

    def watch(self, now: Now) -> None:
        """Give up files that are not in yet, because their document has not come."""
        if not self._open:
            return
        for ticket in [ticket for ticket, deadline_ms in self._open.items() if now.mono_ms >= deadline_ms]:
            del self._open[ticket]
            self._emit(AppendFailed(ticket, "disk_slow", "the document could not be opened in time"))

    def keep_evidence(self, _now: Now, event: Refused) -> None:
        """What a reader refused before it came here."""
        self._journal.quarantine(event.source, event.reason, event.evidence, ticket=event.ticket)

    def _opening(self, event: Carried) -> Iterator[None]:
        """The file's document, and its records' texts in order; then it is compared with ours."""
        first, texts = event.segment * SEGMENT_RECORDS + 1, list[str]()
        try:
            other = self._journal.documents.foreign(event.chunks)
            yield
            count, operations = len(other), other.operations()
            for seq in range(first, first + min(count, SEGMENT_RECORDS)):
                text = other.text(records.key(seq))
                texts += [] if text is None else [text]
                if len(texts) % SLICE_RECORDS == 0:
                    yield
            _refuse_other_than_records(len(texts), count, operations)
        except (CrdtError, BadRecord) as error:
            self._bad(event, error)
            return
        self._journal.documents.know(event.feed, self._journal.feeds.staged(event.feed))
        document = self._journal.documents.id_of(event.feed, event.segment)

        def compare(held: Held) -> None:
            if event.ticket in self._open:
                self._journal.lock(document)
                self._slices.add(self._comparing(event, texts, other, document, held))

        self._journal.with_document(document, self._slices.now, compare)

    def _comparing(
        self, event: Carried, texts: list[str], other: SegmentDocument, document: str, held: Held
    ) -> Iterator[None]:
        """What both hold must be the same; what is new is checked, merged and journalled. The document is locked."""
        feeds = self._journal.feeds
        staged, first = feeds.staged(event.feed), event.segment * SEGMENT_RECORDS + 1
        known = max(0, min(staged + 1 - first, len(texts)))
        try:
            for at in range(known):
                mine = held.document.text(records.key(first + at))
                if mine != texts[at]:
                    return self._forked(event, first + at, mine or "", texts[at], self._slices.now)
                if at % SLICE_RECORDS == SLICE_RECORDS - 1:
                    yield
            check = self._sync.checking(event.feed) if known < len(texts) else None
            if check is None:
                self._answer(event, Appended(event.ticket, ()))
                return None
            for at in range(known, len(texts), SLICE_RECORDS):
                check.take(texts[at : at + SLICE_RECORDS])
                yield
            if self._journal.documents.held(document) is not held or feeds.staged(event.feed) != staged:
                return self._refuse(event, "disk_slow", f"{event.feed} has gone on in another way meanwhile")
            if event.ticket in self._open:
                self._merge(event, check.finish(), other, document, held)
        except (CrdtError, BadRecord) as error:
            self._bad(event, error)
        finally:
            self._journal.unlock(document, self._slices.now)
        return None

    def _merge(self, event: Carried, run: list[Record], other: SegmentDocument, document: str, held: Held) -> None:
        raw, operations = held.document.merge(other)
        if operations != len(run):
            self._journal.spoil(document)
            raise BadRecord(f"{operations} operations for {len(run)} new records")
        for record in run:
            self._journal.hybrid.see(record.hlc, self._slices.now)
        self._open.pop(event.ticket, None)
        self._journal.ingest(run, document, raw, CARRIED, ticket=event.ticket)

    def _forked(self, event: Carried, seq: int, mine: str, text: str, now: Now) -> None:
        """Two records with one number: both are kept as evidence, and everybody is told."""
        if not self._sync.forks.prove(event.feed, mine, text, event.carrier, now):
            return self._bad(event, BadRecord(f"record {seq} is not signed by its writer", text))
        self._refuse(event, "forked", f"record {seq} of {event.feed} is another one here than there")
        return None

    def _bad(self, event: Carried, error: CrdtError | BadRecord) -> None:
        evidence = error.text if isinstance(error, BadRecord) else ""
        self._journal.quarantine(str(event.feed), f"carried by {event.carrier}: {error}", evidence)
        self._refuse(event, "bad_carrier", str(error))

    def _refuse(self, event: Carried, code: str, reason: str) -> None:
        self._answer(event, AppendFailed(event.ticket, code, reason))

    def _decline(self, event: Carried, code: str, reason: str) -> None:
        """Before it has begun."""
        self._emit(AppendFailed(event.ticket, code, reason))

    def _answer(self, event: Carried, answer: Appended | AppendFailed) -> None:
        """Unless it took too long, and has been answered for that."""
        if self._open.pop(event.ticket, None) is not None:
            self._emit(answer)


def _refuse_other_than_records(found: int, keys: int, operations: int) -> None:
    if not found == keys == operations > 0:
        raise BadRecord(f"{found} records in {keys} keys and {operations} operations")
