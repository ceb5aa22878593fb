"""How the network stands: its members, what somebody must look after, and below the sync protocol, newest first.

It looks anew every second as long as its first line is in view: lines that somebody reads must not move away.
"""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from app import network_words
from app.screens.services import TillServices
from app.screens.widgets.entry import EntryLine
from app.screens.widgets.message import MessageLine
from app.screens.widgets.paper import Paper
from app.text import gettext as _

LOOK_S = 1.0
DETAIL_INDENT = 33

log = logging.getLogger(__name__)


def network_text(status: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], now: datetime, width: int) -> str:
    """The whole sheet; ``lines`` of the sync protocol come oldest first."""
    shown = [network_words.heading(), *network_words.rows(status, now), ""]
    for said in (*network_words.advice(status), *network_words.lacking(status, now)):
        shown += textwrap.wrap(said, width)
    if shown[-1]:
        shown.append("")
    shown.append(_("Sync protocol, newest first (PgDn goes on):"))
    for line in reversed(lines):
        text = network_words.log_line(line, now)
        shown += textwrap.wrap(text, width, subsequent_indent=" " * DETAIL_INDENT, max_lines=4, placeholder=" …")
    return "\n".join(shown)


class NetworkScreen(Screen[None]):
    """Members, alarms, protocol."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, services: TillServices) -> None:
        super().__init__()
        self._services = services
        self._looking = False
        self.paper = Paper()
        self.message_line = MessageLine()
        self.entry_line = EntryLine()

    def compose(self) -> ComposeResult:
        """Text, message and entry, so that a refused scan is seen."""
        yield self.paper
        yield self.message_line
        yield self.entry_line

    async def on_mount(self) -> None:
        """Look, and look again."""
        await self.look()
        self.set_interval(LOOK_S, self.look)

    async def look(self) -> None:
        """Ask how the network stands; an engine that does not answer is told, and asked again."""
        if self._looking or self.paper.top:
            return
        self._looking = True
        width = self.app.size.width - 3
        try:
            status = await self._services.engine.status()
            lines = await self._services.network_log()
            text = network_text(status, lines, self._services.clock().astimezone(), width)
        except Exception as fault:  # noqa: BLE001 - like the status line: what cannot be asked is shown, selling goes on
            log.warning("the engine did not tell how the network stands: %s", fault)
            text = _("The engine does not answer; it is asked again.")
        finally:
            self._looking = False
        self.paper.put(text, width)
