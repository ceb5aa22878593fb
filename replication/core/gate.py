"""The gate before the journal: what waits until this till knows where its own feeds end, and what is refused.

``recovery.py`` says when a till may write; here that is joined to what the hub sees. Appends that come
while it listens wait in order, ``WAIT_MS`` and ``MAX_WAITING`` at most. If records of its own come back
meanwhile they are refused, for what was to be written was thought out without them: a receipt's number
may have been given already. Whoever hears ``GateChanged(recovered=True)`` looks at the books anew first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from replication.core.dialer import Dialer
from replication.core.effects import AppendFailed, Effect, GateChanged, Report
from replication.core.events import Append
from replication.core.feeds import Feeds
from replication.core.journal import Journal
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import Feed, Member, Now, Record
from replication.core.recovery import FORKED, Recovery, Sight

WAIT_MS = 3_000
MAX_WAITING = 1_000
FETCHING = "this till's own records are further on elsewhere and are being fetched first"
CAME_BACK = "records of this till have come back; look at the books again before writing"


class Gate:
    """Between whoever wants to write and the journal."""

    def __init__(
        self,
        *,
        me: Member,
        recovery: Recovery,
        journal: Journal,
        links: Mapping[int, Link],
        roster: Roster,
        dialer: Dialer,
        emit: Callable[[Effect], None],
    ) -> None:
        self.recovery = recovery
        self._me = me
        self._journal = journal
        self._links = links
        self._roster = roster
        self._dialer = dialer
        self._emit = emit
        self._waiting: list[tuple[int, Append]] = []
        self._fetched: dict[Feed, int] = {}
        """How far records of mine have come from others that the books do not have yet."""
        self.forked: set[Feed] = set()
        """My feeds that go two ways: nobody can be waited for to make that good."""
        self._last: tuple[str, bool] = ("", False)

    @property
    def behind(self) -> bool:
        """A peer has more of my own feeds than my disk, or my books are not yet as far as what I fetched."""
        if self._fetched:
            return True
        if not (further := self._journal.further_elsewhere):  # looked at with every word of every peer
            return False
        for feed in further:
            durable = self._journal.feeds.durable(feed)
            if feed not in self.forked and any(link.their.get(feed, 0) > durable for link in self._links.values()):
                return True
        further.clear()  # what is on disk stays there
        return False

    @property
    def waits(self) -> bool:
        """Whether what is to be written has to wait now."""
        state = self.recovery.state
        return state == "listening" or (state == "clear" and self.behind)

    @property
    def empty(self) -> bool:
        return not self._waiting

    def begin(self, now: Now) -> None:
        self._keep(self.recovery.begin(now, self._others()))
        self._notice()

    def refuses(self, now: Now, event: Append) -> bool:
        """Whether the append may not be written now: it waits, or its refusal is on the way."""
        if not event.entries and not self._waiting:
            return False  # kept values are this home's own
        if self.recovery.state == "stopped":
            self._emit(AppendFailed(event.ticket, "cloned", self.recovery.reason))
        elif self.recovery.state == "suspect":
            self._emit(AppendFailed(event.ticket, "recovering", self.recovery.reason))
        elif not self.waits and not self._waiting:
            return False
        elif len(self._waiting) >= MAX_WAITING:
            self._emit(AppendFailed(event.ticket, "recovering", FETCHING))
        else:
            self._waiting.append((now.mono_ms + WAIT_MS, event))
        return True

    def look(self, now: Now) -> Sequence[Append]:
        """Look at the others anew; appends that may be written now, in order."""
        if self.recovery.state in ("listening", "suspect"):
            self._keep(self.recovery.look(now, self._sight()))
        self._notice()
        if not self._waiting:
            return ()
        if self.recovery.state in ("suspect", "stopped"):
            self._refuse(len(self._waiting), self.recovery.reason)
        elif not self.waits:
            ready, self._waiting = [event for _, event in self._waiting], []
            return ready
        else:
            self._refuse(sum(deadline <= now.mono_ms for deadline, _ in self._waiting), FETCHING)
        return ()

    def ingested(self, run: Sequence[Record]) -> None:
        """Records of a peer are on disk; if they are my own the books must have them before I write."""
        if run and run[-1].feed.member == self._me.member_id:
            self._fetched[run[-1].feed] = run[-1].seq

    def applied(self, feeds: Feeds) -> bool:
        """The books have got further; True if they have all now that came back of my own."""
        if not self._fetched:
            return False
        self._fetched = {feed: seq for feed, seq in self._fetched.items() if feeds.applied(feed) < seq}
        if self._fetched:
            return False
        self._emit(GateChanged(self.recovery.state, recovered=True))
        self._refuse(len(self._waiting), CAME_BACK)
        return True

    def confirm(self, now: Now, ticket: int) -> bool:
        """A supervisor lets this till go on; False, and refused, if that cannot be."""
        if self.recovery.code == FORKED:
            self._emit(AppendFailed(ticket, "forked", self.recovery.reason))
            return False
        self._keep(self.recovery.confirm(now))
        self._emit(Report("confirmed", self._me.member_id, "a supervisor lets this till write again"))
        self._notice()
        return True

    def stop(self, code: str, reason: str) -> None:
        """Nothing more is written here until a supervisor has decided."""
        keep = self.recovery.stop(code, reason)
        if keep:
            self._keep(keep)
            self._emit(Report("stopped", self._me.member_id, reason))
        self._notice()

    def own_fork(self, feed: Feed, seq: int) -> None:
        """A feed of mine goes two ways."""
        self.forked.add(feed)
        self.stop(FORKED, f"there are two records {seq} of this till's {feed.topic}: its disk was copied or put back")

    def _sight(self) -> Sight:
        return Sight(
            others=self._others(),
            heard=frozenset(link.member.member_id for link in self._links.values() if link.greeted),
            behind=self.behind,
            trying=self._dialer.trying,
            connecting=any(not link.greeted for link in self._links.values()),
        )

    def _others(self) -> dict[str, str]:
        """Members that may know more of my feeds than I do, and their roles."""
        others = {m: member for m, member in self._roster.active().items() if m != self._me.member_id}
        mine = Feed(self._me.member_id, "sales")
        knowing = {m: member.role for m, member in others.items() if self._roster.may_see(mine, member)}
        return knowing or {m: member.role for m, member in others.items()}

    def _refuse(self, count: int, reason: str) -> None:
        refused, self._waiting = self._waiting[:count], self._waiting[count:]
        for _, event in refused:
            self._emit(AppendFailed(event.ticket, "recovering", reason))

    def _keep(self, values: dict[str, str | None]) -> None:
        if values:
            self._journal.keep(values)

    def _notice(self) -> None:
        now = (self.recovery.state, self.waits)
        if now != self._last:
            self._last = now
            self._emit(GateChanged(self.recovery.state, recovered=False))
