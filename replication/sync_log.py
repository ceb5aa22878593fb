"""The sync log as a node writes it: lines for people, and none of them a thousand times.

A peer that cannot be reached is one line, not one for every attempt. Of lines of one sort about one peer at most
``BURST`` are written in ``WINDOW_MS``; what comes beyond that is counted and told in one line when the window is over.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from replication.log_table import LogRow

MAX_UNREACHABLE = 1_000
WINDOW_MS = 60_000
BURST = 20
MAX_SORTS = 1_000
"""Sorts of lines that are told apart at once; beyond that all peers share one."""


class _Window:
    """Lines of one sort about one peer since ``began_ms``."""

    def __init__(self, began_ms: int) -> None:
        self.began_ms = began_ms
        self.written = 0
        self.held = 0
        self.last = ""
        self.kinds: Counter[str] = Counter()
        self.size = 0


class SyncLog:
    """``write`` takes rows; ``now_wall_ms`` is the wall clock."""

    def __init__(self, write: Callable[[Iterable[LogRow]], None], now_wall_ms: Callable[[], int]) -> None:
        self._write = write
        self._now_wall_ms = now_wall_ms
        self._unreachable: dict[str, str] = {}
        self._windows: dict[tuple[str, str], _Window] = {}
        self._looked_ms = 0

    def add(self, what: str, peer: str, detail: str, kinds: Mapping[str, int] | None = None, size: int = 0) -> None:
        """A line. ``kinds`` counts records, ``size`` bytes on the wire."""
        if what == "dial_failed":
            if self._unreachable.get(peer) == detail:
                return
            if len(self._unreachable) >= MAX_UNREACHABLE:
                self._unreachable.clear()
            self._unreachable[peer] = detail
        elif what == "connected":
            self._unreachable.pop(detail, None)  # the detail is the address
        now_ms = self._now_wall_ms()
        self._tell_held(now_ms)
        sort = (what, peer) if len(self._windows) < MAX_SORTS or (what, peer) in self._windows else (what, "")
        window = self._windows.setdefault(sort, _Window(now_ms))
        if window.written < BURST:
            window.written += 1
            self._write((_row(now_ms, what, peer, detail, kinds or {}, size),))
        else:
            window.held += 1
            window.last = detail
            window.kinds.update(kinds or {})
            window.size += size

    def look(self) -> None:
        """Time has passed: tell what was held back, if its time has come. Cheap."""
        now_ms = self._now_wall_ms()
        if not 0 <= now_ms - self._looked_ms < 1_000:
            self._looked_ms = now_ms
            self._tell_held(now_ms)

    def close(self) -> None:
        """Tell all that was held back."""
        self._tell_held(None)

    def _tell_held(self, now_ms: int | None) -> None:
        """Windows that are over (None: all); a clock that was put back ends them too."""
        for sort, window in list(self._windows.items()):
            if now_ms is None or not 0 <= now_ms - window.began_ms < WINDOW_MS:
                del self._windows[sort]
                if window.held:
                    at_ms = self._now_wall_ms() if now_ms is None else now_ms
                    detail = f"{window.held} more within a minute; the last: {window.last}"
                    self._write((_row(at_ms, *sort, detail, window.kinds, window.size),))


def _row(at_ms: int, what: str, peer: str, detail: str, kinds: Mapping[str, int], size: int) -> LogRow:
    return LogRow(at_ms, what, peer, detail, json.dumps(dict(sorted(kinds.items()))) if kinds else "", size)
