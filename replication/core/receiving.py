"""What comes in over a link: bounded, decoded, in its sender's own name, and handed to whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from replication.core import effects, events, wire
from replication.core.clones import Clones
from replication.core.limits import Allowance
from replication.core.link import Link
from replication.core.model import Now
from replication.core.switchboard import Switchboard
from replication.core.sync import Sync
from replication.core.wire import RemoteError


class Receiving:
    """``take`` gets our own messages, those that are not automerge-repo's."""

    def __init__(
        self,
        *,
        me: str,
        links: Mapping[int, Link],
        switchboard: Switchboard,
        sync: Sync,
        clones: Clones,
        emit: Callable[[effects.Effect], None],
        take: Callable[[Link, dict[str, Any], Now], None],
    ) -> None:
        self._me = me
        self._links = links
        self._switchboard = switchboard
        self._sync = sync
        self._clones = clones
        self._emit = emit
        self._take = take

    def received(self, now: Now, event: events.Received) -> None:
        """A frame has come; a link whose frame breaks the protocol is banished."""
        link = self._links.get(event.link_id) or self._switchboard.waiting(event.link_id)
        if link is None:
            return
        link.heard_ms = now.mono_ms
        link.bytes_in += len(event.data)
        try:
            self._on_message(link, wire.decode(event.data), now)
        except RemoteError as error:
            self._emit(effects.Report("dropped", link.member.member_id, str(error)))
            self._switchboard.banish(link, f"protocol error: {error}", now)

    def _on_message(self, link: Link, message: wire.Message, now: Now) -> None:
        if not link.up:
            answer = link.shake_hands(message, self._me, self._sync.session)
            if answer is not None:
                self._sync.send(link, answer, now)
            if not self._switchboard.settle(link, now):
                return
            self._emit(effects.Report("connected", link.member.member_id, link.target or "called us"))
            self._sync.greet(link, now)
            return
        if link.link_id not in self._links:  # set aside: it is only heard on whether it is alive
            if isinstance(message, wire.Ephemeral):
                self._clones.on_message(link, message.body, now)
            return
        match message:
            case wire.Sync():
                self._check_sender(link, message.sender)
                self._check_pace(link.sync_allowance, now)
                self._sync.on_sync(link, message, now)
            case wire.Ephemeral():
                self._check_sender(link, message.sender)
                self._check_pace(link.own_allowance, now)
                self._take(link, message.body, now)
            case wire.Unavailable():
                self._check_sender(link, message.sender)
            case wire.Leave():
                self._switchboard.drop(link, "the other side left", now)
            case wire.Failure():
                raise RemoteError(f"the other side reports: {message.text[:80]}")
            case _:
                raise RemoteError("a second handshake")

    def _check_sender(self, link: Link, sender: str) -> None:
        if sender != link.member.member_id:
            raise RemoteError("a message in another member's name")

    def _check_pace(self, allowance: Allowance, now: Now) -> None:
        if not allowance.take(now.mono_ms):
            raise RemoteError("more messages than any till has to say")
