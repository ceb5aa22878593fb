"""The one thread that folds durable records into whatever is kept of them (``apply``).

Folding may wait for a disk, so it is off the loop; what has queued meanwhile is folded in
one go. When it fails (a full disk), it is tried again until it succeeds: the records are
durable, and nothing later may pass them. The first failure and the recovery are reported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

from replication.core.model import Record

MAX_GROUP_RECORDS = 2_000
RETRY_S, RETRY_S_MAX = 1.0, 10.0
"""Doubled with each attempt: a database that is just starting must not be asked every second by all its offices."""

Apply = Callable[[Sequence[Record]], None]
Work = tuple[Sequence[Record], Callable[[], None]]


class Applier:
    """``put`` from any thread; ``done`` and ``trouble`` are called from the applier's thread."""

    def __init__(self, apply: Apply, trouble: Callable[[str], None]) -> None:
        self._apply = apply
        self._trouble = trouble
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tillmesh-apply", daemon=True)
        self._thread.start()

    def put(self, records: Sequence[Record], done: Callable[[], None]) -> None:
        """Fold these after all that were put before; ``done`` when that has happened."""
        self._queue.put((records, done))

    def stop(self) -> None:
        """Fold what has queued, unless folding fails, and end. Blocks until then."""
        self._stop.set()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            group: list[Work] = []
            records: list[Record] = []
            item = self._queue.get()
            while True:
                if item is None:
                    stopping = True
                    break
                group.append(item)
                records.extend(item[0])
                if len(records) >= MAX_GROUP_RECORDS:
                    break
                try:
                    item = self._queue.get_nowait()
                except Empty:
                    break
            if group and not self._fold(records):
                return  # stopping; what is left is folded after the next start
            for _, done in group:
                done()

    def _fold(self, records: Sequence[Record]) -> bool:
        failed, retry_s = False, RETRY_S
        while True:
            try:
                self._apply(records)
            except Exception as error:  # noqa: BLE001 - whatever a fold raises, the records must not be passed over
                if not failed:
                    self._trouble(f"the books cannot be written: {error}")
                failed = True
                if self._stop.wait(retry_s):
                    return False
                retry_s = min(2 * retry_s, RETRY_S_MAX)
            else:
                if failed:
                    self._trouble("")
                return True
