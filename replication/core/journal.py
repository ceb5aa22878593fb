"""From staged to durable to applied: batches on their way to disk, and what has to wait for them.

Own entries and records from peers take the same way: they are put into the segment's document
in memory and staged, handed to the store as one batch, and only when the batch is on disk do
peers, books and the asker hear of it. If the store fails, the documents in memory are thrown
away and read from disk again when next needed, so that memory never knows more than the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from replication.core import records
from replication.core.clock import HybridClock
from replication.core.documents import Documents, Held
from replication.core.effects import AppendFailed, Apply, Effect, Load, Store
from replication.core.events import Append
from replication.core.feeds import Feeds, segment_of
from replication.core.model import TOPICS, Chunk, Entry, Feed, Now, Record
from replication.core.records import BadRecord

MAX_BATCHES = 10_000
"""Batches in flight; beyond that appends are refused, since the disk does not keep up."""
CARRIED = 0
"""Stands for the link of records that came in a folder: no link has this number."""


class Batch(msgspec.Struct):
    """Records (and kept values) between memory and books. ``link_id``: who sent them, if not I."""

    batch_id: int
    epoch: int
    records: tuple[Record, ...]
    documents: tuple[str, ...]
    ticket: int | None = None
    link_id: int | None = None
    claim_id: str | None = None


class Journal:
    """All feeds and documents of this member, and the batches in flight."""

    def __init__(
        self,
        *,
        me: str,
        private_key: Ed25519PrivateKey,
        feeds: Feeds,
        documents: Documents,
        hybrid: HybridClock,
        emit: Callable[[Effect], None],
        beside: Callable[[Sequence[Record]], dict[str, str | None]] = lambda _run: {},
    ) -> None:
        """``beside`` says what is to be kept in the same batch as these records."""
        self._me = me
        self._key = private_key
        self.mine = [Feed(me, topic) for topic in TOPICS]
        """My feeds: the usual ones, and those with an audience that somebody has something of."""
        self.further_elsewhere: set[Feed] = set()
        """Those of which a peer has said that it has more than my disk: hardly ever any."""
        self.feeds = feeds
        self.documents = documents
        self.hybrid = hybrid
        self._emit = emit
        self._beside = beside
        for feed in feeds.durable_positions():
            self.know_mine(feed)
        self._batches: dict[int, Batch] = {}
        self._applying: dict[int, tuple[Record, ...]] = {}
        self._next_batch = 1
        self._epoch = 1
        self._held_back: list[Append] = []
        self._spoilt: dict[str, int] = {}
        """Documents thrown out of memory while batches of them were on their way to disk, and how many."""
        self._locked: set[str] = set()
        """Documents that hold what is being checked: nobody else may use them."""

    @property
    def idle(self) -> bool:
        """Nothing is on its way to disk or books."""
        return not (self._batches or self._applying or self._held_back)

    @property
    def in_flight(self) -> int:
        """Batches on their way to disk."""
        return len(self._batches)

    def with_document(self, document: str, now: Now, work: Callable[[Held], None]) -> None:
        """Do something with a document, now if it is in memory, otherwise when it has been loaded."""
        held = self.documents.held(document)
        if self.is_shut(document):
            self.documents.wait(document, work)
            return
        if held is None:
            place = self.documents.where(document)
            if place is None:
                return
            feed, segment = place
            if self.feeds.durable(feed) > 0 and segment_of(self.feeds.durable(feed)) >= segment:
                if self.documents.wait(document, work):
                    self._emit(Load(document))
                return
            held = self.documents.create(document, now.mono_ms)
        held.used_ms = now.mono_ms
        work(held)

    def read_document(self, document: str, work: Callable[[tuple[bytes, ...]], None]) -> None:
        """Do something with a document's changes as they are on disk."""
        if self.documents.read(document, work):
            self._emit(Load(document))

    def is_shut(self, document: str) -> bool:
        """Whether the document may not be used right now: it is being checked, or part of it is not on disk yet."""
        return document in self._locked or document in self._spoilt

    def lock(self, document: str) -> None:
        """Nobody else uses the document until ``unlock``; what wants to, waits in order."""
        self._locked.add(document)

    def unlock(self, document: str, now: Now) -> None:
        """The document holds only what has been checked, or is no longer in memory."""
        self._locked.discard(document)
        for work in self.documents.take_waiting(document):
            self.with_document(document, now, work)

    def know_mine(self, feed: Feed) -> None:
        """A feed that is or was written: if it is mine, I go on where it ends."""
        if feed.member == self._me and feed not in self.mine:
            self.mine.append(feed)

    # --- own entries ---------------------------------------------------------

    def append(self, now: Now, event: Append) -> Batch | None:
        """Stage own entries; None if they wait for a document or were refused."""
        if len(self._batches) >= MAX_BATCHES or len(self._held_back) >= MAX_BATCHES:
            self._emit(AppendFailed(event.ticket, "disk_slow", "too much is waiting for the disk"))
            return None
        missing = self._documents_to_load(event.entries)
        if missing or self._held_back:
            self._held_back.append(event)
            for document in missing:
                self.with_document(document, now, lambda _held: None)
            return None
        return self._write(now, event)

    def take_held_back(self) -> list[Append]:
        """Appends that waited for documents, in order; the hub tries them again."""
        waiting, self._held_back = self._held_back, []
        return waiting

    def _documents_to_load(self, entries: Sequence[Entry]) -> list[str]:
        missing = []
        for topic in dict.fromkeys(entry.topic for entry in entries):
            feed = Feed(self._me, topic)
            first = segment_of(self.feeds.staged(feed) + 1)
            document = self.documents.id_of(feed, first)
            durable = self.feeds.durable(feed)
            on_disk = durable > 0 and segment_of(durable) == first
            if self.is_shut(document) or (self.documents.held(document) is None and on_disk):
                missing.append(document)
        return missing

    def _write(self, now: Now, event: Append) -> Batch | None:
        try:
            written = self.feeds.write(self._key, self._me, event.entries, self.hybrid, now)
        except BadRecord as error:
            self._emit(AppendFailed(event.ticket, "too_long", error.reason))
            return None
        by_document: dict[str, list[Record]] = {}
        for record in written:
            segment = segment_of(record.seq)
            if record.seq == 1:
                self.documents.know(record.feed, record.seq)
                self.know_mine(record.feed)
            by_document.setdefault(self.documents.id_of(record.feed, segment), []).append(record)
        chunks: list[Chunk] = []
        for document, run in by_document.items():
            held = self.documents.held(document) or self.documents.create(document, now.mono_ms)
            held.used_ms = now.mono_ms
            raw = held.document.put_all([(records.key(record.seq), record.text) for record in run])
            chunks.extend(Chunk(document, change) for change in raw)
        return self._send_to_store(
            written, tuple(by_document), chunks, keep=event.keep, ticket=event.ticket, claim_id=event.claim_id
        )

    # --- records of others ---------------------------------------------------

    def ingest(
        self, run: Sequence[Record], document: str, raw: Sequence[bytes], link_id: int, *, ticket: int | None = None
    ) -> Batch:
        """Stage records of a peer that have passed the check; ``raw`` are the changes that brought them."""
        self.feeds.stage(run)
        chunks = [Chunk(document, change) for change in raw]
        return self._send_to_store(run, (document,), chunks, link_id=link_id, ticket=ticket)

    def quarantine(self, feed: str, reason: str, evidence: str, *, ticket: int | None = None) -> None:
        """Keep what was refused, as evidence."""
        self._send_to_store(quarantine=((feed, reason, evidence),), ticket=ticket)

    def keep(self, values: dict[str, str | None]) -> None:
        """Keep local values, with nobody waiting for it."""
        self._send_to_store(keep=values)

    def spoil(self, document: str) -> None:
        """The copy in memory took something bad in: forget it, and read it anew once all its batches are on disk."""
        held = self.documents.drop(document)
        if held is not None and held.dirty:
            self._spoilt[document] = held.dirty

    def _reload(self, document: str) -> None:
        del self._spoilt[document]
        if self.documents.is_awaited(document):
            self._emit(Load(document))

    def _send_to_store(
        self,
        run: Sequence[Record] = (),
        documents: Sequence[str] = (),
        chunks: Sequence[Chunk] = (),
        *,
        keep: dict[str, str | None] | None = None,
        ticket: int | None = None,
        link_id: int | None = None,
        claim_id: str | None = None,
        quarantine: tuple[tuple[str, str, str], ...] = (),
    ) -> Batch:
        batch = Batch(self._next_batch, self._epoch, tuple(run), tuple(documents), ticket, link_id, claim_id)
        self._next_batch += 1
        self._batches[batch.batch_id] = batch
        for document in batch.documents:
            held = self.documents.held(document)
            if held is not None:
                held.dirty += 1
        kept = {**(keep or {}), **self._beside(batch.records)}
        self._emit(Store(batch.batch_id, batch.epoch, tuple(chunks), batch.records, kept, quarantine))
        return batch

    # --- what the shells answer ----------------------------------------------

    def stored(self, batch_id: int) -> Batch | None:
        """The batch is on disk: its documents may be spoken of. The books come next (``apply``)."""
        batch = self._batches.pop(batch_id, None)
        if batch is None:
            return None
        self.feeds.mark_durable(batch.records)
        for document in batch.documents:
            held = self.documents.held(document)
            if held is not None:
                held.dirty -= 1
            elif document in self._spoilt:
                self._spoilt[document] -= 1
                if not self._spoilt[document]:
                    self._reload(document)
        return batch

    def apply(self, batch: Batch) -> None:
        """Hand a durable batch to the books."""
        if batch.records:
            self._applying[batch.batch_id] = batch.records
            self._emit(Apply(batch.batch_id, batch.records))

    def applied(self, batch_id: int) -> tuple[Record, ...]:
        """The books have it."""
        run = self._applying.pop(batch_id, ())
        self.feeds.mark_applied(run)
        return run

    def store_failed(self, batch_id: int, reason: str) -> tuple[Batch | None, bool]:
        """The batch is lost: memory goes back to what the disk has. Also: whether it is the first of its epoch."""
        batch = self._batches.pop(batch_id, None)
        if batch is None:
            return None, False
        first = batch.epoch == self._epoch
        if first:
            self._epoch += 1
            self.documents.drop_dirty()
            self.feeds.unstage()
            for document in list(self._spoilt):
                self._reload(document)
        if batch.ticket is not None:
            code = "disk_full" if reason.startswith("disk_full") else "store_failed"
            self._emit(AppendFailed(batch.ticket, code, reason))
        return batch, first
