"""Reference data for operations of the office: read fresh, set and removed in one durable step, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from app.books.questions import Question
from app.books.questions.reference import AskReference
from app.domain.instant import iso
from app.domain.reference import SUBJECTS, Keyed, Reference, ReferenceFault, value_of
from app.domain.settings import RangesOverlap, check_among
from app.engine.control import Refused
from app.facts.base import Fact, said_by
from app.facts.codec import write
from app.facts.master import ReferenceSet
from app.office.parts import OfficeParts
from app.text import gettext as _
from replication.core.model import Entry

T = TypeVar("T")
SHOWN_REASON = 200
SHOWN_KEY = 40

_SUBJECT_OF = {kind: subject for subject, kind in SUBJECTS.items()}


class TillDesk:
    """What operations about tills share. ``alone`` is held while something is read, decided and written."""

    def __init__(self, parts: OfficeParts) -> None:
        self.parts = parts
        self.alone = parts.alone

    async def look(self, question: Question[T]) -> T:
        """The books' answer, with everything that is durable here in it."""
        await self.parts.engine.settled()
        return await self.off(lambda: self.parts.desk.ask(question))

    async def off(self, work: Callable[[], T]) -> T:
        """Something that takes a while, off the loop."""
        return await asyncio.to_thread(work)

    async def known(self) -> Reference:
        """All reference data as they are now."""
        return await self.look(AskReference())

    async def write(self, facts: Sequence[Fact], by: str = "") -> None:
        """Journal the facts in one step as the word of user ``by``, after a copy of what they change; the books have
        them afterwards.
        """
        from app.office.master.copies import copies_of

        await asyncio.to_thread(copies_of(self.parts).before, facts, by, "", self.parts.wall_ms())
        await self.parts.engine.journal([Entry(*write(said_by(fact, by))) for fact in facts])
        await self.parts.engine.settled()

    async def ready(self) -> None:
        """Before something is decided: what was cut off is completed; ``Refused`` if that cannot be now."""
        from app.office.bulk.writing import Bulk

        await Bulk(self.parts).before()

    async def write_all(self, facts: Sequence[Fact], by: str, what: str) -> None:
        """Likewise, however many they are: an office that is killed in between goes on with them (``bulk``)."""
        from app.office.bulk.writing import Bulk
        from app.office.master.copies import copies_of

        bulk, now_ms = Bulk(self.parts), self.parts.wall_ms()
        positions = await bulk.positions()
        await asyncio.to_thread(copies_of(self.parts).before, facts, by, "", now_ms)
        said = [said_by(fact, by) for fact in facts]
        await bulk.write(said, change=f"{what} {iso(now_ms)}", by=by, positions=positions)


def setting(value: Keyed, known: Reference) -> ReferenceSet:
    """The fact that sets the value; ``Refused`` with what is wrong with it."""
    subject = _SUBJECT_OF[type(value)]
    raw = msgspec.to_builtins(value)
    try:
        value_of(subject, raw)
        check_among(value, known)
    except ReferenceFault as fault:
        raise Refused("bad_setting", str(fault)[:SHOWN_REASON]) from None
    except RangesOverlap as overlap:
        raise Refused(
            "range_overlaps", _("these numbers overlap the range {other}; choose others").format(other=overlap.other)
        ) from None
    return ReferenceSet(subject=subject, key=value.key, value=raw)


def read(subject: str, raw: dict[str, Any]) -> Keyed:
    """A value out of what was typed; ``Refused`` if it does not fit its subject."""
    try:
        return value_of(subject, raw)
    except ReferenceFault as fault:
        raise Refused("bad_setting", str(fault)[:SHOWN_REASON]) from None
