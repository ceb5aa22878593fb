"""A program in a pty, timed from the first byte typed to the chunk after which a parsed screen shows the answer.

Chunks are stamped as they come and parsed only when the program has fallen silent, so that what the parser costs
(``parse_ms``; more than the program itself takes) delays neither program nor clock.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tests.app.screens.terminal import ROOT, Terminal

QUIET_S = 0.012
"""So long nothing comes before what came is parsed."""
MOST_S = 20.0


class Answer(NamedTuple):
    """``ms`` until the chunk that showed it; what was painted until all was quiet, and what it cost to parse that."""

    ms: float
    painted: int
    parse_ms: float


class TimedTerminal(Terminal):
    """A terminal with a clock. Its program starts cold, from its first import on."""

    def _started(self, argv: Sequence[str], env: Mapping[str, str], terminal: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            list(argv), stdin=terminal, stdout=terminal, stderr=terminal, cwd=ROOT, start_new_session=True, env=env
        )

    def ask(self, keys: bytes, shown: Callable[[], bool]) -> Answer:
        """Type the keys in one write; ``shown`` looks at the screen and must not hold yet."""
        assert not shown(), self.text
        began = time.perf_counter_ns()
        os.write(self._fd, keys)
        return self._answered(began, shown)

    def appears(self, shown: Callable[[], bool]) -> Answer:
        """Wait without typing."""
        return self._answered(time.perf_counter_ns(), shown)

    def rest(self) -> None:
        """Take what still comes until nothing does."""
        while data := self._take(QUIET_S):
            self._parse(data)

    def _answered(self, began: int, shown: Callable[[], bool]) -> Answer:
        painted, parsed_ns, seen = 0, 0, None
        while seen is None:
            chunks: list[tuple[int, bytes]] = []
            while data := self._take(QUIET_S if chunks else MOST_S):
                chunks.append((time.perf_counter_ns(), data))
            assert chunks, f"nothing more was painted; screen:\n{self.text}"
            for at, data in chunks:
                painted += len(data)
                before = time.perf_counter_ns()
                self._parse(data)
                parsed_ns += time.perf_counter_ns() - before
                if seen is None and shown():
                    seen = at
        return Answer((seen - began) / 1e6, painted, parsed_ns / 1e6)
