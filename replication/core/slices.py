"""Work that would hold the loop too long, cut into slices: one for each ``Continue``, other events in between.

A piece of work is a generator that yields between its slices. Pieces take turns, so that a long one
does not keep a short one waiting.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from replication.core.effects import Continue, Effect
from replication.core.model import Now


class Slices:
    """The work that is under way. ``now`` is the time of the slice that runs."""

    def __init__(self, emit: Callable[[Effect], None]) -> None:
        self._emit = emit
        self._work: deque[Iterator[None]] = deque()
        self.now = Now(0, 0)

    def __len__(self) -> int:
        return len(self._work)

    def add(self, work: Iterator[None]) -> None:
        """Begin with the next ``Continue``."""
        self._work.append(work)
        if len(self._work) == 1:
            self._emit(Continue())

    def step(self, now: Now) -> None:
        """One slice of the piece whose turn it is."""
        if not self._work:
            return
        self.now = now
        work = self._work.popleft()
        try:
            next(work)
        except StopIteration:
            pass
        else:
            self._work.append(work)
        finally:
            if self._work:
                self._emit(Continue())
