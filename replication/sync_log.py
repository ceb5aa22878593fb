"""The sync log as a node writes it: lines for people, and none of them a thousand times."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from replication.store_writer import LogRow

MAX_UNREACHABLE = 1_000


class SyncLog:
    """``write`` takes rows; ``now_wall_ms`` is the wall clock."""

    def __init__(self, write: Callable[[Iterable[LogRow]], None], now_wall_ms: Callable[[], int]) -> None:
        self._write = write
        self._now_wall_ms = now_wall_ms
        self._unreachable: dict[str, str] = {}

    def add(self, what: str, peer: str, detail: str) -> None:
        """A line. A peer that cannot be reached is one line, not one for every attempt."""
        if what == "dial_failed":
            if self._unreachable.get(peer) == detail:
                return
            if len(self._unreachable) >= MAX_UNREACHABLE:
                self._unreachable.clear()
            self._unreachable[peer] = detail
        elif what == "connected":
            self._unreachable.pop(detail, None)  # the detail is the address
        self._write((LogRow(self._now_wall_ms(), what, peer, detail),))
