"""What a newcomer must have before it may begin to work: all that the others knew when it came.

1. Wanted are the feeds of ``TOPICS``, and those assigned to it, as far as each member that is itself provisioned has
   them when it is first heard completely. What grows afterwards is fetched as always, but does not move the goal: else
   a busy shop would never let anybody begin.
2. What counts is in the books (applied), not merely on disk.
3. A feed that nobody who is connected can bring on for ``LET_GO_MS`` is no longer waited for: its writer may be gone
   for good, or fork it, or boast. While nobody is connected, nothing is let go but by 4.
4. A stick counts as hearing its writer, if the writer was provisioned and had heard that this member was let in
   (``net/carrier_read.py``): a till that never meets anybody can be provisioned by a stick alone. Where nobody has been
   connected for ``LET_GO_MS`` and all that a stick's writer had is here, nothing else is waited for: whoever was met
   before, and had more, may be gone for good.
5. It is over when everything wanted is there. It begins anew with each start until then, and costs nothing twice, since
   what has come is on disk.

Others' ``sales`` are not wanted: they come afterwards. Progress only ever grows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from replication.core.model import Feed, is_assigned

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
        self._sticks: dict[str, dict[Feed, int]] = {}
        """What the writer of each stick had."""
        self._met_ms: int | None = None
        """When somebody was last connected."""

    def hear(self, member: str, their: Mapping[Feed, int], now_ms: int) -> None:
        """What a member that is connected has, all of it. Only the first word of each counts."""
        self._met_ms = now_ms
        self._want(member, self._wanted(their), now_ms)

    def read(self, member: str, their: Mapping[Feed, int], now_ms: int) -> None:
        """What the writer of a stick had, all of it."""
        self._sticks[member] = self._wanted(their)
        self._want(f"{member} by carrier", self._sticks[member], now_ms)

    def _wanted(self, their: Mapping[Feed, int]) -> dict[Feed, int]:
        return {
            feed: seq
            for feed, seq in their.items()
            if (feed.topic in TOPICS or is_assigned(feed.topic)) and feed.member != self._me
        }

    def _want(self, whose: str, their: Mapping[Feed, int], now_ms: int) -> None:
        if whose in self._heard:
            return
        self._heard.add(whose)
        for feed, seq in their.items():
            if seq > self._goal.get(feed, 0):
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
        if connected:
            self._met_ms = now_ms
        elif (self._met_ms is None or now_ms - self._met_ms >= LET_GO_MS) and self._stick_is_here():
            self._let_go.update(missing)
        self.over = bool(self._heard) and all(feed in self._let_go for feed in missing)
        return self.over

    def _stick_is_here(self) -> bool:
        """All that the writer of some stick had is in the books."""
        return any(all(self._applied(feed) >= seq for feed, seq in had.items()) for had in self._sticks.values())

    @property
    def percent(self) -> int:
        """How much of it is in the books."""
        done, of = self.progress
        return done * 100 // (of or 1)

    @property
    def progress(self) -> Progress:
        done = sum(
            goal if feed in self._let_go else min(goal, self._applied(feed)) for feed, goal in self._goal.items()
        )
        return Progress(done, sum(self._goal.values()))
