"""Whose clock is wrong: a peer's, or ours.

Every ``positions`` message carries its sender's wall clock, so both sides of a link see a difference within two
seconds, and again when a clock jumps or is put right while connected. A change is reported once. If more than half of
all clocks here (the peers' and ours) agree with each other and not with ours, it is ours that is wrong.

Nothing is decided by these differences: order is hybrid time (``core/clock.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from replication.core.effects import Report
from replication.core.link import Link

SKEW_MS = 60_000
"""A clock that is further off than this is shown on both sides."""
RIGHT_MS = 50_000
"""It is right again when it is nearer than this: a clock at the limit must not come and go."""


class Clocks:
    """``me`` is our member id."""

    def __init__(self, me: str, links: Mapping[int, Link], emit: Callable[[Report], None]) -> None:
        self._me = me
        self._links = links
        self._emit = emit
        self._reported: dict[str, int] = {}
        """By member: the difference told last, in ms."""
        self.changes = 0
        """How often something was reported: whoever shows it need not compare."""

    def watch(self, link: Link) -> None:
        """A peer has said what time it is."""
        said = "its clock differs from ours by {} s", "its clock agrees with ours again"
        self._compare(link.member.member_id, link.skew_ms, said)
        said = "our own clock is wrong: it differs by {} s from what most say; set it", "our own clock is right again"
        self._compare(self._me, self._ours_off_ms(), said)

    def off(self) -> dict[str, int]:
        """By member: by how many ms the clocks of connected peers differ from ours, where that is too much."""
        connected = {link.member.member_id: link.skew_ms for link in self._links.values() if link.greeted}
        return {member_id: connected[member_id] for member_id in self._reported if member_id in connected}

    def own_off_ms(self) -> int | None:
        """By how much our clock is wrong (positive: it is ahead), if most others say so."""
        return self._ours_off_ms() if self._me in self._reported else None

    def _compare(self, member_id: str, off_ms: int, said: tuple[str, str]) -> None:
        told = self._reported.get(member_id)
        if abs(off_ms) > SKEW_MS and (told is None or abs(off_ms - told) > SKEW_MS):
            self._reported[member_id] = off_ms
            self.changes += 1
            self._emit(Report("clock", member_id, said[0].format(round(off_ms / 1000))))
        elif abs(off_ms) < RIGHT_MS and told is not None:
            del self._reported[member_id]
            self.changes += 1
            self._emit(Report("clock", member_id, said[1]))

    def _ours_off_ms(self) -> int:
        """How far we are ahead of the others if more than half of all clocks agree on another time; else 0."""
        skews = sorted([link.skew_ms for link in self._links.values() if link.greeted])
        if not skews or (skews[0] > -RIGHT_MS and skews[-1] < RIGHT_MS):
            return 0
        needed = (len(skews) + 1) // 2 + 1  # of the peers' clocks and ours
        for first in range(len(skews) - needed + 1):
            agreeing = skews[first : first + needed]
            if agreeing[-1] - agreeing[0] <= SKEW_MS:
                middle = agreeing[len(agreeing) // 2]
                return -middle if abs(middle) >= RIGHT_MS else 0
        return 0
