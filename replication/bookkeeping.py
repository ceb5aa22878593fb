"""The books' side of a member: when durable records are handed to them, and who waits until they are there.

1. At the start the books first get what is durable but not yet in them (``replay``); if they cannot be reached then,
   nobody waits: ``apply`` brings them up to date itself (``begin_late``).
2. What this member wrote goes to them a moment later: their thread would take the interpreter from the one who is
   being answered right now. If somebody waits for the books, at once.
3. During a catch-up others' receipts go first to disk, with all there is, and then into the books; anything else
   that comes pulls along what was postponed, so that the order stays.
4. What is used up at other tills goes to the books straight from the disk's thread: somebody may be about to use the
   same, and each thread that has to be woken in between costs more than the folding.
5. If the books cannot be written, whoever waits is told why; ``Applier`` tries again until it succeeds.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from replication.applier import Applier
from replication.background import Background
from replication.core import effects, events
from replication.core.model import Record
from replication.sync_log import SyncLog
from replication.tickets import AppendRefused

ANSWER_FIRST_S = 0.001
"""How long the books wait while whoever journalled is being answered."""
MAX_FEW = 4
"""Records of which the loop hears only once they are in the books."""
MAX_POSTPONED = 8_000
"""Records that may wait until a catch-up is on disk."""
_trouble = logging.getLogger(__name__)


class Bookkeeping:
    """``apply`` folds, in the books' thread, between ``begin`` and ``end``.

    ``handle`` takes the event that a batch is in the books; ``changed`` is called after it.
    ``catching_up`` says whether there is more to come soon.
    """

    def __init__(
        self,
        *,
        me: str,
        apply: Callable[[Sequence[Record]], None],
        background: Background,
        catching_up: Callable[[], bool],
        handle: Callable[[events.Event], None],
        changed: Callable[[], None],
        log: SyncLog,
    ) -> None:
        self._me = me
        self._apply = apply
        self._background = background
        self._catching_up = catching_up
        self._handle = handle
        self._changed = changed
        self._log = log
        self.waiting_records = 0
        """Records that are durable and not yet in the books."""
        self.trouble = ""
        """Why the books cannot be written now; empty if they can."""
        self._own: deque[effects.Apply] = deque()
        self._postponed: deque[effects.Apply] = deque()
        self._postponed_records = 0
        self._batches = self._batches_done = 0
        self._settlers: list[tuple[int, asyncio.Future[None]]] = []
        self._refusal: AppendRefused | None = None

    def begin(self) -> None:
        self._applier = Applier(self._apply, partial(self._background.from_thread, self._on_trouble))

    async def end(self) -> None:
        """Fold what was handed over, unless folding fails."""
        await self._background.off_loop(self._applier.stop)

    def leave(self) -> None:
        """Nobody waits any more."""
        for _, settler in self._settlers:
            settler.cancel()

    async def replay(self, missing: Iterator[Sequence[Record]]) -> None:
        """Fold what is durable but not yet in the books: after a crash between the two, or for a rebuild."""
        while run := await self._background.off_loop(next, missing, None):
            folded = self._background.promise()
            self._applier.put(run, partial(self._background.from_thread, folded.set_result, None))
            await folded

    def begin_late(self, why: str) -> None:
        """They cannot be written yet. As soon as they can, ``apply`` brings what is durable itself, before all else."""
        self._on_trouble(why)
        self._batches += 1
        self._applier.put((), partial(self._background.from_thread, self._on_folded))

    def goes_ahead(self, records: Sequence[Record]) -> bool:
        """Whether such a batch is handed over by ``put_ahead`` as soon as it is durable.

        Of a feed all or none: the books want its records in order.
        """
        return bool(records) and records[0].feed.topic == "circulation" and records[0].feed.member != self._me

    def put_ahead(self, batch_id: int, records: Sequence[Record], told: Callable[[], None]) -> bool:
        """Called by the thread that made them durable, in order. ``told`` then hands out what that thread has answered.

        Whether the loop has to be told at once; it is when the books have them.
        """

        def applied() -> None:
            told()
            self._on_applied(batch_id, len(records))

        self._applier.put(records, partial(self._background.from_thread, applied))
        return len(records) > MAX_FEW

    def take(self, effect: effects.Apply) -> None:
        """A batch is durable: hand it to the books, in order, unless they have it already."""
        self._batches += 1
        self.waiting_records += len(effect.records)
        if effect.records[0].feed.member == self._me:
            self._own.append(effect)
            if len(self._own) == 1:
                self._background.later(ANSWER_FIRST_S, self._hand_over_own)
        elif self._catching_up() and all(record.feed.topic == "sales" for record in effect.records):
            # Nobody waits for another till's receipts.
            self._postponed.append(effect)
            self._postponed_records += len(effect.records)
            if self._postponed_records >= MAX_POSTPONED:
                self._hand_over_postponed()
        else:
            self._hand_over_postponed()
            if not self.goes_ahead(effect.records):
                self._put(effect)

    def hand_over(self) -> None:
        """Hand over now whatever was to wait."""
        self._hand_over_own()
        self._hand_over_postponed()

    async def settled(self) -> None:
        """All that is durable now is in the books. ``AppendRefused`` when they cannot be written (a full disk)."""
        self.hand_over()
        if self._batches_done < self._batches:
            if self._refusal is not None:
                raise self._refusal
            settler = self._background.promise()
            self._settlers.append((self._batches, settler))
            await settler

    def _hand_over_own(self) -> None:
        while self._own:
            self._put(self._own.popleft())

    def _hand_over_postponed(self) -> None:
        self._postponed_records = 0
        while self._postponed:
            self._put(self._postponed.popleft())

    def _put(self, effect: effects.Apply) -> None:
        done = partial(self._background.from_thread, self._on_applied, effect.batch_id, len(effect.records))
        self._applier.put(effect.records, done)

    def _on_applied(self, batch_id: int, records: int) -> None:
        self.waiting_records -= records
        self._handle(events.Applied(batch_id))
        self._on_folded()

    def _on_folded(self) -> None:
        self._batches_done += 1
        while self._settlers and self._settlers[0][0] <= self._batches_done:
            settler = self._settlers.pop(0)[1]
            if not settler.done():
                settler.set_result(None)
        self._changed()

    def _on_trouble(self, trouble: str) -> None:
        if trouble == self.trouble:
            return
        self._log.add("books", "", trouble or "the books can be written again")
        self._refusal, self.trouble = None, trouble
        if trouble:
            _trouble.error("%s", trouble)
            full = "full" in trouble or "disk I/O" in trouble
            # Whoever waits for the books would wait until somebody makes room.
            self._refusal = AppendRefused("disk_full" if full else "books_failed", trouble)
            for _, settler in self._settlers:
                if not settler.done():
                    settler.set_exception(self._refusal)
            self._settlers.clear()
        self._changed()
