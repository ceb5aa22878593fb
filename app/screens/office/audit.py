"""The audit: what is asked for, what was found, its evidence, and the documents behind that."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from functools import partial

from app.home import Home
from app.office.audit import words
from app.office.audit.evidence import document, is_document
from app.office.audit.finding import Asked, Evidence, Finding
from app.office.audit.opening import FAILURES, opened
from app.office.audit.running import Audit
from app.office.audit.running import audit as run_audit
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.showing import Far
from app.screens.tasks.steps import Action, Sheet
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import JournalRefused

KINDS, DOCUMENT = "kinds", "document"


async def audit(desk: OfficeDesk) -> None:
    """Ask, look, show, as often as wanted."""
    asked: Asked | None = Asked()
    while (asked := await _asked(desk, asked or Asked())) is not None:
        found = await desk.long(_("Audit"), partial(_found, desk, asked))
        if found is None:
            continue
        if not found.findings:
            desk.tell(words.summary(found)[0])
            continue
        await _findings(desk, found)


async def _asked(desk: OfficeDesk, before: Asked) -> Asked | None:
    fields = [
        Field("since", _("From"), Kind.DATE, value=before.since),
        Field("until", _("Until"), Kind.DATE, value=before.until),
        Field("tills", _("Tills"), Kind.NUMBERS, value=",".join(map(str, sorted(before.tills)))),
    ]
    about = _("Numbers, chains, clocks, drawers, prices, returns, voids. Empty: of all days and tills.")
    while True:
        filled = await desk.fill(Form(_("Audit"), fields, text=about, finish=_("Audit")))
        if filled is None:
            return None
        tills = frozenset(int(number) for number in filled["tills"].split(",") if number)
        asked = Asked(filled["since"], filled["until"], tills)
        if not (asked.since and asked.until and asked.since > asked.until):
            return asked
        desk.told(JournalRefused("bad_period", _("the period ends before it begins; change one of the days")))


async def _found(desk: OfficeDesk, asked: Asked, far: Far) -> Audit | None:
    """Look, in a thread; given up, it ends before the next kind. None: it could not be, and was told."""
    loop = asyncio.get_running_loop()
    given_up = threading.Event()

    def told(done: int, of: int, what: str) -> None:
        if given_up.is_set():
            raise InterruptedError
        loop.call_soon_threadsafe(far, done, of, what)

    def look() -> Audit:
        with opened(Home(desk.services.home), desk.services.books_place) as sight:
            return run_audit(sight, asked, told)

    try:
        return await desk.off(look)
    except FAILURES as fault:
        desk.told(JournalRefused("unreadable", sentence(fault)))
        return None
    finally:
        given_up.set()


async def _findings(desk: OfficeDesk, found: Audit) -> None:
    """The list; F2 leaves only one kind of it."""
    kind, at = "", 0
    while True:
        shown = [each for each in found.findings if not kind or each.kind == kind]
        picked = await desk.choose(_list(found, shown, kind, at))
        if picked is None:
            if not kind:
                return
            kind, at = "", 0
        elif picked.name == KINDS:
            kind, at = await _kind(desk, found), 0
        else:
            at = int(picked.value)
            await _finding(desk, shown[at])


def _list(found: Audit, shown: Sequence[Finding], kind: str, at: int) -> Choose:
    title = _("Audit: {count} findings").format(count=sum(found.counts.values()))
    if kind:
        title = f"{words.title(kind)}: {found.counts[kind]}"
    columns = [
        Column("", 7),
        Column(_("Finding"), 24),
        Column(_("Till"), 5, numeric=True),
        Column(_("Time"), 16),
        Column("", 0),
    ]
    rows = [
        Choice(
            (words.severity(each), words.title(each.kind), str(each.till_no or ""), words.when(each), each.cause),
            number,
            about=each.cause,
        )
        for number, each in enumerate(shown)
    ]
    return Choose(title, columns, rows, actions=[Action(2, KINDS, _("Kinds"))], alone=[KINDS], at=at)


async def _kind(desk: OfficeDesk, found: Audit) -> str:
    """One kind of what was found; empty: all."""
    columns = [Column(_("Finding"), 0), Column(_("How many"), 9, numeric=True)]
    rows = [Choice((words.title(kind), str(count)), kind) for kind, count in found.counts.items()]
    picked = await desk.choose(Choose(_("Kinds of findings"), columns, rows))
    return "" if picked is None else str(picked.value)


async def _finding(desk: OfficeDesk, finding: Finding) -> None:
    """All of it; F2 shows a receipt or report that is evidence."""
    readable = [each for each in finding.evidence if is_document(each)]
    actions = [Action(2, DOCUMENT, _("Document"))] if readable else []
    while await desk.read(Sheet(words.title(finding.kind), "\n".join(words.lines(finding)), actions)) == DOCUMENT:
        await _documents(desk, readable)


async def _documents(desk: OfficeDesk, readable: Sequence[Evidence]) -> None:
    if len(readable) == 1:
        await _document(desk, readable[0])
        return
    rows = [Choice((words.evidence(each),), number) for number, each in enumerate(readable)]
    at = 0
    while (picked := await desk.choose(Choose(_("Evidence"), [Column("", 0)], rows, at=at))) is not None:
        at = int(picked.value)
        await _document(desk, readable[at])


async def _document(desk: OfficeDesk, evidence: Evidence) -> None:
    try:
        text = await desk.off(lambda: document(desk.services.books_place, evidence))
    except FAILURES as fault:
        desk.told(JournalRefused("unreadable", sentence(fault)))
        return
    said = text or _("The books have no document of this name.")
    await desk.read(Sheet(words.evidence(evidence), said))
