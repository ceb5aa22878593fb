"""A member's standing as its identity folder and its TLS know it, brought in line with what the feeds say.

The root's key comes and goes with authority (``root_key.py``), the server's context takes newcomers with a
bootstrap certificate while there are open slots, and a newcomer is marked as provisioned once it is.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable

from replication.background import Background
from replication.core import effects, events
from replication.core.membership import Roster
from replication.enrolment_slots import bootstrap_certificates
from replication.identity import Identity
from replication.net import tls
from replication.root_key import Settlement, keep_offered

_trouble = logging.getLogger(__name__)


class Standing:
    """``handle`` takes events."""

    def __init__(self, identity: Identity, background: Background, handle: Callable[[events.Event], None]) -> None:
        self._identity = identity
        self._background = background
        self._handle = handle
        self._renewal: asyncio.Task[None] | None = None
        self._mark: asyncio.Task[None] | None = None

    async def begin(self, roster: Roster) -> ssl.SSLContext:
        """Settle what a crash left open; the server's context. ``OSError`` if the disk refuses."""
        await self._background.off_loop(Settlement(self._identity, roster).settle)
        return await self._background.off_loop(self._server_context, roster)

    def renew(self, roster: Roster, trust: Callable[[ssl.SSLContext], None]) -> None:
        """The membership has changed; ``trust`` takes a new server context into use."""
        self._renewal = self._background.spawn(self._renew(Settlement(self._identity, roster), roster, trust))

    async def renewed(self) -> None:
        """The changes so far are in use: a code that has been shown must open the door."""
        if self._renewal is not None:
            await asyncio.shield(self._renewal)

    def keep_root_key(self, effect: effects.KeepRootKey) -> None:
        """Make an offered key durable; answered by ``RootKeyKept``."""
        self._background.spawn(self._keep_root_key(effect))

    def mark_provisioned(self, then: Callable[[], None]) -> None:
        """The first data are here; ``then`` is called when that cannot be forgotten any more."""
        self._mark = self._background.spawn(self._mark_provisioned(then))

    async def marked(self) -> None:
        """What ``mark_provisioned`` was called for has been done, if it was."""
        if self._mark is not None:
            await asyncio.shield(self._mark)

    async def _renew(self, settlement: Settlement, roster: Roster, trust: Callable[[ssl.SSLContext], None]) -> None:
        try:
            await self._background.off_loop(settlement.settle)
        except OSError as error:  # tried again at the next change, and at the next start
            _trouble.error("the root's key could not be settled: %s", error)
        # One reading thread: the contexts are made, and taken up, in the order of the changes.
        trust(await self._background.off_loop(self._server_context, roster))

    async def _keep_root_key(self, effect: effects.KeepRootKey) -> None:
        reason = ""
        try:
            await self._background.off_loop(keep_offered, self._identity, effect.giver, effect.key)
        except (OSError, ValueError) as error:
            reason = str(error)
        self._handle(events.RootKeyKept(effect.link_id, reason))

    async def _mark_provisioned(self, then: Callable[[], None]) -> None:
        """The till may sell only once that cannot be forgotten: after a crash there may be nobody to ask."""
        try:
            await self._background.off_loop(self._identity.is_provisioned)
        except OSError as error:
            _trouble.error("the home cannot be marked as provisioned, so it is provisioned again next time: %s", error)
        then()

    def _server_context(self, roster: Roster) -> ssl.SSLContext:
        bootstrap = bootstrap_certificates(roster) if self._identity.may_enrol(roster) else ()
        return tls.server_context(self._identity, bootstrap)
