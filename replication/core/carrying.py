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

from collections.abc import Callable

from replication.core import records
from replication.core.documents import Held
from replication.core.effects import Appended, AppendFailed, Effect
from replication.core.events import Carried, Refused
from replication.core.feeds import segment_of
from replication.core.journal import CARRIED, MAX_BATCHES, Journal
from replication.core.model import SEGMENT_RECORDS, Now
from replication.core.records import BadRecord
from replication.core.sync import Sync
from replication.crdt import CrdtError, SegmentDocument

WAIT_MS = 10_000
"""How long a file may wait for its document to come from disk."""
MAX_OPEN = 64
"""Files that may be on their way in at once; a reader sends one after the other."""


class Carrying:
    """The files on their way into the journal."""

    def __init__(self, *, journal: Journal, sync: Sync, emit: Callable[[Effect], None]) -> None:
        self._journal = journal
        self._sync = sync
        self._emit = emit
        self._open: dict[int, tuple[str, int]] = {}
        """By ticket: the document that a file waits for, and until when."""

    def take(self, now: Now, event: Carried) -> None:
        """Take one file in."""
        if not self._sync.is_taken(event.feed):
            code = "forked" if event.feed in self._sync.forks else "not_wanted"
            return self._refuse(event, code, f"{event.feed} does not come here")
        if len(self._open) >= MAX_OPEN or self._journal.in_flight >= MAX_BATCHES:
            return self._refuse(event, "disk_slow", "too much is waiting for the disk")
        staged = self._journal.feeds.staged(event.feed)
        if event.segment > segment_of(staged + 1):
            return self._refuse(event, "gap", f"records {staged + 1} and on of {event.feed} are missing here")
        try:
            texts, other = self._opened(event)
        except (CrdtError, BadRecord) as error:
            return self._bad(event, error)
        self._journal.documents.know(event.feed, staged)
        document = self._journal.documents.id_of(event.feed, event.segment)
        self._open[event.ticket] = (document, now.mono_ms + WAIT_MS)

        def compare(held: Held) -> None:
            if self._open.pop(event.ticket, None) is not None:
                self._compare(event, texts, other, held, now)

        self._journal.with_document(document, now, compare)
        return None

    def watch(self, now: Now) -> None:
        """Give up files whose document has not come."""
        for ticket in [ticket for ticket, (_, deadline_ms) in self._open.items() if now.mono_ms >= deadline_ms]:
            del self._open[ticket]
            self._emit(AppendFailed(ticket, "disk_slow", "the document could not be opened in time"))

    def keep_evidence(self, _now: Now, event: Refused) -> None:
        """What a reader refused before it came here."""
        self._journal.quarantine(event.source, event.reason, event.evidence, ticket=event.ticket)

    def _opened(self, event: Carried) -> tuple[list[str], SegmentDocument]:
        """The file's document and its records' texts, in order. ``BadRecord`` if it holds anything else."""
        other = self._journal.documents.foreign(event.chunks)
        count, operations = len(other), other.operations()
        if not 0 < count <= SEGMENT_RECORDS:
            raise BadRecord(f"{count} keys in a segment of {SEGMENT_RECORDS}")
        first = event.segment * SEGMENT_RECORDS + 1
        texts = [other.text(records.key(seq)) for seq in range(first, first + count)]
        whole = [text for text in texts if text is not None]
        if len(whole) != count or operations != count:
            raise BadRecord(f"{len(whole)} records in {count} keys and {operations} operations")
        return whole, other

    def _compare(self, event: Carried, texts: list[str], other: SegmentDocument, held: Held, now: Now) -> None:
        """What both hold must be the same; what is new is checked, merged and journalled."""
        feeds = self._journal.feeds
        first = event.segment * SEGMENT_RECORDS + 1
        known = max(0, min(feeds.staged(event.feed) + 1 - first, len(texts)))
        try:
            for seq, text in enumerate(texts[:known], first):
                mine = held.document.text(records.key(seq))
                if mine != text:
                    return self._forked(event, seq, mine or "", text, now)
            run = self._sync.checked(event.feed, texts[known:])
            if not run:
                self._emit(Appended(event.ticket, ()))
                return None
            raw, operations = held.document.merge(other)
        except (CrdtError, BadRecord) as error:
            return self._bad(event, error)
        document = self._journal.documents.id_of(event.feed, event.segment)
        if operations != len(run):
            self._journal.spoil(document)
            return self._bad(event, BadRecord(f"{operations} operations for {len(run)} new records"))
        for record in run:
            self._journal.hybrid.see(record.hlc, now)
        self._journal.ingest(run, document, raw, CARRIED, ticket=event.ticket)
        return None

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
        self._emit(AppendFailed(event.ticket, code, reason))
