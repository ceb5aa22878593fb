"""One event at a time into the hub, its effects out in order.

Events that arise while effects are carried out wait their turn, so the hub never sees one inside another.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from replication.core import effects, events
from replication.core.hub import Hub
from replication.core.model import Now
from replication.sync_log import SyncLog
from replication.tickets import AppendRefused, Tickets

_trouble = logging.getLogger(__name__)


class Pump:
    """Events are taken between ``begin`` and ``end``; others are passed over."""

    def __init__(self, clock: Callable[[], Now], tickets: Tickets, log: SyncLog) -> None:
        self._clock = clock
        self._tickets = tickets
        self._log = log
        self._hub: Hub | None = None
        self._carriers: Mapping[type[effects.Effect], Callable[[Any], None]] = {}
        self._events: deque[events.Event] = deque()
        self._handling = False

    def begin(self, hub: Hub, carriers: Mapping[type[effects.Effect], Callable[[Any], None]]) -> None:
        """``carriers`` has for each kind of effect who carries it out."""
        self._hub, self._carriers = hub, carriers

    def end(self) -> None:
        """Nothing begins anew from here on: a batch that is written only now is found at the next start."""
        self._hub = None

    def handle(self, event: events.Event) -> None:
        """Something has happened."""
        hub = self._hub
        if hub is None:
            return
        self._events.append(event)
        if self._handling:
            return
        self._handling = True
        try:
            while self._events:
                event = self._events.popleft()
                for effect in self._ask(hub, event):
                    self._carriers[type(effect)](effect)
        finally:
            self._handling = False

    def _ask(self, hub: Hub, event: events.Event) -> list[effects.Effect]:
        try:
            return hub.handle(self._clock(), event)
        except Exception as error:  # noqa: BLE001 - see below
            # A defect of ours: whoever caused it is cut off, the till goes on.
            _trouble.exception("the hub failed on %s", type(event).__name__)
            failure = AppendRefused("internal", f"internal error: {error!r}")
            match event:
                case events.Received(link_id=link_id):
                    self._log.add("dropped", "", f"internal error: {error!r}")
                    return [effects.Close(link_id, "internal error")]
                case (
                    events.Append(ticket=ticket)
                    | events.Carried(ticket=ticket)
                    | events.Refused(ticket=ticket)
                    | events.ClaimWanted(ticket=ticket)
                    | events.Confirmed(ticket=ticket)
                    | events.SignOff(ticket=ticket)
                    | events.HandOver(ticket=ticket)
                ):
                    self._tickets.reject(ticket, failure)
            return []
