"""The first line: till, next receipt, cashier, ONLINE or OFFLINE with peers, what is still to be sent, clock."""

from __future__ import annotations

import msgspec
from rich.cells import cell_len

from app.screens.cells import Part, left
from app.screens.widgets.painting import OneLine
from app.text import gettext as _
from app.text import ngettext


class Standing(msgspec.Struct, frozen=True):
    """What the status line says. ``peers``: connected now; ``pending``: records not yet with everyone.

    ``fetched``: per cent of a newcomer's first data that are here; None once the till may sell.
    """

    till: str
    receipt_no: str
    cashier: str
    clock: str
    online: bool = False
    peers: int = 0
    pending: int = 0
    engine_gone: bool = False
    fetched: int | None = None
    alarms: tuple[str, ...] = ()
    """What somebody must look after, gravest first; it takes the room of receipt number and cashier."""


class StatusLine(OneLine):
    """Repaints only when a text in it has changed; the clock shows minutes."""

    COMPONENT_CLASSES = {"status--online", "status--offline"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._standing: Standing | None = None

    def stand(self, standing: Standing) -> None:
        """Show how the till stands."""
        self._standing = standing
        self._lay_out()

    def on_resize(self) -> None:
        """The clock keeps to the right edge."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._standing is None:
            return
        network, at_right = said(self._standing)
        alarm = alarm_of(self._standing)
        room = self.size.width - cell_len(network) - cell_len(alarm) - cell_len(at_right) - 2
        style = "status--online" if self._standing.online else "status--offline"
        parts: tuple[Part, ...] = (
            (left(fitting(self._standing, room), room) + " ", ""),
            (network, style),
            (alarm, "status--offline"),
            (" " + at_right, ""),
        )
        self.show(parts)


def said(standing: Standing) -> tuple[str, str]:
    """Network and right part of the line."""
    if standing.engine_gone:
        network = _("ENGINE GONE")
    elif standing.online:
        peers = ngettext("{count} peer", "{count} peers", standing.peers).format(count=standing.peers)
        network = " ".join([_("ONLINE"), peers])
    else:
        network = _("OFFLINE")
    to_send = "+{count}" if standing.alarms else _("+{count} to send")
    waiting = to_send.format(count=standing.pending)
    if standing.fetched is not None:
        waiting = _("{percent} % of the data").format(percent=standing.fetched)
    return f" {network} ", f" {waiting}  {standing.clock} "


def fitting(standing: Standing, room: int) -> str:
    """The left part for so many columns; without a receipt's number that would be cut: half of one is another one."""
    till, number = f" {standing.till}", "  " + _("Receipt {no}").format(no=standing.receipt_no)
    return f"{till}{number}  {standing.cashier}" if room >= cell_len(till + number) else till


def alarm_of(standing: Standing) -> str:
    """The gravest alarm, and how many more there are; empty if all is well."""
    if not standing.alarms:
        return ""
    more = f" +{len(standing.alarms) - 1}" if len(standing.alarms) > 1 else ""
    return f" {standing.alarms[0]}{more} "
