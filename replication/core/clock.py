"""Hybrid logical time: wall time that never goes back and always passes what was seen.

Written ``0001763751234567-00003``: milliseconds and a counter, so that text order is time
order. Taking in a stamp from elsewhere moves our own forward, but never by more than
``MAX_LEAD_MS``: one till with a wrong clock must not drag the whole network into the future.

After Kulkarni et al., "Logical Physical Clocks" (2014).
"""

from __future__ import annotations

import re

from replication.core.model import Now

MAX_LEAD_MS = 300_000
"""How far ahead of our wall clock a foreign stamp may pull us: five minutes."""

MAX_COUNTER = 99_999


DAY_MS = 86_400_000
EARLIEST_MS = 1_577_836_800_000
LATEST_MS = 4_102_444_800_000
"""2020 and 2100: no member ever wrote before or will write after, whatever its clock says (``Feeds.write``)."""


def stamp(wall_ms: int, counter: int) -> str:
    """The text of a stamp; ``wall_ms`` is Unix milliseconds."""
    return f"{wall_ms:016d}-{counter:05d}"


_STAMP = re.compile(r"([0-9]{16})-([0-9]{5})")


def parse(text: str) -> tuple[int, int]:
    """Milliseconds and counter of a stamp; ``ValueError`` for anything that is none."""
    found = _STAMP.fullmatch(text)
    if found is None:
        raise ValueError(f"not a hybrid time: {text[:40]!r}")
    return int(found[1]), int(found[2])


def is_stamp(text: str) -> bool:
    """Whether the text is a stamp."""
    return _STAMP.fullmatch(text) is not None


EARLIEST, LATEST = stamp(EARLIEST_MS, 0), stamp(LATEST_MS, 0)


class HybridClock:
    """The newest stamp given or seen."""

    def __init__(self, newest: str = "") -> None:
        self._wall_ms, self._counter = parse(newest) if newest else (0, 0)

    def next(self, now: Now) -> str:
        """A stamp later than all given or seen so far."""
        if now.wall_ms > self._wall_ms:
            self._wall_ms, self._counter = now.wall_ms, 0
        elif self._counter >= MAX_COUNTER:
            self._wall_ms, self._counter = self._wall_ms + 1, 0
        else:
            self._counter += 1
        return stamp(self._wall_ms, self._counter)

    def see(self, text: str, now: Now) -> bool:
        """Take in a stamp of another member; False if it is too far ahead of our clock to be believed."""
        wall_ms, counter = parse(text)
        if wall_ms > now.wall_ms + MAX_LEAD_MS:
            return False
        self._wall_ms, self._counter = max((wall_ms, counter), (self._wall_ms, self._counter))
        return True
