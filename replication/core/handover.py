"""Handing the authority on: the root's private key goes to the successor before the feed says so.

::

    authority                                    successor (directly connected)
    handover {id, key}            →              shell: the key durable, beside the identity
                                  ←              handover_kept {id, reason}; an empty reason: it is
    authority.passed/1 on disk
    (shell deletes root.key)                     authority.passed/1 on disk: the key is taken into use

Theory. Who may let in is what the feeds say *and* who has the key. The key is at the successor before
``authority.passed/1`` is written and leaves the old authority only after that is on disk, so whenever
the plug is pulled, whoever the feeds name has the key. Once that record is staged nothing more goes
into the feed that it closes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from replication.core import effects, events, wire
from replication.core.link import Link
from replication.core.membership import PASSED, SUCCESSOR_ROLES, Roster
from replication.core.model import Entry, Member, Now, Randomness
from replication.core.sync import Sync
from replication.core.wire import RemoteError

CONFIRM_MS = 10_000
"""How long the successor may take to make the key durable."""
KEY_BYTES = 32
MAX_REASON_CHARS = 300


class _Offer(NamedTuple):
    """The hand-over that is under way here."""

    ticket: int
    offer_id: str
    successor: str
    deadline_ms: int


class Handover:
    """Both sides of a hand-over. ``append`` journals as any append does, and answers its ticket."""

    def __init__(
        self,
        *,
        me: Member,
        rng: Randomness,
        roster: Roster,
        links: Mapping[int, Link],
        sync: Sync,
        emit: Callable[[effects.Effect], None],
        append: Callable[[Now, events.Append], None],
    ) -> None:
        self._me = me.member_id
        self._rng = rng
        self._roster = roster
        self._links = links
        self._sync = sync
        self._emit = emit
        self._append = append
        self._offer: _Offer | None = None
        self._taking: dict[int, str] = {}
        """Offers to me whose key is on its way to disk, by link: one each."""
        self._closing = False

    # --- the authority's side ------------------------------------------------

    def start(self, now: Now, event: events.HandOver) -> None:
        """Offer the key; the ticket is answered by ``Appended`` or ``AppendFailed``."""
        link = next((one for one in self._links.values() if one.member.member_id == event.member_id), None)
        refusal = self._refusal(event.member_id, link)
        if refusal or link is None:
            self._emit(effects.AppendFailed(event.ticket, *refusal))
            return
        offer_id = self._rng.randbytes(12).hex()
        self._offer = _Offer(event.ticket, offer_id, event.member_id, now.mono_ms + CONFIRM_MS)
        self._sync.tell(link, {"t": "handover", "id": offer_id, "key": event.root_key}, now)

    def _refusal(self, successor: str, link: Link | None) -> tuple[str, str] | tuple[()]:
        """Code and sentence if authority cannot be handed on to that member now."""
        if self._roster.authority != self._me:
            return "not_authority", "only the network's authority can hand authority on"
        if successor == self._me:
            return "own_member", "this member is the authority already"
        member = self._roster.active().get(successor)
        if member is None:
            return "unknown_member", "the successor does not belong to the network any more"
        if member.role not in SUCCESSOR_ROLES:
            return "bad_role", f"a {member.role} cannot be the authority; choose a till or a centre"
        if self._offer is not None or self._closing:
            return "busy", "authority is being handed on already; wait a moment"
        if link is None or not link.greeted:
            return "not_connected", f"{member.name} is not connected to this member; bring both on line first"
        return ()

    def may_write(self, entries: tuple[Entry, ...]) -> bool:
        """Whether entries may go into my feeds: those on membership only while I am the authority."""
        if all(entry.topic != "membership" for entry in entries):
            return True
        return self._roster.authority == self._me and not self._closing

    def staged(self, entries: tuple[Entry, ...]) -> None:
        """Entries of mine are on their way to disk: the one that closes the feed is its last."""
        self._closing = self._closing or any(entry.kind == PASSED for entry in entries)

    def settled(self) -> None:
        """What was staged is on disk and folded, or lost."""
        self._closing = False

    # --- messages ------------------------------------------------------------

    def on_message(self, link: Link, body: dict[str, Any], now: Now) -> bool:
        """Take a message of the hand-over; False if it is none. ``RemoteError`` if it is malformed."""
        match body.get("t"):
            case "handover":
                self._on_offer(link, body, now)
            case "handover_kept":
                self._on_kept(link, body, now)
            case _:
                return False
        return True

    def _on_offer(self, link: Link, body: dict[str, Any], now: Now) -> None:
        offer_id, key = wire.text(body, "id"), body.get("key")
        if not isinstance(key, bytes) or len(key) != KEY_BYTES:
            raise RemoteError("a hand-over without a key")
        refusal = ""
        if link.member.member_id != self._roster.authority:
            refusal = "the sender is not the authority as far as is known here; wait until both are in sync"
        elif self._me not in self._roster.active() or self._roster.active()[self._me].role not in SUCCESSOR_ROLES:
            refusal = "this member cannot be the authority"
        elif link.link_id in self._taking:
            refusal = "a hand-over is under way already"
        if refusal:
            self._sync.tell(link, {"t": "handover_kept", "id": offer_id, "reason": refusal}, now)
            return
        self._taking[link.link_id] = offer_id
        self._emit(effects.KeepRootKey(link.link_id, link.member.member_id, key))

    def on_root_key_kept(self, now: Now, event: events.RootKeyKept) -> None:
        """The offered key is durable, or could not be made so."""
        offer_id = self._taking.pop(event.link_id, None)
        link = self._links.get(event.link_id)
        if offer_id is not None and link is not None:
            self._sync.tell(link, {"t": "handover_kept", "id": offer_id, "reason": event.reason}, now)

    def _on_kept(self, link: Link, body: dict[str, Any], now: Now) -> None:
        offer, reason = self._offer, wire.text(body, "reason")
        if offer is None or offer.offer_id != wire.text(body, "id") or offer.successor != link.member.member_id:
            return
        self._offer = None
        if reason:
            self._emit(effects.AppendFailed(offer.ticket, "refused", reason[:MAX_REASON_CHARS]))
        elif offer.successor not in self._roster.active():
            self._emit(effects.AppendFailed(offer.ticket, "unknown_member", "the successor has been revoked"))
        else:
            self._append(now, events.Append(offer.ticket, (self._roster.passing_to(offer.successor),)))

    # --- circumstances -------------------------------------------------------

    def link_gone(self, link: Link) -> None:
        """A connection has ended: nobody confirms over it any more."""
        self._taking.pop(link.link_id, None)
        if self._offer is not None and link.member.member_id == self._offer.successor:
            self._give_up("not_connected", "the connection broke before the successor had confirmed; try again")

    def watch(self, now: Now) -> None:
        """Time has passed."""
        if self._offer is not None and now.mono_ms >= self._offer.deadline_ms:
            self._give_up("unanswered", "the successor has not confirmed in time; try again")

    def _give_up(self, code: str, reason: str) -> None:
        if self._offer is not None:
            self._emit(effects.AppendFailed(self._offer.ticket, code, reason))
            self._offer = None
