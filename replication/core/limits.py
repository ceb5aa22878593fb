"""What a peer may cost: how many messages in what time, and how long it stays outside after breaking the protocol.

An enrolled member can be mad or stolen. Whatever it sends is bounded in size elsewhere (``wire.py``); here it is
bounded in number. Honest members stay far below: they tell positions twenty times a second, a few messages a claim,
and one message a record that they write.
"""

from __future__ import annotations

OWN_PER_S = 1_000
SYNC_PER_S = 10_000
BURST_S = 2
"""A peer may be that long ahead of its share: a network that was cut has much to say at once."""

OUTSIDE_FIRST_MS = 1_000
OUTSIDE_LAST_MS = 60_000
FORGIVEN_MS = 120_000
"""Who has kept the protocol for this long begins anew with the shortest time outside."""

AWAY_FIRST_MS = 1_000
AWAY_LAST_MS = 10_000


class Allowance:
    """A bucket that fills with ``per_s`` tokens a second and holds those of ``BURST_S`` seconds."""

    __slots__ = ("_at_ms", "_per_s", "_thousandths")

    def __init__(self, per_s: int, now_ms: int) -> None:
        self._per_s = per_s
        self._at_ms = now_ms
        self._thousandths = per_s * BURST_S * 1000

    def take(self, now_ms: int) -> bool:
        """Whether one more message is within the allowance."""
        filled = self._thousandths + max(0, now_ms - self._at_ms) * self._per_s
        self._at_ms = now_ms
        self._thousandths = min(filled, self._per_s * BURST_S * 1000)
        if self._thousandths < 1000:
            return False
        self._thousandths -= 1000
        return True


class Outside:
    """Members that broke the protocol, and until when each is not let in again: doubled every time."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[int, int]] = {}

    def send(self, member_id: str, now_ms: int) -> None:
        """The member has just broken the protocol."""
        until_ms, last_ms = self._until.get(member_id, (0, 0))
        fresh = not last_ms or now_ms - until_ms > FORGIVEN_MS
        pause_ms = OUTSIDE_FIRST_MS if fresh else min(OUTSIDE_LAST_MS, 2 * last_ms)
        self._until[member_id] = (now_ms + pause_ms, pause_ms)

    def is_outside(self, member_id: str, now_ms: int) -> bool:
        """Whether the member has to wait."""
        return now_ms < self._until.get(member_id, (0, 0))[0]


class Away:
    """How long a member keeps away from all others because its disk is full: doubled until something is stored."""

    def __init__(self) -> None:
        self._until_ms = 0
        self._pause_ms = 0

    def go(self, now_ms: int) -> None:
        """The disk has refused."""
        self._pause_ms = min(AWAY_LAST_MS, 2 * self._pause_ms) or AWAY_FIRST_MS
        self._until_ms = now_ms + self._pause_ms

    def over(self) -> None:
        """The disk has taken something."""
        self._pause_ms = 0

    def is_away(self, now_ms: int) -> bool:
        return now_ms < self._until_ms
