"""A deed of many facts: its intent is durable before the first fact, and whoever comes next goes on with it.

1. Up to ``FACTS_PER_STEP`` facts are one durable step anyway: they are there or not.
2. Of more, the intent is kept in the store first (with a backup it goes along, as it is just then). If that cannot be,
   nothing has begun.
3. Before each step it is looked what has come since: what somebody else has set meanwhile is passed over.
4. With the last step, or a note that it was ended early, the intent goes: in the same durable step.
5. An office that was killed in between goes on as soon as it runs again, and takes no new deeds of this sort before.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from app.domain.instant import iso
from app.engine.control import Refused
from app.engine.operations import IMPORT_FACTS_PER_STEP
from app.facts.base import Edit, Fact
from app.facts.codec import write
from app.facts.sales import AuditLogged
from app.office.bulk.intent import Intent, Rest, TooMuch, intent, packed, rest_of, taken_back, unpacked
from app.office.bulk.kept_text import Unreadable
from app.office.bulk.standing import KEPT
from app.office.history.projection import LEFT_OUT
from app.office.parts import OfficeParts
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import JournalRefused
from replication.core.model import Entry, Feed

FACTS_PER_STEP = IMPORT_FACTS_PER_STEP
RECORDS_AT_ONCE = 500
WAIT_S_MAX = 60.0
"""How long a new deed waits for one that is being completed, and whoever stops one for the step that is written."""
LEFT_SHOWN = 20
DETAIL_MAX = 200

_log = logging.getLogger(__name__)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it: ``done`` facts of ``of`` are written. ``words.lines`` has it in sentences."""

    change: str
    by: str
    done: int
    of: int
    left: tuple[str, ...] = ()
    """What was passed over, since somebody else has changed it meanwhile; the first of ``passed``."""
    passed: int = 0
    stopped: bool = False
    resumed: bool = False
    undoable: bool = True
    unreadable: bool = False
    undone: tuple[str, ...] = ()
    """Why some of it cannot be done, in sentences."""

    def answer(self) -> dict[str, Any]:
        """As operations answer it."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


def many(facts: Sequence[Fact]) -> bool:
    """Whether they are more than one durable step."""
    return len(facts) > FACTS_PER_STEP


class Bulk:
    """Those of one home. Any number may be made: what they share is ``parts.bulk``."""

    def __init__(self, parts: OfficeParts) -> None:
        self._parts = parts
        self._standing = parts.bulk

    async def positions(self) -> dict[Feed, int]:
        """How far every feed is now: taken before it is looked what there is, and made up what to write."""
        return await asyncio.to_thread(lambda: {feed: head.seq for feed, head in self._parts.store.heads().items()})

    async def write(
        self,
        facts: Sequence[Fact],
        *,
        change: str,
        by: str,
        positions: dict[Feed, int] | None = None,
        beside: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Write them; the books have them afterwards. ``JournalRefused``: nothing has begun; ``Refused`` says how far.

        ``beside``: what else is kept from the first durable step on.
        """
        beside = beside or {}
        undoable = any(isinstance(fact, Edit) and fact.change == change for fact in facts)
        if not many(facts):
            if facts or beside:
                await self._parts.engine.journal([Entry(*write(fact)) for fact in facts], keep=dict(beside))
            await self._parts.engine.settled()
            return Outcome(change=change, by=by, done=len(facts), of=len(facts), undoable=undoable)
        async with self._standing.lock:
            self._standing.live = True
            self._standing.begin(change, len(facts))
            try:
                outcome = await self._written(facts, change, by, positions or await self.positions(), beside)
            finally:
                self._standing.live = False
        await self._parts.engine.settled()
        return outcome

    async def before(self) -> None:
        """Before a new deed: what was cut off is completed. ``Refused`` if that cannot be now."""
        standing = self._standing
        if standing.live or not await self.pending():
            return
        if standing.lock.locked():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WAIT_S_MAX), standing.lock:
                    pass
        if standing.lock.locked():
            said = _("{change} was cut off and is being completed ({done} of {of}); try again in a moment")
            raise Refused("import_running", said.format(**standing.shown()))
        try:
            await self.complete()
        except JournalRefused as fault:
            said = _("{change} was cut off and cannot be completed now: {reason}; nothing was changed")
            raise Refused("import_cut", said.format(change=standing.change, reason=_reason(fault))) from None

    async def complete(self) -> None:
        """Go on with what was cut off, if anything was. ``JournalRefused`` while that cannot be."""
        if await self.pending():
            async with self._standing.lock:
                if self._standing.pending:
                    await self._gone_on_with()

    async def pending(self) -> bool:
        """Whether an intent is put down."""
        standing = self._standing
        if standing.pending is None or (standing.pending and not standing.change):
            text = await asyncio.to_thread(self._parts.store.kept, KEPT)
            if text is not None and not standing.change:
                with contextlib.suppress(Unreadable):
                    made = await asyncio.to_thread(unpacked, text)
                    standing.begin(made.change, len(made.entries))
            if standing.pending is None:
                standing.pending = text is not None
        return standing.pending

    async def stop(self) -> Outcome | None:
        """End what is being written, or was cut off, as it is; None: there is none, or it was complete just then."""
        standing = self._standing
        if not standing.lock.locked() and not await self.pending():
            return None
        standing.stop = True
        try:
            async with asyncio.timeout(WAIT_S_MAX), standing.lock:
                return await self._gone_on_with() if standing.pending else None
        except TimeoutError:
            raise Refused("import_running", _("the disk does not answer; look again how far the import is")) from None
        finally:
            standing.stop = False

    # -- with the lock held ------------------------------------------------------------------------

    async def _written(
        self, facts: Sequence[Fact], change: str, by: str, positions: dict[Feed, int], beside: Mapping[str, str]
    ) -> Outcome:
        now_ms = self._parts.wall_ms()

        def made_up() -> tuple[Intent, Rest, str]:
            made, rest = intent(facts, change=change, by=by, begun_ms=now_ms, positions=positions)
            return made, rest, packed(made)

        try:
            made, rest, text = await asyncio.to_thread(made_up)
        except TooMuch:
            said = _("that is too much to be written at once, so nothing was begun; split it")
            raise Refused("too_much", said) from None
        try:
            self._standing.pending = True  # whoever is cancelled now does not know whether it was put down
            await self._parts.engine.journal([], keep={KEPT: text, **beside})
        except JournalRefused as fault:
            self._standing.pending = False
            raise _nothing_begun(fault) from None
        try:
            return await self._carried_out(made, rest, resumed=False)
        except JournalRefused as fault:
            raise await self._cut(fault, rest, beside) from None

    async def _cut(self, fault: JournalRefused, rest: Rest, beside: Mapping[str, str]) -> Refused:
        """The rest cannot be written now. If nothing of it is, the intent goes as well."""
        if not rest.done:
            with contextlib.suppress(JournalRefused):
                await self._parts.engine.journal([], keep={KEPT: None, **dict.fromkeys(beside)})
                self._standing.pending = False
                return _nothing_begun(fault)
        said = _(
            "{reason}: {done} of {of} are written, the others follow by themselves as soon as that is possible"
            " (`tillmesh master unfinished --stop` leaves it at that)"
        )
        return Refused("import_cut", said.format(reason=_reason(fault), done=rest.done, of=rest.of))

    async def _gone_on_with(self) -> Outcome | None:
        # What was on its way to the disk when it was cut off is there now, or never will be.
        await self._parts.engine.journal([], keep={})
        text = await asyncio.to_thread(self._parts.store.kept, KEPT)
        if text is None:
            self._standing.pending = False
            return None
        try:
            made = await asyncio.to_thread(unpacked, text)
        except Unreadable as fault:
            _log.error("the intent of an import cannot be read: %s", fault)
            await self._parts.engine.journal([], keep={KEPT: None})
            self._standing.pending = False
            outcome = Outcome(change="", by="", done=0, of=0, unreadable=True)
            self._standing.notice(outcome.answer())
            return outcome
        rest = await asyncio.to_thread(rest_of, made)
        self._standing.begin(made.change, rest.of)
        # A home that was put back may write only once it knows what it wrote since: then this is refused, and what
        # is still to come is not yet known.
        said = f"{made.change}: cut off, gone on with"
        await self._parts.engine.journal([note(self._parts, made.by, self._parts.new_id(), said)])
        _log.warning("%s was cut off; it is gone on with", made.change)
        outcome = await self._carried_out(made, rest, resumed=True)
        if not outcome.stopped:  # who stops it is told at once
            self._standing.notice(outcome.answer())
        return outcome

    async def _carried_out(self, made: Intent, rest: Rest, *, resumed: bool) -> Outcome:
        engine, standing = self._parts.engine, self._standing
        positions = {Feed(member, topic): seq for member, topic, seq in made.positions}
        while True:
            await asyncio.to_thread(self._hear, rest, positions)
            standing.done = rest.done
            if rest.over:
                outcome, step, ended = _outcome(made, rest, rest.done, stopped=True, resumed=resumed), [], True
                entries: list[Entry] = []
            else:
                step = [] if standing.stop else rest.step(FACTS_PER_STEP)
                stopped = standing.stop and rest.left > 0
                ended = stopped or len(step) == rest.left
                entries = rest.entries(step)
                outcome = _outcome(made, rest, rest.done + len(step), stopped=stopped, resumed=resumed)
                if ended and (stopped or resumed or outcome.passed):
                    entries.append(note(self._parts, made.by, made.end_id, _detail(outcome)))
            await engine.journal(entries, keep={KEPT: None} if ended else None)
            rest.written(step)
            standing.done = rest.done
            if ended:
                break
        standing.pending = False
        if resumed or outcome.passed or outcome.stopped:
            _log.warning("%s", _detail(outcome))
        return outcome

    def _hear(self, rest: Rest, positions: dict[Feed, int]) -> None:
        """Everything that has come since the positions, which move on."""
        me, store = self._parts.who.member_id, self._parts.store
        for feed, head in store.heads().items():
            if feed.member != me and feed.topic in LEFT_OUT:
                continue
            while (after := positions.get(feed, 0)) < head.seq and (run := store.records(feed, after, RECORDS_AT_ONCE)):
                for record in run:
                    rest.hear(record, own=feed.member == me)
                positions[feed] = run[-1].seq


def note(parts: OfficeParts, by: str, audit_id: str, said: str) -> Entry:
    """For the office's log."""
    now_ms = parts.wall_ms()
    return Entry(
        *write(
            AuditLogged(
                audit_id=audit_id,
                till_no=parts.who.till_no,
                action="office_done",
                user=by[:40],
                at=iso(now_ms),
                business_day=datetime.fromtimestamp(now_ms / 1000, UTC).astimezone().date().isoformat(),
                detail=said[:DETAIL_MAX],
            )
        )
    )


def _outcome(made: Intent, rest: Rest, done: int, *, stopped: bool, resumed: bool) -> Outcome:
    return Outcome(
        change=made.change,
        by=made.by,
        done=done,
        of=rest.of,
        left=tuple(f"{kind} {key}" for kind, key in rest.passed[:LEFT_SHOWN]),
        passed=len(rest.passed),
        stopped=stopped,
        resumed=resumed,
        undoable=taken_back(made),
    )


def _detail(outcome: Outcome) -> str:
    """In the log, where deeds stand as commands: in English."""
    how = "stopped" if outcome.stopped else "completed after an interruption" if outcome.resumed else "done"
    left = f"; left {', '.join(outcome.left)}" if outcome.left else ""
    return f"{outcome.change}: {how}, {outcome.done} of {outcome.of}{left}"


def _nothing_begun(fault: JournalRefused) -> Refused:
    said = _("{reason}; nothing of it was written").format(reason=_reason(fault))
    return Refused("import_not_begun", said)


def _reason(fault: JournalRefused) -> str:
    return sentence(fault).rstrip(".")
