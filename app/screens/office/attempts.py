"""Doing something off the loop that may be refused in a sentence of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.engine.control import Refused
from app.office.jobs.book import JobRefused
from app.office.jobs.running import Busy
from app.screens.office.desk import LINE_MOST, OfficeDesk
from app.screens.tasks.showing import Far
from app.screens.tasks.steps import Sheet
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import JournalRefused

T = TypeVar("T")
FAULTS = (Refused, JobRefused, Busy, OSError, ValueError)


async def tried(desk: OfficeDesk, work: Callable[[], T], title: str = "") -> T | None:
    """The work's answer, with a bar if it takes a while and has a title; None: it was refused, and told."""

    async def done(_far: Far) -> T:
        return await desk.off(work)

    try:
        return await (desk.long(title, done, may_stop=False) if title else desk.off(work))
    except FAULTS as fault:
        await refused(desk, sentence(fault))
        return None


async def refused(desk: OfficeDesk, said: str) -> None:
    """Tell it: on the message line, or to be read if that would cut it off."""
    if len(said) <= LINE_MOST:
        desk.told(JournalRefused("refused", said))
    else:
        await desk.read(Sheet(_("It cannot be done"), said))
