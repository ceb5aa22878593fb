"""What peers have and we lack: which segment is asked of whom, and what arrives before its turn.

Up to ``WINDOW`` segments of a feed are asked for at once, of different peers where several have them, and few of
one peer: a slow one holds up only its own. Records are taken in order, so the messages of a segment whose turn
has not come wait, in order and within a bound; beyond it they are dropped and asked for again.

Whoever again and again shows nothing of what it announced is not believed any more: a till must not wait for
what nobody can show it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from replication.core import wire
from replication.core.effects import Effect, Report
from replication.core.feeds import segment_of
from replication.core.journal import Journal
from replication.core.link import Link
from replication.core.model import SEGMENT_RECORDS, Feed, Now, turn_of
from replication.core.slices import Slices

FETCH_MS = 5_000
FETCHES_PER_LINK = 4
WINDOW = 3
"""Segments of one feed asked for at once."""
MAX_AHEAD_BYTES = 16 * 1024 * 1024
"""What may wait for its turn, over all feeds."""
EMPTY_FETCHES = 3
"""Fetches in a row that may bring nothing; then what the peer says of the feed is no longer believed."""

Place = tuple[Feed, int]


class _Fetch(NamedTuple):
    """A segment asked for: of whom, when the feed stood where, up to which record, until when."""

    link_id: int
    staged: int
    target: int
    deadline_ms: int


class Fetching:
    """The fetches of a hub. ``ask`` sends a request, ``receive`` takes a sync message whose turn has come."""

    def __init__(
        self,
        *,
        journal: Journal,
        links: dict[int, Link],
        slices: Slices,
        wanted: Callable[[Feed], bool],
        ask: Callable[[Link, str, Now], None],
        receive: Callable[[Link, wire.Sync, Now], None],
        emit: Callable[[Effect], None],
    ) -> None:
        self._journal = journal
        self._links = links
        self._slices = slices
        self._wanted = wanted
        self._ask = ask
        self._receive = receive
        self._emit = emit
        self._fetches: dict[Place, _Fetch] = {}
        self._lacking: set[Feed] = set()
        """Feeds of which some peer has said that it has more."""
        self._empty: Counter[tuple[str, Feed]] = Counter()
        self._ahead: dict[Place, deque[tuple[int, wire.Sync]]] = {}
        self._ahead_bytes = 0
        self._draining: set[Place] = set()

    @property
    def busy(self) -> bool:
        """Whether anything has been asked for and has not come, or has come and is being looked at."""
        return bool(self._fetches or self._slices)

    def announced(self, link: Link, feed: Feed, seq: int) -> bool:
        """A peer says how far it has a feed; False if that is not to be believed."""
        if seq <= self._journal.feeds.staged(feed):
            return True
        if self._empty[link.member.member_id, feed] >= EMPTY_FETCHES:
            return False
        self._lacking.add(feed)
        return True

    # --- asking ---------------------------------------------------------------

    def plan(self, now: Now) -> None:
        """Ask for what is lacking, as far as the bounds allow."""
        if self._fetches or self._ahead:
            self._end_what_is_over(now)
        if not self._lacking:
            return
        load: Counter[int] = Counter()
        for fetch in self._fetches.values():
            load[fetch.link_id] += 1
        up = [link for link in self._links.values() if link.up]
        for feed in sorted(self._lacking, key=lambda feed: (turn_of(feed.topic), feed)):
            staged = self._journal.feeds.staged(feed)
            best = max((link.their.get(feed, 0) for link in up), default=0)
            if best <= staged:
                self._lacking.discard(feed)
            elif self._wanted(feed):
                self._journal.documents.know(feed, staged)
                first = segment_of(staged + 1)
                for segment in range(first, min(first + WINDOW, segment_of(best) + 1)):
                    if (feed, segment) not in self._fetches:
                        self._fetch(feed, segment, up, load, now)

    def _end_what_is_over(self, now: Now) -> None:
        for place in [place for place in self._fetches if self._is_over(place, now)]:
            self._learn_from(place, self._fetches.pop(place))
        for place in [place for place in self._ahead if place not in self._draining]:
            if place[1] <= segment_of(self._journal.feeds.staged(place[0]) + 1):
                self._begin_draining(place)
            elif place not in self._fetches:
                self._forget(*place)

    def _fetch(self, feed: Feed, segment: int, up: list[Link], load: Counter[int], now: Now) -> None:
        staged = self._journal.feeds.staged(feed)
        end = (segment + 1) * SEGMENT_RECORDS
        have = [
            link
            for link in up
            if link.their.get(feed, 0) > max(staged, segment * SEGMENT_RECORDS)
            and load[link.link_id] < FETCHES_PER_LINK
        ]
        if not have:
            return

        def merit(link: Link) -> tuple[int, int, bool]:
            # Most of the segment first, then whoever has least to do for us, then the writer itself.
            return min(link.their[feed], end), -load[link.link_id], link.member.member_id == feed.member

        link = max(have, key=merit)
        load[link.link_id] += 1
        self._forget(feed, segment)
        target = min(link.their[feed], end)
        self._fetches[feed, segment] = _Fetch(link.link_id, staged, target, now.mono_ms + FETCH_MS)
        self._ask(link, self._journal.documents.id_of(feed, segment), now)

    def _is_over(self, place: Place, now: Now) -> bool:
        fetch = self._fetches[place]
        return (
            fetch.link_id not in self._links
            or now.mono_ms >= fetch.deadline_ms
            or self._journal.feeds.staged(place[0]) >= fetch.target
        )

    def _learn_from(self, place: Place, fetch: _Fetch) -> None:
        feed, segment = place
        staged = self._journal.feeds.staged(feed)
        link = self._links.get(fetch.link_id)
        if link is None:
            return
        who = (link.member.member_id, feed)
        if staged > fetch.staged:
            del self._empty[who]
        elif segment == segment_of(staged + 1):  # a later one could not have brought anything yet
            self._empty[who] += 1
            if self._empty[who] == EMPTY_FETCHES:
                link.their[feed] = staged
                self._emit(Report("dropped", who[0], f"it announces records of {feed} that it does not show"))

    # --- what comes -----------------------------------------------------------

    def brought(self, feed: Feed, segment: int, now: Now) -> None:
        """New records have been taken in: the fetch lives on, and if the segment is whole the next has its turn."""
        fetch = self._fetches.get((feed, segment))
        if fetch is not None:
            self._fetches[feed, segment] = fetch._replace(deadline_ms=now.mono_ms + FETCH_MS)
        if segment_of(self._journal.feeds.staged(feed) + 1) != segment:
            self.plan(now)

    def put_ahead(self, link: Link, message: wire.Sync, feed: Feed, segment: int, now: Now) -> bool:
        """Let a message wait if it was asked for and its turn has not come, or others of its segment wait."""
        place = (feed, segment)
        fetch = self._fetches.get(place)
        early = segment > segment_of(self._journal.feeds.staged(feed) + 1)
        asked = fetch is not None and fetch.link_id == link.link_id and not message.request
        if not (place in self._ahead or (early and asked)):
            return False
        if self._ahead_bytes + len(message.data) <= MAX_AHEAD_BYTES:
            self._ahead.setdefault(place, deque()).append((link.link_id, message))
            self._ahead_bytes += len(message.data)
            if fetch is not None and asked:
                self._fetches[place] = fetch._replace(deadline_ms=now.mono_ms + FETCH_MS)
        return True

    def _begin_draining(self, place: Place) -> None:
        self._draining.add(place)
        self._slices.add(self._drain(place))

    def _drain(self, place: Place) -> Iterator[None]:
        queue = self._ahead[place]
        while queue:
            link_id, message = queue.popleft()
            self._ahead_bytes -= len(message.data)
            link = self._links.get(link_id)
            if link is not None:
                self._receive(link, message, self._slices.now)
            yield
        self._draining.discard(place)
        if self._ahead.get(place) is queue:
            del self._ahead[place]

    def _forget(self, feed: Feed, segment: int) -> None:
        """It is asked for anew: what has come of it is of no use."""
        for _, message in self._ahead.get((feed, segment), ()):
            self._ahead_bytes -= len(message.data)
        if (feed, segment) in self._draining:
            self._ahead[feed, segment].clear()
        else:
            self._ahead.pop((feed, segment), None)
