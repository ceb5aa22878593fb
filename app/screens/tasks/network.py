"""How the network stands, a sheet for each question: members, peers, what is pending, the sync protocol, overdraws.

Each is looked at anew every second as long as its first line is in view. An engine that does not answer is told, asked
again, and keeps nobody from leaving.
"""

from __future__ import annotations

import asyncio
import logging
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app import network_words
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.steps import Action, Sheet, Text
from app.screens.till.overdrawn import Overdrawn
from app.text import gettext as _

MEMBERS, PEERS, PENDING, PROTOCOL, OVERDRAWN = "members", "peers", "pending", "protocol", "overdrawn"
DETAIL_INDENT = 33
PRINT = "print"
NEWEST = 5
"""Lines of the sync protocol that stand below the members."""
PATIENCE_S = 1.0

log = logging.getLogger(__name__)


async def network(desk: Desk, given: Given) -> None:  # noqa: ARG001 - nothing is typed for it
    """One sheet after the other, until it is closed."""
    overdrawn = Overdrawn(desk.services)
    shown: str | None = MEMBERS
    while shown is not None:
        which = shown

        async def again(which: str = which) -> Text:
            return await _look(desk, which, overdrawn)

        sheet = Sheet(_title(which), await again(), _actions(which))
        shown = await desk.read(sheet, again)
        if shown == PRINT:
            shown = PROTOCOL
            await _printed(desk)


async def _printed(desk: Desk) -> None:
    async def wanted() -> None:
        await desk.devices.print_log()

    if await desk.device(wanted):
        desk.tell(_("The sync protocol is on its way to the printer."))


async def _look(desk: Desk, which: str, overdrawn: Overdrawn) -> Text:
    try:
        return await asyncio.wait_for(_asked(desk, which, overdrawn), PATIENCE_S)
    except Exception as fault:  # noqa: BLE001 - like the status line: what cannot be asked is shown, selling goes on
        log.warning("the engine did not tell how the network stands: %s", fault)
        return _("The engine does not answer; it is asked again.")


async def _asked(desk: Desk, which: str, overdrawn: Overdrawn) -> Text:
    services = desk.services
    now = services.clock().astimezone()
    if which == PROTOCOL:
        lines = await services.network_log()
        return lambda width: protocol_text(lines, now, width)
    status = await services.engine.status()
    if which == PEERS:
        return "\n".join(network_words.peers(status))
    if which == PENDING:
        return "\n".join(network_words.pending(status, now))
    if which == OVERDRAWN:
        overdrawn.books_changed()
        await overdrawn.look(status.get("members", ()))
        return lambda width: "\n".join(overdrawn.sheet(width)) or _("Nothing is overdrawn.")
    newest = (await services.network_log())[-NEWEST:]
    return lambda width: members_text(status, newest, now, width)


def members_text(status: Mapping[str, Any], newest: Sequence[Mapping[str, Any]], now: datetime, width: int) -> str:
    """All members, what somebody must look after, and the newest of the protocol; lines come oldest first."""
    shown = [network_words.heading(), *network_words.rows(status, now), ""]
    for said in (*network_words.advice(status), *network_words.lacking(status, now)):
        shown += textwrap.wrap(said, width)
    if shown[-1]:
        shown.append("")
    return "\n".join([*shown, _("Sync protocol, newest first (F5: all of it)"), protocol_text(newest, now, width)])


def protocol_text(lines: Sequence[Mapping[str, Any]], now: datetime, width: int) -> str:
    """The sync protocol, newest first; ``lines`` come oldest first."""
    shown: list[str] = []
    for line in reversed(lines):
        text = network_words.log_line(line, now)
        shown += textwrap.wrap(text, width, subsequent_indent=" " * DETAIL_INDENT, max_lines=4, placeholder=" …")
    return "\n".join(shown) or _("Nothing has happened yet.")


def _title(which: str) -> str:
    return {
        MEMBERS: _("The network: its members"),
        PEERS: _("The network: who is connected"),
        PENDING: _("The network: what is still to be sent"),
        PROTOCOL: _("The network: sync protocol"),
        OVERDRAWN: _("The network: used beyond its value"),
    }[which]


def _actions(which: str) -> tuple[Action, ...]:
    """To the other sheets."""
    every = (
        Action(2, MEMBERS, _("Members")),
        Action(3, PEERS, _("Peers")),
        Action(4, PENDING, _("Pending")),
        Action(5, PROTOCOL, _("Protocol")),
        Action(6, OVERDRAWN, _("Overdraw")),
    )
    printing = (Action(8, PRINT, _("Print")),) if which == PROTOCOL else ()
    return tuple(action for action in every if action.name != which) + printing
