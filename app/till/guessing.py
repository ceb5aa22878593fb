"""How often somebody may guess a PIN: five times, and then ever more slowly."""

from __future__ import annotations

import msgspec

FREE_GUESSES = 5
FIRST_LOCK_MS = 30_000
MAX_LOCK_MS = 600_000
MAX_NAMES = 1_000
"""How many names are remembered; whoever types more made-up names than that has guessed nothing yet."""


class Guesses(msgspec.Struct, frozen=True):
    """Wrong PINs in a row for one name, and until when no more are heard (Unix ms)."""

    wrong: int = 0
    locked_until_ms: int = 0

    def missed(self, now_ms: int) -> Guesses:
        """One more wrong PIN: from the fifth on a lock of 30 s, doubled by each further one, at most 10 min."""
        wrong = self.wrong + 1
        if wrong < FREE_GUESSES:
            return Guesses(wrong)
        # Beyond ten doublings the limit is reached in any case.
        lock_ms = min(MAX_LOCK_MS, FIRST_LOCK_MS << min(10, wrong - FREE_GUESSES))
        return Guesses(wrong, now_ms + lock_ms)

    def seconds_left(self, now_ms: int) -> int:
        """How long to wait yet, in whole seconds, at most the longest lock (whatever the clock was set to)."""
        return max(0, -(-min(self.locked_until_ms - now_ms, MAX_LOCK_MS) // 1_000))
