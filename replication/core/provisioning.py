"""What a newcomer must have before it may begin to work: all that the others knew when it came.

1. Wanted are the feeds of ``TOPICS``, as far as each member that is itself provisioned has them when it is first heard
   completely. What grows afterwards is fetched as always, but does not move the goal: else a busy shop would never let
   anybody begin.
2. What counts is in the books (applied), not merely on disk.
3. A feed that nobody who is connected can bring on for ``LET_GO_MS`` is no longer waited for: its writer may be gone
   for good, or fork it, or boast. While nobody is connected, nothing is let go.
4. A stick counts as hearing its writer, if the writer was provisioned and had heard that this member was let in
   (``net/carrier_read.py``): a till that never meets anybody can be provisioned by a stick alone.
5. It is over when everything wanted is there. It begins anew with each start until then, and costs nothing twice, since
   what has come is on disk.

Others' ``sales`` are not wanted: they come afterwards. Progress only ever grows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from replication.core.model import Feed

TOPICS = ("membership", "master", "circulation")
LET_GO_MS = 30_000


class Progress(NamedTuple):
    """Records that are in the books, of how many that are wanted."""

    done: int
    of: int


class Provisioning:
    """A newcomer's first data. ``applied`` tells how far the books have a feed; ``since_ms``: Unix time of joining."""

    def __init__(self, me: str, since_ms: int, applied: Callable[[Feed], int]) -> None:
        self.since_ms = since_ms
        self.over = False
        self._me = me
        self._applied = applied
        self._goal: dict[Feed, int] = {}
        self._heard: set[str] = set()
        self._brought_ms: dict[Feed, int] = {}
        """When somebody was last connected who could bring the feed on."""
        self._let_go: set[Feed] = set()

    def hear(self, member: str, their: Mapping[Feed, int], now_ms: int) -> None:
        """What a member has, all of it; over a link, or on a stick. Only the first word of each counts."""
        if member in self._heard:
            return
        self._heard.add(member)
        for feed, seq in their.items():
            if feed.topic in TOPICS and feed.member != self._me and seq > self._goal.get(feed, 0):
                self._goal[feed] = seq
                self._brought_ms[feed] = now_ms

    def look(self, now_ms: int, connected: bool, can_come: Callable[[Feed], bool]) -> bool:
        """Whether it is over. ``can_come``: somebody who is connected has more of the feed than is here.

        ``connected``: somebody is who could be heard (``hear``).
        """
        missing = [feed for feed, goal in self._goal.items() if feed not in self._let_go and self._applied(feed) < goal]
        for feed in missing:
            if not connected or can_come(feed):
                self._brought_ms[feed] = now_ms
            elif now_ms - self._brought_ms[feed] >= LET_GO_MS:
                self._let_go.add(feed)
        self.over = bool(self._heard) and all(feed in self._let_go for feed in missing)
        return self.over

    @property
    def progress(self) -> Progress:
        done = sum(
            goal if feed in self._let_go else min(goal, self._applied(feed)) for feed, goal in self._goal.items()
        )
        return Progress(done, sum(self._goal.values()))
