"""How long to wait before a device is tried again: 0.5 s, doubling to 30 s, with jitter.

The jitter keeps several tills from knocking at a shared printer in step. A device that
was healthy for ten seconds is tried at once again at the shortest pause, so that a
plug pulled and put back costs half a second and a printer that is off costs little.
"""

from __future__ import annotations

import random

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
HEALTHY_AFTER_S = 10.0


class Backoff:
    """Pauses in seconds, each between half and all of its step; bounded by ``longest_s``."""

    def __init__(
        self, rng: random.Random, *, first_s: float = FIRST_PAUSE_S, longest_s: float = LONGEST_PAUSE_S
    ) -> None:
        self._rng = rng
        self._first_s = first_s
        self._longest_s = longest_s
        self._step_s = first_s

    def pause_s(self, healthy_for_s: float) -> float:
        """The pause after a device that had been healthy for this long failed."""
        if healthy_for_s >= HEALTHY_AFTER_S:
            self._step_s = self._first_s
        step_s = self._step_s
        self._step_s = min(self._step_s * 2, self._longest_s)
        return step_s * self._rng.uniform(0.5, 1.0)
