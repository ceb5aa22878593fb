"""What the network's authority does by itself when master data change: repeat articles for catalogues, and assign.

``Keeper.keep`` does it once; whoever changes a catalogue or a plan calls it before he answers. ``begin`` does it for as
long as the home is open, a moment after master data have come from anywhere, and with the start: what was changed
while this home was off is made good then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence

from app.books.postgres import BooksUnavailable
from app.books.questions.catalogues import ArticleWord, ArticleWords
from app.domain.catalogue import CatalogueArticle
from app.engine.control import Refused
from app.engine.local import Changes
from app.facts.codec import write
from app.facts.flows import topic_of_catalogue
from app.office.catalogues.assigning import Assigning
from app.office.catalogues.copying import copies, entry_set, sold_along
from app.office.parts import OfficeParts
from app.office.tills.desk import TillDesk
from app.till.ports import JournalRefused
from replication.core.model import Entry

ENTRIES_PER_STEP = 500
"""Of one durable step: a catalogue of thousands neither waits for one fsync each nor holds up a till's own."""
AGAIN_S = 10.0
"""So long after it could not be done it is tried again, whether anything has changed or not."""
SETTLES_S = 1.0
"""So long after a change others may follow: an import is hundreds."""
ALONG_MOST = 3
"""A deposit on a crate of bottles with deposits: more is a ring."""

_log = logging.getLogger(__name__)


class Keeper:
    """Brings feeds with an audience in line with master data."""

    def __init__(self, desk: TillDesk) -> None:
        self._desk = desk
        self._assigning = Assigning(desk)
        self._kept = ""
        """The version of the reference data that was looked at last."""

    async def keep(self, more: Sequence[str] = ()) -> None:
        """Assign, then repeat. Called with the desk's lock held; nothing is done at members that may not."""
        if not self._desk.parts.members.is_authority:
            return
        known = await self._desk.known()
        if known.version == self._kept and not more:
            return
        await self._assigning.reconcile(more)
        by_catalogue: dict[str, dict[str, CatalogueArticle]] = {}
        for entry in known.all(CatalogueArticle).values():
            by_catalogue.setdefault(entry.catalogue, {})[entry.ident_no] = entry
        for catalogue, entries in by_catalogue.items():
            await self._repeat(catalogue, entries)
        self._kept = known.version  # not what it is by now: somebody else may have said something meanwhile

    async def _repeat(self, catalogue: str, entries: dict[str, CatalogueArticle]) -> None:
        words = await self._words(entries)
        for _round in range(ALONG_MOST):
            along = sold_along(words.values(), entries)
            if not along:
                break
            entries |= {ident: CatalogueArticle(catalogue, ident) for ident in along}
            words |= await self._words(along)
        topic = topic_of_catalogue(catalogue)
        step: list[Entry] = []
        for facts in copies(entries.values(), words):
            step += [Entry(topic, kind, body) for _topic, kind, body in map(write, facts)]
            if len(step) >= ENTRIES_PER_STEP:
                await self._desk.parts.engine.journal(step)
                step = []
        if step:
            await self._desk.parts.engine.journal(step)

    async def _words(self, idents: Sequence[str] | dict[str, CatalogueArticle]) -> dict[str, ArticleWord]:
        return await self._desk.look(ArticleWords(tuple(idents)))

    async def put(self, entries: Sequence[CatalogueArticle], by: str) -> None:
        """Put articles into their catalogues, which are assigned already."""
        await self._desk.write_all([entry_set(entry) for entry in entries], by, "catalogue")


@contextlib.asynccontextmanager
async def kept(parts: OfficeParts, changes: Changes) -> AsyncIterator[None]:
    """Keep feeds in line until the end."""
    changed = asyncio.Event()
    changed.set()

    def hear(what: str) -> None:
        if what in ("books", "membership"):
            changed.set()

    changes.listen(hear)
    keeping = asyncio.create_task(_keep(parts, changed), name="catalogues")
    try:
        yield
    finally:
        changes.forget(hear)
        async with parts.alone:  # what has been begun is finished: books and store are closed next
            keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping


async def _keep(parts: OfficeParts, changed: asyncio.Event) -> None:
    keeper, told = Keeper(TillDesk(parts)), ""
    while True:
        await changed.wait()
        await asyncio.sleep(SETTLES_S)
        changed.clear()
        try:
            async with parts.alone:
                await keeper.keep()
        except (Refused, JournalRefused, BooksUnavailable, OSError) as fault:
            if str(fault) != told:
                told = str(fault)
                _log.warning("catalogues could not be brought in line: %s; tried again", told)
            asyncio.get_running_loop().call_later(AGAIN_S, changed.set)
