"""Reading back, off the loop, what the hub asks the disk for."""

from __future__ import annotations

from collections.abc import Callable

from replication.background import Background
from replication.core import effects, events
from replication.store import Store, StoreDamaged


class Reading:
    """Carries ``Load`` and ``Find`` out; ``damaged`` is told of what cannot be read back."""

    def __init__(
        self,
        store: Store,
        background: Background,
        handle: Callable[[events.Event], None],
        damaged: Callable[[str], None],
    ) -> None:
        self._store = store
        self._background = background
        self._handle = handle
        self._damaged = damaged

    def load(self, effect: effects.Load) -> None:
        """A document's chunks, as ``Loaded``."""
        self._background.spawn(self._load(effect.document_id))

    def find(self, effect: effects.Find) -> None:
        """A record's text, as ``Found``."""
        self._background.spawn(self._find(effect))

    async def _load(self, document: str) -> None:
        try:
            chunks = await self._background.off_loop(self._store.chunks, document)
        except StoreDamaged as error:
            self._damaged(str(error))
        else:
            self._handle(events.Loaded(document, chunks))

    async def _find(self, effect: effects.Find) -> None:
        try:
            run = await self._background.off_loop(self._store.records, effect.feed, effect.seq - 1, 1)
        except StoreDamaged as error:
            self._damaged(str(error))
        else:
            self._handle(events.Found(effect.ticket, run[0].text if run else ""))
