"""All connections: who is connected, which of two to the same peer stays, when one is given up.

If both members of a pair dial at the same time two connections stand. Both sides keep the one
whose dialler has the lower member id, without a word about it. A second connection of another
*session* is a till that was started again, or a copy of it: it takes the place of the first,
which is set aside for a while and asked (``clones.py``).
"""

from __future__ import annotations

from collections.abc import Callable

from replication.core import events
from replication.core.clones import Clones
from replication.core.dialer import Dialer
from replication.core.effects import Close, Dial, Effect, Report
from replication.core.limits import Away, Outside
from replication.core.link import HANDSHAKE_MS, SILENT_MS, Link
from replication.core.membership import Roster
from replication.core.model import Member, Now

CLOSE_REASON_CHARS = 100
"""A close frame holds 123 bytes of reason."""
DISK_REFUSES = "the disk does not take what was sent"


class Switchboard:
    """The links of a hub. ``gone(link, now)`` is called for each that has ended."""

    def __init__(
        self,
        *,
        me: str,
        links: dict[int, Link],
        roster: Roster,
        dialer: Dialer,
        emit: Callable[[Effect], None],
        gone: Callable[[Link, Now], None],
        clones: Clones,
    ) -> None:
        self._me = me
        self._links = links
        self._roster = roster
        self._dialer = dialer
        self._emit = emit
        self._gone = gone
        self._outside = Outside()
        self._away = Away()
        self.clones = clones
        self._aside: dict[int, Link] = {}
        """Second connections to a member (or to my own id) that have not said yet which start of it they are."""
        self._elders: dict[int, tuple[Link, int]] = {}
        """Connections beside that of another session of the same member, and until when they may answer."""

    def connected(self, now: Now, event: events.Connected) -> Link | None:
        """A connection stands; its link, or None if it is not to be used."""
        if event.target:
            self._dialer.up(event.target, event.member_id)
        if refusal := self._refusal(event, now):
            self._dialer.down(event.target, now.mono_ms, failed=True)
            self._emit(Close(event.link_id, refusal))
            return None
        # Somebody enrolled whose joining has not reached us yet is known by its certificate alone.
        member = self._roster.members.get(event.member_id) or event.member
        member = member or Member(event.member_id, 0, "", "till", "", b"", event.certificate)
        link = Link(event.link_id, member, event.initiator, event.target, now.mono_ms)
        if event.member_id == self._me:
            link.initiator = self._me if event.target else ""
        if event.member_id == self._me or self._other(link) is not None:
            self._aside[event.link_id] = link
        else:
            self._links[event.link_id] = link
        return link

    def _other(self, link: Link) -> Link | None:
        return next((one for one in self._links.values() if one.member.member_id == link.member.member_id), None)

    def waiting(self, link_id: int) -> Link | None:
        """A connection that stands but is not used (yet, or any more)."""
        elder = self._elders.get(link_id)
        return elder[0] if elder else self._aside.get(link_id)

    def settle(self, link: Link, now: Now) -> bool:
        """The handshake is done: whether the connection is to be used."""
        if self._aside.pop(link.link_id, None) is None:
            return True
        if link.member.member_id == self._me:
            if not self.clones.met(link):
                self._dialer.myself(link.target)
            self._emit(Close(link.link_id, "this is myself, or a copy of me"))
            return False
        other = self._other(link)
        another = other is not None and bool(link.session and other.session) and link.session != other.session
        if other is not None and another and link.member.member_id in self.clones.doubles:
            # Two copies would take each other's place for ever. Refused without a word it would take itself for
            # alone and write, so it is told: set aside it is asked, and hears of the other.
            self._dialer.down(link.target, now.mono_ms, failed=True)
            self._set_aside(link, other, now)
            return False
        if other is not None and another:
            self._forget(other, "started anew", now, replaced=True)
            self._set_aside(other, link, now)
        elif other is not None:
            if link.initiator != other.initiator and other.initiator < link.initiator:
                self._dialer.down(link.target, now.mono_ms, failed=False)
                self._emit(Close(link.link_id, "already connected"))
                return False
            self._emit(Close(other.link_id, "already connected"))
            self._forget(other, "already connected", now, replaced=True)
        self._links[link.link_id] = link
        return True

    def _set_aside(self, link: Link, kept: Link, now: Now) -> None:
        self._elders[link.link_id] = (link, now.mono_ms + SILENT_MS)
        self.clones.doubt(link, kept, now)

    def _refusal(self, event: events.Connected, now: Now) -> str:
        if event.member_id in self._roster.revoked:
            return "this till has been revoked"
        if self._away.is_away(now.mono_ms):
            return DISK_REFUSES
        if self._outside.is_outside(event.member_id, now.mono_ms):
            return "the protocol was broken on the last connection; try again later"
        return ""

    def disconnected(self, now: Now, link_id: int, reason: str) -> None:
        """The connection broke or the other side ended it."""
        if (second := self._aside.pop(link_id, None)) is not None:
            self._dialer.down(second.target, now.mono_ms, failed=self._other(second) is None)
        if link_id in self._elders:
            self.clones.forget(self._elders.pop(link_id)[0])
        link = self._links.get(link_id)
        if link is not None:
            self._forget(link, reason or "connection lost", now)

    def drop(self, link: Link, reason: str, now: Now) -> None:
        """End a link from our side."""
        if self._links.get(link.link_id) is link:
            self._emit(Close(link.link_id, reason[:CLOSE_REASON_CHARS]))
            self._forget(link, reason, now)

    def banish(self, link: Link, reason: str, now: Now) -> None:
        """End the link of a peer that broke the protocol; it is not let in again for a while."""
        self._outside.send(link.member.member_id, now.mono_ms)
        self.drop(link, reason, now)

    def stay_away(self, now: Now) -> None:
        """The disk has refused what peers sent: they believe that it is here, so all must begin anew, a little later.

        At once it would be sent, checked and refused again, as fast as the wire carries it.
        """
        if not self._away.is_away(now.mono_ms):
            self._away.go(now.mono_ms)
            for link in list(self._links.values()):
                self.drop(link, DISK_REFUSES, now)

    def stored(self) -> None:
        """The disk takes what peers send."""
        self._away.over()

    def membership_changed(self, now: Now) -> None:
        """Newcomers got their names, and the revoked are shown the door."""
        for link in list(self._links.values()):
            link.member = self._roster.members.get(link.member.member_id, link.member)
            if link.member.member_id in self._roster.revoked:
                self.drop(link, "this till has been revoked", now)
        for link in [*self._aside.values(), *(elder for elder, _ in self._elders.values())]:
            if link.member.member_id in self._roster.revoked:
                if self._aside.pop(link.link_id, None) is not None:
                    self._dialer.down(link.target, now.mono_ms, failed=True)
                if self._elders.pop(link.link_id, None) is not None:
                    self.clones.forget(link)
                self._emit(Close(link.link_id, "this till has been revoked"))

    def watch(self, now: Now) -> None:
        """Give up links that have gone silent, and dial whom it is time to dial."""
        if self._aside or self._elders:
            self._watch_those_set_aside(now)
        for link in list(self._links.values()):
            if not link.up and now.mono_ms - link.began_ms > HANDSHAKE_MS:
                self.drop(link, "no handshake", now)
            elif now.mono_ms - link.heard_ms > SILENT_MS:
                self.drop(link, "silent for too long", now)
        self.dial(now)

    def _watch_those_set_aside(self, now: Now) -> None:
        for link in [link for link in self._aside.values() if now.mono_ms - link.began_ms > HANDSHAKE_MS]:
            del self._aside[link.link_id]
            self._dialer.down(link.target, now.mono_ms, failed=True)
            self._emit(Close(link.link_id, "no handshake"))
        for link_id in [link_id for link_id, (_, until_ms) in self._elders.items() if now.mono_ms >= until_ms]:
            self.clones.forget(self._elders.pop(link_id)[0])
            self._emit(Close(link_id, "replaced by a newer connection"))

    def dial(self, now: Now) -> None:
        if self._away.is_away(now.mono_ms):
            return
        connected = {link.member.member_id for link in self._links.values()}
        for target in self._dialer.due(now.mono_ms, connected):
            self._emit(Dial(target))

    def summarise(self, now: Now) -> None:
        """Write into the sync protocol what went over the links."""
        for link in self._links.values():
            self._summarise(link, now)

    def _summarise(self, link: Link, now: Now, *, last: bool = False) -> None:
        for what, kinds, size in link.summary(now.mono_ms, last=last):
            counted = ", ".join(f"{kind} ×{number}" for kind, number in sorted(kinds.items()))
            self._emit(Report(what, link.member.member_id, f"{counted}; {size} bytes", kinds, size))

    def _forget(self, link: Link, reason: str, now: Now, *, replaced: bool = False) -> None:
        del self._links[link.link_id]
        if link.target:  # that another connection to the same member came up is no failure of this address
            self._dialer.down(link.target, now.mono_ms, failed=not link.up and not replaced)
        self._summarise(link, now, last=True)
        self._emit(Report("disconnected", link.member.member_id, reason))
        self._gone(link, now)
