"""The overdraws that are open, as this till knows them, and which of them it caused itself.

The list is slow to ask for (0.2 s with 100,000 vouchers), so it is asked off the loop, only when the books have
changed since, and never for more than a small part of the time.
"""

from __future__ import annotations

import asyncio
import logging
import textwrap
import time
from collections.abc import Mapping, Sequence
from typing import Any

from app import overdraw_words
from app.books.questions.overdraws import ListOverdraws
from app.domain.overdraw import SETTLED
from app.screens.services import TillServices
from app.text import gettext as _
from app.till.overdraws import fields

RESTS = 20
"""So many times as long as a look took nobody looks again."""
MAX_SHOWN = 20
"""Of the list, on the network screen; the office has all of them (``tillmesh overdraws``)."""

log = logging.getLogger(__name__)


class Overdrawn:
    """Looks at the list; ``told`` are those of this till that were said already."""

    def __init__(self, services: TillServices) -> None:
        self._services = services
        self._stale = True
        self._rests_until_s = 0.0
        self._open: Sequence[Mapping[str, Any]] = ()
        self._told: set[str] = set()

    def books_changed(self) -> None:
        """The list may be another one."""
        self._stale = True

    async def look(self, members: Sequence[Mapping[str, Any]]) -> list[str]:
        """A line for each that this till turns out to have caused. ``members`` as the engine's status has them."""
        began_s = time.monotonic()
        if not self._stale or not self._services.till_no or began_s < self._rests_until_s:
            return []
        self._stale = False
        try:
            found = await asyncio.to_thread(self._services.books.ask, ListOverdraws())
        except Exception as fault:  # noqa: BLE001 - what cannot be asked for now is asked for again; selling goes on
            log.warning("the books did not tell what is overdrawn: %s", fault)
            self._stale = True
            return []
        now_s = time.monotonic()
        self._rests_until_s = now_s + RESTS * (now_s - began_s)
        numbers = {member["member"]: member["till_no"] for member in members}
        currency = self._services.runner.session.view().currency
        self._open = [fields(each, currency, numbers) for each in found if each.state != SETTLED]
        mine = {each["resource"]: each for each in self._open if self._is_mine(each)}
        new = [overdraw_words.line(each) for name, each in mine.items() if name not in self._told]
        self._told = set(mine)
        return new

    def alarms(self) -> tuple[str, ...]:
        """For the status line: how many this till has caused that nobody has settled."""
        count = len(self._told)
        return (_("Overdrawn: {count}").format(count=count),) if count else ()

    def sheet(self, width: int) -> list[str]:
        """For the network screen: all that are open, of every till."""
        if not self._open:
            return []
        shown = [_("Used beyond its value; the office settles it:")]
        for each in self._open[:MAX_SHOWN]:
            for line in overdraw_words.lines(each):
                shown += textwrap.wrap(line, width, subsequent_indent="      ", drop_whitespace=True)
        if len(self._open) > MAX_SHOWN:
            shown.append(_("{count} more are on the office's list").format(count=len(self._open) - MAX_SHOWN))
        return [*shown, ""]

    def _is_mine(self, found: Mapping[str, Any]) -> bool:
        cause = found["caused_by"]
        return cause is not None and cause["till_no"] == self._services.till_no
