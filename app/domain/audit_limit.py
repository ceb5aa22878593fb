"""From where on an audit speaks of something: values of reference data; whoever sets none has the defaults."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

MAX_VALUE = 10**9

DEFAULTS: Mapping[str, int] = {
    "clock_minutes": 10,
    "cash_difference_minor": 1,
    "voids_least": 5,
    "voids_times": 3,
    "voids_percent": 5,
    "silent_hours": 24,
    "price_change_percent": 0,
    "return_minor": 1,
}
"""Every limit.

* ``clock_minutes``: a receipt's own time is off from its record's by more than so many
* ``cash_difference_minor``: a difference of the drawer of so much or more, either way
* ``voids_least``: a cashier with fewer is not compared; ``voids_times``: as many times the rate of all others;
  ``voids_percent``: the rate from which on it is told where there is nobody to compare with
* ``silent_hours``: nothing of a till for so long, while others were heard of
* ``price_change_percent``: a price changed by hand by more than so much
* ``return_minor``: goods worth so much or more that came back without a receipt
"""


class AuditLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One limit as the office has set it."""

    name: str
    value: int

    @property
    def key(self) -> str:
        return self.name

    def check(self) -> None:
        """``ValueError`` for what is no limit."""
        if self.name not in DEFAULTS:
            raise ValueError(f"name: there is no limit {self.name[:40]!r}; known are {', '.join(DEFAULTS)}")
        if not 0 <= self.value <= MAX_VALUE:
            raise ValueError(f"value: 0 to {MAX_VALUE}")


def limits_of(known: Mapping[str, AuditLimit]) -> dict[str, int]:
    """Every limit: the defaults, and what the office has set in their place."""
    return {**DEFAULTS, **{name: limit.value for name, limit in known.items()}}
