"""Which use takes a resource below zero, and what of that is settled.

The uses stand in the order of (hybrid time, member), which is the same at every member. The grants serve the first
of them first, whenever they were made; the part of a use that no grant serves is *beyond*. The first use with such a
part caused the overdraw.

A settlement is of one use, and says how much of that use had been settled before, as its writer knew it: it settles
the amounts from there on, like a stretch of a ruler. What is settled is what the stretches cover together. So two
offices that settle the same cents without knowing of each other settle them once, which is seen as ``twice``; those
that go on from each other add up; the order in which their facts arrive changes nothing. Since a use that becomes
known later can only push others further out, what was beyond stays beyond, and settling it never gives too much.

>>> beyond(500, [Taken(400), Taken(300)])
[0, 200]
>>> beyond(500, [Taken(400), Taken(300, settled=200)])
[0, 0]
>>> covered([(0, 200), (0, 150), (200, 50)])
250
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

WRITTEN_OFF, CHARGED, CORRECTED = "written_off", "charged", "corrected"
WAYS = (WRITTEN_OFF, CHARGED, CORRECTED)
"""How an overdraw is settled: it is the shop's loss, somebody paid it, or it was put right elsewhere."""

OPEN, PARTLY, SETTLED = "open", "partly_settled", "settled"
"""How far it is settled."""

UNGRANTED_AFTER_MS = 24 * 60 * 60 * 1000
"""A use of what nobody has granted is an overdraw when the newest use that is known is this much younger.

Before, its issuer's word may well be on its way. Both instants are those of facts, so all members agree.
"""


class Taken(NamedTuple):
    """A use's amount, and how much of it is settled: what the grants need not serve."""

    amount: int
    settled: int = 0


def beyond(granted: int, uses: Sequence[Taken]) -> list[int]:
    """What of each use is neither granted nor settled. The uses come in their order."""
    left, parts = granted, []
    for amount, settled in uses:
        rest = amount - settled
        left -= rest
        parts.append(min(rest, max(0, -left)))
    return parts


def covered(stretches: Iterable[tuple[int, int]]) -> int:
    """How much (start, length) cover together."""
    total = reach = 0
    for start, length in sorted(stretches):
        end = start + length
        total += max(0, end - max(reach, start))
        reach = max(reach, end)
    return total
