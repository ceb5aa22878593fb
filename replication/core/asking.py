"""Claims on the hub's links: whom to ask, how messages travel, and what coverage a claim has in the end.

Members that I am not connected with are asked through a centre or node that is (``RELAYS``): a message to such a
member carries ``to``, the relay hands it on with ``from`` instead. The relay keeps nothing of it; it stands for
whoever it vouches for with its certificate, as it does for the records it relays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from replication.core import effects, events, wire
from replication.core.claim_messages import Done, Outcome, Progress, Tell
from replication.core.claims import GIVE_UP_MS, TTL_MS, Claims
from replication.core.journal import Journal
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import Coverage, Feed, Now, Randomness
from replication.core.presence import Presence
from replication.core.sync import Sync
from replication.core.wire import RemoteError

RUNNING = "running"
"""Kept from the start on and taken away when this member ends in order; otherwise it forgot what it had promised."""
RELAYS = ("centre", "node")
DOUBTS = "doubts"
"""Kept: what is not to be forgotten of promises (``doubts.py``)."""
MAX_EARLY = 1_000
"""Claims that wait for the record of their claimant's coming back."""
SIGN_ON_MS = 2_000
"""How long a claim waits for the disk to take my sign-on."""
UNASKED = 0
"""The ticket of what I journal without anybody waiting for it."""


class Asking:
    """The claims of a hub, with everything around them that ``Claims`` does not know.

    ``crashed``: this member did not end in order. ``sure()``: it knows where its own feeds end, so that it can
    vouch for what it has used itself. ``doubts`` is the kept value of that name.
    """

    def __init__(
        self,
        *,
        me: str,
        role: str,
        rng: Randomness,
        journal: Journal,
        sync: Sync,
        links: dict[int, Link],
        roster: Roster,
        presence: Presence,
        emit: Callable[[effects.Effect], None],
        append: Callable[[Now, events.Append], None],
        sure: Callable[[], bool],
        crashed: bool,
        doubts: str | None = None,
    ) -> None:
        self._me = me
        self._role = role
        self._rng = rng
        self._journal = journal
        self._sync = sync
        self._links = links
        self._roster = roster
        self._presence = presence
        self._emit = emit
        self._append = append
        self._sure = sure
        self._crashed = crashed
        self._ending = False
        self._signing_on: list[tuple[int, events.ClaimWanted]] = []
        """Claims that wait until I have signed on, with the time at which they give up."""
        self._early: list[tuple[int, str, dict[str, Any], str]] = []
        """Claims (with sender and session) that have overtaken the sign-on before them, until they are given up."""
        self._claims = Claims(me, self._applied, self._circulation_positions, doubts=doubts)
        self._kept = doubts

    def begin(self, now: Now) -> None:
        """This member starts."""
        if self._crashed:
            self._claims.silent_until_ms = now.mono_ms + TTL_MS
        self._journal.keep({RUNNING: "1"})

    def end(self, now: Now) -> None:
        """This member ends in order. What it has just promised it forgets: it has to be silent then all the same."""
        self._ending = True
        self._carry(self._claims.close(), now)
        if not self._claims.promises:
            self._journal.keep({RUNNING: None})

    # --- mine ----------------------------------------------------------------

    def wanted(self, now: Now, event: events.ClaimWanted) -> None:
        """A claim; who has signed off signs on first, so that nobody's coverage is complete without it any more."""
        if not self._presence.is_off(self._me):
            self._start(now, event.ticket, event.resources)
            return
        if not self._signing_on:
            self._append(now, events.Append(UNASKED, (self._presence.sign_on(),)))
        self._signing_on.append((now.mono_ms + SIGN_ON_MS, event))

    def _after_sign_on(self, now: Now) -> None:
        waiting, self._signing_on = self._signing_on, []
        for deadline_ms, event in waiting:
            if not self._presence.is_off(self._me):
                self._start(now, event.ticket, event.resources)
            elif now.mono_ms >= deadline_ms:
                self._not_granted(event.ticket, "unanswered")
            else:
                self._signing_on.append((deadline_ms, event))

    def _start(self, now: Now, ticket: int, resources: Sequence[str]) -> None:
        claim_id = self._rng.randbytes(12).hex()
        hlc = self._journal.hybrid.next(now)
        asked = {*self._connected(), *self._behind_relays()}
        outcomes = self._claims.start(
            now.mono_ms, ticket=ticket, claim_id=claim_id, resources=resources, hlc=hlc, asked=asked
        )
        self._carry(outcomes, now)

    def cancelled(self, now: Now, event: events.ClaimCancelled) -> None:
        """Whoever wanted it does not any more."""
        if any(waiting.ticket == event.ticket for _, waiting in self._signing_on):
            self._signing_on = [pair for pair in self._signing_on if pair[1].ticket != event.ticket]
            self._not_granted(event.ticket, "cancelled")
        self._carry(self._claims.cancel(now.mono_ms, event.ticket), now)

    def _not_granted(self, ticket: int, reason: str) -> None:
        nobody = Coverage((), tuple(sorted(self._roster.claimants() - {self._me})))
        self._emit(effects.ClaimDone(ticket, "", granted=False, coverage=nobody, reason=reason))

    def release(self, now: Now, claim_id: str) -> None:
        """The claim's work is done."""
        self._carry(self._claims.release(now.mono_ms, claim_id), now)

    def may_write(self, now: Now, claim_id: str) -> bool:
        """Whether facts may still be written under the claim."""
        return self._claims.may_write(now.mono_ms, claim_id)

    @property
    def locks(self) -> list[tuple[str, str, str, int]]:
        """What is promised now: resource, member, claim id, and when the lock ends by the monotonic clock."""
        return self._claims.locks

    def writing(self, claim_id: str | None, change: int) -> None:
        """Batches under the claim that are on their way to disk: one more or one less."""
        if claim_id is not None:
            self._claims.writing(claim_id, change)

    # --- the others ----------------------------------------------------------

    def on_message(self, link: Link, body: dict[str, Any], now: Now) -> None:
        """A message of the claims protocol; ``RemoteError`` if it is malformed."""
        if "to" in body:
            self._relay(link, body, now)
            return
        sender, session = link.member.member_id, link.session
        if "from" in body:
            if link.member.role not in RELAYS:
                raise RemoteError("only a centre or node hands claims on")
            sender, session = wire.text(body, "from"), ""
            if sender not in self._roster.claimants():
                return
        if body.get("t") == "claim":
            try:
                self._journal.hybrid.see(wire.text(body, "hlc"), now)
            except ValueError:
                raise RemoteError("a claim without a hybrid time") from None
            if self._ending or not self._sure():
                reason = "ending" if self._ending else "recovering"
                refuse = {"t": "refuse", "id": wire.text(body, "id"), "reason": reason}
                self._carry([Tell(sender, refuse)], now)
                return
            if self._presence.is_off(sender):
                del self._early[: len(self._early) + 1 - MAX_EARLY]
                self._early.append((now.mono_ms + GIVE_UP_MS, sender, body, session))
                return
        elif body.get("t") == "release":
            self._early = [each for each in self._early if (each[1], each[2].get("id")) != (sender, body.get("id"))]
        self._carry(self._claims.on_message(now.mono_ms, sender, body, session), now)

    def _relay(self, link: Link, body: dict[str, Any], now: Now) -> None:
        """Hand a message on; a claim that cannot be is answered at once, so that nobody waits for it."""
        target, sender = wire.text(body, "to"), link.member.member_id
        bare = {name: value for name, value in body.items() if name not in ("to", "from")}
        if self._role not in RELAYS:
            raise RemoteError("only a centre or node hands claims on")
        if not self._tell_directly(target, {**bare, "from": sender}, now) and bare.get("t") == "claim":
            refuse = {"t": "refuse", "id": wire.text(body, "id"), "reason": "gone", "from": target}
            self._sync.tell(link, refuse, now)

    def greeted(self, link: Link, now: Now) -> None:
        """A peer's positions have come for the first time on this link: from here on it can be asked."""
        member = link.member
        if member.role != "node":
            position = link.their.get(Feed(member.member_id, "circulation"), 0)
            self._carry(self._claims.came_back(now.mono_ms, member.member_id, link.session, position), now)
            self._carry(self._claims.ask_too(member.member_id), now)
        if member.role in RELAYS:
            for behind in sorted(self._behind_relays()):
                self._carry(self._claims.ask_too(behind), now)

    def link_gone(self, link: Link, now: Now) -> None:
        """Nobody waits any longer for this peer, nor for those that could be asked through it only."""
        reachable = {*self._connected(), *self._behind_relays()}
        for member in sorted({link.member.member_id, *link.their_peers} - reachable):
            self._carry(self._claims.gone(member), now)

    def progress(self, now: Now) -> None:
        """Time has passed, or something has been applied."""
        if self._signing_on:
            self._after_sign_on(now)
        if self._early:
            self._look_at_early(now)
        self._carry(self._claims.progress(now.mono_ms), now)
        kept = self._claims.to_keep(now.mono_ms)
        if kept != self._kept:
            self._kept = kept
            self._journal.keep({DOUBTS: kept})

    def _look_at_early(self, now: Now) -> None:
        waiting, self._early = self._early, []
        for deadline_ms, sender, body, session in waiting:
            if not self._presence.is_off(sender):
                if not self._ending:
                    self._carry(self._claims.on_message(now.mono_ms, sender, body, session), now)
            elif now.mono_ms < deadline_ms:
                self._early.append((deadline_ms, sender, body, session))

    # --- between -------------------------------------------------------------

    def _carry(self, outcomes: Sequence[Outcome], now: Now) -> None:
        for outcome in outcomes:
            match outcome:
                case Done():
                    coverage = self._coverage(outcome)
                    self._emit(
                        effects.ClaimDone(outcome.ticket, outcome.claim_id, outcome.granted, coverage, outcome.reason)
                    )
                case Progress(ticket, promised, waiting):
                    self._emit(effects.ClaimProgress(ticket, promised, waiting))
                case Tell(member, body):
                    if not self._tell_directly(member, body, now):
                        self._tell_through_relay(member, body, now)

    def _coverage(self, done: Done) -> Coverage:
        """Who is missing, by what the roster says now: members may have come while others were asked."""
        missing = self._roster.claimants() - {self._me, *done.promised} - self._presence.left_out()
        return Coverage(done.promised, tuple(sorted(missing | done.doubtful - {self._me})))

    def _tell_directly(self, member: str, body: dict[str, Any], now: Now) -> bool:
        for link in self._links.values():
            if link.up and link.member.member_id == member:
                self._sync.tell(link, body, now)
                return True
        return False

    def _tell_through_relay(self, member: str, body: dict[str, Any], now: Now) -> None:
        for link in self._links.values():
            if link.greeted and link.member.role in RELAYS and member in link.their_peers:
                self._sync.tell(link, {**body, "to": member}, now)
                return

    def _connected(self) -> set[str]:
        return {link.member.member_id for link in self._links.values() if link.greeted and link.member.role != "node"}

    def _behind_relays(self) -> set[str]:
        """Members that a centre or node is connected with and I am not."""
        behind: set[str] = set()
        for link in self._links.values():
            if link.greeted and link.member.role in RELAYS:
                behind |= link.their_peers
        return (behind & self._roster.claimants()) - self._connected() - {self._me}

    def _applied(self, feed: Feed) -> int:
        """How far the books know the feed; of one that goes two ways nobody can have everything."""
        return wire.MAX_SEQ if feed in self._sync.forks.known else self._journal.feeds.applied(feed)

    def _circulation_positions(self) -> dict[Feed, int]:
        positions = self._journal.feeds.durable_positions()
        return {feed: seq for feed, seq in positions.items() if feed.topic == "circulation"}
